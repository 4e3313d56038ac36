"""Sending at posting: a journal's switch and its delay."""

from datetime import datetime, time, timedelta, timezone

from odoo import fields, models

from ...anaf import BUCHAREST


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
        help="How long a posted invoice waits in the queue: time to find a mistake before ANAF has it. The legal term "
        "is kept: an invoice waits no longer than the beginning of the last day on which it may be sent.",
    )

    def _l10n_ro_efactura_send_at(self, deadline=None):
        """Return when an invoice that is posted now is sent.

        :param deadline: last day of its legal term, as a date; its beginning in Bucharest ends the delay
        :return: naive UTC datetime; None for at once
        """
        now, days = fields.Datetime.now(), int(self.l10n_ro_efactura_send_delay or 0)
        if not days:
            return None
        at = now + timedelta(days=days)
        if deadline:
            last_day = datetime.combine(deadline, time.min, BUCHAREST).astimezone(timezone.utc).replace(tzinfo=None)
            at = min(at, last_day)
        return at if at > now else None
