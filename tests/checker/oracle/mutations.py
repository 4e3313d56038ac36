"""Ways to spoil an invoice: elements removed, doubled, emptied, swapped; codes, amounts, dates, lengths changed."""

import copy
import random
import re

from lxml import etree

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
_CATEGORIES = ("S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B", "X", "s", " S ")
_COUNTRIES = ("US", "ro", "XX", "GR", "EL", "1A", "RO ", " RO")
_CURRENCIES = ("EUR", "RON", "XXX", "ron", "642", " RON", "HRK", "ZWG")
VALUES = {
    "InvoiceTypeCode": ("380", "381", "384", "389", "751", "326", "999", " 380 ", "38 0"),
    "CreditNoteTypeCode": ("380", "381", "396", "261", "999", " 381 "),
    "DocumentCurrencyCode": _CURRENCIES,
    "TaxCurrencyCode": _CURRENCIES,
    "IdentificationCode": _COUNTRIES,
    "CountrySubentity": ("RO-B", "RO-CJ", "RO-XX", "B", "ro-b", " RO-B ", "RO- B", "Bucuresti"),
    "CityName": ("SECTOR1", "SECTOR6", "SECTOR7", "Sector 1", "sector1", " SECTOR2 ", "SECTOR 3", "Cluj-Napoca"),
    "PaymentMeansCode": ("1", "10", "30", "31", "42", "48", "58", " 30 ", "70", "71", "97", "98", "ZZZ", "zzz"),
    "DescriptionCode": ("3", "35", "432", "5", "29", " 35 "),
    "CustomizationID": (
        "urn:cen.eu:en16931:2017",
        "urn:cen.eu:en16931:2017#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.0",
        "urn:cen.eu:en16931:2017#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1 ",
    ),
    "AllowanceChargeReasonCode": ("95", "41", "FC", "PC", "fc", "999", " 95 ", "9 5"),
    "TaxExemptionReasonCode": (
        "VATEX-EU-AE",
        "vatex-eu-o",
        "VATEX-EU-IC",
        "VATEX-EU-135-1",
        "VATEX-FR-FRANCHISE",
        "X",
        "VATEX-EU-79-C",
    ),
    "DocumentTypeCode": ("130", "50", "916", " 130"),
    "ChargeIndicator": ("true", "false", "1", "0", " true ", "TRUE", "yes"),
    "CompanyID": ("RO123", "123", "ro123", "EL123", "GR1", " RO1", "R", "XI9", "XK1", "J40/1/2000"),
    "PaymentID": ("alta referinta",),
    "PrimaryAccountNumberID": ("12345678901", "1234567890"),
    "Percent": ("0", "0.4", "0.5", "5", "9", "11", "19", "20", "21", "21.0", "21.00", "-1", "24.5", "100"),
    "EndpointID": ("x",),
    "UBLVersionID": ("2.0", "2.1"),
    "Note": ("#AAI#x", "#XYZ#x", "#A#x", "#AAI", "##", "x#y#z"),
    "ItemClassificationCode": ("1",),
}
ATTRIBUTES = {
    "currencyID": ("EUR", "RON", "XXX", "ron", ""),
    "unitCode": ("EA", "H87", "XPX", "BUC", "h87", "", " H87 ", "4A", "C62"),
    "schemeID": ("0160", "0088", "EM", "9947", "SEPA", "sepa", "AAA", "XXX", "", " 0088 "),
    "listID": ("STI", "TSP", "CPV", "HS", "ZZZ", ""),
    "mimeCode": ("application/pdf", "image/png", "text/xml", "application/zip", "APPLICATION/PDF", ""),
    "filename": ("a" * 200, "a" * 201, ""),
    "name": ("n" * 100, "n" * 101),
}
ADDED = {
    "ID": ("schemeID", "schemeName", "languageID"),
    "Note": ("languageID",),
    "CompanyID": ("schemeID",),
    "InvoiceTypeCode": ("listID", "name"),
    "LineExtensionAmount": ("unitCode", "currencyCodeListVersionID"),
}
LENGTHS = (10, 20, 21, 50, 51, 100, 101, 140, 141, 150, 151, 200, 201, 300, 301, 1000, 1001)
DATES = (
    "2026-01-15Z",
    "2026-01-15+02:00",
    "2026-02-30",
    "15.01.2026",
    "2026-01-15T00:00:00",
    " 2026-01-15",
    "2025-01-01",
    "2027-12-31",
    "20260115",
    "2026-1-5",
    "12026-01-15",
    "2024-02-29",
)
#: elements UBL takes and EN 16931 does not: (parent, element before which it stands, new element, text)
EXTRA = (
    ("", "CustomizationID", "UBLVersionID", "2.1"),
    ("", "CustomizationID", "UBLVersionID", "2.0"),
    ("", "IssueDate", "UUID", "abc"),
    ("", "DocumentCurrencyCode", "Note", "inca o nota"),
    ("Party", "PostalAddress", "IndustryClassificationCode", "1"),
    ("PaymentMeans", "PaymentID", "InstructionNote", "x"),
    ("PartyTaxScheme", "TaxScheme", "ExemptionReason", "x"),
    ("Item", "Name", "PackQuantity", "1"),
    ("Country", "", "Name", "Romania"),
    ("TaxScheme", "", "Name", "VAT"),
    ("AllowanceCharge", "Amount", "SequenceNumeric", "1"),
    ("InvoiceLine", "InvoicedQuantity", "UUID", "u"),
    ("InvoiceLine", "AccountingCost", "AccountingCostCode", "1"),
    ("TaxTotal", "TaxSubtotal", "RoundingAmount", "0.001"),
    ("TaxTotal", "TaxSubtotal", "TaxIncludedIndicator", "maybe"),
    ("LegalMonetaryTotal", "PayableAmount", "PayableAlternativeAmount", "5"),
    ("Price", "", "PriceChangeReason", "x"),
    ("PostalAddress", "StreetName", "Room", "7"),
    ("PostalAddress", "CityName", "Hello", "x"),
    ("DocumentReference", "DocumentTypeCode", "UUID", "x"),
    ("AdditionalDocumentReference", "Attachment", "LanguageID", "ro"),
)


