from odoo import models


class AccountMove(models.Model):
    _inherit = 'account.move'

    def _post(self, soft=True):
        # EXTENDS 'account'
        posted = super()._post(soft=soft)
        posted._l10n_ro_efactura_pair_posted()  # what another program sent is not sent again
        automatic = posted.filtered(
            lambda move: move.journal_id.l10n_ro_efactura_auto_send and move.l10n_ro_efactura_to_send)
        for journal, moves in automatic.grouped('journal_id').items():
            moves._l10n_ro_efactura_queue('prod', at=journal._l10n_ro_efactura_send_at())
        return posted
