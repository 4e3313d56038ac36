"""Downloads that a user asks for (one package, a selection, a whole list), in the background with progress."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...anaf import next_day, today
from ..calls.lane import lanes
from ..calls.worker import ARCHIVE_CRONS, UTC_NOW
from ..common.actions import notification
from ..common.cursors import side_cursor
from ..common.rights import check_bill
from .message_archive import DOWNLOADS_A_DAY

# Archived packages that cannot be opened, or hold another upload index.
UNREADABLE = Domain([("archive_state", "=", "archived"), ("document_sha256", "=", False), ("last_error", "!=", False)])


class EfacturaMessage(models.Model):
    """A message whose package a user can ask for."""

    _inherit = "l10n_ro_efactura.message"

    # The last request for the package, and its user, who sees the progress.
    batch = fields.Char(readonly=True, index="btree_not_null")
    batch_user_id = fields.Many2one("res.users", readonly=True, ondelete="set null")

    def action_download_packages(self):
        """Download the packages of the messages, except archived ones, and return a notification."""
        check_bill(self, "read")
        return self._download_and_tell()

    def action_download_all(self):
        """Download the selected packages or, where none is selected, all of the list on the screen.

        The context's ``active_domain`` is the list's filter.
        """
        check_bill(self)
        if self:
            return self.action_download_packages()
        return self._download_all(Domain(self.env.context.get("active_domain") or Domain.FALSE))

    @api.model
    @api.private
    def _download_all(self, domain):
        """Download every package in `domain` that the user may read, and return a notification."""
        return self.search(domain)._download_and_tell()

    def _download_and_tell(self):
        """Request the packages.

        :return: dict of an action: a notification of what is downloaded, waits, or is gone
        :raise UserError: a company has no connection to ANAF
        """
        _ = self.env._
        if not self:
            return notification(_("The list is empty."), "warning")
        listed = self.filtered(lambda message: message.archive_state == "listed") | self.filtered_domain(UNREADABLE)
        gone = self.filtered(lambda message: message.archive_state == "gone")
        if not listed:
            texts = [_("All %s packages are archived.", len(self - gone))] if self - gone else []
        else:
            for company in listed.company_id:
                if not company._l10n_ro_efactura_credential():
                    raise UserError(_("%s is not connected to ANAF.", company.name))
            later = listed._request()
            texts = [_("%s packages are being downloaded.", len(listed) - later)] if len(listed) > later else []
            if listed._is_anaf_away():
                texts.append(_("ANAF's services do not answer at the moment: they follow by themselves."))
            if later:
                texts.append(_("%s were asked for too often today: they follow tomorrow.", later))
        if gone:
            texts.append(_("%s were deleted by ANAF before they were downloaded.", len(gone)))
        kind = "danger" if gone else "info" if listed else "success"
        return notification(" ".join(texts), kind)

    def _is_anaf_away(self):
        """Return True where a gate of the messages' lanes is closed."""
        pairs = {(message.company_id.id, message.environment) for message in self}
        return not all(lane.stays_open() for lane in lanes(self.sudo().env, pairs))

    def _request(self):
        """Mark the messages as requested by the user and wake the workers.

        A failed download is repeated at once, except where the daily quota is used up. A message that a worker is
        downloading has no error and is left to it.

        :return: number of messages that have to wait for ANAF's next day
        """
        batch = f"{self.env.uid}-{fields.Datetime.now():%Y%m%d%H%M%S}-{self[:1].id}"
        with side_cursor(self.env) as cr:  # the archive's workers write the same rows, which would conflict
            cr.execute(
                SQL(
                    """UPDATE l10n_ro_efactura_message
                      SET batch = %(batch)s, batch_user_id = %(user)s, archive_state = 'listed',
                          next_attempt_at = CASE WHEN last_error IS NOT NULL AND next_attempt_at < %(tomorrow)s
                                                 THEN NULL ELSE next_attempt_at END
                    WHERE id IN %(ids)s AND (archive_state = 'listed' OR archive_state = 'archived'
                                             AND document_sha256 IS NULL AND last_error IS NOT NULL)""",
                    batch=batch,
                    user=self.env.uid,
                    tomorrow=next_day(),
                    ids=tuple(self.ids),
                )
            )
            cr.execute(
                SQL(
                    """SELECT count(*) FROM l10n_ro_efactura_message WHERE batch = %s AND archive_state = 'listed'
                      AND (next_attempt_at >= %s OR quota_day = %s AND quota_count >= %s)""",
                    batch,
                    next_day(),
                    today(),
                    DOWNLOADS_A_DAY,
                )
            )
            [later] = cr.fetchone()
            progress = self._progress(batch, cr)
        self.invalidate_recordset(["batch", "batch_user_id", "archive_state", "next_attempt_at"], flush=False)
        self._wake(ARCHIVE_CRONS)
        self._send_progress(progress)
        return later

    @api.model
    @api.private
    def _ask_again(self):
        """Mark unreadable packages for another download, once a day while ANAF has them."""
        self.env.cr.execute(
            SQL(
                """UPDATE l10n_ro_efactura_message SET archive_state = 'listed', next_attempt_at = NULL
                WHERE archive_state = 'archived' AND document_sha256 IS NULL AND last_error IS NOT NULL
                  AND quota_day < %(today)s AND expires_on > %(today)s""",
                today=today(),
            )
        )
        self.invalidate_model(["archive_state", "next_attempt_at"], flush=False)

    # -- progress -------------------------------------------------------------------------------------------

    @api.model
    @api.private
    def _tell_downloads(self, batches):
        """Send the progress of `batches` to the users who asked for them."""
        for batch in batches:
            self._send_progress(self._progress(batch, self.env.cr))

    @api.model
    def _progress(self, batch, cr):
        """Return [(user id, dict for the browser)]; a download that failed and will be repeated counts as done."""
        cr.execute(
            SQL(
                """SELECT batch_user_id, count(*), count(*) FILTER (WHERE archive_state = 'archived'),
                      count(*) FILTER (WHERE archive_state = 'gone' OR archive_state = 'listed'
                                         AND last_error IS NOT NULL AND next_attempt_at > %s)
                 FROM l10n_ro_efactura_message WHERE batch = %s AND batch_user_id IS NOT NULL
             GROUP BY batch_user_id""",
                UTC_NOW,
                batch,
            )
        )
        return [
            (
                user_id,
                {"batch": batch, "kind": "download", "total": total, "done": ok + failed, "ok": ok, "failed": failed},
            )
            for user_id, total, ok, failed in cr.fetchall()
        ]

    @api.model
    def _send_progress(self, progress):
        for user_id, news in progress:
            self.env["res.users"].sudo().browse(user_id).partner_id._bus_send("l10n_ro_efactura/progress", news)