def _local(element):
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def places(root, everything=False):
    """Elements to spoil; of those at the same path only the first and the last, unless ``everything``."""
    seen = {}
    for element in root.iter(etree.Element):
        if element is not root:
            seen.setdefault(re.sub(r"\[\d+\]", "", root.getroottree().getpath(element)), []).append(element)
    return [element for found in seen.values() for element in (found if everything else {found[0]: 1, found[-1]: 1})]


def edits(element):
    """[(label, function of the element in a copy)]."""
    found = [("remove", _remove), ("double", _double), ("foreign", _foreign)]
    if element.getnext() is not None and element.getnext().tag != element.tag:
        found.append(("swap", _swap))
    name = _local(element)
    if len(element):
        found.append(("empty", _empty))
        return found
    texts = ["", " ", "\u00a0", f" {element.text} ", f"{element.text}\n", *VALUES.get(name, ())]
    if name == "ID":
        parent = _local(element.getparent())
        if parent.endswith("TaxCategory"):
            texts += _CATEGORIES
        elif parent == "TaxScheme":
            texts += ["vat", " VAT ", "FC", "Vat"]
        else:
            texts += ["FARA CIFRE", "0", "x"]
    if name.endswith("Amount"):
        texts += _amounts(element.text or "0")
    elif name.endswith(("Quantity", "Numeric", "Percent")):
        texts += ["0", "-1", "1.123456", "x", "1e2", "1,5"]
    elif name.endswith("Date"):
        texts += DATES
    elif not name.endswith(("Code", "Indicator", "BinaryObject")):
        texts += [("ăș" * length)[:length] for length in LENGTHS] + ["a  " * 60, "<&>\"'"]
    found += [(f"text {text[:14]!r} {len(text)}", _text(text)) for text in dict.fromkeys(texts) if text != element.text]
    for attribute in element.attrib:
        found.append((f"@{attribute} removed", _attribute(attribute, None)))
        found += [
            (f"@{attribute}={value[:12]!r}", _attribute(attribute, value))
            for value in ATTRIBUTES.get(attribute, ("X",))
        ]
    found += [
        (f"@{attribute} added", _attribute(attribute, "RON" if attribute == "currencyID" else "0088"))
        for attribute in (*ADDED.get(name, ()), "unknown")
        if attribute not in element.attrib
    ]
    return found


