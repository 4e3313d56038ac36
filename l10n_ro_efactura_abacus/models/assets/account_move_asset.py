"""Registration of fixed assets before their bill is posted: check, alert, activity."""

from odoo import api, models
from odoo.exceptions import RedirectWarning, UserError

from ..common.actions import open_action
from ..common.rights import check_bill

# External id of the activity type.
ACTIVITY = "l10n_ro_efactura_abacus.activity_type_asset"
# what decides whether a line is a fixed asset that still is to be registered; the last are OCA's and Enterprise's
DECIDING = {
    "account_id",
    "l10n_ro_efactura_treatment",
    "l10n_ro_efactura_register_number",
    "l10n_ro_efactura_register_date",
    "l10n_ro_efactura_asset",
    "asset_id",
    "asset_ids",
    "asset_profile_id",
}
_NAMED_AT_MOST = 10


class AccountMove(models.Model):
    """A bill, which is posted only once its fixed assets are in the register (Abacus: "tabelul de amortizari")."""

    _inherit = "account.move"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account': the activity subscribes its user, which must not happen before Odoo subscribes the author
        moves = super(AccountMove, self.with_context(l10n_ro_efactura_new_moves=True)).create(vals_list)
        moves = moves.with_env(self.env)
        if with_assets := moves.invoice_line_ids._l10n_ro_efactura_are_assets().move_id:
            with_assets._l10n_ro_efactura_update_asset_activity()
        return moves

    def _l10n_ro_efactura_asset_alerts(self):
        """Return the alert of fixed assets that are not registered yet: {key: core's alert}."""
        alerts = {}
        if self.id and self.state == "draft" and (lines := self._l10n_ro_efactura_unregistered_lines()):
            alerts["l10n_ro_efactura_asset"] = {
                "level": "warning",
                "message": self.env._(
                    "Fixed assets to be registered before posting: %s", ", ".join(lines._l10n_ro_efactura_short_names())
                ),
                "action_text": self.env._("Register"),
                "action": self._l10n_ro_efactura_register_action(),
            }
        return alerts

    def _l10n_ro_efactura_unregistered_lines(self):
        """Return the fixed assets of these bills without number and date in the register and without linked asset."""
        bills = self._l10n_ro_efactura_with_objects().filtered(lambda move: move.move_type != "in_refund")
        return bills.invoice_line_ids._l10n_ro_efactura_with_treatment("asset").filtered(
            lambda line: not line._l10n_ro_efactura_is_registered()
        )

    def _l10n_ro_efactura_check_registered(self):
        """Refuse to post while a fixed asset is not registered.

        :raise RedirectWarning: to a user, with a button that opens the registration
        :raise UserError: where no user can click
        """
        lines = self._l10n_ro_efactura_unregistered_lines()
        if not lines:
            return
        message = self.env._(
            "Fixed assets must be in the register before the bill is posted. Fill in the number and date of: %s",
            ", ".join(lines._l10n_ro_efactura_short_names()),
        )
        if self.env.context.get("l10n_ro_efactura_no_dialog") or self.env.context.get("cron_id"):
            raise UserError(message)
        raise RedirectWarning(
            message, lines.move_id._l10n_ro_efactura_register_action(then_post=True), self.env._("Register")
        )

    def action_l10n_ro_efactura_register(self):
        """Open the registration of the fixed assets of these bills."""
        check_bill(self, "write")
        return self._l10n_ro_efactura_register_action()

    def _l10n_ro_efactura_register_action(self, then_post=False):
        return open_action(
            self.env,
            "l10n_ro_efactura_abacus.l10n_ro_efactura_asset_register_action",
            self,
            default_move_ids=self.ids,
            default_then_post=then_post,
        )

    # -------------------------------------------------------------------------
    # THE ACTIVITY
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_update_asset_activity(self):
        """Keep one open activity on each draft with an unregistered fixed asset, none on other bills."""
        drafts = self.filtered(lambda move: move.state == "draft")
        waiting = drafts._l10n_ro_efactura_unregistered_lines()
        open_ones = drafts.activity_search([ACTIVITY])
        has_one = self.browse(open_ones.mapped("res_id"))
        for move, lines in waiting.grouped("move_id").items():
            if move not in has_one:
                move.activity_schedule(
                    ACTIVITY,
                    user_id=move._l10n_ro_efactura_asset_user().id,
                    summary=self.env._("Register the fixed asset"),
                    note=self.env._(
                        "Bill with fixed assets: %s. It can be posted once they have their number in the register.",
                        ", ".join(lines._l10n_ro_efactura_short_names()),
                    ),
                )
        (has_one - waiting.move_id).activity_feedback([ACTIVITY], feedback=self.env._("Registered"))

    def _l10n_ro_efactura_asset_user(self):
        """Return the company's accountant of fixed assets, else the bill's user, else the current one, if internal."""
        chosen = self.company_id.sudo().l10n_ro_efactura_asset_user_id
        people = (chosen, self.invoice_user_id, self.env.user)
        return next((user for user in people if user.active and user._is_internal()), self.env["res.users"])


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account'
        lines = super().create(vals_list)
        if not self.env.context.get("l10n_ro_efactura_new_moves") and (assets := lines._l10n_ro_efactura_are_assets()):
            assets.move_id._l10n_ro_efactura_update_asset_activity()
        return lines

    def write(self, vals):
        # EXTENDS 'account'
        before = DECIDING & vals.keys() and self._l10n_ro_efactura_with_treatment("asset").move_id
        result = super().write(vals)
        if DECIDING & vals.keys() and (moves := before | self._l10n_ro_efactura_with_treatment("asset").move_id):
            moves._l10n_ro_efactura_update_asset_activity()
        return result

    def _l10n_ro_efactura_are_assets(self):
        return self.filtered(lambda line: line.l10n_ro_efactura_treatment == "asset")

    def _l10n_ro_efactura_is_registered(self):
        """Return True with a number and date in the register, or with an asset linked by any module.

        OCA's account_asset_management creates the asset from `asset_profile_id` when the bill is posted.
        """
        self.ensure_one()
        if self.l10n_ro_efactura_register_number and self.l10n_ro_efactura_register_date:
            return True
        return any(
            self[name]
            for name in ("l10n_ro_efactura_asset", "asset_id", "asset_ids", "asset_profile_id")
            if name in self._fields
        )

    def _l10n_ro_efactura_short_names(self):
        names = [
            (line.name or line.product_id.display_name or line.account_id.display_name or "").split("\n")[0][:60]
            for line in self[:_NAMED_AT_MOST]
        ]
        return [*names, "…"] if len(self) > _NAMED_AT_MOST else names
