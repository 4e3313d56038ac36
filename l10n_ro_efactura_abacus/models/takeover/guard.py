from odoo import api, models


class EfacturaGuard(models.AbstractModel):
    """The takeover's reason for which nothing leaves: a name of core's that it needs and that has vanished."""
    _inherit = 'l10n_ro_efactura.guard'

    @api.model
    @api.private
    def _hold_reason(self, environment):
        # EXTENDS
        missing = self.env['account.move']._l10n_ro_efactura_missing_core_names()
        if missing:
            return self.env._("Odoo's own e-Factura module changed (%s): sending waits until this addon is updated.",
                              ', '.join(missing))
        return super()._hold_reason(environment)
