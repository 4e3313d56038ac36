"""The steps that follow when core posts, resets, cancels, deletes or shows an entry, in their order.

A room defines its step and this file calls it by name. `write`, and the refusal to delete a sent invoice, are in
`sending/account_move_lock.py`.
"""

from odoo import models


class AccountMove(models.Model):
    """An entry, with the e-Factura steps of each of core's events."""

    _inherit = "account.move"

    def _post(self, soft=True):
        # EXTENDS 'account'
        self._l10n_ro_efactura_check_registered()
        self._l10n_ro_efactura_addresses()._l10n_ro_efactura_check_sector()
        posted = super()._post(soft=soft)
        posted._l10n_ro_efactura_pair_posted()  # first, so that what another program sent is not sent again
        posted._l10n_ro_efactura_recheck_missing()
        posted._l10n_ro_efactura_send_posted()
        posted._l10n_ro_efactura_tell()
        posted._l10n_ro_efactura_transfer_posted()
        posted._l10n_ro_efactura_learn_posted()
        return posted

    def button_draft(self):
        # EXTENDS 'account'
        self._l10n_ro_efactura_check_may_change()
        result = super().button_draft()
        self._l10n_ro_efactura_take_back_transfers()
        return result

    def button_cancel(self):
        # EXTENDS 'account'
        self._l10n_ro_efactura_check_may_change()
        result = super().button_cancel()
        self._l10n_ro_efactura_release_packages()
        self._l10n_ro_efactura_cancel_draft_transfers()
        self._l10n_ro_efactura_tell()
        return result

    def unlink(self):
        # EXTENDS 'account'
        received = self._l10n_ro_efactura_received()
        result = super().unlink()
        received._pair_again()
        return result

    def _get_alerts(self):
        # EXTENDS 'account'
        return {
            **super()._get_alerts(),
            **self._l10n_ro_efactura_sending_alerts(),
            **self._l10n_ro_efactura_register_alerts(),
            **self._l10n_ro_efactura_pairing_alerts(),
            **self._l10n_ro_efactura_asset_alerts(),
            **self._l10n_ro_efactura_buyer_message_alerts(),
        }
