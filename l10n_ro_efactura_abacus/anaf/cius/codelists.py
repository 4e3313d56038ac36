"""Every code against its list (BR-CL): unlike most rules, they look at each element and attribute of the file."""

from .codes import codes
from .model import Document, Node, Say, is_charge, norm

#: element: (rule, BT, list)
_VALUES = {
    "cbc:InvoiceTypeCode": ("BR-CL-01", "BT-3", "invoice_type"),
    "cbc:CreditNoteTypeCode": ("BR-CL-01", "BT-3", "credit_note_type"),
    "cbc:DocumentCurrencyCode": ("BR-CL-04", "BT-5", "currency"),
    "cbc:TaxCurrencyCode": ("BR-CL-05", "BT-6", "currency"),
}
#: (parent, element): (rule, BT, list)
_VALUES_IN = {
    ("cac:InvoicePeriod", "cbc:DescriptionCode"): ("BR-CL-06", "BT-8", "vat_point"),
    ("cac:Country", "cbc:IdentificationCode"): ("BR-CL-14", "", "country"),
    ("cac:OriginCountry", "cbc:IdentificationCode"): ("BR-CL-15", "BT-159", "country"),
    ("cac:PaymentMeans", "cbc:PaymentMeansCode"): ("BR-CL-16", "BT-81", "payment_means"),
    ("cac:TaxCategory", "cbc:ID"): ("BR-CL-17", "BT-118", "vat_category"),
    ("cac:ClassifiedTaxCategory", "cbc:ID"): ("BR-CL-18", "BT-151", "vat_category"),
}
#: (parent, element): (attribute, rule, BT, list)
_SCHEMES = {
    ("cac:PartyIdentification", "cbc:ID"): ("schemeID", "BR-CL-10", "BT-29", "icd"),
    ("cac:PartyLegalEntity", "cbc:CompanyID"): ("schemeID", "BR-CL-11", "BT-30", "icd"),
    ("cac:CommodityClassification", "cbc:ItemClassificationCode"): (
        "listID",
        "BR-CL-13",
        "BT-158",
        "item_classification",
    ),
    ("cac:StandardItemIdentification", "cbc:ID"): ("schemeID", "BR-CL-21", "BT-157", "icd"),
    ("cac:DeliveryLocation", "cbc:ID"): ("schemeID", "BR-CL-26", "BT-71", "icd"),
}
_COUNTRIES = {
    "cac:AccountingSupplierParty": "BT-40",
    "cac:AccountingCustomerParty": "BT-55",
    "cac:TaxRepresentativeParty": "BT-69",
    "cac:Delivery": "BT-80",
}


def check(doc: Document, say: Say) -> None:
    for name, (rule, bt, listed) in _VALUES.items():
        for node in doc.every(name):
            _listed(say, rule, bt, node, node.text, listed)
    for (parent, name), (rule, bt, listed) in _VALUES_IN.items():
        for node in doc.names.get(name, ()):
            if node.parent.name == parent:
                _listed(say, rule, bt or _country(node), node, node.text, listed)
    for (parent, name), (attribute, rule, bt, listed) in _SCHEMES.items():
        for node in doc.names.get(name, ()):
            if (
                node.parent.name == parent
                and attribute in node.attrs
                and not (
                    rule == "BR-CL-10"
                    and norm(node.attrs[attribute]) == "SEPA"
                    and node.ancestor("cac:AccountingSupplierParty", "cac:PayeeParty")
                )
            ):
                _listed(say, rule, bt, node, node.attrs[attribute], listed)
    for attribute, rule, bt, listed in (
        ("currencyID", "BR-CL-03", "", "currency"),
        ("unitCode", "BR-CL-23", "BT-130", "unit"),
    ):
        for node in doc.attributes.get(attribute, ()):
            _listed(say, rule, bt, node, node.attrs[attribute], listed)
    for node in doc.every("cbc:EndpointID"):
        if "schemeID" in node.attrs:
            bt = "BT-49" if node.ancestor("cac:AccountingCustomerParty") else "BT-34"
            _listed(say, "BR-CL-25", bt, node, node.attrs["schemeID"], "eas")
    for node in doc.every("cbc:EmbeddedDocumentBinaryObject"):
        if "mimeCode" in node.attrs and node.attrs["mimeCode"] not in codes("mime"):
            say("BR-CL-24", node, value=node.attrs["mimeCode"])
    for node in doc.every("cbc:TaxExemptionReasonCode"):
        _listed(say, "BR-CL-22", "BT-121", node, node.text.upper(), "vatex")
    for node in doc.every("cbc:AllowanceChargeReasonCode"):
        _reason(say, node)
    for name in ("cac:AdditionalDocumentReference", "cac:DocumentReference"):
        for reference in doc.every(name):
            if any(kind.text == "130" for kind in reference.all("cbc:DocumentTypeCode")):
                for node in reference.all("cbc:ID"):
                    if "schemeID" in node.attrs:
                        bt = "BT-128" if node.line_number() else "BT-18"
                        _listed(say, "BR-CL-07", bt, node, node.attrs["schemeID"], "object_scheme")
    for node in doc.root.all("cbc:Note"):
        _subject(say, node)


def listed(text: str, name: str) -> bool:
    """Tell whether the text, outer blanks aside, is one code of the list."""
    code = norm(text)
    return bool(code) and code in codes(name)


def _listed(say: Say, rule: str, bt: str, node: Node, text: str, name: str) -> None:
    if not listed(text, name):
        say(rule, node, bt, value=norm(text))


def _country(node: Node) -> str:
    party = node.ancestor(*_COUNTRIES)
    return _COUNTRIES[party.name] if party is not None else "BT-40"


def _reason(say: Say, node: Node) -> None:
    if node.parent.name != "cac:AllowanceCharge":
        return
    charge = is_charge(node.parent)
    inside = node.line_number()
    if charge is True:
        _listed(say, "BR-CL-20", "BT-145" if inside else "BT-105", node, node.text, "charge_reason")
    elif charge is False:
        _listed(say, "BR-CL-19", "BT-140" if inside else "BT-98", node, node.text, "allowance_reason")


def _subject(say: Say, node: Node) -> None:
    """Check the subject code of a note, which may stand first between two signs: ``#AAI#text``."""
    code, closed, _rest = node.text.partition("#")[2].partition("#")
    if closed and len(code) == 3 and code not in f" {' '.join(codes('note_subject'))} ":
        say("BR-CL-08", node, value=code)
