"""A whole UBL Invoice or CreditNote read into a :class:`Document`: nothing judged, nothing corrected.

Names decide, not prefixes or namespaces. What is absent stays empty; what is there and is no amount is None and listed
in ``Document.unreadable``. Whatever bytes come in, the outcome is a Document or a :class:`UblError`.
"""

import binascii
from decimal import Decimal

from .document import AllowanceCharge, Attachment, Document, DocumentLine, Party, TaxSubtotal
from .ubl import facts_of, is_vat, parse_invoice, party_cif, party_name, tax_total
from .xml import child_text, children, text_of, to_amount, to_date

_MAX_UNREADABLE = 100
_MAX_NAME = 200


def read_document(xml):
    """Bytes of an Invoice or CreditNote -> Document.

    :raises UblError: not well-formed, with a DTD, in an unknown encoding, or no invoice
    """
    root = parse_invoice(xml)
    facts = facts_of(root)
    top = _Node(root)
    read = _Reader()
    kind = "CreditNote" if facts.root == "CreditNote" else "Invoice"
    taxes = tax_total(root, facts.currency)
    vat_currency = top.text("TaxCurrencyCode")
    delivery = top.first("Delivery")
    period = top.first("InvoicePeriod")
    payee = top.first("PayeeParty")
    total = top.first("LegalMonetaryTotal")
    if taxes is not None:
        read.amount("BT-110", _Node(taxes), "TaxAmount")
    for term, name in (("BT-109", "TaxExclusive"), ("BT-112", "TaxInclusive"), ("BT-115", "Payable")):
        read.amount(term, total, f"{name}Amount")
    return Document(
        facts=facts,
        seller=_party(children(root, "AccountingSupplierParty", "Party")),
        buyer=_party(children(root, "AccountingCustomerParty", "Party")),
        lines=[read.line(_Node(line), kind) for line in top.kids.get(f"{kind}Line", ())],
        allowances=[read.allowance(one, "BT-92/99") for one in top.all("AllowanceCharge")],
        subtotals=[read.subtotal(one) for one in (_Node(taxes).all("TaxSubtotal") if taxes is not None else ())],
        attachments=[
            read.attachment(node, reference)
            for reference in top.all("AdditionalDocumentReference")
            for node in reference.all("Attachment")
        ],
        notes=[text for text in map(text_of, children(root, "Note")) if text],
        preceding=[
            (number, to_date(reference.text("IssueDate")))
            for reference in top.all("BillingReference", "InvoiceDocumentReference")
            if (number := reference.text("ID"))
        ],
        vat_currency=vat_currency,
        vat_in_vat_currency=read.accounting_vat(top, facts.currency, vat_currency or "RON"),
        vat_point_code=period.text("DescriptionCode"),
        vat_point_date=to_date(top.text("TaxPointDate")),
        line_total=read.amount("BT-106", total, "LineExtensionAmount"),
        allowance_total=read.amount("BT-107", total, "AllowanceTotalAmount"),
        charge_total=read.amount("BT-108", total, "ChargeTotalAmount"),
        prepaid=read.amount("BT-113", total, "PrepaidAmount"),
        rounding=read.amount("BT-114", total, "PayableRoundingAmount"),
        order=top.text("OrderReference", "ID"),
        sales_order=top.text("OrderReference", "SalesOrderID"),
        contract=top.text("ContractDocumentReference", "ID"),
        project=top.text("ProjectReference", "ID"),
        buyer_reference=top.text("BuyerReference"),
        despatch=top.text("DespatchDocumentReference", "ID"),
        delivery_date=to_date(delivery.text("ActualDeliveryDate")),
        delivery_name=delivery.text("DeliveryParty", "PartyName", "Name"),
        delivery_address=", ".join(filter(None, _address(delivery.first("DeliveryLocation", "Address")))),
        period_start=to_date(period.text("StartDate")),
        period_end=to_date(period.text("EndDate")),
        payment_means=top.text("PaymentMeans", "PaymentMeansCode"),
        payment_reference=top.text("PaymentMeans", "PaymentID"),
        payment_terms=top.text("PaymentTerms", "Note"),
        ibans=_once(node.text() for node in top.all("PaymentMeans", "PayeeFinancialAccount", "ID")),
        payee=_party([payee.element]) if payee else None,
        customization=top.text("CustomizationID"),
        unreadable=read.unreadable,
    )


