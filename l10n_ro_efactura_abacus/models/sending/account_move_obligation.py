"""The obligation to report an invoice to e-Factura: whether, why, until when, and whether it is late."""

from datetime import date, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date
from odoo.tools.sql import column_exists, create_column

from ...anaf import send_deadline, today
from ..calls.outgoing import FAILED

# First issue date of invoices to firms that must be reported (Legea 296/2023).
B2B_SINCE = date(2024, 1, 1)
# First issue date of invoices to persons that must be reported (OUG 138/2024).
B2C_SINCE = date(2025, 1, 1)
# States of a move that can be sent, again or for the first time.
NOT_AT_ANAF = (False, *FAILED)
# States of a move that does not count as reported; 'processing' does, because an upload index stops the deadline.
NOT_REPORTED = (False, "queued", "uploading", "uncertain", "nok", "refused")


class AccountMove(models.Model):
    """An invoice's obligation to go to ANAF, its reason and its deadline, computed and never stored."""

    _name = "account.move"
    _inherit = ["account.move", "l10n_ro_efactura.exemption.mixin"]

    l10n_ro_efactura_exempt = fields.Boolean(copy=False)
    l10n_ro_efactura_exempt_reason = fields.Char(copy=False)
    l10n_ro_efactura_obligation = fields.Selection(
        selection=[
            ("due", "Due"),
            ("voluntary", "Voluntary"),
            ("exempt", "Exempt"),
            ("none", "Not concerned"),
        ],
        string="e-Factura Obligation",
        compute="_compute_l10n_ro_efactura_obligation",
        search="_search_l10n_ro_efactura_obligation",
    )
    l10n_ro_efactura_obligation_reason = fields.Char(
        string="Why",
        compute="_compute_l10n_ro_efactura_obligation",
    )
    l10n_ro_efactura_deadline = fields.Date(
        string="e-Factura Deadline",
        compute="_compute_l10n_ro_efactura_deadline",
        help="The last day to send the invoice to ANAF (OUG 120/2021 art. 10, Regulation 1182/71).",
    )
    l10n_ro_efactura_to_send = fields.Boolean(
        string="To Send to ANAF",
        compute="_compute_l10n_ro_efactura_late",
        search="_search_l10n_ro_efactura_to_send",
    )
    l10n_ro_efactura_late = fields.Boolean(
        string="e-Factura Late",
        compute="_compute_l10n_ro_efactura_late",
        search="_search_l10n_ro_efactura_late",
    )

    def _auto_init(self):
        # EXTENDS 'account'
        for name, sql_type in (("l10n_ro_efactura_exempt", "bool"), ("l10n_ro_efactura_exempt_reason", "varchar")):
            if not column_exists(self.env.cr, "account_move", name):
                create_column(self.env.cr, "account_move", name, sql_type)
        return super()._auto_init()

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends(
        "move_type",
        "invoice_date",
        "commercial_partner_id",
        "journal_id",
        "country_code",
        "l10n_ro_efactura_exempt",
        "l10n_ro_efactura_exempt_reason",
    )
    def _compute_l10n_ro_efactura_obligation(self):
        since = self._l10n_ro_efactura_starts()
        for move in self:
            move.l10n_ro_efactura_obligation, move.l10n_ro_efactura_obligation_reason = (
                move._l10n_ro_efactura_get_obligation(since)
            )

    def _l10n_ro_efactura_starts(self):
        """Return {company: its e-Factura start date, or False} of the moves' companies."""
        return {company: company._l10n_ro_efactura_since() for company in self.company_id}

    def _l10n_ro_efactura_get_obligation(self, since=None):
        """Return (value of the obligation field, its reason as a translated text).

        :param since: `_l10n_ro_efactura_starts` of many moves, where it was looked up already
        """
        self.ensure_one()
        _ = self.env._
        if not self._l10n_ro_efactura_is_document():
            return "none", _("Only customer documents and self-billed invoices of Romanian companies are concerned.")
        issued = self.invoice_date or fields.Date.context_today(self)
        start = (since or self._l10n_ro_efactura_starts()).get(self.company_id)
        if start and issued < start:
            return "none", _("Issued before %s, from which the company uses e-Factura.", format_date(self.env, start))
        for source, where in (
            (self, _("Exempt")),
            (self.journal_id, _("Exempt by its journal")),
            (self.commercial_partner_id, _("Exempt by its partner")),
        ):
            if source.l10n_ro_efactura_exempt:
                return "exempt", f"{where}: {source.l10n_ro_efactura_exempt_reason or ''}"
        if self._l10n_ro_efactura_is_self_billing():
            return "due", _("Self-billed invoice, issued in the supplier's name.")
        partner = self.commercial_partner_id
        if partner._l10n_ro_efactura_is_foreign():
            return "voluntary", _("Foreign buyer without a Romanian CUI or VAT number.")
        if partner._l10n_ro_efactura_cui():
            if issued < B2B_SINCE:
                return "voluntary", _("B2B is compulsory since 2024.")
            return "due", _("The buyer has a Romanian CUI or VAT number.")
        if issued < B2C_SINCE:
            return "voluntary", _("B2C is compulsory since 2025.")
        return "due", _("The buyer is a person (B2C).")

    @api.depends("l10n_ro_efactura_obligation", "invoice_date", "taxable_supply_date", "delivery_date")
    def _compute_l10n_ro_efactura_deadline(self):
        for move in self:
            due = move.l10n_ro_efactura_obligation == "due" and move.invoice_date
            move.l10n_ro_efactura_deadline = due and send_deadline(
                move.invoice_date, move.taxable_supply_date or move.delivery_date or None
            )

    @api.depends("state", "l10n_ro_efactura_state", "l10n_ro_efactura_deadline")
    def _compute_l10n_ro_efactura_late(self):
        now = today()
        for move in self:
            due = move.state == "posted" and move.l10n_ro_efactura_obligation == "due"
            move.l10n_ro_efactura_to_send = due and move.l10n_ro_efactura_state in NOT_AT_ANAF
            move.l10n_ro_efactura_late = (
                due
                and move.l10n_ro_efactura_state in NOT_REPORTED
                and bool(move.l10n_ro_efactura_deadline)
                and move.l10n_ro_efactura_deadline < now
            )

    # -------------------------------------------------------------------------
    # SEARCH: the rules of the computed fields as domains
    # -------------------------------------------------------------------------

    def _search_l10n_ro_efactura_obligation(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = self._l10n_ro_efactura_obligation_domains()
        return Domain.OR(domains[wanted] for wanted in value if wanted in domains)

    def _search_l10n_ro_efactura_to_send(self, operator, value):
        if operator != "in":
            return NotImplemented
        return (
            (
                Domain("l10n_ro_efactura_state", "in", NOT_AT_ANAF)
                & Domain("state", "=", "posted")
                & self._l10n_ro_efactura_obligation_domains()["due"]
            )
            if True in value
            else NotImplemented
        )

    def _search_l10n_ro_efactura_late(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        now = today()
        # A deadline never moves back when the dates move on: find the last dates whose deadline has passed.
        issue = now
        while send_deadline(issue) >= now:
            issue -= timedelta(days=1)
        event = now
        while send_deadline(now, event) >= now:
            event -= timedelta(days=1)
        old = Domain("invoice_date", "<=", issue) | Domain("invoice_date", "<=", now) & (
            Domain("taxable_supply_date", "<=", event)
            | Domain("taxable_supply_date", "=", False) & Domain("delivery_date", "<=", event)
        )
        return (
            Domain("l10n_ro_efactura_state", "in", NOT_REPORTED)
            & Domain("state", "=", "posted")
            & old
            & self._l10n_ro_efactura_obligation_domains()["due"]
        )

    def _l10n_ro_efactura_obligation_domains(self):
        """Return {obligation: domain}; each invoice matches exactly one of them."""
        document = Domain("country_code", "=", "RO") & (
            Domain("move_type", "in", ("out_invoice", "out_refund"))
            | Domain("move_type", "=", "in_invoice") & Domain("journal_id.is_self_billing", "=", True)
        )
        started = Domain.AND(
            Domain("company_id", "!=", company.id)
            | Domain("invoice_date", "=", False)
            | Domain("invoice_date", ">=", start)
            for company in self.env.companies
            if (start := company._l10n_ro_efactura_since())
        )
        concerned = document & started
        exempt = Domain.OR(
            [
                Domain("l10n_ro_efactura_exempt", "=", True),
                Domain("journal_id.l10n_ro_efactura_exempt", "=", True),
                Domain("commercial_partner_id.l10n_ro_efactura_exempt", "=", True),
            ]
        )
        romanian_vat = Domain("commercial_partner_id.vat", "=ilike", "RO%")
        foreign = Domain("commercial_partner_id.country_id.code", "not in", (False, "RO")) & ~romanian_vat
        business = (
            romanian_vat
            | Domain("commercial_partner_id.is_company", "=", True)
            | Domain("commercial_partner_id.vat", "!=", False)
        )
        undated = Domain("invoice_date", "=", False)
        since = (business & (undated | Domain("invoice_date", ">=", B2B_SINCE))) | (
            undated | Domain("invoice_date", ">=", B2C_SINCE)
        )
        due = Domain("move_type", "=", "in_invoice") | (~foreign & since)
        return {
            "none": ~concerned,
            "exempt": concerned & exempt,
            "due": concerned & ~exempt & due,
            "voluntary": concerned & ~exempt & ~due,
        }
