from odoo import models
from odoo.exceptions import AccessError


class EfacturaEtransportMixin(models.AbstractModel):
    """Core's e-Transport reads the company's token as the user, who may no longer: it goes on as superuser, once
    the user's own rights on the transfer are settled. It also keeps its documents as superuser, then, so that a
    warehouse user needs no right to invoice.
    """
    _name = 'l10n_ro_efactura.etransport.mixin'
    _description = "e-Transport with the tokens locked away"

    def _l10n_ro_efactura_etransport(self):
        """These transfers as superuser.

        :raises AccessError: the user may not change them
        """
        if not self.env.su and not self.env.user.has_group('stock.group_stock_user'):
            raise AccessError(self.env._("Only warehouse users can work with e-Transport."))
        self.check_access('write')
        return self.sudo()
