"""A whole UBL Invoice or CreditNote read into a :class:`Document`: nothing judged, nothing corrected.

Names decide, not prefixes or namespaces. What is absent stays empty; what is there and is no amount is None and listed
in ``Document.unreadable``. Whatever bytes come in, the outcome is a Document or a :class:`UblError`.
"""

import binascii
from decimal import Decimal

from lxml import etree

from .document import AllowanceCharge, Attachment, Delivery, Document, DocumentLine, PaymentMeans, TaxSubtotal
from .party import Address, Party
from .ubl import parse_invoice, tax_total
from .xml import children, local_name, text_of, to_amount, to_date

_MAX_UNREADABLE = 100
_MAX_NAME = 200
#: document type codes of an AdditionalDocumentReference without a file: BT-18, and BT-11 of a credit note, which has no
#: other place for it; with a file it is BG-24 (Odoo writes 50 at the PDF of a credit note)
_OBJECT, _PROJECT = "130", "50"


def read_document(xml: bytes) -> Document:
    """Read the bytes of an Invoice or CreditNote into a Document.

    :raises UblError: not well-formed, with a DTD, in an unknown encoding, or no invoice
    """
    root = parse_invoice(xml)
    kind = local_name(root)
    top = _Node(root)
    read = _Reader()
    currency = top.text("DocumentCurrencyCode")
    taxes = _Node(tax_total(root, currency))
    vat_currency = top.text("TaxCurrencyCode")
    period = top.first("InvoicePeriod")
    total = top.first("LegalMonetaryTotal")
    references = top.all("AdditionalDocumentReference")
    bare = [one for one in references if "Attachment" not in one.kids]
    coded = {code: one.first("ID") for one in reversed(bare) if (code := one.text("DocumentTypeCode"))}
    invoiced_object = coded.get(_OBJECT, _NOTHING)
    tax_amount = read.amount("BT-110", taxes, "TaxAmount")
    untaxed, with_vat, payable = (
        read.amount(term, total, f"{name}Amount")
        for term, name in (("BT-109", "TaxExclusive"), ("BT-112", "TaxInclusive"), ("BT-115", "Payable"))
    )
    return Document(
        root=kind,
        type_code=top.text(f"{kind}TypeCode"),
        number=top.text("ID"),
        issue_date=to_date(top.text("IssueDate")),
        due_date=to_date(top.text("DueDate") or top.text("PaymentMeans", "PaymentDueDate")),
        currency=currency,
        seller=_party(top.first("AccountingSupplierParty", "Party")) or Party(),
        buyer=_party(top.first("AccountingCustomerParty", "Party")) or Party(),
        lines=[read.line(_Node(line), kind) for line in top.kids.get(f"{kind}Line", ())],
        allowances=[read.allowance(one, "BT-92/99") for one in top.all("AllowanceCharge")],
        subtotals=[read.subtotal(one) for one in taxes.all("TaxSubtotal")],
        untaxed=untaxed,
        tax_amount=tax_amount,
        total=with_vat,
        payable=payable,
        attachments=[read.attachment(node, one) for one in references for node in one.all("Attachment")],
        supporting=[
            (one.text("ID"), _joined(one, "DocumentDescription"))
            for one in bare
            if one.text("DocumentTypeCode") not in (_OBJECT, _PROJECT)
        ],
        notes=[text for text in map(text_of, children(root, "Note")) if text],
        preceding=[
            (number, to_date(reference.text("IssueDate")))
            for reference in top.all("BillingReference", "InvoiceDocumentReference")
            if (number := reference.text("ID"))
        ],
        vat_currency=vat_currency,
        vat_in_vat_currency=read.accounting_vat(top, currency, vat_currency or "RON"),
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
        project=(coded.get(_PROJECT, _NOTHING) if kind == "CreditNote" else top.first("ProjectReference", "ID")).text(),
        buyer_reference=top.text("BuyerReference"),
        despatch=top.text("DespatchDocumentReference", "ID"),
        receipt=top.text("ReceiptDocumentReference", "ID"),
        tender=top.text("OriginatorDocumentReference", "ID"),
        object_id=invoiced_object.text(),
        object_scheme=invoiced_object.scheme(),
        accounting_cost=top.text("AccountingCost"),
        delivery=_delivery(top.first("Delivery")),
        period_start=to_date(period.text("StartDate")),
        period_end=to_date(period.text("EndDate")),
        payments=[_payment(one) for one in top.all("PaymentMeans")],
        payment_terms=top.text("PaymentTerms", "Note"),
        payee=_party(top.first("PayeeParty")),
        tax_representative=_party(top.first("TaxRepresentativeParty")),
        customization=top.text("CustomizationID"),
        profile=top.text("ProfileID"),
        unreadable=read.unreadable,
    )


