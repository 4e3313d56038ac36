"""`stareMesaj`: the status of single uploads, asked in a pool, within ANAF's daily quota per message."""

import time
from datetime import timedelta
from operator import methodcaller

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...anaf import AnafError, NoRight, NotFound, QuotaExceeded, Status, Transient, next_day, today
from ..calls.lane import finished_calls, lanes
from ..calls.outgoing import ASKABLE, WAITING, error_rows, text_rows
from ..calls.worker import UTC_NOW, Pool
from ..common.actions import notification, soft_reload
from ..common.knobs import knob
from .submission import FEW_RETRIES
from .submission_package import SETTLING
from .submission_settle import POLL_AT_MOST

# Invoices that a notification names.
SHOWN = 5
# Questions a day about one upload; ANAF allows 100.
STATUS_A_DAY = 20
# How long ANAF may not know an upload index before the submission counts as uncertain: one that was typed by hand, and
# one that ANAF gave itself.
UNKNOWN_BY_HAND, UNKNOWN = timedelta(hours=1), timedelta(days=1)
# Time to the next question about an index that ANAF does not know, while it has not known it for less than the first
# value.
UNKNOWN_WAITS = (
    (timedelta(minutes=25), timedelta(minutes=5)),
    (timedelta(hours=2), timedelta(minutes=30)),
    (timedelta(days=1), timedelta(hours=6)),
    (timedelta.max, timedelta(days=1)),
)
# Seconds to wait after the first, second, ... question of the day; the last one repeats.
STATUS_WAITS = (2, 3, 5, 10, 20, 40, 60, 120, 300, 600, 1200, 1800, 3600)


