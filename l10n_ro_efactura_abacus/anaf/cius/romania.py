"""What CIUS-RO adds: identifiers of the document, VAT in RON, Romanian addresses (BR-RO-001..212)."""

from .codes import codes
from .model import Document, Node, Say, norm

CIUS_RO = "urn:cen.eu:en16931:2017#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1"
_TAXED = {"S", "Z", "E", "AE", "K", "G", "L", "M"}
_SELLER = ("cac:AccountingSupplierParty", "cac:Party")
_BUYER = ("cac:AccountingCustomerParty", "cac:Party")


def check(doc: Document, say: Say) -> None:
    root = doc.root
    if not any(node.text == CIUS_RO for node in root.all("cbc:CustomizationID")):
        say("BR-RO-001", root.first("cbc:CustomizationID") or root, value=root.value("cbc:CustomizationID"))
    if not any("0" <= sign <= "9" for sign in norm(root.value("cbc:ID"))):
        say("BR-RO-010", root.first("cbc:ID") or root, value=root.value("cbc:ID"))
    for rule, name, listed in (
        ("BR-RO-020_1", "cbc:InvoiceTypeCode", "ro_invoice_type"),
        ("BR-RO-020_2", "cbc:CreditNoteTypeCode", "ro_credit_note_type"),
    ):
        for node in doc.every(name):
            if norm(node.text) not in codes(listed):
                say(rule, node, value=node.text)
    currency, tax_currency = norm(doc.currency), norm(root.value("cbc:TaxCurrencyCode"))
    if currency != "RON" and tax_currency != "RON":
        say("BR-RO-030", root.first("cbc:TaxCurrencyCode") or root, value=currency)
    for node in doc.every("cbc:DescriptionCode"):
        if node.parent.name == "cac:InvoicePeriod" and norm(node.text) not in codes("vat_point"):
            say("BR-RO-040", node, value=node.text)
    _identified(doc, say)
    _party(root.first(*_SELLER, "cac:PostalAddress") or root, "081", "091", "100", "110", say)
    _party(root.first(*_BUYER, "cac:PostalAddress") or root, "082", "092", "101", "111", say)
    if doc.kind == "Invoice":  # the artefact looks for these addresses in an Invoice only
        for address in root.all("cac:TaxRepresentativeParty", "cac:PostalAddress"):
            _party(address, "140", "150", "160", "170", say)
        for address in root.all("cac:Delivery", "cac:DeliveryLocation", "cac:Address"):
            _party(address, "180", "201", "202", "212", say)
            if not _filled(address, "cbc:CountrySubentity"):
                say("BR-RO-211", address)


def _filled(node: Node, *path: str) -> bool:
    return any(norm(found.text) for found in node.all(*path))


def _identified(doc: Document, say: Say) -> None:
    """Check that a taxable invoice names both parties by a number. ANAF does not look at credit note lines here."""
    root = doc.root
    taxed = any(
        node.text in _TAXED for node in root.all("cac:InvoiceLine", "cac:Item", "cac:ClassifiedTaxCategory", "cbc:ID")
    )
    for node in root.all("cac:AllowanceCharge") if not taxed else ():
        indicator = node.value("cbc:ChargeIndicator")
        for category in node.all("cac:TaxCategory"):
            scheme = any(one.text == "VAT" for one in category.all("cac:TaxScheme", "cbc:ID"))
            if indicator == "true" or (indicator == "false" and scheme):
                taxed = taxed or any(one.text in _TAXED for one in category.all("cbc:ID"))
    if not taxed:
        return
    if not root.all("cac:TaxRepresentativeParty", "cac:PartyTaxScheme", "cbc:CompanyID") and not _filled(
        root, *_SELLER, "cac:PartyTaxScheme", "cbc:CompanyID"
    ):
        say("BR-RO-065", root.first(*_SELLER) or root)
    if not root.all(*_BUYER, "cac:PartyLegalEntity", "cbc:CompanyID") and not _filled(
        root, *_BUYER, "cac:PartyTaxScheme", "cbc:CompanyID"
    ):
        say("BR-RO-120", root.first(*_BUYER) or root)


def _party(address: Node, street: str, city: str, sector: str, county: str, say: Say) -> None:
    """Check street, city, and in Romania the county and in Bucharest the sector.

    The four texts are the numbers of the rules: ``081`` is BR-RO-081.
    """
    if not _filled(address, "cbc:StreetName"):
        say(f"BR-RO-{street}", address)
    if not _filled(address, "cbc:CityName"):
        say(f"BR-RO-{city}", address)
    if norm(address.value("cac:Country", "cbc:IdentificationCode")) != "RO":
        return
    entity, town = norm(address.value("cbc:CountrySubentity")), norm(address.value("cbc:CityName"))
    if entity not in codes("county"):
        say(
            f"BR-RO-{county}",
            address.first("cbc:CountrySubentity") or address,
            value=entity,
            words=None if entity else "missing",
        )
    if entity == "RO-B" and town not in codes("sector"):
        say(f"BR-RO-{sector}", address.first("cbc:CityName") or address, value=town)
