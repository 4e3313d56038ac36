"""The guard: reasons for which this database sends nothing to ANAF."""

from odoo import api, models

from ..common.core import get_parameter, set_parameter
from ..common.rights import check_system

# System parameter with the database's name at installation, or when an administrator confirmed it.
DATABASE_PARAMETER = "l10n_ro_efactura.database"


class EfacturaGuard(models.AbstractModel):
    """The checks that come before every call: neutralized and copied databases never send to production."""

    _name = "l10n_ro_efactura.guard"
    _description = "e-Factura guard"

    @api.model
    @api.private
    def _hold_reason(self, environment):
        """Return why nothing may be sent to `environment` now (a translated text), or False. A hook."""
        if environment == "prod":
            if get_parameter(self.env, "database.is_neutralized"):
                return self.env._("This is a neutralized copy: it never sends to ANAF's production.")
            if known := self._is_copied():
                return self.env._(
                    "This database was copied or renamed (it was %(known)s). An administrator has to "
                    "confirm that the original no longer sends.",
                    known=known,
                )
        return False

    @api.model
    def _is_copied(self):
        """Return the name that the database had at installation or confirmation, where it changed; else False."""
        known = get_parameter(self.env, DATABASE_PARAMETER)
        return bool(known) and known != self.env.cr.dbname and known

    @api.model
    @api.private
    def _remember_database(self):
        """Store the database's name, by which a copy is recognised."""
        set_parameter(self.env, DATABASE_PARAMETER, self.env.cr.dbname)

    @api.model
    def confirm_database(self):
        """Confirm that only this copy of the database sends.

        :raise AccessError: the user is no administrator of the system
        """
        check_system(self)
        self._remember_database()

    @api.model
    @api.private
    def _not_connected(self, lane):
        """React to a lane whose company has no connection or no CIF. A hook."""
