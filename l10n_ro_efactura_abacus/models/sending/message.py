"""Hooks of the SPV message that settle submissions."""

from odoo import api, models


class EfacturaMessage(models.Model):
    """An SPV message that, once listed or archived, settles the submission with its upload index."""

    _inherit = "l10n_ro_efactura.message"

    def _belongs_to(self, submission):
        """Link this message to `submission` and to its invoice."""
        self.ensure_one()
        self.write(
            {
                "submission_id": submission.id,
                "move_id": submission.move_id.id,
                "pairing_reason": self.env._("Upload index %s", self.upload_index),
            }
        )

    @api.model
    @api.private
    def _listed(self, lane):
        # EXTENDS
        super()._listed(lane)
        self.env["l10n_ro_efactura.submission"]._match_listed(lane)

    @api.model
    @api.private
    def _listing_refused(self, lane, error):
        # EXTENDS
        super()._listing_refused(lane, error)
        self.env["l10n_ro_efactura.submission"]._note_wait(lane, error.code, error.text, states=("queued",))

    @api.private
    def _kept(self, package):
        # EXTENDS
        super()._kept(package)
        self.env["l10n_ro_efactura.submission"]._package_arrived(self, package)

    @api.model
    @api.private
    def _end_of_round(self):
        # EXTENDS
        super()._end_of_round()
        self.env["l10n_ro_efactura.submission"]._sync_moves()
