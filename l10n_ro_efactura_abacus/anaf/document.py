"""An invoice as its business terms (EN 16931): the one model that the reader fills and the writer writes.

Fields hold what the document states, under the BT or BG in their docstring; nothing is judged and nothing corrected.
Properties are what an import asks for, derived from the fields. Texts are stripped and ``''`` when absent; amounts are
Decimal in the currency of the document, None when absent or unreadable; dates are None likewise.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from .party import Address, Party
from .ubl import InvoiceFacts


@dataclass(frozen=True, slots=True)
class AllowanceCharge:
    """BG-20/21 of the document, BG-27/28 of a line. ``amount`` is as written (0 when absent); ``is_charge`` adds it.

    :ivar amount: BT-92/99/136/141, :ivar base: BT-93/100/137/142
    :ivar percent: BT-94/101/138/143, per cent of ``base``
    :ivar reason: BT-97/104/139/144, :ivar reason_code: BT-98/105/140/145
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
    exemption_text: str = ""
    exemption_code: str = ""


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

    :ivar id: BT-126, :ivar note: BT-127, :ivar object_id: BT-128, :ivar object_scheme: its scheme (UNTDID 1153)
    :ivar quantity: BT-129, :ivar unit_code: BT-130
    :ivar net: BT-131, the line's amount without VAT; it is what counts
    :ivar order_line: BT-132, :ivar accounting_cost: BT-133, :ivar period_start, period_end: BT-134/135
    :ivar price: BT-146 for ``base_quantity`` (BT-149, 1 when absent) of ``base_unit`` (BT-150)
    :ivar gross_price: BT-148, :ivar price_discount: BT-147
    :ivar category: BT-151, :ivar rate: BT-152
    :ivar exemption_text, exemption_code: of the line, which EN 16931 does not know; it has them in BG-23
    :ivar name: BT-153, :ivar description: BT-154
    :ivar seller_code: BT-155, :ivar buyer_code: BT-156
    :ivar standard_code: BT-157 (barcode), :ivar standard_scheme: its scheme (``0160``: GTIN)
    :ivar classifications: BT-158 as ``[(code, list id)]`` (list ``HS`` is NC8, ``STI`` CPV)
    :ivar classification_versions: ``{(code, list id): version of the list}`` of those that state one
    :ivar origin: BT-159, ISO code of a country
    :ivar attributes: BG-32 as ``[(name BT-160, value BT-161)]``
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
    base_unit: str = ""
    standard_scheme: str = ""
    classification_versions: dict[tuple[str, str], str] = field(default_factory=dict)
    origin: str = ""
    attributes: list[tuple[str, str]] = field(default_factory=list)
    object_id: str = ""
    object_scheme: str = ""


@dataclass(frozen=True)
class Attachment:
    """BG-24 with its file, its link or both.

    :ivar name: BT-125-2, a bare file name; of a link alone its BT-122
    :ivar mimetype: BT-125-1, :ivar content: BT-125, b'' for a link only
    :ivar description: BT-123, :ivar url: BT-124
    :ivar id: BT-122 where it is not ``name``
    """

    name: str
    mimetype: str
    content: bytes
    description: str = ""
    url: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """BG-13 with its BG-15.

    :ivar day: BT-72, :ivar name: BT-70
    :ivar location: BT-71, :ivar location_scheme: its scheme (ISO 6523)
    """

    day: date | None = None
    name: str = ""
    location: str = ""
    location_scheme: str = ""
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class PaymentMeans:
    """BG-16 with its BG-17, BG-18 or BG-19.

    :ivar code: BT-81 (UNTDID 4461), :ivar name: BT-82, :ivar reference: BT-83
    :ivar iban: BT-84, :ivar account_name: BT-85, :ivar bic: BT-86
    :ivar card: BT-87, :ivar card_network: of the card, which UBL asks for, :ivar card_holder: BT-88
    :ivar mandate: BT-89, :ivar debited_account: BT-91
    """

    code: str = ""
    name: str = ""
    reference: str = ""
    iban: str = ""
    account_name: str = ""
    bic: str = ""
    card: str = ""
    card_network: str = ""
    card_holder: str = ""
    mandate: str = ""
    debited_account: str = ""


