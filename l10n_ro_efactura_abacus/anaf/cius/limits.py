"""How long a text, how fine an amount, what a date may be: BR-RO-L, BR-RO-A, BR-RO-DT, BR-DEC, UBL-DT."""

import re
from datetime import date

from .model import Document, Node, Say, norm

# Rule, business term, most characters, path.
_Limit = tuple[str, str, int, tuple[str, ...]]

_SELLER = ("cac:AccountingSupplierParty", "cac:Party")
_BUYER = ("cac:AccountingCustomerParty", "cac:Party")
_AGENT = ("cac:TaxRepresentativeParty",)
_PLACE = ("cac:Delivery", "cac:DeliveryLocation")
_ADDRESS, _HERE, _CONTACT, _ENTITY = "cac:PostalAddress", "cac:Address", "cac:Contact", "cac:PartyLegalEntity"
_PARTY_NAME = ("cac:PartyName", "cbc:Name")
_ADDRESS_LINE = ("cac:AddressLine", "cbc:Line")

#: from the root: (rule, BT, most characters, path)
_OF_DOCUMENT: tuple[_Limit, ...] = (
    ("BR-RO-L155", "BT-1", 200, ("cbc:ID",)),
    ("BR-RO-L0302", "BT-12", 200, ("cac:ContractDocumentReference", "cbc:ID")),
    ("BR-RO-L0303", "BT-13", 200, ("cac:OrderReference", "cbc:ID")),
    ("BR-RO-L0304", "BT-14", 200, ("cac:OrderReference", "cbc:SalesOrderID")),
    ("BR-RO-L0305", "BT-15", 200, ("cac:ReceiptDocumentReference", "cbc:ID")),
    ("BR-RO-L0306", "BT-16", 200, ("cac:DespatchDocumentReference", "cbc:ID")),
    ("BR-RO-L0307", "BT-17", 200, ("cac:OriginatorDocumentReference", "cbc:ID")),
    ("BR-RO-L0201", "BT-38", 20, (*_SELLER, _ADDRESS, "cbc:PostalZone")),
    ("BR-RO-L0202", "BT-53", 20, (*_BUYER, _ADDRESS, "cbc:PostalZone")),
    ("BR-RO-L0203", "BT-67", 20, (*_AGENT, _ADDRESS, "cbc:PostalZone")),
    ("BR-RO-L0204", "BT-78", 20, (*_PLACE, _HERE, "cbc:PostalZone")),
    ("BR-RO-L0501", "BT-37", 50, (*_SELLER, _ADDRESS, "cbc:CityName")),
    ("BR-RO-L0502", "BT-52", 50, (*_BUYER, _ADDRESS, "cbc:CityName")),
    ("BR-RO-L0503", "BT-66", 50, (*_AGENT, _ADDRESS, "cbc:CityName")),
    ("BR-RO-L0504", "BT-77", 50, (*_PLACE, _HERE, "cbc:CityName")),
    ("BR-RO-L1001", "BT-19", 100, ("cbc:AccountingCost",)),
    ("BR-RO-L1002", "BT-36", 100, (*_SELLER, _ADDRESS, "cbc:AdditionalStreetName")),
    ("BR-RO-L1003", "BT-162", 100, (*_SELLER, _ADDRESS, *_ADDRESS_LINE)),
    ("BR-RO-L1004", "BT-41", 100, (*_SELLER, _CONTACT, "cbc:Name")),
    ("BR-RO-L1005", "BT-42", 100, (*_SELLER, _CONTACT, "cbc:Telephone")),
    ("BR-RO-L1006", "BT-43", 100, (*_SELLER, _CONTACT, "cbc:ElectronicMail")),
    ("BR-RO-L1007", "BT-51", 100, (*_BUYER, _ADDRESS, "cbc:AdditionalStreetName")),
    ("BR-RO-L1008", "BT-163", 100, (*_BUYER, _ADDRESS, *_ADDRESS_LINE)),
    ("BR-RO-L1009", "BT-56", 100, (*_BUYER, _CONTACT, "cbc:Name")),
    ("BR-RO-L1010", "BT-57", 100, (*_BUYER, _CONTACT, "cbc:Telephone")),
    ("BR-RO-L1011", "BT-58", 100, (*_BUYER, _CONTACT, "cbc:ElectronicMail")),
    ("BR-RO-L1012", "BT-65", 100, (*_AGENT, _ADDRESS, "cbc:AdditionalStreetName")),
    ("BR-RO-L1013", "BT-164", 100, (*_AGENT, _ADDRESS, *_ADDRESS_LINE)),
    ("BR-RO-L1014", "BT-76", 100, (*_PLACE, _HERE, "cbc:AdditionalStreetName")),
    ("BR-RO-L1015", "BT-165", 100, (*_PLACE, _HERE, *_ADDRESS_LINE)),
    ("BR-RO-L151", "BT-35", 150, (*_SELLER, _ADDRESS, "cbc:StreetName")),
    ("BR-RO-L152", "BT-50", 150, (*_BUYER, _ADDRESS, "cbc:StreetName")),
    ("BR-RO-L153", "BT-64", 150, (*_AGENT, _ADDRESS, "cbc:StreetName")),
    ("BR-RO-L154", "BT-75", 150, (*_PLACE, _HERE, "cbc:StreetName")),
    ("BR-RO-L201", "BT-27", 200, (*_SELLER, _ENTITY, "cbc:RegistrationName")),
    ("BR-RO-L202", "BT-28", 200, (*_SELLER, *_PARTY_NAME)),
    ("BR-RO-L203", "BT-44", 200, (*_BUYER, _ENTITY, "cbc:RegistrationName")),
    ("BR-RO-L204", "BT-45", 200, (*_BUYER, *_PARTY_NAME)),
    ("BR-RO-L205", "BT-59", 200, ("cac:PayeeParty", *_PARTY_NAME)),
    ("BR-RO-L206", "BT-62", 200, (*_AGENT, *_PARTY_NAME)),
    ("BR-RO-L207", "BT-70", 200, ("cac:Delivery", "cac:DeliveryParty", *_PARTY_NAME)),
    ("BR-RO-L301", "BT-20", 300, ("cac:PaymentTerms", "cbc:Note")),
    ("BR-RO-L1000", "BT-33", 1000, (*_SELLER, _ENTITY, "cbc:CompanyLegalForm")),
)
#: from every element of a name: {name: ((rule, BT, most characters, path)...)}; ``@`` starts an attribute
_OF_ELEMENTS: dict[str, tuple[_Limit, ...]] = {
    "cac:PaymentMeans": (
        ("BR-RO-L208", "BT-85", 200, ("cac:PayeeFinancialAccount", "cbc:Name")),
        ("BR-RO-L209", "BT-88", 200, ("cac:CardAccount", "cbc:HolderName")),
        ("BR-RO-L1016", "BT-82", 100, ("cbc:PaymentMeansCode", "@name")),
        ("BR-RO-L140", "BT-83", 140, ("cbc:PaymentID",)),
    ),
    "cac:AdditionalDocumentReference": (
        ("BR-RO-L0308", "BT-122", 200, ("cbc:ID",)),
        ("BR-RO-L1020", "BT-123", 100, ("cbc:DocumentDescription",)),
        ("BR-RO-L210", "BT-124", 200, ("cac:Attachment", "cac:ExternalReference", "cbc:URI")),
        ("BR-RO-L211", "BT-125", 200, ("cac:Attachment", "cbc:EmbeddedDocumentBinaryObject", "@filename")),
    ),
    "cac:BillingReference": (("BR-RO-L156", "BT-25", 200, ("cac:InvoiceDocumentReference", "cbc:ID")),),
}
_OF_LINE: tuple[_Limit, ...] = (
    ("BR-RO-L1024", "BT-153", 100, ("cac:Item", "cbc:Name")),
    ("BR-RO-L1021", "BT-133", 100, ("cbc:AccountingCost",)),
    ("BR-RO-L212", "BT-154", 200, ("cac:Item", "cbc:Description")),
    ("BR-RO-L303", "BT-127", 300, ("cbc:Note",)),
)
_OF_ITEM_PROPERTY: tuple[_Limit, ...] = (
    ("BR-RO-L0505", "BT-160", 50, ("cbc:Name",)),
    ("BR-RO-L1025", "BT-161", 100, ("cbc:Value",)),
)
_DATES = {
    "cbc:IssueDate": ("BR-RO-DT001", "BT-2"),
    "cbc:TaxPointDate": ("BR-RO-DT002", "BT-7"),
    "cbc:DueDate": ("BR-RO-DT003", "BT-9"),
    "cbc:PaymentDueDate": ("BR-RO-DT003_CN", "BT-9"),
    "cbc:ActualDeliveryDate": ("BR-RO-DT004", "BT-72"),
    "cbc:StartDate": ("BR-RO-DT005", "BT-73"),
    "cbc:EndDate": ("BR-RO-DT006", "BT-74"),
}
#: EN and RO rule of the same amount
_TOTALS = {
    "cbc:LineExtensionAmount": ("BT-106", "BR-DEC-09", "BR-DEC-RO-09"),
    "cbc:AllowanceTotalAmount": ("BT-107", "BR-DEC-10", "BR-DEC-RO-10"),
    "cbc:ChargeTotalAmount": ("BT-108", "BR-DEC-11", "BR-DEC-RO-11"),
    "cbc:TaxExclusiveAmount": ("BT-109", "BR-DEC-12", "BR-DEC-RO-12"),
    "cbc:TaxInclusiveAmount": ("BT-112", "BR-DEC-14", "BR-DEC-RO-14"),
    "cbc:PrepaidAmount": ("BT-113", "BR-DEC-16", "BR-DEC-RO-16"),
    "cbc:PayableRoundingAmount": ("BT-114", "BR-DEC-17", "BR-DEC-RO-17"),
    "cbc:PayableAmount": ("BT-115", "BR-DEC-18", "BR-DEC-RO-18"),
}
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check(doc: Document, say: Say) -> None:
    _lengths(doc, say)
    _decimals(doc, say)
    _dates(doc, say)
    if len(doc.root.all("cbc:Note")) > 20:
        say("BR-RO-A020", doc.root, count=len(doc.root.all("cbc:Note")), limit=20)


