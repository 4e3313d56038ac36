"""The upload worker: builds the XML once, claims, uploads in a pool, and stores each answer at once."""

import itertools
import logging
import time

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from psycopg2.errors import UniqueViolation

from ...anaf import NoRight, Refused
from ..calls.lane import lanes
from ..calls.outgoing import text_rows
from ..calls.worker import SETTLE_CRONS, STALE_HOURS, UPLOAD_CRONS, UTC_NOW, Pool
from ..common.knobs import knob
from ..common.language import in_language_of
from ..document.account_move_check import finding_text

_logger = logging.getLogger(__name__)
# Seconds between wake-ups of the settling worker during a long upload.
SETTLE_EVERY = 30


class EfacturaSubmission(models.Model):
    """A queued submission on its way to ANAF."""

    _inherit = "l10n_ro_efactura.submission"

    @api.model
    @api.private
    def _cron_upload(self):
        """Upload the queued submissions. Safe to run on many workers at once."""
        self = self.sudo()
        self._expire_leases()
        found = self._upload_lanes()
        if found:
            try:
                with Pool(knob("pool", 16)) as pool:
                    self._upload_all(found, pool)
            except Exception:  # Odoo switches off a cron that fails too often
                _logger.exception("An upload run stopped; the next one goes on")
                self._abandon()
        self._checkpoint(remaining=0)
        self._sync_moves()
        self._wake(SETTLE_CRONS)
        self._wake_for_back_off()
        self._checkpoint()

    @api.model
    def _wake_for_back_off(self):
        """Wake the upload worker when the first submission whose wait ends within 5 minutes may be sent."""
        self.env.cr.execute(
            SQL(
                "SELECT MIN(next_attempt_at) FROM l10n_ro_efactura_submission WHERE state = 'queued'"
                " AND next_attempt_at BETWEEN %(now)s AND %(now)s + interval '5 minutes'",
                now=UTC_NOW,
            )
        )
        soon = self.env.cr.fetchone()[0]
        if soon:
            self._wake(UPLOAD_CRONS[:1], at=soon)

    @api.model
    def _upload_lanes(self):
        """Return the lanes with submissions due now; a held lane is left out and its reason noted."""
        self.env.cr.execute(
            SQL(
                "SELECT DISTINCT company_id, environment FROM l10n_ro_efactura_submission"
                " WHERE state = 'queued' AND (next_attempt_at IS NULL OR next_attempt_at <= %s)",
                UTC_NOW,
            )
        )
        found = []
        for lane in lanes(self.env, self.env.cr.fetchall()):
            held = lane.hold()
            if held:
                self._note_wait(lane, *held, states=("queued",))
            else:
                found.append(lane)
        return found

    @api.model
    def _upload_all(self, found, pool):
        """Keep the pool full until nothing is left or the cron's time is up, then wait for the running calls.

        :param found: list of lanes, served in turn
        """
        seconds, next_settle = float("inf"), time.monotonic() + SETTLE_EVERY
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
    def _count_queued(self):
        """Return the number of queued submissions of all companies."""
        self.env.cr.execute("SELECT count(*) FROM l10n_ro_efactura_submission WHERE state = 'queued'")
        return self.env.cr.fetchone()[0]

    # -- building -------------------------------------------------------------------------------------------

    @api.model
    def _prepare(self, lane, limit=2):
        """Build the XML of at most `limit` queued submissions of `lane`; return how many were handled."""

        def work():
            self.env.cr.execute(
                SQL(
                    "SELECT id FROM l10n_ro_efactura_submission WHERE %s AND xml IS NULL ORDER BY id LIMIT %s"
                    " FOR UPDATE SKIP LOCKED",
                    self._due(lane),
                    limit,
                ),
                log_exceptions=False,
            )
            submissions = self.browse(row[0] for row in self.env.cr.fetchall())
            for submission in submissions:
                submission._build()
            return len(submissions)

        return self._in_fresh_transaction(work)

    def _build(self):
        """Build, check and freeze the XML; where it fails, refuse the submission with the reasons.

        What is written is in the language of the user who queued it, or else of the company's people.
        """
        self.ensure_one()
        self = in_language_of(self, self.company_id, self.create_uid)
        move = self.move_id.with_company(self.company_id)
        if move.state != "posted":
            self._transition(
                ["queued"], "refused", errors=text_rows("not_posted", [self.env._("The invoice is no longer posted.")])
            )
            return
        if reasons := move._l10n_ro_efactura_not_concerned():
            self._transition(["queued"], "refused", errors=text_rows("not_concerned", reasons))
            return
        move._l10n_ro_efactura_make_pdf()
        try:
            with self.env.cr.savepoint():
                xml, problems, findings = move._l10n_ro_efactura_checked_xml()
        except UserError as error:
            xml, problems, findings = b"", [str(error)], []
        except Exception as error:
            _logger.exception("The XML of submission %s could not be built", self.id)
            problems = [self.env._("The XML could not be built: %s", type(error).__name__)]
            xml, findings = b"", []
        fatal = [finding_text(finding) for finding in findings if finding["severity"] == "fatal"]
        if problems or fatal:
            self._transition(
                ["queued"],
                "refused",
                errors=(
                    text_rows("missing_data", problems)
                    if problems
                    else [{"code": "check", "text": text, "hint": "check"} for text in fatal]
                ),
            )
            move._l10n_ro_efactura_mark_missing({move.id: problems or fatal})
        if xml:
            file = self.env["l10n_ro_efactura.xml.file"]._get_or_create(move, xml, findings)
            if not fatal and self._freeze_or_refuse(xml):
                move._l10n_ro_efactura_align_core_file(xml)
                if file.note and self.environment == "prod":
                    move.message_post(body=file.note)

    def _freeze_or_refuse(self, xml):
        """Freeze the XML, or refuse the submission where the invoice has got a number that is live already.

        :return: the submission, where its XML is frozen
        """
        try:
            with self.env.cr.savepoint():
                return self._freeze(xml)
        except UniqueViolation:
            text = self.env._("Another document with this number and date is already at ANAF, or on its way there.")
            self._transition(["queued"], "refused", errors=text_rows("number_taken", [text]))
            return self.browse()

    # -- claiming and sending -------------------------------------------------------------------------------

    @api.model
    def _fresh(self, lane):
        # EXTENDS: what was queued long ago (restored copy, long outage) is sent only after SPV was searched for it
        return SQL(
            "(queued_at > %s - %s * interval '1 hour' OR looked_up_at > %s - %s * interval '1 hour')",
            UTC_NOW,
            STALE_HOURS,
            UTC_NOW,
            STALE_HOURS,
        )

    @api.model
    def _call_of(self, row):
        # EXTENDS
        def upload(client):
            if not row["cif"]:
                raise Refused("missing_cif")
            return client.upload(
                row["xml"],
                standard=row["standard"],
                cif=row["cif"],
                b2c=row["is_b2c"],
                extern=row["extern"],
                autofactura=row["autofactura"],
            )

        return upload

    def _first_status_values(self):
        # EXTENDS
        return {**super()._first_status_values(), "quota_count": 0}

    def _after_answer(self, lane, outcome):
        # EXTENDS: without the right in SPV no upload of the lane can succeed, so the lane is paused
        super()._after_answer(lane, outcome)
        if isinstance(outcome, NoRight):
            lane.paused = outcome.code
            lane.pause(outcome)
            self._note_wait(lane, outcome.code, outcome.text, states=("queued",))
        elif not lane.paused and not lane.stays_open():
            lane.paused = "closed"
            self._note_wait(lane, *lane.hold() or ("closed", ""), states=("queued",))
