"""What the submissions add to the guard: the check of their unique indexes, and what a confirmed copy does."""

from odoo import api, models

from ..calls.worker import SETTLE_CRONS, UPLOAD_CRONS

# Names of the unique indexes that keep an invoice from being sent twice; without both nothing is sent.
NEEDED_INDEXES = ("l10n_ro_efactura_submission_live_move_uniq", "l10n_ro_efactura_submission_live_number_uniq")


class EfacturaGuard(models.AbstractModel):
    """The guard, with the submissions' own reason to hold and what it does to their queue."""

    _inherit = "l10n_ro_efactura.guard"

    @api.model
    @api.private
    def _hold_reason(self, environment):
        # EXTENDS
        if self._missing_indexes():
            return self.env._(
                "The database lacks the indexes that keep an invoice from being sent twice: see the "
                "server's log of the last update, remove the duplicates and update the addon."
            )
        return super()._hold_reason(environment)

    @api.model
    def _missing_indexes(self):
        """Return the names of `NEEDED_INDEXES` that the database lacks: Odoo only logs an index that fails."""
        self.env.cr.execute(
            "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
            " AND tablename = 'l10n_ro_efactura_submission' AND indexdef LIKE 'CREATE UNIQUE %'"
        )
        present = {row[0] for row in self.env.cr.fetchall()}
        return [name for name in NEEDED_INDEXES if name not in present]

    @api.model
    def confirm_database(self):
        # EXTENDS: the original database may have sent what this copy has queued, so SPV is searched first
        super().confirm_database()
        self.env.cr.execute(
            "UPDATE l10n_ro_efactura_submission SET looked_up_at = NULL, searched_since = NULL,"
            " queued_at = LEAST(queued_at, clock_timestamp() AT TIME ZONE 'UTC' - interval '61 minutes')"
            " WHERE state = 'queued' AND environment = 'prod'"
        )
        submissions = self.env["l10n_ro_efactura.submission"]
        submissions.invalidate_model(["queued_at", "looked_up_at", "searched_since"], flush=False)
        submissions._wake((*UPLOAD_CRONS, *SETTLE_CRONS))

    @api.model
    @api.private
    def _not_connected(self, lane):
        # EXTENDS: show the reason on the waiting submissions
        super()._not_connected(lane)
        self.env["l10n_ro_efactura.submission"]._note_wait(
            lane, "not_connected", self.env._("The company is not connected to ANAF, or has no CIF.")
        )