def _lengths(doc: Document, say: Say) -> None:
    for limit in _OF_DOCUMENT:
        _length(say, doc.root, *limit)
    for name, limits in _OF_ELEMENTS.items():
        for node in doc.every(name):
            for limit in limits:
                _length(say, node, *limit)
    for node in doc.lines:
        for limit in _OF_LINE:
            _length(say, node, *limit)
    for node in doc.every("cac:AdditionalItemProperty"):
        if node.parent.name == "cac:Item":
            for limit in _OF_ITEM_PROPERTY:
                _length(say, node, *limit)
    for node, charge, _taxes in doc.allowances:
        if charge is not None and node.parent.name in ("cac:InvoiceLine", "cac:CreditNoteLine"):
            rule, bt = ("BR-RO-L1023", "BT-144") if charge else ("BR-RO-L1022", "BT-139")
            _length(say, node, rule, bt, 100, ("cbc:AllowanceChargeReason",))
        elif charge is not None and node.parent is doc.root and doc.kind == "Invoice":
            rule, bt = ("BR-RO-L1018", "BT-105") if charge else ("BR-RO-L1017", "BT-98")
            _length(say, node, rule, bt, 100, ("cbc:AllowanceChargeReasonCode",))
    for node in doc.every("cbc:Note"):
        _long(
            say,
            node,
            "BR-RO-L302",
            {"line": "BT-127", "cac:PaymentTerms": "BT-20"}.get(node.path.rpartition("/")[0], "BT-22"),
            300,
            node.text,
        )


