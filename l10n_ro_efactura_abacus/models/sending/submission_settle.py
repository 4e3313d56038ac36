"""Settling uploads: from the message lists where there are many, by `stareMesaj` where there are few."""

import logging
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ...anaf import AnafError, NoRight, NotFound, duplicate_of_text
from ..calls.lane import lanes
from ..calls.outgoing import WAITING, text_rows
from ..calls.worker import ARCHIVE_CRONS, SETTLE_CRONS, STALE_HOURS, UTC_NOW
from ..inbox.mailbox import list_pause
from .submission import FEW_RETRIES

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
    """A submission in processing that ends as ok, nok or refused."""

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

    def _start_of(self, submissions):
        """Return the naive UTC datetime before which none of `submissions` can have reached ANAF; None for none."""
        moments = [s.create_date for s in submissions]
        return min(moments) - timedelta(minutes=5) if moments else None

    # -- from the lists -------------------------------------------------------------------------------------

    @api.model
    def _match_listed(self, lane):
        """Settle every submission whose upload index stands in a kept message."""
        self = lane.in_language(self)
        accepted = self._listed_as(lane, "sent", "s.sha256 IS NOT NULL")
        for some in split_every(CHUNK, accepted):
            self._in_fresh_transaction(lambda: self._settle_ok({one: accepted[one] for one in some}))  # noqa: B023
        due = "(s.next_attempt_at IS NULL OR s.next_attempt_at <= clock_timestamp() AT TIME ZONE 'UTC')"
        by_hand = self._listed_as(lane, "sent", f"s.sha256 IS NULL AND {due}")
        self.browse(by_hand)._settle_adopted(lane, by_hand)
        rejected = self._listed_as(lane, "error", due)
        self.browse(rejected)._settle_nok(lane, rejected)

    @api.model
    def _listed_as(self, lane, kind, condition):
        """Return {id of a submission in processing: id of the message of `kind` with its index}, at most 1000.

        :param condition: SQL text, over the submission `s`
        """
        self.env.cr.execute(
            SQL(
                """SELECT s.id, m.id FROM l10n_ro_efactura_submission s
                 JOIN l10n_ro_efactura_message m ON m.upload_index = s.upload_index
                  AND m.environment = s.environment AND m.company_id = s.company_id
                WHERE s.state = 'processing' AND s.company_id = %s AND s.environment = %s AND m.kind = %s AND %s
                ORDER BY s.id LIMIT 1000""",
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
                "SELECT id FROM l10n_ro_efactura_submission WHERE id IN %s AND state IN ('processing', 'uncertain')"
                " ORDER BY id FOR UPDATE SKIP LOCKED",
                tuple(message_of),
            ),
            log_exceptions=False,
        )
        messages = self.env["l10n_ro_efactura.message"]
        for submission in self.browse(row[0] for row in self.env.cr.fetchall()):
            message = messages.browse(message_of[submission.id])
            if submission._transition(
                ["processing", "uncertain"],
                "ok",
                message_id=message.id,
                download_id=message.anaf_id,
                errors=None,
                next_attempt_at=None,
            ):
                message._belongs_to(submission)

    def _fetch_packages(self, lane, message_of):
        """Link and download the packages of `self`; the others are asked for again 30 seconds later.

        :param message_of: {submission id: message id}
        :return: iterator of (submission, message) where the package is archived, or ANAF has deleted it
        """
        messages = self.env["l10n_ro_efactura.message"].browse(message_of.values())

        def pair():
            for submission in self:
                messages.browse(message_of[submission.id])._belongs_to(submission)

        self._in_fresh_transaction(pair)
        messages.filtered(lambda m: m.archive_state == "listed")._archive_now(lane)
        for submission in self:
            message = messages.browse(message_of[submission.id])
            if message.archive_state != "listed":
                yield submission, message
            else:
                self._in_fresh_transaction(submission._wait_for_package, message)

    def _wait_for_package(self, message):
        """Write why the package of this submission is not here yet, and when it is asked for again."""
        row = {
            "code": "no_package",
            "hint": WAITING,
            "text": message.last_error or self.env._("ANAF's package is not here yet."),
        }
        if message.last_error_code:
            row["fact"] = message.last_error_code
        soon = fields.Datetime.now() + timedelta(seconds=30)
        self._transition(["processing"], "processing", next_attempt_at=soon, errors=[row])

    def _settle_nok(self, lane, message_of):
        """Settle submissions as nok, with the reasons read from their error packages.

        :param message_of: {submission id: id of the error message}
        """
        for submission, message in self._fetch_packages(lane, message_of):
            if message.archive_state == "gone":
                self._in_fresh_transaction(
                    submission._finish_nok, message, [self.env._("ANAF no longer has the list of errors.")]
                )
            else:
                submission._read_rejection(lane, message)

    def _settle_adopted(self, lane, message_of):
        """Settle submissions whose index was typed by hand: ok where the package holds this invoice, else refused.

        :param message_of: {submission id: message id}
        """
        for submission, message in self._fetch_packages(lane, message_of):
            text = submission._not_this_invoice(message)
            if text:
                self._in_fresh_transaction(submission._refuse_other, message, text)
            else:
                self._in_fresh_transaction(self._settle_ok, {submission.id: message.id})

    def _refuse_other(self, message, text):
        """Refuse the submission, because the index typed by hand belongs to another document.

        :param text: translated reason
        """
        self._transition(
            ["processing"],
            "refused",
            message_id=message.id,
            download_id=message.anaf_id,
            errors=text_rows("other_document", [text]),
            next_attempt_at=None,
        )
        message._detach()

    def _not_this_invoice(self, message):
        """Return why the package of an index typed by hand is not of this invoice; False where it is, or is gone."""
        if message.archive_state == "gone":
            return False
        if not message.number:
            return self.env._(
                "ANAF's package of index %(index)s cannot be read: %(why)s.",
                index=self.upload_index,
                why=message.last_error or "?",
            )
        if message.number != self.number:
            return self.env._(
                "The document with index %(index)s is number %(number)s, not this invoice.",
                index=self.upload_index,
                number=message.number,
            )
        if self.seller_cif and message.seller_cif and message.seller_cif != self.seller_cif:
            return self.env._(
                "The document with index %(index)s was issued by CIF %(cif)s.",
                index=self.upload_index,
                cif=message.seller_cif,
            )
        return False

    # -- rejections -----------------------------------------------------------------------------------------

    def _read_rejection(self, lane, message):
        """Settle as nok with the reasons of the error package `message`.

        "Sent before with index N" is followed first: ok where package N holds our bytes.
        """
        self.ensure_one()
        texts = message.error_texts or [
            self.env._("ANAF's list of errors cannot be read: %s", message.last_error or "?")
        ]
        index = next(filter(None, map(duplicate_of_text, texts)), None)
        if index and index != self.upload_index:
            followed = self._follow(lane, index)
            if followed is None:  # not known yet: ask again later
                soon = max(self.next_attempt_at or fields.Datetime.now(), fields.Datetime.now() + timedelta(seconds=5))
                self._in_fresh_transaction(
                    lambda: self._transition(
                        ["processing"],
                        "processing",
                        next_attempt_at=soon,
                        errors=[{"code": "duplicate", "text": next(filter(duplicate_of_text, texts)), "hint": WAITING}],
                    )
                )
                return
            if followed:
                self._in_fresh_transaction(lambda: self._adopt_original(followed, index))
                return
            texts = [*texts, self.env._("The document with index %s is not this one.", index)]
        self._in_fresh_transaction(lambda: self._finish_nok(message, texts))

    def _follow(self, lane, index):
        """Look up the package of upload `index`, and download it where needed.

        :return: its message where it holds our bytes; an empty record where it does not; None where not known yet
        """
        messages = self.env["l10n_ro_efactura.message"]
        original = messages.search(
            [
                ("environment", "=", self.environment),
                ("company_id", "=", self.company_id.id),
                ("upload_index", "=", index),
                ("kind", "=", "sent"),
            ],
            limit=1,
        )
        try:
            if not original:
                if not self._count_questions(due=False):
                    return None
                status = lane.call(lambda client: client.status(index), record=self)
                if status.state != "ok" or not status.download_id:
                    return None if status.state == "processing" else messages
                original = self._in_fresh_transaction(lambda: self._message_of(status.download_id, "sent", index))
        except NotFound:
            return None if self.quota_count < FEW_RETRIES else messages
        except NoRight:
            return messages
        except AnafError:
            return None
        if original.archive_state == "listed":
            original._archive_now(lane)
        if original.archive_state != "archived":
            return None if original.archive_state == "listed" else messages
        return original if original.document_sha256 == self.sha256 else messages

    def _adopt_original(self, original, index):
        """Settle as ok with the message of the first upload; our own index is kept as `duplicate_index`."""
        if self._transition(
            ["processing"],
            "ok",
            message_id=original.id,
            download_id=original.anaf_id,
            duplicate_index=self.upload_index,
            upload_index=index,
            errors=None,
            next_attempt_at=None,
        ):
            original._belongs_to(self)

    def _finish_nok(self, message, texts):
        """Settle as nok with the reasons `texts`; `message` may be empty."""
        self._transition(
            ["processing"],
            "nok",
            errors=text_rows("nok", texts),
            message_id=message.id or None,
            download_id=message.anaf_id or None,
            next_attempt_at=None,
        )

    @api.model
    @api.private
    def _package_arrived(self, message, package):
        """Compare an archived package with the bytes that were sent; log a difference on submission and invoice."""
        submission = message.submission_id
        if submission.sha256 and message.kind == "sent" and message.document_sha256 != submission.sha256:
            text = self.env._("The document that ANAF sealed is not byte for byte the one that was sent.")
            submission._transition([submission.state], submission.state, errors=text_rows("other_document", [text]))
            submission.move_id._message_log(body=text)

    # -- around ---------------------------------------------------------------------------------------------

    @api.model
    def _schedule_next_run(self):
        """Wake this worker again while a submission is processing, or uncertain for less than an hour."""
        self.env.cr.execute(
            SQL(
                "SELECT 1 FROM l10n_ro_efactura_submission WHERE state = 'processing'"
                " OR state = 'uncertain' AND uncertain_since > %s - interval '1 hour' LIMIT 1",
                UTC_NOW,
            )
        )
        if self.env.cr.fetchone():
            self._wake(SETTLE_CRONS, at=fields.Datetime.now() + timedelta(seconds=list_pause()))
            self._checkpoint()