class _Node:
    """An element with its children by local name, looked up once; a missing element is a node without any."""

    __slots__ = ("element", "kids")

    def __init__(self, element):
        self.element = element
        self.kids = kids = {}
        if element is None:
            return
        for child in element:
            if isinstance(child.tag, str):
                kids.setdefault(child.tag.rpartition("}")[2], []).append(child)

    def __bool__(self):
        return self.element is not None

    def all(self, name, *rest):
        """Every node at a path of local names."""
        found = self.kids.get(name, ())
        return [_Node(child) for child in (children_of(found, rest) if rest else found)]

    def first(self, *path):
        found = self._first(path)
        return _Node(found)

    def text(self, *path):
        """Stripped text of the first element at ``path``, or of the node itself; ``''`` when there is none."""
        found = self._first(path) if path else self.element
        return "" if found is None else text_of(found)

    def attribute(self, name):
        return "" if self.element is None else (self.element.get(name) or "").strip()

    def _first(self, path):
        found = self.kids.get(path[0])
        if not found:
            return None
        if len(path) > 1:
            found = children_of(found, path[1:])
        return found[0] if found else None


def children_of(elements, path):
    return [child for element in elements for child in children(element, *path)]


class _Reader:
    """Reads the repeated parts, and remembers every amount that is there and cannot be read."""

    def __init__(self):
        self.unreadable = []

    def amount(self, term, node, *path):
        """Decimal, or None; text that is no number is noted under its business term."""
        text = node.text(*path)
        if not text:
            return None
        value = to_amount(text)
        if value is None and len(self.unreadable) < _MAX_UNREADABLE:
            self.unreadable.append(f"{term}: {text[:_MAX_NAME]}")
        return value

    def line(self, node, kind):
        number = node.text("ID")
        place = f" [{number[:20]}]"
        item, price, period = node.first("Item"), node.first("Price"), node.first("InvoicePeriod")
        category = item.first("ClassifiedTaxCategory")
        quantity = "InvoicedQuantity" if kind == "Invoice" else "CreditedQuantity"
        discount = next(iter(price.all("AllowanceCharge")), _NOTHING)
        return DocumentLine(
            id=number,
            name=item.text("Name"),
            description=_joined(item, "Description"),
            note=_joined(node, "Note"),
            quantity=self.amount("BT-129" + place, node, quantity),
            unit_code=node.first(quantity).attribute("unitCode"),
            price=self.amount("BT-146" + place, price, "PriceAmount"),
            base_quantity=self.amount("BT-149" + place, price, "BaseQuantity") or Decimal(1),
            gross_price=self.amount("BT-148" + place, discount, "BaseAmount"),
            price_discount=self.amount("BT-147" + place, discount, "Amount"),
            net=self.amount("BT-131" + place, node, "LineExtensionAmount"),
            allowances=[self.allowance(one, "BT-136/141" + place) for one in node.all("AllowanceCharge")],
            category=category.text("ID"),
            rate=self.amount("BT-152" + place, category, "Percent"),
            exemption_text=category.text("TaxExemptionReason"),
            exemption_code=category.text("TaxExemptionReasonCode"),
            seller_code=item.text("SellersItemIdentification", "ID"),
            buyer_code=item.text("BuyersItemIdentification", "ID"),
            standard_code=item.text("StandardItemIdentification", "ID"),
            classifications=[
                (code, one.attribute("listID"))
                for one in item.all("CommodityClassification", "ItemClassificationCode")
                if (code := one.text())
            ],
            order_line=node.text("OrderLineReference", "LineID"),
            accounting_cost=node.text("AccountingCost"),
            period_start=to_date(period.text("StartDate")),
            period_end=to_date(period.text("EndDate")),
        )

    def allowance(self, node, term):
        category = node.first("TaxCategory")
        return AllowanceCharge(
            is_charge=node.text("ChargeIndicator") in ("true", "1"),
            amount=self.amount(term, node, "Amount") or Decimal(0),
            base=self.amount(term + " base", node, "BaseAmount"),
            percent=self.amount(term + " percent", node, "MultiplierFactorNumeric"),
            reason=node.text("AllowanceChargeReason"),
            reason_code=node.text("AllowanceChargeReasonCode"),
            category=category.text("ID"),
            rate=self.amount(term + " rate", category, "Percent"),
        )

    def subtotal(self, node):
        category = node.first("TaxCategory")
        return TaxSubtotal(
            category=category.text("ID"),
            rate=self.amount("BT-119", category, "Percent"),
            taxable=self.amount("BT-116", node, "TaxableAmount"),
            amount=self.amount("BT-117", node, "TaxAmount"),
            exemption_text=category.text("TaxExemptionReason"),
            exemption_code=category.text("TaxExemptionReasonCode"),
        )

    def accounting_vat(self, top, currency, vat_currency):
        """BT-111: the VAT total written in the accounting currency of an invoice in another one."""
        if vat_currency == currency:
            return None
        for amount in top.all("TaxTotal", "TaxAmount"):
            if amount.attribute("currencyID") == vat_currency:
                return self.amount("BT-111", amount)
        return None

    def attachment(self, node, reference):
        embedded = node.first("EmbeddedDocumentBinaryObject")
        text = embedded.text()
        try:
            content = binascii.a2b_base64(text.encode())
        except ValueError:
            content = b""
            self.unreadable.append("BT-125: not base64")
        return Attachment(
            name=_file_name(embedded.attribute("filename") or reference.text("ID")),
            mimetype=embedded.attribute("mimeCode"),
            content=content,
            description=_joined(reference, "DocumentDescription"),
            url=node.text("ExternalReference", "URI"),
        )