def _length(say: Say, node: Node, rule: str, bt: str, limit: int, path: tuple[str, ...]) -> None:
    """Check the length of one text at ``path``: ANAF's program stops with an error when there are several."""
    attribute = path[-1][1:] if path[-1][0] == "@" else None
    found = node.all(*path[:-1]) if attribute else node.all(*path)
    if not found:
        return
    if len(found) > 1 and not attribute:
        say(rule, found[1], bt, words="once", count=len(found), limit=1)
        return
    _long(say, found[0], rule, bt, limit, found[0].attrs.get(attribute, "") if attribute else found[0].text)


def _long(say: Say, node: Node, rule: str, bt: str, limit: int, text: str) -> None:
    if len(text) > limit and (length := len(norm(text))) > limit:
        say(rule, node, bt, length=length, limit=limit)


def fine(text: str) -> bool:
    """Tell whether there are at most two characters after the point, blanks included."""
    return len(text.partition(".")[2]) <= 2


def _fine(say: Say, node: Node, name: str, bt: str, *rules: str) -> None:
    found = node.first(name)
    if found is not None and not fine(found.text):
        for rule in rules:
            say(rule, found, bt, value=found.text)


def _decimals(doc: Document, say: Say) -> None:
    for node in doc.every("cac:LegalMonetaryTotal"):
        for name, (bt, *rules) in _TOTALS.items():
            _fine(say, node, name, bt, *rules)
    for node in doc.every("cac:TaxSubtotal"):
        if node.parent.name == "cac:TaxTotal":
            _fine(say, node, "cbc:TaxableAmount", "BT-116", "BR-DEC-19", "BR-DEC-RO-1009")
            _fine(say, node, "cbc:TaxAmount", "BT-117", "BR-DEC-20", "BR-DEC-RO-1010")
    for node in doc.lines:
        _fine(say, node, "cbc:LineExtensionAmount", "BT-131", "BR-DEC-23")
    for node, charge, _taxes in doc.allowances:
        if charge is None:
            continue
        if node.parent is doc.root:
            numbers = ("05", "06") if charge else ("01", "02")
            terms = ("BT-99", "BT-100") if charge else ("BT-92", "BT-93")
            families = ("BR-DEC-", "BR-DEC-RO-") if doc.kind == "Invoice" else ("BR-DEC-",)
        elif node.parent.name in ("cac:InvoiceLine", "cac:CreditNoteLine"):
            numbers = ("27", "28") if charge else ("24", "25")
            terms = ("BT-141", "BT-142") if charge else ("BT-136", "BT-137")
            families = ("BR-DEC-", "BR-DEC-RO-")
        else:
            continue
        for name, number, bt in zip(("cbc:Amount", "cbc:BaseAmount"), numbers, terms):
            _fine(say, node, name, bt, *(family + number for family in families))
    for name, nodes in doc.names.items():
        if not name.endswith("Amount") or name.endswith("PriceAmount"):
            continue
        for node in nodes:
            if not fine(node.text) and not _in_price_discount(node):
                say("UBL-DT-01", node, value=node.text)


def _in_price_discount(node: Node) -> bool:
    price = node.ancestor("cac:Price")
    return price is not None and "cac:AllowanceCharge" in price.kids


def is_date(text: str) -> bool:
    """Tell whether the text is ``YYYY-MM-DD`` of the calendar, and not one character more."""
    if not _ISO.fullmatch(text):
        return False
    if text.startswith("0000"):  # a year of XML Schema 1.1, which Saxon knows, and a leap one
        text = "2000" + text[4:]
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _dates(doc: Document, say: Say) -> None:
    for name, (rule, bt) in _DATES.items():
        for node in doc.every(name):
            if is_date(node.text) and node.pieces() < 2:
                continue
            if name == "cbc:IssueDate" and node.parent is not doc.root:
                bt = "BT-26"
            elif rule in ("BR-RO-DT005", "BR-RO-DT006") and node.line_number():
                bt = "BT-134" if rule == "BR-RO-DT005" else "BT-135"
            say(rule, node, bt, value=node.text)
