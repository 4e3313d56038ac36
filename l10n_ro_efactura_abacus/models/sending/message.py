"""Hooks of the SPV message that settle submissions."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..calls.worker import SETTLE_CRONS
from ..common.actions import open_action
from ..common.rights import check_manage

# How long a package may be listed without being downloaded before it counts as stuck.
STUCK_AFTER = timedelta(days=1)


class EfacturaMessage(models.Model):
    """An SPV message that, once listed or archived, settles the submission with its upload index."""

    _inherit = "l10n_ro_efactura.message"

    set_aside_reason = fields.Char(
        readonly=True,
        copy=False,
        help="Why an accountant decided that this unreadable package is no invoice that waits here",
    )

    def _stuck(self):
        """Return the packages that will not be read soon: no ZIP that opens, or not to be had for a day."""
        day_ago = fields.Datetime.now() - STUCK_AFTER
        return self.filtered(lambda m: m.archive_state == "archived" or m.listed_at < day_ago)

    def action_set_aside(self, reason):
        """Record an accountant's decision that these unreadable packages are none of the invoices that wait.

        Invoices with a lost answer no longer wait for them. The packages themselves stay as they are.

        :param reason: how the accountant knows
        :raise UserError: no reason, or a package that was read
        """
        messages = check_manage(self, "read").sudo()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("A reason is needed: how do you know that it is none of these invoices?"))
        if messages.filtered("document_sha256"):
            raise UserError(self.env._("Only a package that cannot be read is set aside."))
        messages.write({"set_aside_reason": f"{reason} ({self.env.user.name})"})
        self.env["l10n_ro_efactura.submission"]._wake(SETTLE_CRONS)

    def action_open_set_aside(self):
        """Open the dialog that asks why an unreadable package is set aside."""
        check_manage(self, "read")
        return open_action(
            self.env,
            "l10n_ro_efactura_abacus.l10n_ro_efactura_set_aside_action",
            self,
            default_message_ids=self.ids,
        )

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
