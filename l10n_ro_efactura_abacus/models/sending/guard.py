from odoo import api, models

from ..calls.worker import SETTLE_CRONS, UPLOAD_CRONS

# The unique indexes over live submissions; without both nothing is sent.
NEEDED_INDEXES = ('l10n_ro_efactura_submission_live_move_uniq', 'l10n_ro_efactura_submission_live_number_uniq')


class EfacturaGuard(models.AbstractModel):
    """The submissions' own reason for which nothing leaves, and what their queue does where the guard holds it."""
    _inherit = 'l10n_ro_efactura.guard'

    @api.model
    @api.private
    def _hold_reason(self, environment):
        # EXTENDS
        if self._missing_indexes():
            return self.env._("The database lacks the indexes that keep an invoice from being sent twice: see the "
                              "server's log of the last update, remove the duplicates and update the addon.")
        return super()._hold_reason(environment)

    @api.model
    def _missing_indexes(self):
        """Odoo only logs an index that could not be made; without these two nothing is sent."""
        self.env.cr.execute("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
                            " AND tablename = 'l10n_ro_efactura_submission' AND indexdef LIKE 'CREATE UNIQUE %'")
        present = {row[0] for row in self.env.cr.fetchall()}
        return [name for name in NEEDED_INDEXES if name not in present]

    @api.model
    def confirm_database(self):
        # EXTENDS: the original may have sent what this copy still holds in its queue: it is looked up first
        super().confirm_database()
        self.env.cr.execute(
            "UPDATE l10n_ro_efactura_submission SET looked_up_at = NULL,"
            " queued_at = LEAST(queued_at, clock_timestamp() AT TIME ZONE 'UTC' - interval '61 minutes')"
            " WHERE state = 'queued' AND environment = 'prod'")
        submissions = self.env['l10n_ro_efactura.submission']
        submissions.invalidate_model(['queued_at', 'looked_up_at'], flush=False)
        submissions._wake((*UPLOAD_CRONS, *SETTLE_CRONS))

    @api.model
    @api.private
    def _not_connected(self, lane):
        # EXTENDS: said on what waits
        super()._not_connected(lane)
        self.env['l10n_ro_efactura.submission']._note_wait(
            lane, 'not_connected', self.env._("The company is not connected to ANAF, or has no CIF."))