class EfacturaSubmission(models.Model):
    """A submission that is asked about by its upload index."""

    _inherit = "l10n_ro_efactura.submission"

    def _refresh_now(self):
        """Ask ANAF about `self` now: the status of what has an index, and the lists for what is uncertain.

        Left out is what was asked a moment ago, for which ANAF's daily limits set a wait.

        :return: dict(asked=, searched=, early=, held=): the submissions about which a status was asked, those searched
            in the lists, those asked too short a time ago, and those whose connection cannot be used now
        """
        nothing = self.browse()
        did = {"asked": nothing, "searched": nothing, "early": nothing, "held": nothing}
        for (company, environment), submissions in self.grouped(lambda s: (s.company_id, s.environment)).items():
            mine = submissions.filtered(lambda s: s.state == "processing" and s.upload_index)
            lost = submissions.filtered(lambda s: s.state == "uncertain")
            reached = nothing
            for lane in lanes(self.env, [(company.id, environment)]) if mine or lost else ():
                if not lane.is_open():
                    self._note_wait(lane, *lane.hold() or ("closed", ""), states=ASKABLE)
                    continue
                reached = mine | lost
                try:
                    if len(mine) <= POLL_AT_MOST:
                        asked = mine._due_for_status()
                        asked._ask_statuses(lane)
                        did["asked"] |= asked
                    listed = lost if len(mine) <= POLL_AT_MOST else mine | lost
                    box = self.env["l10n_ro_efactura.mailbox"]._for_lane(lane)
                    if listed and box._claim_reading():
                        self._settle_from_lists(lane, box, lost)
                        did["searched"] |= listed
                except (AnafError, UserError) as error:
                    self._note_trouble(lane, error)
            did["held"] |= (mine | lost) - reached
            did["early"] |= reached - did["asked"] - did["searched"]
        self._sync_moves()
        return did

    def _refresh_notification(self, did):
        """Return the notification of what "Ask ANAF now" did with `self`, after which the page is loaded again.

        :param did: result of `_refresh_now`
        """
        _ = self.env._
        lines = []
        if did["asked"]:
            lines.append(_("Asked for the state at ANAF: %s.", len(did["asked"])))
        if did["searched"]:
            lines.append(_("Searched in SPV: %s.", len(did["searched"])))
        if did["early"]:
            lines.append(_("Asked a moment ago, so not asked again yet: %s.", len(did["early"])))
        if did["held"]:
            lines.append(_("ANAF cannot be asked now: %s.", len(did["held"])))
        labels = dict(self._fields["state"]._description_selection(self.env))
        touched = (did["asked"] | did["searched"] | did["early"] | did["held"]).sorted("id")
        for submission in touched[:SHOWN]:
            lines.append(f"{submission.number}: {labels[submission.state]}")
        return notification(
            "\n".join(lines) or _("There is nothing to ask: no answer of ANAF is awaited."),
            "warning" if did["held"] else "success" if did["asked"] or did["searched"] else "info",
            title=_("e-Factura"),
            then=soft_reload(),
        )

    def _due_for_status(self):
        """Return the submissions whose next question is due and within the day's quota."""
        now, day = fields.Datetime.now(), today()
        return self.filtered(
            lambda s: (
                (not s.next_attempt_at or s.next_attempt_at <= now)
                and (s.quota_day != day or s.quota_count < STATUS_A_DAY)
            )
        )

    def _ask_statuses(self, lane):
        """Ask `stareMesaj` for each submission, in a pool, and store every answer at once."""
        self = lane.in_language(self)
        # Those with an error message are rejected already: read their reasons instead of asking.
        rejected = self.env["l10n_ro_efactura.message"].search(
            [("submission_id", "in", self.ids), ("kind", "=", "error")]
        )
        rejected.submission_id._settle_nok(lane, {message.submission_id.id: message.id for message in rejected})
        waiting = list((self - rejected.submission_id)._count_questions())
        with Pool(knob("pool", 16)) as pool:
            while waiting or pool.running:
                while waiting and pool.free > 0 and not lane.paused and lane.stays_open():
                    granted, wait = lane.grant(min(len(waiting), pool.free), block=min(len(waiting), pool.free))
                    if not granted:
                        time.sleep(0 if pool.running else min(wait, 1.0))
                        break
                    for _call in range(granted):
                        submission = waiting.pop()
                        work = methodcaller("status", submission.upload_index)
                        lane.submit(pool, submission, work, record=(submission._name, submission.id))
                if not pool.running and (lane.paused or not lane.stays_open()):
                    break
                for _lane, submission, outcome in finished_calls(pool, block=True):
                    lane.report(outcome)
                    submission._keep_status(lane, outcome)

    def _count_questions(self, due=True):
        """Count one question for each submission against ANAF's quota, committed before the calls.

        :param due: True leaves out those whose next question is not due
        :return: the submissions that may be asked
        """
        if not self:
            return self

        def count():
            self.env.cr.execute(
                SQL(
                    "UPDATE l10n_ro_efactura_submission SET quota_day = %(day)s, next_attempt_at = %(now)s"
                    " + (%(waits)s)[LEAST(1 + CASE WHEN quota_day = %(day)s THEN quota_count ELSE 0 END, %(n)s)]"
                    "   * interval '1 second',"
                    " quota_count = CASE WHEN quota_day = %(day)s THEN quota_count + 1 ELSE 1 END"
                    " WHERE id IN (SELECT id FROM l10n_ro_efactura_submission"
                    "   WHERE id IN %(ids)s AND state IN %(states)s AND upload_index IS NOT NULL"
                    "     AND (next_attempt_at IS NULL OR next_attempt_at <= %(now)s OR NOT %(due)s)"
                    "     AND (quota_day IS DISTINCT FROM %(day)s OR quota_count < %(cap)s) FOR UPDATE SKIP LOCKED)"
                    " RETURNING id",
                    day=today(),
                    now=UTC_NOW,
                    waits=list(STATUS_WAITS),
                    n=len(STATUS_WAITS),
                    cap=STATUS_A_DAY,
                    ids=tuple(self.ids),
                    states=SETTLING,
                    due=due,
                )
            )
            return self.browse(row[0] for row in self.env.cr.fetchall())

        counted = self._in_fresh_transaction(count)
        self.invalidate_recordset(flush=False)
        return counted

    def _keep_status(self, lane, outcome):
        """Apply one answer of `stareMesaj` (docs/anaf-api.md 3.2, 4.1).

        :param outcome: a `Status`, or the exception of the call
        """
        self.ensure_one()
        if not isinstance(outcome, Status) or outcome.state != "processing":
            self._in_fresh_transaction(lambda: self._keep_raw("status", outcome))
        if isinstance(outcome, Status):
            self._keep_stare(lane, outcome)
            return
        # A failed question says nothing about the invoice: show the reason and ask again later.
        values = {"errors": error_rows(outcome)}
        if isinstance(outcome, Transient):
            values["errors"] = [{**row, "hint": WAITING} for row in values["errors"]]
        elif isinstance(outcome, QuotaExceeded):
            values["next_attempt_at"] = next_day()
        elif isinstance(outcome, NotFound) or isinstance(outcome, NoRight) and self.origin != "odoo":
            self._in_fresh_transaction(lambda: self._keep_unknown(outcome))
            return
        elif isinstance(outcome, NoRight) or self.quota_count > FEW_RETRIES:
            values["next_attempt_at"] = fields.Datetime.now() + timedelta(hours=6)
        self._in_fresh_transaction(lambda: self._transition([self.state], self.state, **values))

    def _keep_unknown(self, outcome):
        """Note that ANAF does not know the upload index, and ask less and less.

        After `UNKNOWN` the submission is uncertain: it is searched in the lists, the legal term runs, and an accountant
        may correct the index or decide that ANAF does not have the invoice.

        :param outcome: NotFound, or NoRight: the index is of a company for which this connection has no right
        """
        now = fields.Datetime.now()
        since = self.unknown_since or now
        values = {
            "unknown_since": since,
            "next_attempt_at": now + next(wait for age, wait in UNKNOWN_WAITS if now - since < age),
            "errors": error_rows(outcome),
        }
        state = self.state
        if now - since >= (UNKNOWN_BY_HAND if self.index_by_hand else UNKNOWN):
            state = "uncertain"
            text = self.env._("ANAF does not know upload index %s.", self.upload_index)
            values["errors"] = [{"code": "unknown_index", "hint": "unknown_index", "text": text}, *values["errors"]]
            values["uncertain_since"] = self.uncertain_since or since
        self._transition([self.state], state, **values)

    def _keep_stare(self, lane, status):
        """Settle the submission by a `Status` of ANAF: ok and nok by its message, refused at once."""
        message_of = {}
        if status.download_id and status.state in ("ok", "nok"):
            kind = "sent" if status.state == "ok" else "error"
            message_of[self.id] = self._in_fresh_transaction(lambda: self._message_of(status.download_id, kind).id)
        if status.state == "refused":
            self._in_fresh_transaction(
                lambda: self._transition(
                    SETTLING, "refused", errors=text_rows("not_taken_over", ["XML cu erori nepreluat de sistem"])
                )
            )
        elif status.state == "nok" and message_of:
            self._settle_nok(lane, message_of)
        elif status.state == "nok":
            self._in_fresh_transaction(
                lambda: self._finish_nok(
                    self.env["l10n_ro_efactura.message"], [self.env._("ANAF gave no list of errors.")]
                )
            )
        elif message_of and (not self.sha256 or self.index_by_hand):
            self._settle_adopted(lane, message_of)
        elif message_of:
            self._in_fresh_transaction(lambda: self._settle_ok(message_of))
        elif self.errors or self.unknown_since:
            self._in_fresh_transaction(
                lambda: self._transition(SETTLING, "processing", errors=None, unknown_since=None, uncertain_since=None)
            )

    def _message_of(self, download_id, kind, index=None):
        """Return the message with `download_id`, created where no list has shown it yet.

        :param kind: 'sent' or 'error'
        :param index: upload index of the message; by default this submission's
        """
        messages = self.env["l10n_ro_efactura.message"]
        messages._insert(
            ("company_id", "environment", "anaf_id", "upload_index", "kind", "listed_at"),
            SQL(
                "VALUES (%s, %s, %s, %s, %s, %s)",
                self.company_id.id,
                self.environment,
                download_id,
                index or self.upload_index,
                kind,
                UTC_NOW,
            ),
        )
        return messages.search(
            [
                ("environment", "=", self.environment),
                ("anaf_id", "=", download_id),
                ("company_id", "=", self.company_id.id),
            ]
        )
