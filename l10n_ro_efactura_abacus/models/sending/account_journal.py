"""Sending at posting: a journal's switch and its delay."""

from datetime import timedelta

from odoo import fields, models


class AccountJournal(models.Model):
    """A journal that can send its posted invoices by itself, or exempt them from e-Factura."""

    _name = "account.journal"
    _inherit = ["account.journal", "l10n_ro_efactura.exemption.mixin"]

    l10n_ro_efactura_auto_send = fields.Boolean(
        string="Send to ANAF at Posting",
        help="Invoices that are due go to ANAF by themselves when they are posted.",
    )
    l10n_ro_efactura_send_delay = fields.Selection(
        selection=[
            ("0", "At once"),
            ("1", "After 1 day"),
            ("2", "After 2 days"),
            ("3", "After 3 days"),
            ("4", "After 4 days"),
        ],
        string="Delay",
        default="0",
        help="How long a posted invoice waits in the queue: time to find a mistake before ANAF has it.",
    )

    def _l10n_ro_efactura_send_at(self):
        """Return the naive UTC datetime from which an invoice posted now may be sent; None for at once."""
        days = int(self.l10n_ro_efactura_send_delay or 0)
        return fields.Datetime.now() + timedelta(days=days) if days else None
