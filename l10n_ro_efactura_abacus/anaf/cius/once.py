"""What UBL lets repeat and EN 16931 does not, and parts of attachments (UBL-SR, UBL-DT-06, 07)."""

from collections.abc import Sequence

from .model import LINES, Document, Node, Say, is_charge

# Rule, business term, path.
_Limit = tuple[str, str, tuple[str, ...]]

_SELLER = ("cac:AccountingSupplierParty", "cac:Party")
_BUYER = ("cac:AccountingCustomerParty", "cac:Party")

#: at most one from the root: (rule, BT, path)
_OF_DOCUMENT: tuple[_Limit, ...] = (
    ("UBL-SR-01", "BT-12", ("cac:ContractDocumentReference", "cbc:ID")),
    ("UBL-SR-02", "BT-15", ("cac:ReceiptDocumentReference", "cbc:ID")),
    ("UBL-SR-03", "BT-16", ("cac:DespatchDocumentReference", "cbc:ID")),
    ("UBL-SR-05", "BT-20", ("cac:PaymentTerms", "cbc:Note")),
    ("UBL-SR-08", "BG-14", ("cac:InvoicePeriod",)),
    ("UBL-SR-09", "BT-27", (*_SELLER, "cac:PartyLegalEntity", "cbc:RegistrationName")),
    ("UBL-SR-10", "BT-28", (*_SELLER, "cac:PartyName", "cbc:Name")),
    ("UBL-SR-11", "BT-30", (*_SELLER, "cac:PartyLegalEntity", "cbc:CompanyID")),
    ("UBL-SR-14", "BT-33", (*_SELLER, "cac:PartyLegalEntity", "cbc:CompanyLegalForm")),
    ("UBL-SR-15", "BT-44", (*_BUYER, "cac:PartyLegalEntity", "cbc:RegistrationName")),
    ("UBL-SR-16", "BT-46", (*_BUYER, "cac:PartyIdentification", "cbc:ID")),
    ("UBL-SR-17", "BT-47", (*_BUYER, "cac:PartyLegalEntity", "cbc:CompanyID")),
    ("UBL-SR-24", "BG-13", ("cac:Delivery",)),
    ("UBL-SR-39", "BT-11", ("cac:ProjectReference", "cbc:ID")),
    ("UBL-SR-40", "BT-45", (*_BUYER, "cac:PartyName", "cbc:Name")),
    ("UBL-SR-45", "BT-9", ("cac:PaymentMeans", "cbc:PaymentDueDate")),
    ("UBL-SR-49", "BT-8", ("cac:InvoicePeriod", "cbc:DescriptionCode")),
)
#: at most one from every element of a name: {name: ((rule, BT, path)...)}
_OF_ELEMENTS: dict[str, tuple[_Limit, ...]] = {
    "cac:AdditionalDocumentReference": (("UBL-SR-33", "BT-123", ("cbc:DocumentDescription",)),),
    "cac:Delivery": (("UBL-SR-25", "BT-70", ("cac:DeliveryParty", "cac:PartyName", "cbc:Name")),),
    "cac:PaymentMeans": (
        ("UBL-SR-26", "BT-83", ("cbc:PaymentID",)),
        ("UBL-SR-27", "BT-81", ("cbc:PaymentMeansCode",)),
        ("UBL-SR-28", "BT-89", ("cac:PaymentMandate", "cbc:ID")),
    ),
    "cac:BillingReference": (("UBL-SR-06", "BG-3", ("cac:InvoiceDocumentReference",)),),
    "cac:TaxRepresentativeParty": (
        ("UBL-SR-22", "BT-62", ("cac:Party", "cac:PartyName", "cbc:Name")),
        ("UBL-SR-23", "BT-63", ("cac:Party", "cac:PartyTaxScheme", "cbc:CompanyID")),
    ),
    "cac:TaxSubtotal": (("UBL-SR-32", "BT-120", ("cac:TaxCategory", "cbc:TaxExemptionReason")),),
}
_OF_LINE: tuple[_Limit, ...] = (
    ("UBL-SR-34", "BT-127", ("cbc:Note",)),
    ("UBL-SR-35", "BT-132", ("cac:OrderLineReference", "cbc:LineID")),
    ("UBL-SR-36", "BG-26", ("cac:InvoicePeriod",)),
    ("UBL-SR-37", "BT-147", ("cac:Price", "cac:AllowanceCharge", "cbc:Amount")),
    ("UBL-SR-50", "BT-154", ("cac:Item", "cbc:Description")),
)


