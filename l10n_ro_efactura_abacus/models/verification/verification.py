"""Verification of a period: documents only in SPV, only in the books, and pairs that differ.

Uses the archive only; ANAF is never called. verification_fill.py makes the rows.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ...anaf import today
from ..common.actions import soft_reload
from ..common.rights import check_read_spv

# Days after its last refresh until a verification is deleted.
KEPT_DAYS = 400
# Sections of a verification: (value, label).
SECTIONS = [
    ("spv_only", "In SPV, not in the books"),
    ("book_only", "In the books, not in SPV"),
    ("differs", "Pairs that differ"),
    ("later", "Corrected later"),
    ("sales", "Sales not Ok at ANAF"),
    ("not_expected", "Not expected in SPV"),
]


class EfacturaVerification(models.Model):
    """The verification of a company and period; verifying again keeps the rows that were ticked off."""

    _name = "l10n_ro_efactura.verification"
    _description = "e-Factura verification"
    _order = "date_from DESC, id DESC"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(required=True, readonly=True)
    date_to = fields.Date(required=True, readonly=True)
    verified_at = fields.Datetime(readonly=True)
    line_ids = fields.One2many("l10n_ro_efactura.verification.line", "verification_id", readonly=True)
    spv_only_ids = fields.One2many(
        "l10n_ro_efactura.verification.line", "verification_id", readonly=True, domain=[("section", "=", "spv_only")]
    )
    book_only_ids = fields.One2many(
        "l10n_ro_efactura.verification.line", "verification_id", readonly=True, domain=[("section", "=", "book_only")]
    )
    differs_ids = fields.One2many(
        "l10n_ro_efactura.verification.line", "verification_id", readonly=True, domain=[("section", "=", "differs")]
    )
    later_ids = fields.One2many(
        "l10n_ro_efactura.verification.line", "verification_id", readonly=True, domain=[("section", "=", "later")]
    )
    sales_ids = fields.One2many(
        "l10n_ro_efactura.verification.line", "verification_id", readonly=True, domain=[("section", "=", "sales")]
    )
    not_expected_ids = fields.One2many(
        "l10n_ro_efactura.verification.line",
        "verification_id",
        readonly=True,
        domain=[("section", "=", "not_expected")],
    )
    # the cards
    paired_count = fields.Integer(readonly=True)
    waiting_count = fields.Integer(readonly=True, help="SPV messages of this time that are not downloaded yet")
    spv_only_count = fields.Integer(compute="_compute_cards")
    spv_only_total = fields.Monetary(compute="_compute_cards")
    book_only_count = fields.Integer(compute="_compute_cards")
    book_only_vat = fields.Monetary(
        string="VAT deducted without an XML", compute="_compute_cards", help="In lei, of bills that nobody ticked off"
    )
    differs_count = fields.Integer(compute="_compute_cards")
    differs_total = fields.Monetary(compute="_compute_cards")
    later_count = fields.Integer(compute="_compute_cards")
    sales_count = fields.Integer(compute="_compute_cards")
    sales_total = fields.Monetary(compute="_compute_cards")
    not_expected_count = fields.Integer(compute="_compute_cards")
    open_count = fields.Integer(compute="_compute_cards")

    _period_uniq = models.UniqueIndex("(company_id, date_from, date_to)")

    @api.depends("line_ids.done", "line_ids.section", "line_ids.amount_company", "line_ids.vat_company")
    def _compute_cards(self):
        for verification in self:
            by_section = verification.line_ids.filtered(lambda line: not line.done).grouped("section")
            lines = {section: by_section.get(section, verification.line_ids.browse()) for section, _label in SECTIONS}
            for section, some in lines.items():
                verification[f"{section}_count"] = len(some)
            verification.spv_only_total = sum(lines["spv_only"].mapped("amount_company"))
            verification.book_only_vat = sum(lines["book_only"].mapped("vat_company"))
            verification.differs_total = sum(abs(line.amount_company) for line in lines["differs"])
            verification.sales_total = sum(lines["sales"].mapped("amount_company"))
            verification.open_count = sum(len(some) for section, some in lines.items() if section != "not_expected")

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for verification in self:
            verification.display_name = self.env._(
                "Verification %(first)s - %(last)s",
                first=format_date(self.env, verification.date_from),
                last=format_date(self.env, verification.date_to),
            )

    def _card_rows(self):
        """Return the cards of the PDF: [(text, number of documents, lei or None)], without rows ticked off."""
        self.ensure_one()
        labels = dict(self.line_ids._fields["section"]._description_selection(self.env))
        amounts = {"spv_only": self.spv_only_total, "differs": self.differs_total, "sales": self.sales_total}
        rows = [(self.env._("Paired"), self.paired_count, None)]
        for section, _label in SECTIONS:
            rows.append((labels[section], self[f"{section}_count"], amounts.get(section)))
            if section == "book_only":
                rows.append((self.env._("VAT deducted without an XML"), self.book_only_count, self.book_only_vat))
        if self.waiting_count:
            rows.append((self.env._("Not downloaded yet"), self.waiting_count, None))
        return rows

    # -- making it --------------------------------------------------------------------------------------------

    @api.model
    @api.private
    def _of_period(self, company, date_from, date_to):
        """Return the verification of a period of `company`, brought up to date."""
        if date_from > date_to:
            raise UserError(self.env._("The period ends before it begins."))
        verification = self.sudo().search(
            [("company_id", "=", company.id), ("date_from", "=", date_from), ("date_to", "=", date_to)]
        )
        verification = verification or self.sudo().create(
            {"company_id": company.id, "date_from": date_from, "date_to": date_to}
        )
        verification._fill()
        return verification.sudo(False)

    def action_verify_again(self):
        """Verify the period again."""
        check_read_spv(self, "read")
        self.sudo()._fill()
        return soft_reload()

    def action_excel(self):
        """Download the verification as an Excel file."""
        check_read_spv(self, "read")
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "target": "download",
            "url": f"/l10n_ro_efactura/verification/{self.id}.xlsx",
        }

    def action_pdf(self):
        """Print the verification."""
        check_read_spv(self, "read")
        return self.env.ref("l10n_ro_efactura_abacus.l10n_ro_efactura_verification_action_report").report_action(self)

    def action_section(self):
        """Open the rows of one section (`section` of the context) as a list, for searching and selecting."""
        check_read_spv(self, "read")
        self.ensure_one()
        section = self.env.context.get("section")
        labels = dict(self.line_ids._fields["section"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": labels.get(section, self.display_name),
            "res_model": "l10n_ro_efactura.verification.line",
            "views": [[False, "list"]],
            "domain": [("verification_id", "=", self.id), ("section", "=", section)],
        }

    def action_waiting(self):
        """Open the SPV messages of this period that are not downloaded yet."""
        check_read_spv(self, "read")
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not downloaded yet"),
            "res_model": "l10n_ro_efactura.message",
            "views": [[False, "list"], [False, "form"]],
            "domain": self._waiting_domain(),
        }

    def _waiting_domain(self):
        """Return the domain of messages whose documents may be of the period: uploaded from its first day on."""
        companies = self.env["l10n_ro_efactura.message"]._companies_sharing(self.company_id)
        return [
            ("company_id", "in", companies.ids),
            ("environment", "=", "prod"),
            ("archive_state", "=", "listed"),
            ("kind", "in", ("received", "sent")),
            ("listed_at", ">=", self.date_from),
            ("listed_at", "<=", self.date_to + timedelta(days=62)),
        ]

    @api.autovacuum
    def _gc_old(self):
        """Delete verifications not refreshed for `KEPT_DAYS`; they can be made again."""
        self.search([("verified_at", "<", fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS))]).unlink()

    @api.model
    def _previous_month(self):
        """Return (first, last) day of the month before this one, the default period."""
        last = today().replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last