def _amounts(text):
    try:
        value = float(text)
    except ValueError:
        return []
    changed = [f"{value + step:.2f}" for step in (0.01, -0.01, 0.5, 0.99, -0.99, 1, -1, 1.01, 2, 100)]
    return [
        *changed,
        f"{-value:.2f}",
        "0",
        "0.00",
        "-0",
        f"{value:.2f}0",
        f"{value:.3f}5",
        f"{value:.1f}",
        f"+{text}",
        f"{text}e0",
        "x",
        "1,00",
        ".5",
        "5.",
        "NaN",
        "INF",
        "9" * 30,
    ]


def _remove(element):
    element.getparent().remove(element)


def _double(element):
    element.addnext(copy.deepcopy(element))


def _foreign(element):
    element.tag = "{urn:other}" + _local(element)


def _swap(element):
    element.addprevious(element.getnext())


def _empty(element):
    for child in list(element):
        element.remove(child)


def _text(text):
    def edit(element):
        element.text = text

    return edit


def _attribute(name, value):
    def edit(element):
        if value is None:
            element.attrib.pop(name, None)
        else:
            element.set(name, value)

    return edit


def mutants(xml, everything=False):
    """(label, bytes) of every single change."""
    root = etree.fromstring(xml)
    for element in places(root, everything):
        short = f"{_local(element.getparent())}/{_local(element)}"
        for label, edit in edits(element):
            fresh = copy.deepcopy(root)
            edit(_same(fresh, root, element))
            yield f"{short} {label}", etree.tostring(fresh, encoding="UTF-8")
    yield from _extras(root)
    yield from _wholes(xml)


def _same(fresh, root, element):
    """The element of the copy at the place of ``element``."""
    steps = []
    while element is not root:
        steps.append(element.getparent().index(element))
        element = element.getparent()
    for step in reversed(steps):
        fresh = fresh[step]
    return fresh


def _extras(root):
    for parent, before, name, text in EXTRA:
        for host in [root] if not parent else root.iter(CAC + parent):
            fresh = copy.deepcopy(root)
            host = _same(fresh, root, host)
            new = etree.Element(CBC + name)
            new.text = text
            if name.endswith("Amount"):
                new.set("currencyID", "RON")
            target = next((child for child in host if _local(child) == before), None)
            if target is not None:
                target.addprevious(new)
            else:
                host.append(new)
            yield f"{parent} + {name}", etree.tostring(fresh, encoding="UTF-8")


def _wholes(xml):
    """Changes of the whole text, where they leave it XML."""
    for label, changed in _rewritten(etree.tostring(etree.fromstring(xml), encoding="UTF-8")):
        try:
            etree.fromstring(changed)
        except etree.XMLSyntaxError:
            continue
        yield label, changed


def _rewritten(xml):
    text = xml.decode()
    yield (
        "prefixes",
        text.replace("cbc:", "b:")
        .replace("xmlns:cbc", "xmlns:b")
        .replace("cac:", "a:")
        .replace("xmlns:cac", "xmlns:a")
        .encode(),
    )
    kind = "Invoice" if ":Invoice-2" in text else "CreditNote"
    yield (
        "root prefix",
        text.replace(f"<{kind} xmlns=", f"<u:{kind} xmlns:u=").replace(f"</{kind}>", f"</u:{kind}>").encode(),
    )
    yield "pretty", etree.tostring(etree.fromstring(xml), pretty_print=True, encoding="UTF-8")
    yield "comment", text.replace("<cbc:ID>", "<!-- c --><cbc:ID>").encode()
    yield "comment inside a value", text.replace("<cbc:Name>", "<cbc:Name><!-- c -->a").encode()
    yield "UTF-16", etree.tostring(etree.fromstring(xml), encoding="UTF-16")


def pairs(xml, count, seed):
    """(label, bytes) of ``count`` documents with two or three random changes."""
    chance = random.Random(seed)
    root = etree.fromstring(xml)
    for _number in range(count):
        fresh = copy.deepcopy(root)
        labels = []
        for _change in range(chance.choice((2, 2, 3))):
            candidates = places(fresh, everything=True)
            element = chance.choice(candidates)
            label, edit = chance.choice(edits(element))
            labels.append(f"{_local(element)} {label}")
            edit(element)
        yield " & ".join(labels), etree.tostring(fresh, encoding="UTF-8")
