"""The support tickets of an invoice, and the button that makes one."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..calls.outgoing import FAILED
from ..common.rights import check_bill
from ..parties.res_partner import BILLING


class AccountMove(models.Model):
    """An invoice that ANAF does not take, and the tickets about it."""

    _inherit = "account.move"

    l10n_ro_efactura_support_ticket_ids = fields.Many2many(
        "l10n_ro_efactura.support.ticket",
        "l10n_ro_efactura_support_ticket_move_rel",
        "move_id",
        "ticket_id",
        string="Support tickets",
        copy=False,
        readonly=True,
        groups=BILLING,
    )
    l10n_ro_efactura_needs_support = fields.Boolean(
        "Support can be asked",
        compute="_compute_l10n_ro_efactura_needs_support",
        help="ANAF rejected it, or gave no usable answer, in production or in test",
    )

    @api.depends("l10n_ro_efactura_state", "l10n_ro_efactura_test_state")
    def _compute_l10n_ro_efactura_needs_support(self):
        for move in self:
            needs = False
            for environment, state in (
                ("prod", move.l10n_ro_efactura_state),
                ("test", move.l10n_ro_efactura_test_state),
            ):
                if state in (*FAILED, "uncertain") and move.l10n_ro_efactura_state != "ok":
                    last = move._l10n_ro_efactura_last_submission(environment)
                    needs = needs or bool(last.attempted_at or last.upload_index)
            move.l10n_ro_efactura_needs_support = needs

    def _l10n_ro_efactura_error_keys(self):
        """Return the rules, or else the kinds, of the errors that these invoices show: a set of texts."""
        return {error.rule or error.hint for error in self.l10n_ro_efactura_error_ids} - {False}

    def action_l10n_ro_efactura_support_ticket(self):
        """Open the ticket about these invoices that is not closed; where there is none, make one about all of them.

        :return: the action that opens the ticket, or the tickets where the invoices are in several
        :raise UserError: an invoice was never sent, or they are of several companies
        """
        check_bill(self, "read")
        tickets = self.l10n_ro_efactura_support_ticket_ids.filtered(lambda ticket: ticket.state != "closed")
        if not tickets:
            for move in self:
                if not move.sudo().l10n_ro_efactura_submission_ids.filtered(lambda s: s.attempted_at or s.upload_index):
                    raise UserError(self.env._("%s was never sent to ANAF.", move.display_name))
            if len(self.company_id) != 1:
                raise UserError(self.env._("Choose invoices of one company."))
            tickets = tickets.create({"company_id": self.company_id.id, "move_ids": [fields.Command.set(self.ids)]})
        return tickets._get_records_action(name=self.env._("Support tickets"))


class EfacturaSubmission(models.Model):
    """A submission from whose list a ticket about its invoice is made."""

    _inherit = "l10n_ro_efactura.submission"

    def action_support_ticket(self):
        """Open or make the support ticket about the invoices of these submissions; see the invoices' action."""
        check_bill(self, "read")
        if not self.move_id:
            raise UserError(self.env._("Choose what was sent for an invoice."))
        return self.move_id.action_l10n_ro_efactura_support_ticket()
