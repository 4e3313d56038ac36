"""From the queue to ANAF: build the XML once, claim, upload in a pool, keep each answer at once."""
import base64
import itertools
import logging
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from psycopg2.extras import Json

from ...anaf import (
    Forbidden,
    NoRight,
    NotSent,
    QuotaExceeded,
    Receipt,
    Refused,
    Technical,
    Throttled,
    Unauthorized,
    next_day,
)
from ..calls.budget import BLOCK
from ..calls.lane import lanes
from ..calls.worker import SETTLE_CRONS, STALE_HOURS, UPLOAD_CRONS, UTC_NOW, Pool
from ..common.knobs import knob
from ..document.account_move_check import finding_text
from .submission import error_rows, text_rows

_logger = logging.getLogger(__name__)
BACK_OFF_MINUTES = (1, 2, 5, 10, 30)
SETTLE_EVERY = 30  # seconds between wake-ups of the settling worker during a long upload


class EfacturaUpload(models.Model):
    _inherit = 'l10n_ro_efactura.submission'

    @api.model
    @api.private
    def _cron_upload(self):
        """Upload what is queued. Safe to run on many workers at once."""
        self = self.sudo()
        self._expire_leases()
        found = self._upload_lanes()
        if found:
            try:
                with Pool(knob('pool', 16)) as pool:
                    self._upload_all(found, pool)
            except Exception:  # a cron that fails too often is switched off by Odoo
                _logger.exception("An upload run stopped; the next one goes on")
                self._abandon()
        self._checkpoint(remaining=0)
        self._sync_moves()
        self._wake(SETTLE_CRONS)
        self._wake_for_back_off()
        self._checkpoint()

    @api.model
    def _wake_for_back_off(self):
        """Come back when the first of those that wait may go."""
        self.env.cr.execute(SQL(
            "SELECT MIN(next_attempt_at) FROM l10n_ro_efactura_submission WHERE state = 'queued'"
            " AND next_attempt_at BETWEEN %(now)s AND %(now)s + interval '5 minutes'", now=UTC_NOW))
        soon = self.env.cr.fetchone()[0]
        if soon:
            self._wake(UPLOAD_CRONS[:1], at=soon)

    @api.model
    def _upload_lanes(self):
        """Lanes with something to do now, without those that a guard or a closed gate holds."""
        self.env.cr.execute(SQL(
            "SELECT DISTINCT company_id, environment FROM l10n_ro_efactura_submission"
            " WHERE state = 'queued' AND (next_attempt_at IS NULL OR next_attempt_at <= %s)", UTC_NOW))
        found = []
        for lane in lanes(self.env, self.env.cr.fetchall()):
            held = lane.hold()
            if held:
                self._note_wait(lane, *held, states=('queued',))
            else:
                found.append(lane)
        return found

    @api.model
    def _upload_all(self, found, pool):
        """Keep the pool full until nothing is left or the time is up; then let it run dry."""
        seconds, next_settle = float('inf'), time.monotonic() + SETTLE_EVERY
        done = 0
        turns = itertools.cycle(found)
        idle = 0  # lanes in a row without work
        try:
            while found and seconds > 0 and idle < len(found):
                lane = next(turns)
                if not lane.paused and (self._dispatch(lane, pool) or self._prepare(lane)):
                    idle = 0
                else:
                    idle += 1
                finished = self._record_finished(pool, block=pool.free <= 0 or (idle >= len(found) and pool.running))
                if finished:
                    idle = 0
                    done += finished
                if time.monotonic() > next_settle:
                    next_settle = time.monotonic() + SETTLE_EVERY
                    self._sync_moves()
                    self._wake(SETTLE_CRONS)
                    seconds = self._checkpoint(done, remaining=self._count_queued())
                    done = 0
        finally:
            while pool.running:
                self._record_finished(pool, block=True)
        if seconds <= 0:
            self._wake(UPLOAD_CRONS)

    @api.model
    def _record_finished(self, pool, block):
        """Keep the answers that came, each by itself: one that cannot be kept never costs another. How many came."""
        finished = pool.drain(block=block)
        for (row, lane), outcome in finished:
            try:
                self._record_answer(row, lane, outcome, pool)
            except Exception:
                # still "uploading": it becomes uncertain with its lease and is looked for in SPV
                _logger.exception("The answer of submission %s (%s) could not be kept", row['id'], outcome)
                self._abandon()
        return len(finished)

    @api.model
    def _count_queued(self):
        self.env.cr.execute("SELECT count(*) FROM l10n_ro_efactura_submission WHERE state = 'queued'")
        return self.env.cr.fetchone()[0]

    # -- building -------------------------------------------------------------------------------------------

    @api.model
    def _prepare(self, lane, limit=2):
        """Build the XML of a few queued submissions of `lane`; returns how many were handled."""
        def work():
            self.env.cr.execute(SQL(
                "SELECT id FROM l10n_ro_efactura_submission WHERE %s AND xml IS NULL ORDER BY id LIMIT %s"
                " FOR UPDATE SKIP LOCKED", self._due(lane), limit), log_exceptions=False)
            submissions = self.browse(row[0] for row in self.env.cr.fetchall())
            for submission in submissions:
                submission._build()
            return len(submissions)
        return self._in_fresh_transaction(work)

    def _build(self):
        """Build and freeze the XML; what cannot be built is refused with the reasons, not sent."""
        self.ensure_one()
        move = self.move_id.with_company(self.company_id)
        if move.state != 'posted':
            self._transition(['queued'], 'refused', errors=text_rows('not_posted', [
                self.env._("The invoice is no longer posted.")]))
            return
        move._l10n_ro_efactura_make_pdf()
        try:
            with self.env.cr.savepoint():
                xml, problems, findings = move._l10n_ro_efactura_checked_xml(self.create_uid.lang)
        except UserError as error:
            xml, problems, findings = b'', [str(error)], []
        except Exception as error:
            _logger.exception("The XML of submission %s could not be built", self.id)
            problems = [self.env._("The XML could not be built: %s", type(error).__name__)]
            xml, findings = b'', []
        fatal = [finding_text(finding) for finding in findings if finding['severity'] == 'fatal']
        if problems or fatal:
            self._transition(['queued'], 'refused', errors=(
                text_rows('missing_data', problems) if problems
                else [{'code': 'check', 'text': text, 'hint': 'check'} for text in fatal]))
            move.l10n_ro_efactura_missing = problems or fatal
        if xml:
            file = self.env['l10n_ro_efactura.xml.file']._keep(
                move.with_context(lang=self.create_uid.lang), xml, findings)
            if not fatal:
                self._freeze(xml)
                move._l10n_ro_efactura_align_core_file(xml)
                if file.note and self.environment == 'prod':
                    move.message_post(body=file.note)

    @api.model
    def _due(self, lane):
        """Condition on rows of `lane` that may go now. What waited long (a restored copy, a long outage) goes only
        after it was looked for in SPV."""
        return SQL(
            "state = 'queued' AND company_id = %s AND environment = %s"
            " AND (next_attempt_at IS NULL OR next_attempt_at <= %s)"
            " AND (queued_at > %s - %s * interval '1 hour' OR looked_up_at > %s - %s * interval '1 hour')",
            lane.company.id, lane.environment, UTC_NOW, UTC_NOW, STALE_HOURS, UTC_NOW, STALE_HOURS)

    # -- claiming and sending -------------------------------------------------------------------------------

    @api.model
    def _dispatch(self, lane, pool):
        """Claim what the pool and the budget allow and hand it to the pool; returns how many."""
        if pool.free <= 0 or not self._any_ready(lane):
            return 0
        granted, wait = lane.grant(min(BLOCK, pool.free))
        if not granted:
            time.sleep(min(wait, 1.0))
            return not pool.running  # somebody must come back for it
        try:
            client = lane.client
        except UserError as error:
            lane.paused = str(error)
            self._note_wait(lane, 'not_connected', str(error), states=('queued',))
            return 0
        claimed_at = time.monotonic()
        rows = self._claim(lane, granted)
        for row in rows:
            lane.spend()
            row |= {'client': client, 'start_before': claimed_at + lane.lease - lane.deadline}
            pool.submit((row, lane), _upload, client, row)
        return len(rows)

    @api.model
    def _any_ready(self, lane):
        self.env.cr.execute(SQL(
            "SELECT 1 FROM l10n_ro_efactura_submission WHERE %s AND xml IS NOT NULL LIMIT 1", self._due(lane)))
        return bool(self.env.cr.fetchone())

    @api.model
    def _claim(self, lane, limit):
        """Mark up to `limit` rows as uploading, committed before the first byte leaves."""
        def work():
            self.env.cr.execute(SQL(
                # not "IN (SELECT ... LIMIT)": that may be run once a row, and then takes more than its limit
                """WITH picked AS MATERIALIZED (
                        SELECT id FROM l10n_ro_efactura_submission WHERE %(due)s AND xml IS NOT NULL
                         ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
                   UPDATE l10n_ro_efactura_submission s
                      SET state = 'uploading', attempt = COALESCE(attempt, 0) + 1,
                          attempted_at = %(now)s, changed_at = %(now)s,
                          lease_until = %(now)s + %(lease)s * interval '1 second', errors = NULL
                     FROM picked WHERE s.id = picked.id
                RETURNING s.id, attempt, xml, standard, cif, is_b2c, extern, autofactura""",
                now=UTC_NOW, lease=lane.lease, due=self._due(lane), limit=limit), log_exceptions=False)
            return self.env.cr.dictfetchall()
        return self._in_fresh_transaction(work)

    # -- answers --------------------------------------------------------------------------------------------

    @api.model
    def _record_answer(self, row, lane, outcome, pool):
        """Commit one answer, alone and at once."""
        submission = self.browse(row['id'])
        if isinstance(outcome, Unauthorized) and not row.get('repeated') and lane.renew(row['client']):
            # the gateway turned the call away: nothing was registered, the same claim goes once more
            pool.submit(({**row, 'repeated': True, 'client': lane.client}, lane), _upload, lane.client, row)
            return
        kept = self._in_fresh_transaction(lambda: submission._keep_answer(row['attempt'], outcome))
        if isinstance(outcome, Receipt) and not kept:
            # its claim had passed to another attempt, whose "sent before with index" leads to this one
            _logger.warning("Submission %s: index %s came after attempt %s was given up",
                            row['id'], outcome.upload_index, row['attempt'])
        lane.told(outcome)
        if isinstance(outcome, NoRight):
            lane.paused = outcome.code
            self.env['l10n_ro_efactura.mailbox']._pause(lane, outcome)
        elif not lane.paused and not lane.stays_open():
            lane.paused = 'closed'
            self._note_wait(lane, *lane.hold() or ('closed', ''), states=('queued',))

    def _keep_answer(self, attempt, outcome):
        """The transition that an upload's `outcome` means (anaf-api.md 9b)."""
        # an answer may come after its lease was declared over: while nobody else acted it is still the truth
        sources = ['uploading', 'uncertain']
        if isinstance(outcome, Receipt):
            return self._transition([*sources, 'queued'], 'processing', attempt, upload_index=outcome.upload_index,
                                    uploaded_at=UTC_NOW, next_attempt_at=None, lease_until=None,
                                    uncertain_since=None, errors=None, quota_count=0)
        errors = error_rows(outcome)
        if isinstance(outcome, (NoRight, Refused)):
            return self._transition(sources, 'refused', attempt, errors=errors, lease_until=None)
        if isinstance(outcome, (NotSent, Technical, Throttled, Unauthorized, Forbidden, QuotaExceeded)):
            if isinstance(outcome, Throttled):
                wait = timedelta(seconds=outcome.retry_after or 60)
            elif isinstance(outcome, (Unauthorized, Forbidden)):
                wait = timedelta(minutes=BACK_OFF_MINUTES[0])  # the gate keeps them back until it is put right
            elif isinstance(outcome, QuotaExceeded):
                wait = next_day() - fields.Datetime.now()
            else:
                wait = timedelta(minutes=BACK_OFF_MINUTES[min(attempt, len(BACK_OFF_MINUTES)) - 1])
            return self._transition(sources, 'queued', attempt, errors=errors, lease_until=None,
                                    uncertain_since=None, next_attempt_at=fields.Datetime.now() + wait)
        return self._transition(['uploading'], 'uncertain', attempt, errors=errors, lease_until=None,
                                uncertain_since=UTC_NOW, support_id=outcome.support_id)

    @api.model
    def _expire_leases(self):
        """A worker that died between claim and answer: whether ANAF has the document is unknown."""
        def work():
            self.env.cr.execute(SQL(
                "UPDATE l10n_ro_efactura_submission SET state = 'uncertain', uncertain_since = %(now)s,"
                " changed_at = %(now)s, lease_until = NULL, errors = %(errors)s WHERE id IN ("
                " SELECT id FROM l10n_ro_efactura_submission WHERE state = 'uploading' AND lease_until < %(now)s"
                " FOR UPDATE SKIP LOCKED)", now=UTC_NOW, errors=Json([{'code': 'lease_over', 'hint': 'lease_over',
                'text': self.env._("The worker was interrupted before ANAF's answer was kept.")}])))
        self._in_fresh_transaction(work)


def _upload(client, row):
    """In a pool thread: one upload, unless it waited so long that its lease could end before the answer."""
    if time.monotonic() > row['start_before']:
        raise NotSent('lease_over')
    if not row['cif']:
        raise Refused('missing_cif')
    return client.upload(
        base64.b64decode(bytes(row['xml'])), standard=row['standard'], cif=row['cif'], b2c=row['is_b2c'],
        extern=row['extern'], autofactura=row['autofactura'])
