"""A Document written as a UBL 2.1 Invoice or CreditNote, as CIUS-RO 1.0.1 takes it.

What is written is what the Document states: no amount is computed, rounded or left out. Amounts have two decimals,
quantities, prices and rates those they were given with. Texts lose the blanks around them and the characters that
XML 1.0 forbids; empty ones are left out, except where UBL asks for an element.
"""

import re
from binascii import b2a_base64
from datetime import date
from decimal import Decimal

from lxml import etree

from .completeness import DocumentError, document_problems
from .document import AllowanceCharge, Attachment, Delivery, Document, DocumentLine, PaymentMeans, TaxSubtotal
from .party import Address, Party

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_AGGREGATES, _VALUES = f"{_UBL}CommonAggregateComponents-2", f"{_UBL}CommonBasicComponents-2"
_CAC, _CBC = f"{{{_AGGREGATES}}}", f"{{{_VALUES}}}"
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: document type codes of AdditionalDocumentReference: BT-18, and BT-11 of a credit note, which has no ProjectReference
_OBJECT, _PROJECT = "130", "50"
_ONE = Decimal(1)


def write(document: Document) -> bytes:
    """Write ``document`` as the bytes of an Invoice or CreditNote (UTF-8, with an XML declaration).

    :func:`read_document` of them equals ``document``, where its texts are stripped.
    :raises DocumentError: a value is missing, is no amount, or contradicts others; nothing is written then
    """
    if problems := document_problems(document):
        raise DocumentError(problems)
    root = _Writer(document).root()
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _group(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, _CAC + name)


def _clean(text: str) -> str:
    if not text.isprintable():
        text = _ILLEGAL.sub("", text)
    return text.strip()


def _text(parent: etree._Element, name: str, text: str, /, **attributes: str) -> None:
    """Add a text with those of its attributes that are not empty; nothing without a text."""
    if text and (text := _clean(text)):
        element = etree.SubElement(parent, _CBC + name)
        element.text = text
        for key, value in attributes.items():
            if value and (value := _clean(value)):
                element.set(key, value)


def _asked(parent: etree._Element, name: str, text: str, /, **attributes: str) -> None:
    """Add a text that UBL asks for, empty or not."""
    before = len(parent)
    _text(parent, name, text, **attributes)
    if len(parent) == before:
        etree.SubElement(parent, _CBC + name)


def _day(parent: etree._Element, name: str, day: date | None) -> None:
    if day is not None:
        etree.SubElement(parent, _CBC + name).text = date.isoformat(day)


def _number(parent: etree._Element, name: str, value: Decimal | None, unit: str = "") -> None:
    """Add a quantity or rate with the decimals that it has; zero has no sign."""
    if value is not None:
        element = etree.SubElement(parent, _CBC + name)
        element.text = f"{value if value else abs(value):f}"
        if unit and (unit := _clean(unit)):
            element.set("unitCode", unit)


def _reference(parent: etree._Element, name: str, number: str) -> None:
    if number:
        _text(_group(parent, name), "ID", number)


