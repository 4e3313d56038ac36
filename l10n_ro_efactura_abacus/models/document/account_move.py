from odoo import fields, models
from odoo.tools.sql import column_exists, create_column

from ..common.core import ACCOUNT_NUMBER, registry_number
from .texts import is_iban, plain

TYPES = [
    ("380", "380 Invoice"),
    ("381", "381 Credit note"),
    ("384", "384 Corrected invoice"),
    ("389", "389 Self-billed invoice"),
    ("751", "751 Invoice for accounting purposes"),
]
PAYMENT_MEANS = [
    ("10", "Cash"),
    ("30", "Credit transfer"),
    ("42", "Payment to bank account"),
    ("48", "Card"),
    ("97", "Clearing between partners"),
    ("1", "Not specified"),
]
COLUMNS = {
    "type": "varchar",
    "origin_number": "varchar",
    "origin_date": "date",
    "reason": "varchar",
    "contract": "varchar",
    "payment_means": "varchar",
    "for_period": "boolean",
    "period_start": "date",
    "period_end": "date",
}


class AccountMove(models.Model):
    """What only the XML needs to know of an invoice: its kind, what it refers to, how it is paid."""

    _inherit = "account.move"

    l10n_ro_efactura_type = fields.Selection(
        selection=TYPES,
        string="Invoice Type (BT-3)",
        copy=False,
        help="Empty: 380 for an invoice, the company's choice under Storno for a credit note, 389 for a self-billed "
        "invoice, 751 for an invoice made at a cash register.",
    )
    l10n_ro_efactura_origin_number = fields.Char(
        string="Preceding Invoice (BT-25)",
        copy=False,
        help="The number of the invoice that this one corrects, where it was not made in Odoo.",
    )
    l10n_ro_efactura_origin_date = fields.Date(
        string="Its Date (BT-26)",
        copy=False,
        help="Empty: the date of the invoice of this number, where it was made in Odoo.",
    )
    l10n_ro_efactura_for_period = fields.Boolean(
        string="Corrects a Period",
        copy=False,
        help="A rebate or bonus over a period, which corrects no single invoice: the period is told instead of a "
        "number. The law (art. 330 Cod fiscal) wants the number wherever one invoice is corrected.",
    )
    l10n_ro_efactura_period_start = fields.Date(string="Period From (BT-73)", copy=False)
    l10n_ro_efactura_period_end = fields.Date(string="Period Until (BT-74)", copy=False)
    l10n_ro_efactura_reason = fields.Char(
        string="Reason of the Correction",
        copy=False,
        help="Goes into the notes of the e-Factura. Empty where an invoice of Odoo is reversed: its number is given.",
    )
    l10n_ro_efactura_contract = fields.Char(
        string="Contract (BT-12)",
        help="The number of the contract, which public buyers ask for.",
    )
    l10n_ro_efactura_payment_means = fields.Selection(
        selection=PAYMENT_MEANS,
        string="Means of Payment (BT-81)",
        help="Empty: from the payment method, else a transfer to the bank account of the invoice.",
    )

    def _auto_init(self):
        # EXTENDS 'account': plain columns, made here, so that nothing is computed on the moves that exist
        for name, sql_type in COLUMNS.items():
            if not column_exists(self.env.cr, "account_move", f"l10n_ro_efactura_{name}"):
                create_column(self.env.cr, "account_move", f"l10n_ro_efactura_{name}", sql_type)
        return super()._auto_init()

    # -------------------------------------------------------------------------
    # KIND, REFERENCES
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_reason_text(self):
        """Why the correction is made, for a note of the document: what was typed; a plain reversal says so itself."""
        self.ensure_one()
        origin = self.reversed_entry_id.name if self.move_type == "out_refund" else ""
        return plain(self.l10n_ro_efactura_reason) or (f"Storno {origin}" if origin else "")

    def _l10n_ro_efactura_type_code(self):
        """BT-3: the user's choice, else what the invoice is."""
        self.ensure_one()
        if self.move_type in ("in_invoice", "in_refund"):
            return "389"
        if self.l10n_ro_efactura_type:
            return self.l10n_ro_efactura_type
        if self.move_type == "out_refund" and self.company_id.l10n_ro_efactura_storno != "negative":
            return "381"
        return "751" if self._l10n_ro_efactura_pos_orders() else "380"

    def _l10n_ro_efactura_pos_orders(self):
        """The sales at a cash register that this invoices, which whoever invoices need not be allowed to see."""
        return self.sudo().pos_order_ids if "pos_order_ids" in self._fields else ()

    def _l10n_ro_efactura_types_allowed(self):
        if self.move_type == "in_invoice":
            return ("389",)
        return ("380", "381", "384", "751") if self.move_type == "out_refund" else ("380", "384", "751")

    def _l10n_ro_efactura_origin(self):
        """The invoice of ours that this one corrects."""
        debited = self.debit_origin_id if "debit_origin_id" in self._fields else self.browse()
        return self.reversed_entry_id or debited

    def _l10n_ro_efactura_named(self, number):
        """The customer's invoice in Odoo that has this number."""
        found = self.sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("name", "=", number),
                ("state", "=", "posted"),
                ("move_type", "=", "out_invoice"),
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
            ],
            limit=2,
        )
        return found if len(found) == 1 else self.browse()

    def _l10n_ro_efactura_period(self):
        """BG-14 as (start, end): what a credit note over no single invoice is for; (False, False) otherwise."""
        self.ensure_one()
        if self.move_type != "out_refund" or not self.l10n_ro_efactura_for_period:
            return False, False
        return self.l10n_ro_efactura_period_start, self.l10n_ro_efactura_period_end

    def _l10n_ro_efactura_preceding(self):
        """BG-3 as [(number, date or False)]: what is corrected, or the advances that are deducted."""
        self.ensure_one()
        found = {}
        if origin := self._l10n_ro_efactura_origin():
            found[plain(origin.name)] = origin.invoice_date
        if typed := plain(self.l10n_ro_efactura_origin_number):
            found[typed] = self.l10n_ro_efactura_origin_date or self._l10n_ro_efactura_named(typed).invoice_date
        if "sale_line_ids" in self.invoice_line_ids._fields:
            downs = self.sudo().invoice_line_ids.sale_line_ids.filtered("is_downpayment")
            for advance in (downs.invoice_lines.move_id - self).filtered(
                lambda move: (
                    move.state == "posted"
                    and move.move_type == "out_invoice"
                    and (move.invoice_date, move.id) < (self.invoice_date or move.invoice_date, self.id)
                )
            ):
                found.setdefault(plain(advance.name), advance.invoice_date)
        return list(found.items())

    def _l10n_ro_efactura_order_reference(self):
        """BT-13: the buyer's order. Core puts our own number, and the sentence of a reversal, there."""
        self.ensure_one()
        if self.is_purchase_document():
            return plain(self.invoice_origin)
        return plain((self._l10n_ro_efactura_origin() or self).ref)

    # -------------------------------------------------------------------------
    # PARTIES
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_us(self):
        """Our company as a party; a branch has the CIF of its parent."""
        if not self.company_id.sudo().parent_id:
            return self.company_id.sudo().partner_id
        companies = self.company_id._l10n_ro_efactura_chain()
        return next(
            (company.partner_id for company in companies if company.vat or registry_number(company)),
            companies[:1].partner_id,
        )

    def _l10n_ro_efactura_own_contact(self):
        """Return the partner whose name and address stand for our company on the document (BT-27, BT-35 to BT-40).

        A branch has its own where its street is known; else they are those of the firm whose CIF it carries.
        """
        own = self.company_id.partner_id.commercial_partner_id
        return own if own.street else self._l10n_ro_efactura_us()

    def _l10n_ro_efactura_seller(self):
        """In whose name the invoice is: the supplier's, where we bill ourselves."""
        return self.commercial_partner_id if self.is_purchase_document() else self._l10n_ro_efactura_us()

    def _l10n_ro_efactura_buyer(self):
        return self._l10n_ro_efactura_us() if self.is_purchase_document() else self.commercial_partner_id

    def _l10n_ro_efactura_seller_vat(self):
        """BT-31; '' where the seller is not registered for VAT (and everything is of category O)."""
        return self._l10n_ro_efactura_seller()._l10n_ro_efactura_vat()

    def _l10n_ro_efactura_party_ids(self, role):
        """``(VAT number, other identifier)`` of the seller ('supplier') or the buyer ('customer')."""
        if role == "supplier":
            partner = self._l10n_ro_efactura_seller()
            return partner._l10n_ro_efactura_vat(), partner._l10n_ro_efactura_legal_id()
        partner = self._l10n_ro_efactura_buyer()
        vat = partner._l10n_ro_efactura_vat() if self._l10n_ro_efactura_seller_vat() else ""
        return vat, "" if vat else partner._l10n_ro_efactura_legal_id()

    def _l10n_ro_efactura_representative(self):
        """BG-11: who represents the seller for VAT."""
        return self._l10n_ro_efactura_seller().l10n_ro_efactura_representative_id

    def _l10n_ro_efactura_delivery_address(self, tax_code=None):
        """Return the partner of BG-15: where it is not simply the buyer's address, or the law wants it (BR-IC-12).

        :param tax_code: what answers for a tax, where it was looked up already
        """
        self.ensure_one()
        shipping = self.partner_shipping_id
        if not self.is_sale_document():
            return self.env["res.partner"]
        if shipping and shipping not in self.partner_id | self.commercial_partner_id:
            return shipping
        if not self._l10n_ro_efactura_has_category("K", tax_code):
            return self.env["res.partner"]
        return shipping or self.partner_id

    # -------------------------------------------------------------------------
    # TAXES
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_tax_code(self, tax):
        """(category, exemption code, text) of `tax` on this invoice; False where it must be asked."""
        seller = self.commercial_partner_id if self.is_purchase_document() else None
        return self.env["l10n_ro_efactura.code.map"]._tax_code(self.company_id, tax, seller)

    def _l10n_ro_efactura_has_category(self, category, tax_code=None):
        tax_code = tax_code or self._l10n_ro_efactura_tax_code
        return any((tax_code(tax) or ("",))[0] == category for tax in self.invoice_line_ids.tax_ids)

    # -------------------------------------------------------------------------
    # PAYMENT
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_payment_means_code(self):
        """BT-81: the user's choice, else the journal of the payment method, else the bank account."""
        if self.l10n_ro_efactura_payment_means:
            return self.l10n_ro_efactura_payment_means
        journal = self.preferred_payment_method_line_id.journal_id
        if journal.type in ("cash", "credit"):
            return "10" if journal.type == "cash" else "48"
        if orders := self._l10n_ro_efactura_pos_orders():
            kinds = set(orders.payment_ids.payment_method_id.mapped("type"))
            if kinds in ({"cash"}, {"bank"}):
                return "10" if kinds == {"cash"} else "48"
        if not self.partner_bank_id:
            return "1"
        return "30" if is_iban(self.partner_bank_id[ACCOUNT_NUMBER]) else "42"

    def _l10n_ro_efactura_prepaid(self, terms):
        """Return BT-113: what is paid, in the invoice's currency. A credit note is no payment.

        :param terms: the journal items that are to be paid
        """
        paid = 0.0
        for line in terms:
            for partial in line.matched_credit_ids:
                if partial.credit_move_id.move_id.move_type == "entry":
                    paid += partial.debit_amount_currency
            for partial in line.matched_debit_ids:
                if partial.debit_move_id.move_id.move_type == "entry":
                    paid += partial.credit_amount_currency
        # payments of a journal without outstanding account have no entry
        for payment in self.matched_payment_ids:
            if (
                not payment.move_id
                and payment.state in ("in_process", "paid")
                and len(payment.invoice_ids) == 1
                and payment.currency_id == self.currency_id
            ):
                paid += payment.amount
        return min(paid, self.amount_total)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _l10n_ro_efactura_is_document_level(self):
        """A discount or charge on the whole document (BG-20, BG-21): by its product, or made so by a sale order."""
        key = (self.extra_tax_data or {}).get("computation_key") or ""
        return self.product_id.l10n_ro_efactura_document_level or key.startswith("global_discount,")
