"""The button "Confirm and send": shown where confirming an invoice sends it to ANAF."""

from odoo import api, fields, models


class AccountMove(models.Model):
    """A draft that knows whether its confirmation sends it to ANAF at once."""

    _inherit = "account.move"

    l10n_ro_efactura_sends_at_posting = fields.Boolean(
        string="Confirming Sends to ANAF", compute="_compute_l10n_ro_efactura_sends_at_posting"
    )

    @api.depends("state", "journal_id", "l10n_ro_efactura_obligation")
    def _compute_l10n_ro_efactura_sends_at_posting(self):
        for move in self:
            journal = move.sudo().journal_id  # salesmen read invoices, not journals
            move.l10n_ro_efactura_sends_at_posting = (
                move.state == "draft"
                and move.l10n_ro_efactura_obligation == "due"
                and journal.l10n_ro_efactura_auto_send
                and journal.l10n_ro_efactura_send_delay in (False, "0")
            )
