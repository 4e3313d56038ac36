from odoo import models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def _prepare_default_reversal(self, move):
        # EXTENDS 'account': the reason is part of the e-Factura
        return {**super()._prepare_default_reversal(move), "l10n_ro_efactura_reason": self.reason}
