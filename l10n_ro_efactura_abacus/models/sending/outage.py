"""The invoices whose legal term ended while ANAF did not work."""

from datetime import datetime, time, timedelta, timezone

from odoo import fields, models
from odoo.fields import Domain

from ...anaf import BUCHAREST, day_of
from ..common.rights import check_read_spv


class EfacturaOutage(models.Model):
    """An outage with the invoices that it made late."""

    _inherit = "l10n_ro_efactura.outage"

    late_count = fields.Integer("Declared late", compute="_compute_late_count")

    def _compute_late_count(self):
        for outage in self:
            outage.late_count = self.env["account.move"].search_count(outage._late_domain())

    def _covers(self, day):
        """Return True where the outage was in a part of `day` (a date in Bucharest)."""
        start = datetime.combine(day, time(), BUCHAREST).astimezone(timezone.utc).replace(tzinfo=None)
        end = datetime.combine(day + timedelta(days=1), time(), BUCHAREST).astimezone(timezone.utc).replace(tzinfo=None)
        return self.started_at < end and (not self.ended_at or self.ended_at > start)

    def _late_domain(self):
        """Return the domain of the invoices declared late whose term ended on a day of the outage."""
        self.ensure_one()
        domain = Domain("company_id", "child_of", self.company_id.id) & Domain(
            "l10n_ro_efactura_term_missed", ">=", day_of(self.started_at)
        )
        if self.ended_at:
            domain &= Domain("l10n_ro_efactura_term_missed", "<=", day_of(self.ended_at))
        return domain if self.environment == "prod" else Domain.FALSE

    def _late_moves(self):
        """Return the invoices of `_late_domain` as the user may see them, in the order of their numbers."""
        return self.env["account.move"].search(self._late_domain(), order="invoice_date, name", limit=500)

    def action_late_moves(self):
        """Open the invoices that were declared late because of the outage.

        :raise AccessError: the user may neither invoice nor read the books
        """
        check_read_spv(self, "read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Declared Late"),
            "res_model": "account.move",
            "views": [[self.env.ref("account.view_out_invoice_tree").id, "list"], [False, "form"]],
            "domain": list(self._late_domain()),
            "context": {"default_move_type": "out_invoice", "create": False},
        }
