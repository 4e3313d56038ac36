"""An e-Factura as its business terms (EN 16931): what a reader found, nothing judged and nothing corrected.

Texts are stripped and ``''`` when absent; amounts are Decimal in the currency of the document, None when unreadable.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .ubl import InvoiceFacts


@dataclass(frozen=True)
class Party:
    """BG-4 seller, BG-7 buyer, BG-10 payee.

    :ivar cif: digits of a Romanian CIF (13 of a person), ``''`` for a foreign identifier
    :ivar vat: BT-31/48, :ivar tax_registration: BT-32, :ivar registration: BT-30/47, each as written
    :ivar county: BT-39/54 as written (``RO-TM``), :ivar country: ISO code
    """

    cif: str = ""
    name: str = ""
    trading_name: str = ""
    vat: str = ""
    tax_registration: str = ""
    registration: str = ""
    legal_form: str = ""
    street: str = ""
    street2: str = ""
    city: str = ""
    postcode: str = ""
    county: str = ""
    country: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class AllowanceCharge:
    """BG-20/21 of the document, BG-27/28 of a line. ``amount`` is as written (0 when absent); ``is_charge`` adds it.

    :ivar percent: BT-94/101, per cent of ``base``
    :ivar category, rate: the document's own VAT (BT-95/96, BT-102/103); ``''`` and None on a line
    """

    is_charge: bool
    amount: Decimal
    base: Decimal | None = None
    percent: Decimal | None = None
    reason: str = ""
    reason_code: str = ""
    category: str = ""
    rate: Decimal | None = None


@dataclass(frozen=True)
class TaxSubtotal:
    """BG-23: ``taxable`` BT-116, ``amount`` BT-117, ``category`` BT-118, ``rate`` BT-119, exemption BT-120/121."""

    category: str
    rate: Decimal | None
    taxable: Decimal | None
    amount: Decimal | None
    exemption_text: str = ""
    exemption_code: str = ""


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """BG-25.

    :ivar net: BT-131, the line's amount without VAT; it is what counts
    :ivar price: BT-146 for ``base_quantity`` (BT-149, 1 when absent) units
    :ivar gross_price: BT-148, :ivar price_discount: BT-147
    :ivar seller_code: BT-155, :ivar buyer_code: BT-156, :ivar standard_code: BT-157 (barcode)
    :ivar classifications: BT-158 as ``[(code, list id)]`` (list ``HS`` is NC8, ``STI`` CPV)
    :ivar order_line: BT-132
    """

    id: str
    name: str
    description: str = ""
    note: str = ""
    quantity: Decimal | None = None
    unit_code: str = ""
    price: Decimal | None = None
    base_quantity: Decimal = Decimal(1)
    gross_price: Decimal | None = None
    price_discount: Decimal | None = None
    net: Decimal | None = None
    allowances: list[AllowanceCharge] = field(default_factory=list)
    category: str = ""
    rate: Decimal | None = None
    exemption_text: str = ""
    exemption_code: str = ""
    seller_code: str = ""
    buyer_code: str = ""
    standard_code: str = ""
    classifications: list[tuple[str, str]] = field(default_factory=list)
    order_line: str = ""
    accounting_cost: str = ""
    period_start: date | None = None
    period_end: date | None = None


@dataclass(frozen=True)
class Attachment:
    """BG-24 with its file. ``content`` is b'' for a link only."""

    name: str
    mimetype: str
    content: bytes
    description: str = ""
    url: str = ""


@dataclass(frozen=True)
class Document:
    """A whole Invoice or CreditNote.

    :ivar facts: the header (number BT-1, dates, currency BT-5, CIFs, totals BT-109/110/112/115, BT-25)
    :ivar vat_currency: BT-6, :ivar vat_in_vat_currency: BT-111 (RON of an invoice in a foreign currency)
    :ivar vat_point_code: BT-8 (``432``: VAT on payment), :ivar vat_point_date: BT-7
    :ivar line_total: BT-106, :ivar allowance_total: BT-107, :ivar charge_total: BT-108,
        :ivar prepaid: BT-113, :ivar rounding: BT-114
    :ivar preceding: ``[(number BT-25, date BT-26 or None)]``
    :ivar ibans: BT-84, :ivar payment_means: BT-81
    :ivar unreadable: amounts that are there and are no number, ``"BT-131 [line id]: 1,5"``; they are None, at most 100
    """

    facts: InvoiceFacts
    seller: Party
    buyer: Party
    lines: list[DocumentLine]
    allowances: list[AllowanceCharge] = field(default_factory=list)
    subtotals: list[TaxSubtotal] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    preceding: list[tuple[str, date | None]] = field(default_factory=list)
    vat_currency: str = ""
    vat_in_vat_currency: Decimal | None = None
    vat_point_code: str = ""
    vat_point_date: date | None = None
    line_total: Decimal | None = None
    allowance_total: Decimal | None = None
    charge_total: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    order: str = ""
    sales_order: str = ""
    contract: str = ""
    project: str = ""
    buyer_reference: str = ""
    despatch: str = ""
    delivery_date: date | None = None
    delivery_name: str = ""
    delivery_address: str = ""
    period_start: date | None = None
    period_end: date | None = None
    payment_means: str = ""
    payment_reference: str = ""
    payment_terms: str = ""
    ibans: list[str] = field(default_factory=list)
    payee: Party | None = None
    customization: str = ""
    unreadable: list[str] = field(default_factory=list)

    @property
    def sign(self):
        """-1 for a CreditNote or an invoice whose total is negative: it becomes a refund; else 1."""
        if self.facts.root == "CreditNote":
            return -1
        return -1 if (self.facts.total or 0) < 0 else 1
