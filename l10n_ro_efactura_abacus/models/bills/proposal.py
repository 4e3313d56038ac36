"""Proposals: plain values of a bill that an import is about to create, shown and changed by a wizard."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Choice:
    """One chosen value (a recordset, a dict, a text) and its source.

    Sources, in the order in which they are tried: user, remembered, supplier_code, barcode, name, order, xml, default,
    none (a yellow cell).
    """

    value: Any = None
    source: str = "none"


@dataclass
class LineProposal:
    """One line of the XML and what will become of it on the bill.

    :ivar line: ``anaf.DocumentLine``; None where one bill line stands for a document-level allowance or charge,
        or for all lines of one VAT rate
    :ivar net: Decimal, the subtotal that the bill line has to show, with the bill's sign
    :ivar category, rate: the line's VAT in the XML (BT-151, BT-152; rate Decimal, 0 where there is none)
    :ivar key: what the learning knows the line by
    :ivar taxes: recordset of account.tax, :ivar analytic: analytic distribution dict
    :ivar to_expense: whether an inventory object goes to expense with its bill
    :ivar warehouse: stock.warehouse where stock is installed
    :ivar order_line: the purchase.order.line that it bills, where purchase is installed
    """

    line: Any
    name: str
    quantity: float
    price_unit: float
    discount: float = 0.0
    net: Any = None
    category: str = ""
    rate: Any = None
    key: str = ""
    product: Choice = field(default_factory=Choice)
    account: Choice = field(default_factory=Choice)
    taxes: Choice = field(default_factory=Choice)
    uom: Choice = field(default_factory=Choice)
    analytic: Choice = field(default_factory=Choice)
    treatment: Choice = field(default_factory=lambda: Choice("expense", "default"))
    to_expense: Choice = field(default_factory=lambda: Choice(False, "default"))
    warehouse: Choice = field(default_factory=lambda: Choice(None, "default"))
    order_line: Choice = field(default_factory=lambda: Choice(None, "default"))
    extra: dict = field(default_factory=dict)  # values of the bill line that other modules add

    @property
    def choices(self):
        """Return the choices that the wizard shows as cells. Addons add values of the bill line to `extra` instead."""
        return [self.product, self.account, self.taxes, self.uom, self.analytic]


@dataclass
class Proposal:
    """One document on its way to a bill.

    :ivar document: ``anaf.Document``, :ivar xml: its exact bytes, :ivar message: the SPV message or an empty recordset
    :ivar partner: the supplier's Choice; an empty recordset means "create from the XML" with `partner_values`
    :ivar move_type: in_invoice or in_refund
    :ivar location: Choice of a journal, analytic account or warehouse: what the company says "location" means
    :ivar accounting_date: the bill's `date`; `invoice_date` is always BT-2
    :ivar refusals: [{'code', 'text'}] why it cannot be imported as it is (locked period, duplicate...)
    :ivar warnings: translated texts, put on the bill
    :ivar duplicates: bills that may be this document already (offered for pairing)
    :ivar original: the bill that this refund corrects, or empty
    :ivar order: purchase orders that it bills, :ivar order_reason: why they, :ivar order_warnings: where they differ
    :ivar bill: a draft bill that is filled in place of making a second one
    :ivar to_check: somebody has to look at it before it is posted; a company that posts by itself leaves it a draft
    :ivar on_payment: the VAT is deducted when the bill is paid
    :ivar made: the bill that `_create_bills` made of it, or empty; :ivar failure: why it could not
    :ivar lookup: what was read for all documents of the call at once (:class:`.lookup.Lookup`)
    """

    company: Any
    document: Any
    xml: bytes
    message: Any
    partner: Choice = field(default_factory=Choice)
    partner_values: dict = field(default_factory=dict)
    move_type: str = "in_invoice"
    journal: Choice = field(default_factory=Choice)
    location: Choice = field(default_factory=Choice)
    currency: Any = None
    accounting_date: Any = None
    lines: list[LineProposal] = field(default_factory=list)
    refusals: list[dict] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    duplicates: Any = None
    original: Any = None
    order: Any = None
    order_reason: str = ""
    order_warnings: list[str] = field(default_factory=list)
    bill: Any = None
    to_check: bool = False
    extra: dict = field(default_factory=dict)  # values of the bill that other modules add
    on_payment: bool = False
    lookup: Any = None
    made: Any = None
    failure: str = ""

    @property
    def unknown(self):
        """Return the choices without a value, which the wizard shows as yellow cells."""
        return [choice for line in self.lines for choice in line.choices if choice.source == "none"]
