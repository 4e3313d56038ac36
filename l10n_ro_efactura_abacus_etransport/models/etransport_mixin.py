from odoo import models
from odoo.exceptions import AccessError


class EfacturaEtransportMixin(models.AbstractModel):
    """Runs core's e-Transport as superuser, after the user's own rights on the transfer are checked.

    Core reads the company's token as the user, who has no access to it here. Core's documents are stored as superuser
    too, so that a warehouse user needs no right to invoice.
    """

    _name = "l10n_ro_efactura.etransport.mixin"
    _description = "e-Transport with the tokens locked away"

    def _l10n_ro_efactura_etransport(self):
        """Return the transfers as superuser.

        :raise AccessError: the user may not change them
        """
        if not self.env.su and not self.env.user.has_group("stock.group_stock_user"):
            raise AccessError(self.env._("Only warehouse users can work with e-Transport."))
        self.check_access("write")
        return self.sudo()