_NOTHING = _Node(None)


def _party(parties):
    """The first of the elements as a Party; BG-10 and BG-4/7 differ in what they fill only."""
    if not parties:
        return Party()
    element = parties[0]
    node = _Node(element)
    schemes = node.all("PartyTaxScheme")
    vat = [scheme.text("CompanyID") for scheme in schemes if is_vat(scheme.element)]
    other = [scheme.text("CompanyID") for scheme in schemes if not is_vat(scheme.element)]
    endpoint = node.first("EndpointID")
    address = node.first("PostalAddress")
    street, street2, city, postcode, county, country = _address(address)
    return Party(
        cif=party_cif(element),
        name=party_name(element),
        trading_name=node.text("PartyName", "Name"),
        vat=next(filter(None, vat), ""),
        tax_registration=next(filter(None, other), ""),
        registration=node.text("PartyLegalEntity", "CompanyID"),
        legal_form=node.text("PartyLegalEntity", "CompanyLegalForm"),
        street=street,
        street2=street2,
        city=city,
        postcode=postcode,
        county=county,
        country=country,
        contact=node.text("Contact", "Name"),
        phone=node.text("Contact", "Telephone"),
        email=node.text("Contact", "ElectronicMail")
        or (endpoint.text() if endpoint.attribute("schemeID") == "EM" else ""),
    )


def _address(node):
    more = [node.text("AdditionalStreetName"), *(child_text(line.element, "Line") for line in node.all("AddressLine"))]
    return (
        node.text("StreetName"),
        ", ".join(filter(None, more)),
        node.text("CityName"),
        node.text("PostalZone"),
        node.text("CountrySubentity"),
        node.text("Country", "IdentificationCode"),
    )


def _joined(node, name):
    return "\n".join(filter(None, (child.text() for child in node.all(name))))


def _once(texts):
    return list(dict.fromkeys(filter(None, texts)))


def _file_name(text):
    """A bare name: what a sender wrote as a path stays without its folders."""
    return text.replace("\\", "/").rpartition("/")[2].strip()[-_MAX_NAME:]
