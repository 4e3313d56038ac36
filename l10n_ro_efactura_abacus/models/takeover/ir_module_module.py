from odoo import api, models
from odoo.exceptions import UserError

from ..common.core import get_parameter

MODULE = "l10n_ro_efactura_abacus"
CONFIRMED = "l10n_ro_efactura.uninstall_confirmed"


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def button_uninstall(self):
        # EXTENDS 'base'
        result = super().button_uninstall()
        if self.search_count([("name", "=", MODULE), ("state", "=", "to remove")]):
            self._l10n_ro_efactura_check_uninstall()
        return result

    @api.model
    @api.private
    def _l10n_ro_efactura_check_uninstall(self):
        """Raise where the removal would destroy evidence, or break into a call to ANAF.

        The sealed packages are the legal original of the invoices. Whoever has exported them says so with the
        system parameter `l10n_ro_efactura.uninstall_confirmed`.
        """
        self.env.cr.execute("SELECT 1 FROM l10n_ro_efactura_submission WHERE state = 'uploading' LIMIT 1")
        if self.env.cr.fetchone():
            raise UserError(self.env._("Invoices are on their way to ANAF at this moment. Try again in a few minutes."))
        if get_parameter(self.env, CONFIRMED):
            return
        self.env.cr.execute("SELECT count(*) FROM l10n_ro_efactura_message WHERE package IS NOT NULL")
        [packages] = self.env.cr.fetchone()
        if packages:
            raise UserError(
                self.env._(
                    "%(count)s packages sealed by ANAF would be deleted with this module, and ANAF "
                    "keeps them for 60 days "
                    "only. Export them first; then set the system parameter %(name)s to 1 and uninstall again.",
                    count=packages,
                    name=CONFIRMED,
                )
            )