@dataclass(frozen=True)
class Document:
    """A whole Invoice or CreditNote.

    :ivar root: ``Invoice`` or ``CreditNote``, :ivar type_code: BT-3, :ivar customization: BT-24, :ivar profile: BT-23
    :ivar number: BT-1, :ivar issue_date: BT-2, :ivar due_date: BT-9, :ivar currency: BT-5
    :ivar vat_currency: BT-6, :ivar vat_in_vat_currency: BT-111 (RON of an invoice in a foreign currency)
    :ivar vat_point_code: BT-8 (``432``: VAT on payment), :ivar vat_point_date: BT-7
    :ivar line_total: BT-106, :ivar allowance_total: BT-107, :ivar charge_total: BT-108, :ivar untaxed: BT-109,
        :ivar tax_amount: BT-110, :ivar total: BT-112 (with VAT), :ivar prepaid: BT-113, :ivar rounding: BT-114,
        :ivar payable: BT-115
    :ivar allowances: BG-20 and BG-21, :ivar subtotals: BG-23, :ivar attachments: BG-24 with a file or a link
    :ivar supporting: BG-24 with neither, as ``[(BT-122, BT-123)]``
    :ivar notes: BG-1 as written: BT-22, after ``#`` BT-21 ``#`` where it has a subject code
    :ivar preceding: BG-3 as ``[(number BT-25, date BT-26 or None)]``
    :ivar buyer_reference: BT-10, :ivar project: BT-11, :ivar contract: BT-12, :ivar order: BT-13,
        :ivar sales_order: BT-14, :ivar receipt: BT-15, :ivar despatch: BT-16, :ivar tender: BT-17 (tender or lot),
        :ivar object_id: BT-18, :ivar object_scheme: its scheme (UNTDID 1153), :ivar accounting_cost: BT-19
    :ivar period_start, period_end: BG-14, :ivar payments: BG-16, :ivar payment_terms: BT-20
    :ivar unreadable: amounts that are there and are no number, ``"BT-131 [line id]: 1,5"``; they are None, at most 100
    """

    root: str = "Invoice"
    type_code: str = ""
    number: str = ""
    issue_date: date | None = None
    due_date: date | None = None
    currency: str = ""
    seller: Party = field(default_factory=Party)
    buyer: Party = field(default_factory=Party)
    lines: list[DocumentLine] = field(default_factory=list)
    allowances: list[AllowanceCharge] = field(default_factory=list)
    subtotals: list[TaxSubtotal] = field(default_factory=list)
    untaxed: Decimal | None = None
    tax_amount: Decimal | None = None
    total: Decimal | None = None
    payable: Decimal | None = None
    attachments: list[Attachment] = field(default_factory=list)
    supporting: list[tuple[str, str]] = field(default_factory=list)
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
    receipt: str = ""
    tender: str = ""
    object_id: str = ""
    object_scheme: str = ""
    accounting_cost: str = ""
    delivery: Delivery | None = None
    period_start: date | None = None
    period_end: date | None = None
    payments: list[PaymentMeans] = field(default_factory=list)
    payment_terms: str = ""
    payee: Party | None = None
    tax_representative: Party | None = None
    customization: str = ""
    profile: str = ""
    unreadable: list[str] = field(default_factory=list)

    @cached_property
    def facts(self) -> InvoiceFacts:
        """Return the header as :func:`anaf.read_facts` finds it."""
        return InvoiceFacts(
            root=self.root,
            type_code=self.type_code,
            number=self.number,
            issue_date=self.issue_date,
            due_date=self.due_date,
            currency=self.currency,
            seller_cif=self.seller.cif,
            seller_name=self.seller.name,
            buyer_cif=self.buyer.cif,
            buyer_name=self.buyer.name,
            untaxed=self.untaxed,
            tax_amount=self.tax_amount,
            total=self.total,
            payable=self.payable,
            preceding=[number for number, _day in self.preceding],
        )

    @property
    def sign(self) -> int:
        """Return -1 for a CreditNote or an invoice whose total is negative (it becomes a refund), else 1."""
        if self.root == "CreditNote":
            return -1
        return -1 if (self.total or 0) < 0 else 1

    @property
    def delivery_date(self) -> date | None:
        """Return BT-72."""
        return self.delivery.day if self.delivery else None

    @property
    def delivery_name(self) -> str:
        """Return BT-70."""
        return self.delivery.name if self.delivery else ""

    @property
    def delivery_address(self) -> str:
        """Return BG-15 in one line."""
        return self.delivery.address.text if self.delivery and self.delivery.address else ""

    @property
    def payment_means(self) -> str:
        """Return the first BT-81."""
        return next((one.code for one in self.payments if one.code), "")

    @property
    def payment_reference(self) -> str:
        """Return the first BT-83."""
        return next((one.reference for one in self.payments if one.reference), "")

    @property
    def ibans(self) -> list[str]:
        """Return every BT-84 once, in their order."""
        return list(dict.fromkeys(one.iban for one in self.payments if one.iban))


def noted(text: str, subject: str = "") -> str:
    """Return a note as ``Document.notes`` holds it: BT-22 behind its subject code BT-21 (UNTDID 4451), if any."""
    return f"#{subject}#{text}" if subject else text