class _Writer:
    """Writes one document. :ivar kind: ``Invoice`` or ``CreditNote``"""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.kind = document.root
        self.currency = _clean(document.currency)

    def root(self) -> etree._Element:
        """Return the whole document, its elements in the order of the schema of its kind."""
        document = self.document
        spaces = f'xmlns="{_UBL}{self.kind}-2" xmlns:cac="{_AGGREGATES}" xmlns:cbc="{_VALUES}"'
        root = etree.fromstring(f"<{self.kind} {spaces}/>")
        self.header(root)
        self.references(root)
        self.party(_group(_group(root, "AccountingSupplierParty"), "Party"), document.seller)
        self.party(_group(_group(root, "AccountingCustomerParty"), "Party"), document.buyer)
        if document.payee is not None:
            self.party(_group(root, "PayeeParty"), document.payee)
        if document.tax_representative is not None:
            self.party(_group(root, "TaxRepresentativeParty"), document.tax_representative)
        if document.delivery is not None:
            self.delivery(_group(root, "Delivery"), document.delivery)
        due = document.due_date if self.kind == "CreditNote" else None
        for means in document.payments:
            self.payment(_group(root, "PaymentMeans"), means, due)
            due = None
        if document.payment_terms:
            _text(_group(root, "PaymentTerms"), "Note", document.payment_terms)
        for allowance in document.allowances:
            self.allowance(root, allowance)
        self.taxes(root)
        self.totals(_group(root, "LegalMonetaryTotal"))
        for line in document.lines:
            self.line(_group(root, f"{self.kind}Line"), line)
        return root

    def amount(self, parent: etree._Element, name: str, value: Decimal | None, currency: str = "") -> None:
        """Add an amount of money with two decimals; zero has no sign."""
        if value is not None:
            element = etree.SubElement(parent, _CBC + name)
            element.text = f"{value if value else abs(value):.2f}"
            element.set("currencyID", currency or self.currency)

    def price(self, parent: etree._Element, name: str, value: Decimal | None) -> None:
        """Add a price with the decimals that it has."""
        if value is not None:
            _number(parent, name, value)
            parent[-1].set("currencyID", self.currency)

    # -- header -------------------------------------------------------------------------------------------------

    def header(self, root: etree._Element) -> None:
        """Add BT-1 to BT-10, BT-19, BT-21 to BT-24 and BG-14."""
        document, credit = self.document, self.kind == "CreditNote"
        _text(root, "CustomizationID", document.customization)
        _text(root, "ProfileID", document.profile)
        _text(root, "ID", document.number)
        _day(root, "IssueDate", document.issue_date)
        if credit:
            _day(root, "TaxPointDate", document.vat_point_date)
        else:
            _day(root, "DueDate", document.due_date)
        _text(root, f"{self.kind}TypeCode", document.type_code)
        for note in document.notes:
            _text(root, "Note", note)
        if not credit:
            _day(root, "TaxPointDate", document.vat_point_date)
        _text(root, "DocumentCurrencyCode", document.currency)
        _text(root, "TaxCurrencyCode", document.vat_currency)
        _text(root, "AccountingCost", document.accounting_cost)
        _text(root, "BuyerReference", document.buyer_reference)
        self.period(root, document.period_start, document.period_end, document.vat_point_code)

    def period(self, parent: etree._Element, start: date | None, end: date | None, code: str = "") -> None:
        """Add BG-14 or BG-26, where there is anything of it."""
        if start is not None or end is not None or code:
            node = _group(parent, "InvoicePeriod")
            _day(node, "StartDate", start)
            _day(node, "EndDate", end)
            _text(node, "DescriptionCode", code)

    def references(self, root: etree._Element) -> None:
        """Add BT-11 to BT-18, BG-3 and BG-24."""
        document, credit = self.document, self.kind == "CreditNote"
        if document.order or document.sales_order:
            node = _group(root, "OrderReference")
            _asked(node, "ID", document.order)
            _text(node, "SalesOrderID", document.sales_order)
        for number, day in document.preceding:
            node = _group(_group(root, "BillingReference"), "InvoiceDocumentReference")
            _text(node, "ID", number)
            _day(node, "IssueDate", day)
        _reference(root, "DespatchDocumentReference", document.despatch)
        _reference(root, "ReceiptDocumentReference", document.receipt)
        if not credit:
            _reference(root, "OriginatorDocumentReference", document.tender)
        _reference(root, "ContractDocumentReference", document.contract)
        for attachment in document.attachments:
            self.attachment(_group(root, "AdditionalDocumentReference"), attachment)
        for number, description in document.supporting:
            node = _group(root, "AdditionalDocumentReference")
            _text(node, "ID", number)
            _text(node, "DocumentDescription", description)
        if document.object_id:
            node = _group(root, "AdditionalDocumentReference")
            _text(node, "ID", document.object_id, schemeID=document.object_scheme)
            _text(node, "DocumentTypeCode", _OBJECT)
        if credit:
            if document.project:
                node = _group(root, "AdditionalDocumentReference")
                _text(node, "ID", document.project)
                _text(node, "DocumentTypeCode", _PROJECT)
            _reference(root, "OriginatorDocumentReference", document.tender)
        else:
            _reference(root, "ProjectReference", document.project)

    def attachment(self, node: etree._Element, attachment: Attachment) -> None:
        """Add BT-122 to BT-125."""
        _text(node, "ID", attachment.id or attachment.name)
        _text(node, "DocumentDescription", attachment.description)
        inner = _group(node, "Attachment")
        if attachment.content or attachment.mimetype:
            file = etree.SubElement(inner, f"{_CBC}EmbeddedDocumentBinaryObject")
            file.text = b2a_base64(attachment.content, newline=False).decode()
            file.set("mimeCode", _clean(attachment.mimetype))
            file.set("filename", _clean(attachment.name))
        if attachment.url:
            _text(_group(inner, "ExternalReference"), "URI", attachment.url)

    # -- parties, delivery, payment -----------------------------------------------------------------------------

    def party(self, node: etree._Element, party: Party) -> None:
        """Add what is filled of a party, whatever its role."""
        _text(node, "EndpointID", party.endpoint, schemeID=party.endpoint_scheme)
        for number, scheme in party.identifiers:
            _text(_group(node, "PartyIdentification"), "ID", number, schemeID=scheme)
        if party.trading_name:
            _text(_group(node, "PartyName"), "Name", party.trading_name)
        if party.address is not None:
            self.address(_group(node, "PostalAddress"), party.address)
        for number, scheme in ((party.vat, "VAT"), (party.tax_registration, party.tax_registration_scheme)):
            if number:
                registered = _group(node, "PartyTaxScheme")
                _text(registered, "CompanyID", number)
                _text(_group(registered, "TaxScheme"), "ID", scheme)
        if party.legal_name or party.registration or party.legal_form:
            entity = _group(node, "PartyLegalEntity")
            _text(entity, "RegistrationName", party.legal_name)
            _text(entity, "CompanyID", party.registration, schemeID=party.registration_scheme)
            _text(entity, "CompanyLegalForm", party.legal_form)
        if party.contact or party.phone or party.contact_email:
            contact = _group(node, "Contact")
            _text(contact, "Name", party.contact)
            _text(contact, "Telephone", party.phone)
            _text(contact, "ElectronicMail", party.contact_email)

    def address(self, node: etree._Element, address: Address) -> None:
        """Add BG-5, BG-8, BG-12 or BG-15."""
        _text(node, "StreetName", address.street)
        _text(node, "AdditionalStreetName", address.additional_street)
        _text(node, "CityName", address.city)
        _text(node, "PostalZone", address.postcode)
        _text(node, "CountrySubentity", address.county)
        if address.line:
            _text(_group(node, "AddressLine"), "Line", address.line)
        if address.country:
            _text(_group(node, "Country"), "IdentificationCode", address.country)

    def delivery(self, node: etree._Element, delivery: Delivery) -> None:
        """Add BG-13."""
        _day(node, "ActualDeliveryDate", delivery.day)
        if delivery.location or delivery.address is not None:
            location = _group(node, "DeliveryLocation")
            _text(location, "ID", delivery.location, schemeID=delivery.location_scheme)
            if delivery.address is not None:
                self.address(_group(location, "Address"), delivery.address)
        if delivery.name:
            _text(_group(_group(node, "DeliveryParty"), "PartyName"), "Name", delivery.name)

    def payment(self, node: etree._Element, means: PaymentMeans, due: date | None) -> None:
        """Add BG-16, with BT-9 of a credit note."""
        _text(node, "PaymentMeansCode", means.code, name=means.name)
        _day(node, "PaymentDueDate", due)
        _text(node, "PaymentID", means.reference)
        if means.card or means.card_network or means.card_holder:
            card = _group(node, "CardAccount")
            _asked(card, "PrimaryAccountNumberID", means.card)
            _asked(card, "NetworkID", means.card_network)
            _text(card, "HolderName", means.card_holder)
        if means.iban or means.account_name or means.bic:
            account = _group(node, "PayeeFinancialAccount")
            _text(account, "ID", means.iban)
            _text(account, "Name", means.account_name)
            if means.bic:
                _text(_group(account, "FinancialInstitutionBranch"), "ID", means.bic)
        if means.mandate or means.debited_account:
            mandate = _group(node, "PaymentMandate")
            _text(mandate, "ID", means.mandate)
            if means.debited_account:
                _text(_group(mandate, "PayerFinancialAccount"), "ID", means.debited_account)

    # -- amounts ------------------------------------------------------------------------------------------------

    def allowance(self, parent: etree._Element, allowance: AllowanceCharge) -> None:
        """Add BG-20, BG-21, BG-27 or BG-28."""
        node = _group(parent, "AllowanceCharge")
        _text(node, "ChargeIndicator", "true" if allowance.is_charge else "false")
        _text(node, "AllowanceChargeReasonCode", allowance.reason_code)
        _text(node, "AllowanceChargeReason", allowance.reason)
        _number(node, "MultiplierFactorNumeric", allowance.percent)
        self.amount(node, "Amount", allowance.amount)
        self.amount(node, "BaseAmount", allowance.base)
        if allowance.category:
            self.category(_group(node, "TaxCategory"), allowance)

    def category(self, node: etree._Element, of: AllowanceCharge | DocumentLine | TaxSubtotal) -> None:
        """Add the VAT category, rate and exemption reason ``of`` a line, an allowance, a charge or a subtotal."""
        _text(node, "ID", of.category)
        _number(node, "Percent", of.rate)
        _text(node, "TaxExemptionReasonCode", of.exemption_code)
        _text(node, "TaxExemptionReason", of.exemption_text)
        _text(_group(node, "TaxScheme"), "ID", "VAT")

    def taxes(self, root: etree._Element) -> None:
        """Add BT-110 with BG-23, and BT-111."""
        document = self.document
        total = _group(root, "TaxTotal")
        self.amount(total, "TaxAmount", document.tax_amount)
        for one in document.subtotals:
            node = _group(total, "TaxSubtotal")
            self.amount(node, "TaxableAmount", one.taxable)
            self.amount(node, "TaxAmount", one.amount)
            self.category(_group(node, "TaxCategory"), one)
        if document.vat_in_vat_currency is not None:
            currency = _clean(document.vat_currency) or "RON"
            self.amount(_group(root, "TaxTotal"), "TaxAmount", document.vat_in_vat_currency, currency)

    def totals(self, node: etree._Element) -> None:
        """Add BG-22."""
        document = self.document
        self.amount(node, "LineExtensionAmount", document.line_total)
        self.amount(node, "TaxExclusiveAmount", document.untaxed)
        self.amount(node, "TaxInclusiveAmount", document.total)
        self.amount(node, "AllowanceTotalAmount", document.allowance_total)
        self.amount(node, "ChargeTotalAmount", document.charge_total)
        self.amount(node, "PrepaidAmount", document.prepaid)
        self.amount(node, "PayableRoundingAmount", document.rounding)
        self.amount(node, "PayableAmount", document.payable)

    # -- lines --------------------------------------------------------------------------------------------------

    def line(self, node: etree._Element, line: DocumentLine) -> None:
        """Add BG-25."""
        _text(node, "ID", line.id)
        _text(node, "Note", line.note)
        quantity = "InvoicedQuantity" if self.kind == "Invoice" else "CreditedQuantity"
        _number(node, quantity, line.quantity, line.unit_code)
        self.amount(node, "LineExtensionAmount", line.net)
        _text(node, "AccountingCost", line.accounting_cost)
        self.period(node, line.period_start, line.period_end)
        if line.order_line:
            _text(_group(node, "OrderLineReference"), "LineID", line.order_line)
        if line.object_id:
            reference = _group(node, "DocumentReference")
            _text(reference, "ID", line.object_id, schemeID=line.object_scheme)
            _text(reference, "DocumentTypeCode", _OBJECT)
        for allowance in line.allowances:
            self.allowance(node, allowance)
        self.item(_group(node, "Item"), line)
        price = _group(node, "Price")
        self.price(price, "PriceAmount", line.price)
        if line.base_unit or line.base_quantity != _ONE:
            _number(price, "BaseQuantity", line.base_quantity, line.base_unit)
        if line.price_discount is not None:
            discount = _group(price, "AllowanceCharge")
            _text(discount, "ChargeIndicator", "false")
            self.price(discount, "Amount", line.price_discount)
            self.price(discount, "BaseAmount", line.gross_price)

    def item(self, node: etree._Element, line: DocumentLine) -> None:
        """Add BG-31 and BG-30."""
        _text(node, "Description", line.description)
        _text(node, "Name", line.name)
        for name, code, scheme in (
            ("Buyers", line.buyer_code, ""),
            ("Sellers", line.seller_code, ""),
            ("Standard", line.standard_code, line.standard_scheme),
        ):
            if code:
                _text(_group(node, f"{name}ItemIdentification"), "ID", code, schemeID=scheme)
        if line.origin:
            _text(_group(node, "OriginCountry"), "IdentificationCode", line.origin)
        for one in line.classifications:
            version = line.classification_versions.get(one, "")
            code, kind = one
            _text(
                _group(node, "CommodityClassification"),
                "ItemClassificationCode",
                code,
                listID=kind,
                listVersionID=version,
            )
        self.category(_group(node, "ClassifiedTaxCategory"), line)
        for name, value in line.attributes:
            attribute = _group(node, "AdditionalItemProperty")
            _text(attribute, "Name", name)
            _text(attribute, "Value", value)