def check(doc: Document, say: Say) -> None:
    root = doc.root
    for rule, bt, path in _OF_DOCUMENT:
        _once(say, rule, bt, root.all(*path))
    for name, rules in _OF_ELEMENTS.items():
        for node in doc.every(name):
            for rule, bt, path in rules:
                _once(say, rule, bt, node.all(*path))
    for line in doc.every(*LINES):
        for rule, bt, path in _OF_LINE:
            _once(say, rule, bt, line.all(*path))
    for node in doc.every("cac:AllowanceCharge"):
        if (charge := is_charge(node)) is not None:
            rule = "UBL-SR-31" if charge else "UBL-SR-30"
            _once(say, rule, "BT-104" if charge else "BT-97", node.all("cbc:AllowanceChargeReason"))
    _registrations(doc, say)
    _documents(doc, say)
    _payment(doc, say)


def _once(say: Say, rule: str, bt: str, found: Sequence[Node], limit: int = 1) -> None:
    if len(found) > limit:
        say(rule, found[limit], bt, count=len(found), limit=limit)


def _registrations(doc: Document, say: Say) -> None:
    for seller in doc.every("cac:AccountingSupplierParty"):
        for party in seller.all("cac:Party"):
            _once(say, "UBL-SR-42", "BT-31", party.all("cac:PartyTaxScheme"), limit=2)
    for rule, bt, role, vat in (
        ("UBL-SR-12", "BT-31", _SELLER, True),
        ("UBL-SR-13", "BT-32", _SELLER, False),
        ("UBL-SR-18", "BT-48", _BUYER, True),
    ):
        _once(
            say,
            rule,
            bt,
            [
                number
                for scheme in doc.root.all(*role, "cac:PartyTaxScheme")
                if any((one.value("cbc:ID").upper() == "VAT") is vat for one in scheme.all("cac:TaxScheme"))
                for number in scheme.all("cbc:CompanyID")
            ],
        )
    _once(
        say,
        "UBL-SR-29",
        "BT-90",
        [
            number
            for one in doc.every("cac:PartyIdentification")
            for number in one.all("cbc:ID")
            if number.attrs.get("schemeID", "").upper() == "SEPA"
        ],
    )


def _documents(doc: Document, say: Say) -> None:
    objects: list[Node] = []
    for reference in doc.every("cac:AdditionalDocumentReference"):
        kinds = [kind.text for kind in reference.all("cbc:DocumentTypeCode")]
        if kinds and "130" not in kinds and not (doc.kind == "CreditNote" and "50" in kinds):
            say("UBL-SR-43", reference, value=kinds[0])
        if "130" in kinds:
            if reference.parent is doc.root:
                objects += reference.all("cbc:ID")
            if reference.all("cac:Attachment"):
                say("UBL-CR-666", reference)
            if reference.all("cbc:DocumentDescription"):
                say("UBL-CR-673", reference)
    _once(say, "UBL-SR-04", "BT-18", objects)
    for name, nodes in doc.names.items():
        if name.endswith("BinaryObject"):
            for node in nodes:
                for rule, attribute in (("UBL-DT-06", "mimeCode"), ("UBL-DT-07", "filename")):
                    if attribute not in node.attrs:
                        say(rule, node)


def _payment(doc: Document, say: Say) -> None:
    """Check that all means of payment of an invoice share one code and one remittance text."""
    _once(
        say,
        "UBL-SR-46",
        "BT-82",
        [code for code in doc.root.all("cac:PaymentMeans", "cbc:PaymentMeansCode") if "name" in code.attrs],
    )
    for rule, bt, name in (("UBL-SR-44", "BT-83", "cbc:PaymentID"), ("UBL-SR-47", "BT-81", "cbc:PaymentMeansCode")):
        distinct = {node.text: node for node in reversed(doc.every(name))}
        if len(distinct) > 1:
            say(rule, list(reversed(distinct.values()))[1], bt, value=", ".join(reversed(distinct)))
