"""A support ticket: what ANAF's technical support asks about rejected invoices, and what became of the request."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...anaf import support_sections, support_text
from ..calls.outgoing import FAILED
from ..common.anaf_words import in_words
from ..common.rights import check_bill, check_read_spv, is_system, may_bill

# Invoices that are compared with those of a ticket when others with the same error are looked for.
COMPARED = 200


class EfacturaSupportTicket(models.Model):
    """A request to ANAF's technical support about invoices that ANAF does not take.

    The state follows from two dates, which the buttons write::

        to_open --opened_on--> open --closed_on--> closed --reopened--> open

    Until it is opened, the ticket tells what the submissions tell now; then their facts are kept as they were sent.
    """

    _name = "l10n_ro_efactura.support.ticket"
    _description = "Support ticket at ANAF"
    _inherit = ["mail.thread"]
    _order = "id DESC"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, default=lambda self: self.env.company
    )
    move_ids = fields.Many2many(
        "account.move",
        "l10n_ro_efactura_support_ticket_move_rel",
        "ticket_id",
        "move_id",
        string="Invoices",
        check_company=True,
        domain="[('l10n_ro_efactura_submission_ids', '!=', False)]",
    )
    note = fields.Text("Your words", help="They stand before the data in the text, for example what was tried already")
    number = fields.Char("Ticket number", tracking=True, copy=False, help="The number that ANAF gave the ticket")
    opened_on = fields.Date(tracking=True, copy=False)
    closed_on = fields.Date(tracking=True, copy=False)
    answer = fields.Text("ANAF's answer", tracking=True, copy=False)
    state = fields.Selection(
        [("to_open", "To open"), ("open", "Open"), ("closed", "Closed")],
        compute="_compute_state",
        store=True,
        tracking=True,
    )
    facts = fields.Json(
        readonly=True,
        copy=False,
        groups="account.group_account_invoice,base.group_system",
        help="What was known of the invoices and their attempts when the ticket was opened",
    )
    text = fields.Text("Text for ANAF", compute="_compute_text")
    attempt_count = fields.Integer("Attempts", compute="_compute_text")
    similar_count = fields.Integer("Invoices with the same error", compute="_compute_similar_count")

    @api.depends("number", "move_ids")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for ticket in self:
            names = ", ".join(ticket.move_ids[:3].mapped("name")) + (" ..." if len(ticket.move_ids) > 3 else "")
            ticket.display_name = (
                self.env._("Ticket %s", ticket.number)
                if ticket.number
                else self.env._("Support ticket for %s", names)
                if names
                else self.env._("Support ticket")
            )

    @api.depends("opened_on", "closed_on")
    def _compute_state(self):
        for ticket in self:
            ticket.state = "closed" if ticket.closed_on else "open" if ticket.opened_on else "to_open"

    @api.depends("move_ids", "note", "opened_on")
    @api.depends_context("uid")
    def _compute_text(self):
        for ticket in self:
            ticket.text = support_text(ticket._sections())
            ticket.attempt_count = sum(len(invoice["attempts"]) for invoice in ticket._facts()["invoices"])

    @api.depends("move_ids", "closed_on")
    def _compute_similar_count(self):
        for ticket in self:
            ticket.similar_count = len(ticket._similar_moves()) if not ticket.opened_on else 0

    @api.constrains("opened_on", "closed_on")
    def _check_dates(self):
        for ticket in self:
            if ticket.closed_on and (not ticket.opened_on or ticket.closed_on < ticket.opened_on):
                raise UserError(self.env._("A ticket is closed after it was opened."))

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unopened(self):
        if any(self.mapped("opened_on")):
            raise UserError(self.env._("A ticket that was opened at ANAF is kept. Close it instead."))

    # -- what it tells --------------------------------------------------------------------------------------

    @api.private
    def _sections(self):
        """Return the ticket as `support_sections`; ANAF's raw answers only for who may read them."""
        self.ensure_one()
        facts = self._facts()
        if not may_bill(self.env) and not is_system(self.env):
            facts = {
                **facts,
                "invoices": [
                    {**invoice, "attempts": [{**attempt, "raw": ""} for attempt in invoice["attempts"]]}
                    for invoice in facts["invoices"]
                ],
            }
        return support_sections(facts, self.note or "")

    @api.private
    def _facts(self):
        """Return the facts for `support_sections`: those kept when it was opened, else those of now.

        Each attempt has its submission's `id` as well.
        """
        self.ensure_one()
        ticket = self.sudo()
        if ticket.facts:
            return ticket.facts
        return {
            "company": ticket.company_id.name,
            "cif": ticket.company_id._l10n_ro_efactura_cif(),
            "invoices": [ticket._facts_of(move._origin or move) for move in ticket.move_ids],
        }

    def _facts_of(self, move):
        """Return the facts of one invoice and of each attempt in which something was sent, oldest first."""
        attempts = move.l10n_ro_efactura_submission_ids.filtered(lambda s: s.attempted_at or s.upload_index)
        return {
            "number": move.name,
            "date": move.invoice_date and move.invoice_date.isoformat(),
            "buyer": move.commercial_partner_id.name,
            "buyer_cif": attempts[:1].buyer_cif,
            "total": abs(move.amount_total),
            "currency": move.currency_id.name,
            "attempts": [self._facts_of_attempt(attempt) for attempt in attempts.sorted("id")],
        }

    def _facts_of_attempt(self, submission):
        language = "ro_RO" if self.env["res.lang"]._get_data(code="ro_RO") else self.env.lang
        env = self.with_context(lang=language).env
        sent_at = submission.uploaded_at or submission.attempted_at
        return {
            "id": submission.id,
            "environment": submission.environment,
            "state": submission.state,
            "sent_at": sent_at and sent_at.isoformat(sep=" ", timespec="seconds"),
            "settled_at": submission.settled_at and submission.settled_at.isoformat(sep=" ", timespec="seconds"),
            "upload_index": submission.upload_index or "",
            "download_id": submission.download_id or "",
            "support_id": submission.support_id or "",
            "sha256": submission.sha256 or "",
            "errors": [
                in_words(env, row.get("text") or row.get("code"), row.get("fact")) for row in submission.errors or []
            ],
            "raw": submission.raw_answer or "",
        }

    @api.private
    def _attempts(self):
        """Return the submissions of the ticket that the user may read, oldest first."""
        ids = [attempt["id"] for invoice in self._facts()["invoices"] for attempt in invoice["attempts"]]
        return self.env["l10n_ro_efactura.submission"].search([("id", "in", ids)], order="id")

    # -- invoices with the same error -----------------------------------------------------------------------

    def _similar_moves(self):
        """Return the rejected invoices of no open ticket that have an error of this ticket's invoices."""
        self.ensure_one()
        own = self.move_ids._origin
        errors = own._l10n_ro_efactura_error_keys()
        if not errors:
            return self.env["account.move"]
        others = self.env["account.move"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "posted"),
                ("l10n_ro_efactura_state", "in", list(FAILED)),
                ("id", "not in", own.ids),
                "!",
                ("l10n_ro_efactura_support_ticket_ids", "any", [("state", "!=", "closed")]),
            ],
            order="id DESC",
            limit=COMPARED,
        )
        return others.filtered(lambda move: move._l10n_ro_efactura_error_keys() & errors)

    def action_add_similar(self):
        """Add the rejected invoices that have the same error."""
        for ticket in check_bill(self, "write").filtered(lambda ticket: not ticket.opened_on):
            ticket.move_ids += ticket._similar_moves()

    # -- its life -------------------------------------------------------------------------------------------

    def action_opened(self):
        """Note that the ticket was opened at ANAF today, keep what it told, and say so on its invoices.

        :raise UserError: a ticket has no invoice
        """
        for ticket in check_bill(self, "write").filtered(lambda ticket: not ticket.opened_on):
            if not ticket.move_ids:
                raise UserError(self.env._("Choose the invoices first."))
            ticket.write({"facts": ticket._facts(), "opened_on": fields.Date.context_today(ticket)})
            ticket._tell_invoices(self.env._("Support ticket opened at ANAF: "))

    def action_close(self):
        """Note that the ticket was closed today, and say so on its invoices."""
        for ticket in check_bill(self, "write").filtered(lambda ticket: ticket.state == "open"):
            ticket.closed_on = fields.Date.context_today(ticket)
            ticket._tell_invoices(self.env._("Support ticket closed: "))

    def action_reopen(self):
        """Open a closed ticket again."""
        check_bill(self, "write").closed_on = False

    def _tell_invoices(self, sentence):
        for move in self.move_ids:
            move.message_post(body=sentence + self._get_html_link())

    # -- files ----------------------------------------------------------------------------------------------

    def action_pdf(self):
        """Print the tickets."""
        check_read_spv(self, "read")
        return self.env.ref("l10n_ro_efactura_abacus.l10n_ro_efactura_support_ticket_action_report").report_action(self)

    def action_zip(self):
        """Download the text with the XMLs that were sent, ANAF's packages and its answers."""
        check_read_spv(self, "read")
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/l10n_ro_efactura/support_ticket/{self.id}",
            "target": "download",
        }
