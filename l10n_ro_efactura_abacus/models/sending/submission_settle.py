"""Settling uploads: from the message lists where there are many, by `stareMesaj` where there are few."""

import logging
import time
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ...anaf import AnafError
from ..calls.lane import lanes
from ..calls.worker import ARCHIVE_CRONS, SETTLE_CRONS, STALE_HOURS, UTC_NOW
from ..inbox.mailbox import list_pause
from .submission_package import SETTLING
from .submission_reconcile import search_lag

_logger = logging.getLogger(__name__)
# Up to this many submissions are asked about one by one; more are settled from the lists, which lag up to 15 minutes.
POLL_AT_MOST = 60
# Seconds that one run of the worker may spend waiting for answers.
WAIT_SECONDS = 10
# Seconds that ANAF usually needs to process a document.
FRESH_SECONDS = 5
# Minutes after which a submission that no list shows is asked about by itself.
LATE_MINUTES = 15
# Submissions settled in one transaction; kept small, because archiving workers lock the same messages.
CHUNK = 50


class EfacturaSubmission(models.Model):
    """A submission in processing that is asked about, or found in the lists."""

    _inherit = "l10n_ro_efactura.submission"

    @api.model
    @api.private
    def _cron_settle(self):
        """Settle the submissions that are processing, uncertain or long queued. Safe on many workers at once."""
        self = self.sudo()
        self._expire_leases()
        self.env.cr.execute(
            SQL(
                "SELECT DISTINCT company_id, environment FROM l10n_ro_efactura_submission"
                " WHERE state IN ('processing', 'uncertain')"
                " OR state = 'queued' AND queued_at < %s - interval '1 hour'",
                UTC_NOW,
            )
        )
        stop = time.monotonic() + WAIT_SECONDS
        for lane in lanes(self.env, self.env.cr.fetchall()):
            if not lane.is_open():
                self._note_wait(lane, *lane.hold() or ("closed", ""), states=("processing", "uncertain"))
                continue
            try:
                self._settle_lane(lane, stop)
            except (AnafError, UserError) as error:
                self._note_trouble(lane, error)
            except Exception:
                _logger.exception("Settling company %s (%s) failed", lane.company.id, lane.environment)
                self._abandon()
        self._sync_moves()
        self._wake(ARCHIVE_CRONS)
        self._checkpoint(remaining=0)
        self._schedule_next_run()

    @api.model
    def _settle_lane(self, lane, stop):
        """Settle one lane: from the lists where many wait or one is searched, then by asking for single ones.

        :param float stop: `time.monotonic()` after which there is no waiting
        """
        self = lane.in_language(self)
        box = self.env["l10n_ro_efactura.mailbox"]._for_lane(lane)
        searching = self._in_search(lane)
        if (searching or len(self._in_processing(lane)) > POLL_AT_MOST) and box._claim_reading():
            self._wait_for_processing(self._in_processing(lane), stop)
            self._settle_from_lists(lane, box, searching)
        self._match_listed(lane)  # messages that another worker listed
        self._unknown_at_anaf(lane)._due_for_status()._ask_statuses(lane)
        while (processing := self._in_processing(lane)) and lane.stays_open():
            if len(processing) <= POLL_AT_MOST:
                asked = processing._due_for_status()
            else:
                late = fields.Datetime.now() - timedelta(minutes=LATE_MINUTES)
                asked = processing.filtered(lambda s: (s.uploaded_at or s.create_date) < late)._due_for_status()[:50]  # noqa: B023
            asked._ask_statuses(lane)
            if len(processing) > POLL_AT_MOST:
                break
            soon = min((s.next_attempt_at or fields.Datetime.now() for s in self._in_processing(lane)), default=None)
            wait = soon and (soon - fields.Datetime.now()).total_seconds()
            if wait is None or time.monotonic() + max(wait, 0) > stop:
                break
            self._sync_moves()
            time.sleep(max(wait, 0.2))

    @api.model
    def _settle_from_lists(self, lane, box, searching):
        """Read the lists once and settle what they show; where they fail, note it and return.

        :param box: mailbox of `lane`
        :param searching: submissions to search by content
        """
        try:
            until = box._sweep(lane, self._start_of(searching | self._in_processing(lane)))
        except (AnafError, UserError) as error:
            self._note_trouble(lane, error)
            return
        self._clear_wait(lane)
        self._match_listed(lane)
        searching._reconcile(lane, until)

    @api.model
    def _in_search(self, lane):
        """Return submissions to search by content: uncertain, or queued so long that a copy may have sent them."""
        now = fields.Datetime.now()
        return self.search(
            [
                ("company_id", "=", lane.company.id),
                ("environment", "=", lane.environment),
                "|",
                ("state", "=", "uncertain"),
                "&",
                "&",
                ("state", "=", "queued"),
                ("queued_at", "<", now - timedelta(hours=STALE_HOURS)),
                "|",
                ("looked_up_at", "=", False),
                ("looked_up_at", "<", now - timedelta(hours=STALE_HOURS) / 2),
            ]
        )

    @api.model
    def _wait_for_processing(self, processing, stop):
        """After a large batch, wait a few seconds, so that the next list has it.

        :param float stop: `time.monotonic()` after which there is no waiting
        """
        uploaded = [submission.uploaded_at for submission in processing if submission.uploaded_at]
        if len(uploaded) > POLL_AT_MOST and not self._count_queued():
            age = (fields.Datetime.now() - max(uploaded)).total_seconds()
            time.sleep(max(min(FRESH_SECONDS - age, stop - time.monotonic()), 0))

    @api.model
    def _in_processing(self, lane):
        """Return the submissions of `lane` that ANAF is processing."""
        return self.search(
            [
                ("company_id", "=", lane.company.id),
                ("environment", "=", lane.environment),
                ("state", "=", "processing"),
                ("upload_index", "!=", False),
            ]
        )

    @api.model
    def _unknown_at_anaf(self, lane):
        """Return the submissions of `lane` with an upload index that ANAF did not know for so long that they are
        uncertain."""
        return self.search(
            [
                ("company_id", "=", lane.company.id),
                ("environment", "=", lane.environment),
                ("state", "=", "uncertain"),
                ("upload_index", "!=", False),
            ]
        )

    @api.model
    def _start_of(self, submissions):
        """Return the naive UTC datetime before which none of `submissions` can have reached ANAF; None for none.

        What another program or a person sent may be older than our row: the invoice's own date counts there.
        """
        moments = []
        for s in submissions:
            moments += filter(None, (s.create_date, s.queued_at, s.attempted_at, s.uncertain_since, s.uploaded_at))
            if s.origin != "odoo" and s.issue_date:
                moments.append(datetime.combine(s.issue_date, datetime.min.time()) - timedelta(hours=3))
        return min(moments) - timedelta(minutes=5) if moments else None

    # -- from the lists -------------------------------------------------------------------------------------

    @api.model
    def _match_listed(self, lane):
        """Settle every submission whose upload index stands in a kept message."""
        self = lane.in_language(self)
        by_hand = "(s.sha256 IS NULL OR COALESCE(s.index_by_hand, FALSE))"
        accepted = self._listed_as(lane, "sent", f"NOT {by_hand}")
        for some in split_every(CHUNK, accepted):
            self._in_fresh_transaction(lambda: self._settle_ok({one: accepted[one] for one in some}))  # noqa: B023
        due = "(s.next_attempt_at IS NULL OR s.next_attempt_at <= clock_timestamp() AT TIME ZONE 'UTC')"
        typed = self._listed_as(lane, "sent", f"{by_hand} AND {due}")
        self.browse(typed)._settle_adopted(lane, typed)
        rejected = self._listed_as(lane, "error", due)
        self.browse(rejected)._settle_nok(lane, rejected)

    @api.model
    def _listed_as(self, lane, kind, condition):
        """Return {id of an unsettled submission: id of the message of `kind` with its index}, at most 1000.

        :param condition: SQL text, over the submission `s`
        """
        self.env.cr.execute(
            SQL(
                """SELECT s.id, m.id FROM l10n_ro_efactura_submission s
                 JOIN l10n_ro_efactura_message m ON m.upload_index = s.upload_index
                  AND m.environment = s.environment AND m.company_id = s.company_id
                WHERE s.state IN %s AND s.company_id = %s AND s.environment = %s AND m.kind = %s AND %s
                ORDER BY s.id LIMIT 1000""",
                SETTLING,
                lane.company.id,
                lane.environment,
                kind,
                SQL(condition),
            )
        )
        return dict(self.env.cr.fetchall())

    def _settle_ok(self, message_of):
        """Settle submissions as ok.

        :param message_of: {submission id: id of the sent message that proves it}
        """
        if not message_of:
            return
        self.env.cr.execute(
            SQL(  # skip what another worker is settling
                "SELECT id FROM l10n_ro_efactura_submission WHERE id IN %s AND state IN %s"
                " ORDER BY id FOR UPDATE SKIP LOCKED",
                tuple(message_of),
                SETTLING,
            ),
            log_exceptions=False,
        )
        messages = self.env["l10n_ro_efactura.message"]
        for submission in self.browse(row[0] for row in self.env.cr.fetchall()):
            message = messages.browse(message_of[submission.id])
            if submission._transition(
                SETTLING,
                "ok",
                message_id=message.id,
                download_id=message.anaf_id,
                errors=None,
                next_attempt_at=None,
                uncertain_since=None,
                unknown_since=None,
            ):
                message._belongs_to(submission)

    # -- around ---------------------------------------------------------------------------------------------

    @api.model
    def _schedule_next_run(self):
        """Wake this worker again at the first moment at which it can do something, but not before `list_pause`.

        That is the next question about a submission in processing, and the next lists for one that has been
        uncertain for less than an hour, or that waited long and is being searched. The cron's interval does the rest.
        """
        self.env.cr.execute(
            SQL(
                """SELECT MIN(CASE WHEN state = 'processing' THEN COALESCE(next_attempt_at, %(now)s)
                                   WHEN state = 'uncertain' THEN %(now)s
                                   ELSE searched_since + %(lag)s * interval '1 second' END)
                     FROM l10n_ro_efactura_submission
                    WHERE state = 'processing' OR state = 'queued' AND searched_since IS NOT NULL
                       OR state = 'uncertain' AND GREATEST(uncertain_since, attempted_at) > %(now)s - interval '1 hour'
                """,
                now=UTC_NOW,
                lag=search_lag(),
            )
        )
        [due] = self.env.cr.fetchone()
        if due:
            soonest = fields.Datetime.now() + timedelta(seconds=list_pause())
            self._wake(SETTLE_CRONS, at=max(due, soonest))
            self._checkpoint()