class _Node:
    """An element with its children by local name, looked up once; a missing element is a node without any."""

    __slots__ = ("element", "kids")

    def __init__(self, element: etree._Element | None) -> None:
        self.element = element
        self.kids: dict[str, list[etree._Element]] = {}
        kids = self.kids
        if element is None:
            return
        for child in element:
            if isinstance(child.tag, str):
                kids.setdefault(child.tag.rpartition("}")[2], []).append(child)

    def __bool__(self) -> bool:
        return self.element is not None

    def all(self, name: str, *rest: str) -> "list[_Node]":
        """Return every node at a path of local names."""
        found = self.kids.get(name, [])
        return [_Node(child) for child in (children_of(found, rest) if rest else found)]

    def first(self, *path: str) -> "_Node":
        """Return the first node at a path of local names, or one without an element."""
        found = self._first(path)
        return _Node(found)

    def text(self, *path: str) -> str:
        """Return the stripped text of the first element at ``path``, or of the node itself; ``''`` without one."""
        found = self._first(path) if path else self.element
        return "" if found is None else text_of(found)

    def attribute(self, name: str) -> str:
        """Return a stripped attribute, ``''`` when it is absent."""
        return "" if self.element is None else (self.element.get(name) or "").strip()

    def scheme(self) -> str:
        """Return the schemeID of a node that has a text, else ``''``."""
        return self.attribute("schemeID") if self.text() else ""

    def _first(self, path: tuple[str, ...]) -> etree._Element | None:
        found = self.kids.get(path[0])
        if not found:
            return None
        if len(path) > 1:
            found = children_of(found, path[1:])
        return found[0] if found else None


def children_of(elements: list[etree._Element], path: tuple[str, ...]) -> list[etree._Element]:
    """Return every descendant of ``elements`` at a path of local names."""
    return [child for element in elements for child in children(element, *path)]


class _Reader:
    """Reads the repeated parts, and remembers every amount that is there and cannot be read."""

    def __init__(self) -> None:
        self.unreadable: list[str] = []

    def amount(self, term: str, node: _Node, *path: str) -> Decimal | None:
        """Return a Decimal, or None; text that is no number is noted under its business term."""
        text = node.text(*path)
        if not text:
            return None
        value = to_amount(text)
        if value is None and len(self.unreadable) < _MAX_UNREADABLE:
            self.unreadable.append(f"{term}: {text[:_MAX_NAME]}")
        return value

    def line(self, node: _Node, kind: str) -> DocumentLine:
        """Read an InvoiceLine or CreditNoteLine."""
        number = node.text("ID")
        place = f" [{number[:20]}]"
        item, price, period = node.first("Item"), node.first("Price"), node.first("InvoicePeriod")
        category = item.first("ClassifiedTaxCategory")
        invoiced_object = node.first("DocumentReference", "ID")
        standard = item.first("StandardItemIdentification", "ID")
        classes = [one for one in item.all("CommodityClassification", "ItemClassificationCode") if one.text()]
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
            standard_code=standard.text(),
            classifications=[(one.text(), one.attribute("listID")) for one in classes],
            order_line=node.text("OrderLineReference", "LineID"),
            accounting_cost=node.text("AccountingCost"),
            period_start=to_date(period.text("StartDate")),
            period_end=to_date(period.text("EndDate")),
            base_unit=price.first("BaseQuantity").attribute("unitCode"),
            standard_scheme=standard.scheme(),
            classification_versions={
                (one.text(), one.attribute("listID")): version
                for one in classes
                if (version := one.attribute("listVersionID"))
            },
            origin=item.text("OriginCountry", "IdentificationCode"),
            attributes=[(one.text("Name"), one.text("Value")) for one in item.all("AdditionalItemProperty")],
            object_id=invoiced_object.text(),
            object_scheme=invoiced_object.scheme(),
        )

    def allowance(self, node: _Node, term: str) -> AllowanceCharge:
        """Read an AllowanceCharge of the document or of a line."""
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
            exemption_text=category.text("TaxExemptionReason"),
            exemption_code=category.text("TaxExemptionReasonCode"),
        )

    def subtotal(self, node: _Node) -> TaxSubtotal:
        """Read a TaxSubtotal."""
        category = node.first("TaxCategory")
        return TaxSubtotal(
            category=category.text("ID"),
            rate=self.amount("BT-119", category, "Percent"),
            taxable=self.amount("BT-116", node, "TaxableAmount"),
            amount=self.amount("BT-117", node, "TaxAmount"),
            exemption_text=category.text("TaxExemptionReason"),
            exemption_code=category.text("TaxExemptionReasonCode"),
        )

    def accounting_vat(self, top: _Node, currency: str, vat_currency: str) -> Decimal | None:
        """Read BT-111: the VAT total written in the accounting currency of an invoice in another one."""
        if vat_currency == currency:
            return None
        for amount in top.all("TaxTotal", "TaxAmount"):
            if amount.attribute("currencyID") == vat_currency:
                return self.amount("BT-111", amount)
        return None

    def attachment(self, node: _Node, reference: _Node) -> Attachment:
        """Read an Attachment of its AdditionalDocumentReference."""
        embedded = node.first("EmbeddedDocumentBinaryObject")
        text = embedded.text()
        try:
            content = binascii.a2b_base64(text.encode())
        except ValueError:
            content = b""
            self.unreadable.append("BT-125: not base64")
        number = reference.text("ID")
        name = _file_name(embedded.attribute("filename") or number)
        return Attachment(
            name=name,
            mimetype=embedded.attribute("mimeCode"),
            content=content,
            description=_joined(reference, "DocumentDescription"),
            url=node.text("ExternalReference", "URI"),
            id="" if number == name else number,
        )


