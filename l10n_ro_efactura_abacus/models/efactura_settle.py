"""What became of the uploads: from the lists for many, from stareMesaj for few."""
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..anaf import AnafError, NoRight, NotFound, duplicate_of_text
from .efactura_lane import lanes
from .efactura_submission import UTC_NOW, text_rows

FEW = 60  # up to here each is asked by itself: lists lag
WAIT_SECONDS = 10  # in one run, for answers that are due at any moment
FRESH_SECONDS = 5  # of processing, that ANAF usually needs
LATE_MINUTES = 15  # what no list shows by then is asked by itself
ARCHIVE_CRONS = ('ir_cron_archive_1', 'ir_cron_archive_2')


class EfacturaSettle(models.Model):
    _inherit = 'l10n_ro_efactura.submission'

    @api.model
    @api.private
    def _cron_settle(self):
        """Bring what is in work to its end. Safe to run on many workers at once."""
        self._expire_leases()
        self.env.cr.execute(SQL(
            "SELECT DISTINCT company_id, environment FROM l10n_ro_efactura_submission"
            " WHERE state IN ('processing', 'uncertain')"
            " OR state = 'queued' AND queued_at < %s - interval '1 hour'", UTC_NOW))
        stop = time.monotonic() + WAIT_SECONDS
        for lane in lanes(self.env, self.env.cr.fetchall()):
            if lane.is_open():
                try:
                    self._settle_lane(lane, stop)
                except (AnafError, UserError) as error:
                    self._note_trouble(lane, error)
        self._sync_moves()
        self._wake(ARCHIVE_CRONS)
        self._checkpoint(remaining=0)
        self._come_back()

    @api.model
    def _settle_lane(self, lane, stop):
        box = self.env['l10n_ro_efactura.mailbox']._of(lane)
        searching = self.search([
            ('company_id', '=', lane.company.id), ('environment', '=', lane.environment),
            '|', ('state', '=', 'uncertain'), '&', ('state', '=', 'queued'),
            ('queued_at', '<', fields.Datetime.now() - timedelta(hours=1))])
        processing = self._in_processing(lane)
        if (searching or len(processing) > FEW) and box._is_due():
            self._let_anaf_work(processing, stop)
            box._sweep(lane, self._start_of(searching | processing))
            self._match_listed(lane)
            searching._reconcile(lane, box)
        while processing := self._in_processing(lane):
            if len(processing) <= FEW:
                asked = processing._due_for_status()
            else:
                late = fields.Datetime.now() - timedelta(minutes=LATE_MINUTES)
                asked = processing.filtered(lambda s: s.uploaded_at < late)._due_for_status()[:50]  # noqa: B023
            asked._ask_statuses(lane)
            if len(processing) > FEW or lane.paused:
                break
            soon = min((s.next_attempt_at or fields.Datetime.now() for s in self._in_processing(lane)), default=None)
            wait = soon and (soon - fields.Datetime.now()).total_seconds()
            if wait is None or time.monotonic() + max(wait, 0) > stop:
                break
            self._sync_moves()
            time.sleep(max(wait, 0.2))

    @api.model
    def _let_anaf_work(self, processing, stop):
        """A round of lists shows only what ANAF has finished: after the last upload of many, wait a moment for it."""
        uploaded = [submission.uploaded_at for submission in processing]
        if len(uploaded) > FEW and not self._count_queued():
            age = (fields.Datetime.now() - max(uploaded)).total_seconds()
            time.sleep(max(min(FRESH_SECONDS - age, stop - time.monotonic()), 0))

    @api.model
    def _in_processing(self, lane):
        return self.search([('company_id', '=', lane.company.id), ('environment', '=', lane.environment),
                            ('state', '=', 'processing'), ('upload_index', '!=', False)])

    def _start_of(self, submissions):
        """The moment before which none of `submissions` can have reached ANAF."""
        moments = [s.uploaded_at or s.attempted_at or s.queued_at for s in submissions]
        return min(moment for moment in moments if moment) - timedelta(minutes=5) if any(moments) else None

    # -- from the lists -------------------------------------------------------------------------------------

    @api.model
    def _match_listed(self, lane):
        """Settle every submission whose upload index stands in a kept message."""
        def work():
            self.env.cr.execute(SQL(
                """SELECT s.id, m.id FROM l10n_ro_efactura_submission s
                     JOIN l10n_ro_efactura_message m ON m.upload_index = s.upload_index
                      AND m.environment = s.environment AND m.company_id = s.company_id
                    WHERE s.state = 'processing' AND s.company_id = %s AND s.environment = %s
                      AND m.kind = %s AND s.message_id IS NULL
                    ORDER BY s.id""", lane.company.id, lane.environment, 'sent'))
            self._settle_ok(dict(self.env.cr.fetchall()))
        self._in_fresh_transaction(work)
        self.env.cr.execute(SQL(
            """SELECT s.id, m.id FROM l10n_ro_efactura_submission s
                 JOIN l10n_ro_efactura_message m ON m.upload_index = s.upload_index
                  AND m.environment = s.environment AND m.company_id = s.company_id
                WHERE s.state = 'processing' AND s.company_id = %s AND s.environment = %s AND m.kind = 'error'
                  AND (s.next_attempt_at IS NULL OR s.next_attempt_at <= %s)
                ORDER BY s.id LIMIT 200""", lane.company.id, lane.environment, UTC_NOW))
        rejected = dict(self.env.cr.fetchall())
        self.browse(rejected)._settle_nok(lane, rejected)

    def _settle_ok(self, message_of):
        """ok, with the message that says so: {submission id: message id}."""
        messages = self.env['l10n_ro_efactura.message']
        for submission in self.browse(message_of):
            message = messages.browse(message_of[submission.id])
            if submission._transition(['processing', 'uncertain'], 'ok', message_id=message.id,
                                      download_id=message.anaf_id, errors=None, next_attempt_at=None):
                message._belongs_to(submission)

    def _settle_nok(self, lane, message_of):
        """nok comes with its reasons: the error package is read first."""
        messages = self.env['l10n_ro_efactura.message'].browse(message_of.values())
        for submission in self:
            messages.browse(message_of[submission.id])._belongs_to(submission)
        self._checkpoint()
        messages.filtered(lambda m: m.archive_state == 'listed')._archive_now(lane)
        for submission in self:
            message = messages.browse(message_of[submission.id])
            if message.archive_state == 'archived':
                submission._read_rejection(lane, message)
            elif message.archive_state == 'gone':
                submission._finish_nok(message, [self.env._("ANAF no longer has the list of errors.")])
            self._checkpoint()

    # -- rejections -----------------------------------------------------------------------------------------

    def _read_rejection(self, lane, message):
        """nok with its reasons; "sent before with index N" is followed: Ok only if N holds our bytes."""
        self.ensure_one()
        texts = message.error_texts or []
        index = next(filter(None, map(duplicate_of_text, texts)), None)
        if index and index != self.upload_index:
            followed = self._follow(lane, index)
            if followed is None:  # not known yet: asked again later
                self._in_fresh_transaction(lambda: self._transition(
                    ['processing'], 'processing', next_attempt_at=fields.Datetime.now() + timedelta(minutes=1)))
                return
            if followed:
                self._in_fresh_transaction(lambda: self._adopt_original(followed, index))
                return
            texts = [*texts, self.env._("The document with index %s is not this one.", index)]
        self._in_fresh_transaction(lambda: self._finish_nok(message, texts))

    def _follow(self, lane, index):
        """The archived package of upload `index` where it holds our bytes; an empty record where it does not; None
        where that is not known yet."""
        messages = self.env['l10n_ro_efactura.message']
        original = messages.search([
            ('environment', '=', self.environment), ('company_id', '=', self.company_id.id),
            ('upload_index', '=', index), ('kind', '=', 'sent')], limit=1)
        try:
            if not original:
                status = lane.call(lambda client: client.status(index))
                if status.state != 'ok' or not status.download_id:
                    return None if status.state == 'processing' else messages
                original = self._in_fresh_transaction(lambda: self._message_of(status.download_id, 'sent', index))
        except (NotFound, NoRight):
            return messages
        except AnafError:
            return None
        if original.archive_state == 'listed':
            original._archive_now(lane)
        if original.archive_state != 'archived':
            return None if original.archive_state == 'listed' else messages
        return original if original.document_sha256 == self.sha256 else messages

    def _adopt_original(self, original, index):
        """ANAF had it all along: the first index is the one that counts, ours is kept beside it."""
        if self._transition(['processing'], 'ok', message_id=original.id, download_id=original.anaf_id,
                            duplicate_index=self.upload_index, upload_index=index, errors=None, next_attempt_at=None):
            original._belongs_to(self)

    def _finish_nok(self, message, texts):
        self._transition(['processing'], 'nok', errors=text_rows('nok', texts), message_id=message.id or None,
                         download_id=message.anaf_id or None, next_attempt_at=None)

    @api.model
    @api.private
    def _package_arrived(self, message, package):
        """Called when a package was archived: does it hold what the submission says was sent?"""
        submission = message.submission_id
        if not submission or message.kind != 'sent':
            return
        if submission.sha256 and message.document_sha256 != submission.sha256:
            text = self.env._("The document that ANAF sealed is not byte for byte the one that was sent.")
        elif not submission.sha256 and message.number and submission.number != message.number:
            text = self.env._("The document with this index is number %s, not this invoice.", message.number)
        else:
            return
        submission.errors = text_rows('other_document', [text])

    # -- around ---------------------------------------------------------------------------------------------

    @api.model
    def _note_trouble(self, lane, error):
        """A round that failed says why on what waits for it; the next round tries again."""
        text = error.text if isinstance(error, AnafError) else str(error)
        lane.paused = text or 'trouble'

    @api.model
    def _come_back(self):
        """Wake this worker again where something is still on its way."""
        self.env.cr.execute(
            "SELECT 1 FROM l10n_ro_efactura_submission WHERE state IN ('processing', 'uncertain') LIMIT 1")
        if self.env.cr.fetchone():
            self._wake(('ir_cron_settle',), at=fields.Datetime.now() + timedelta(seconds=30))
            self._checkpoint()
