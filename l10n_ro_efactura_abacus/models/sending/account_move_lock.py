"""The lock on invoices that are, or may be, at ANAF."""

from odoo import api, models
from odoo.exceptions import UserError

from .states import LIVE

# Fields of a move that nobody may change while its invoice is, or may be, at ANAF.
FROZEN = {
    "name",
    "invoice_date",
    "journal_id",
    "partner_id",
    "move_type",
    "currency_id",
    "company_id",
    "l10n_ro_efactura_type",
}


class AccountMove(models.Model):
    """An invoice that cannot be changed, cancelled or deleted while it is, or may be, at ANAF in production.

    Only a credit note corrects it then. Tests lock nothing.
    """

    _inherit = "account.move"

    @api.depends("l10n_ro_efactura_state")
    def _compute_show_reset_to_draft_button(self):
        # EXTENDS 'account'
        super()._compute_show_reset_to_draft_button()
        for move in self:
            if move.l10n_ro_efactura_state in LIVE:
                move.show_reset_to_draft_button = False

    def _l10n_ro_efactura_check_may_change(self):
        """Check that the user may write the entries and that none of them is, or may be, at ANAF.

        :raise AccessError: the user may not write them
        :raise UserError: names the entries that are, or may be, at ANAF
        """
        self.check_access("write")
        self._l10n_ro_efactura_check_not_live()

    def write(self, vals):
        # EXTENDS 'account'
        if not FROZEN.isdisjoint(vals) or vals.get("state", "posted") != "posted":
            live = self.filtered(lambda move: move.l10n_ro_efactura_state in LIVE)
            live.filtered(lambda move: move._l10n_ro_efactura_would_change(vals))._l10n_ro_efactura_check_not_live()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_l10n_ro_efactura_live(self):
        self._l10n_ro_efactura_check_not_live()

    def _l10n_ro_efactura_would_change(self, vals):
        """Return True where `vals` gives a locked field, or the state, another value than this move has."""
        for name in (FROZEN | {"state"}) & vals.keys():
            field = self._fields[name]
            if field.convert_to_record(field.convert_to_cache(vals[name], self), self) != self[name]:
                return True
        return False

    def _l10n_ro_efactura_check_not_live(self):
        """Check that none of the moves is, or may be, at ANAF.

        :raise UserError: names the ones that are
        """
        live = self._l10n_ro_efactura_live("prod")
        if not live:
            return
        accepted = live.filtered(lambda move: move.l10n_ro_efactura_state == "ok")
        if accepted:
            raise UserError(
                self.env._(
                    "ANAF has accepted %(invoices)s: it cannot be changed, renumbered, cancelled or deleted any more. "
                    "Correct it with a credit note (storno).",
                    invoices=", ".join(accepted.mapped("display_name")),
                )
            )
        if all(move._l10n_ro_efactura_last_submission("prod").can_withdraw for move in live):
            raise UserError(
                self.env._(
                    "%(invoices)s waits to be sent to ANAF: take it back first, on its e-Factura page.",
                    invoices=", ".join(live.mapped("display_name")),
                )
            )
        raise UserError(
            self.env._(
                "%(invoices)s is on its way to ANAF: wait for the answer before changing, cancelling or deleting it.",
                invoices=", ".join(live.mapped("display_name")),
            )
        )