_NOTHING = _Node(None)


def _party(node: _Node) -> Party | None:
    """Read a party of any role; None where there is no element. Roles differ in what they fill only."""
    if not node:
        return None
    vat = tax_registration = tax_scheme = ""
    for scheme in node.all("PartyTaxScheme"):
        number, kind = scheme.text("CompanyID"), scheme.text("TaxScheme", "ID")
        if kind.upper() == "VAT":
            vat = vat or number
        elif number and not tax_registration:
            tax_registration, tax_scheme = number, kind
    endpoint, entity, contact = node.first("EndpointID"), node.first("PartyLegalEntity"), node.first("Contact")
    return Party(
        legal_name=node.text("PartyLegalEntity", "RegistrationName"),
        trading_name=node.text("PartyName", "Name"),
        identifiers=[
            (number, one.attribute("schemeID"))
            for one in node.all("PartyIdentification", "ID")
            if (number := one.text())
        ],
        vat=vat,
        tax_registration=tax_registration,
        tax_registration_scheme=tax_scheme,
        registration=node.text("PartyLegalEntity", "CompanyID"),
        registration_scheme=entity.first("CompanyID").scheme(),
        legal_form=node.text("PartyLegalEntity", "CompanyLegalForm"),
        endpoint=endpoint.text(),
        endpoint_scheme=endpoint.scheme(),
        address=_address(node.first("PostalAddress")),
        contact=contact.text("Name"),
        phone=contact.text("Telephone"),
        contact_email=contact.text("ElectronicMail"),
    )


def _address(node: _Node) -> Address | None:
    if not node:
        return None
    return Address(
        street=node.text("StreetName"),
        additional_street=node.text("AdditionalStreetName"),
        line=", ".join(filter(None, (one.text("Line") for one in node.all("AddressLine")))),
        city=node.text("CityName"),
        postcode=node.text("PostalZone"),
        county=node.text("CountrySubentity"),
        country=node.text("Country", "IdentificationCode"),
    )


def _delivery(node: _Node) -> Delivery | None:
    if not node:
        return None
    location = node.first("DeliveryLocation", "ID")
    return Delivery(
        day=to_date(node.text("ActualDeliveryDate")),
        name=node.text("DeliveryParty", "PartyName", "Name"),
        location=location.text(),
        location_scheme=location.scheme(),
        address=_address(node.first("DeliveryLocation", "Address")),
    )


def _payment(node: _Node) -> PaymentMeans:
    code, account, card = node.first("PaymentMeansCode"), node.first("PayeeFinancialAccount"), node.first("CardAccount")
    mandate = node.first("PaymentMandate")
    return PaymentMeans(
        code=code.text(),
        name=code.attribute("name"),
        reference=node.text("PaymentID"),
        iban=account.text("ID"),
        account_name=account.text("Name"),
        bic=account.text("FinancialInstitutionBranch", "ID"),
        card=card.text("PrimaryAccountNumberID"),
        card_network=card.text("NetworkID"),
        card_holder=card.text("HolderName"),
        mandate=mandate.text("ID"),
        debited_account=mandate.text("PayerFinancialAccount", "ID"),
    )


def _joined(node: _Node, name: str) -> str:
    return "\n".join(filter(None, (child.text() for child in node.all(name))))


def _file_name(text: str) -> str:
    """Return a bare name: what a sender wrote as a path stays without its folders."""
    return text.replace("\\", "/").rpartition("/")[2].strip()[-_MAX_NAME:]
