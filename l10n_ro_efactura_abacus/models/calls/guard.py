"""Reasons for which nothing may leave this database, whatever is queued."""
from odoo import api, models

from ..common.rights import check_system
from .worker import SETTLE_CRONS, UPLOAD_CRONS

DATABASE_PARAMETER = 'l10n_ro_efactura.database'
NEEDED_INDEXES = ('l10n_ro_efactura_submission_live_move_uniq', 'l10n_ro_efactura_submission_live_number_uniq')


class EfacturaGuard(models.AbstractModel):
    _name = 'l10n_ro_efactura.guard'
    _description = "e-Factura guard"

    @api.model
    @api.private
    def _hold_reason(self, environment):
        """Why nothing may be sent to `environment` now (a translated text), or False."""
        missing = self.env['account.move']._l10n_ro_efactura_missing_core_names()
        if missing:
            return self.env._("Odoo's own e-Factura module changed (%s): sending waits until this addon is updated.",
                              ', '.join(missing))
        if self._missing_indexes():
            return self.env._("The database lacks the indexes that keep an invoice from being sent twice: see the "
                              "server's log of the last update, remove the duplicates and update the addon.")
        if environment == 'prod':
            parameters = self.env['ir.config_parameter'].sudo()
            if parameters.get_param('database.is_neutralized'):
                return self.env._("This is a neutralized copy: it never sends to ANAF's production.")
            if known := self._is_copied():
                return self.env._("This database was copied or renamed (it was %(known)s). An administrator has to "
                                  "confirm that the original no longer sends.", known=known)
        return False

    @api.model
    def _is_copied(self):
        """The name this database had when it was installed or confirmed, where it is another one now; else False."""
        known = self.env['ir.config_parameter'].sudo().get_param(DATABASE_PARAMETER)
        return bool(known) and known != self.env.cr.dbname and known

    @api.model
    def _missing_indexes(self):
        """Odoo only logs an index that could not be made; without these two nothing is sent."""
        self.env.cr.execute("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
                            " AND tablename = 'l10n_ro_efactura_submission' AND indexdef LIKE 'CREATE UNIQUE %'")
        present = {row[0] for row in self.env.cr.fetchall()}
        return [name for name in NEEDED_INDEXES if name not in present]

    @api.model
    @api.private
    def _remember_database(self):
        """Called at install: from now on a copy of this database is recognised."""
        self.env['ir.config_parameter'].sudo().set_param(DATABASE_PARAMETER, self.env.cr.dbname)

    @api.model
    def confirm_database(self):
        """An administrator's word that this database, and no other copy of it, sends to ANAF."""
        check_system(self)
        self._remember_database()
        # the original may have sent what this copy still holds in its queue: it is looked up first
        self.env.cr.execute(
            "UPDATE l10n_ro_efactura_submission SET looked_up_at = NULL,"
            " queued_at = LEAST(queued_at, clock_timestamp() AT TIME ZONE 'UTC' - interval '61 minutes')"
            " WHERE state = 'queued' AND environment = 'prod'")
        submissions = self.env['l10n_ro_efactura.submission']
        submissions.invalidate_model(['queued_at', 'looked_up_at'], flush=False)
        submissions._wake((*UPLOAD_CRONS, *SETTLE_CRONS))
