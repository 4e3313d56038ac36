"""Reasons for which nothing may leave this database, whatever is queued."""
from odoo import api, models

from ..common.core import get_parameter, set_parameter
from ..common.rights import check_system

DATABASE_PARAMETER = 'l10n_ro_efactura.database'


class EfacturaGuard(models.AbstractModel):
    _name = 'l10n_ro_efactura.guard'
    _description = "e-Factura guard"

    @api.model
    @api.private
    def _hold_reason(self, environment):
        """Return why nothing may be sent to `environment` now (a translated text), or False. A hook."""
        if environment == 'prod':
            if get_parameter(self.env, 'database.is_neutralized'):
                return self.env._("This is a neutralized copy: it never sends to ANAF's production.")
            if known := self._is_copied():
                return self.env._("This database was copied or renamed (it was %(known)s). An administrator has to "
                                  "confirm that the original no longer sends.", known=known)
        return False

    @api.model
    def _is_copied(self):
        """The name this database had when it was installed or confirmed, where it is another one now; else False."""
        known = get_parameter(self.env, DATABASE_PARAMETER)
        return bool(known) and known != self.env.cr.dbname and known

    @api.model
    @api.private
    def _remember_database(self):
        """Called at install: from now on a copy of this database is recognised."""
        set_parameter(self.env, DATABASE_PARAMETER, self.env.cr.dbname)

    @api.model
    def confirm_database(self):
        """Confirm that only this copy of the database sends."""
        check_system(self)
        self._remember_database()

    @api.model
    @api.private
    def _not_connected(self, lane):
        """Called for a lane whose company has no connection or no CIF. A hook."""
