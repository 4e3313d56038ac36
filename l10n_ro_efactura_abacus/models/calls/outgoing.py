"""Documents on their way to ANAF: claimed, leased, uploaded in a pool, answered, never sent twice.

What is it? The only implementation of *exactly once*: submissions (invoices) and messages to sellers (RASP) inherit it.

How does it work? A row in the queue is claimed by one UPDATE that is committed before the first byte leaves; the claim
counts an `attempt` and has a lease that is longer than a whole call. Every answer is one transition that names the
states it may come from and the attempt it belongs to, so that an answer which comes too late changes nothing. Only a
body that was not read to its end proves that nothing was sent; any outcome that is neither an answer nor this proof
makes the row uncertain, and so does a lease that ended without an answer.

How to use it? Inherit `l10n_ro_efactura.outgoing` and define `_fresh` (which rows may be sent after a long wait),
`_call_of` (how a row is uploaded) and `_after_answer` (what follows from an answer); run `_expire_leases`, then
`_dispatch` and `_record_finished` until nothing is left.
"""

import logging
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
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
    explain,
    next_day,
)
from ..common.core import binary_column, binary_of_column, bytes_of
from ..common.environment import ENVIRONMENTS
from .budget import BLOCK
from .lane import finished_calls
from .worker import UTC_NOW

_logger = logging.getLogger(__name__)
# Minutes before a document that ANAF did not take is tried again, by the number of its attempts.
BACK_OFF_MINUTES = (1, 2, 5, 10, 30)
# States of a document whose answer is expected.
ON_THE_WAY = ("queued", "uploading", "processing")
# States that are not final.
IN_WORK = (*ON_THE_WAY, "uncertain")
# States in which asking ANAF can change something.
ASKABLE = ("processing", "uncertain")
# Final states of a document that ANAF does not have: it refused the content, or registered nothing.
FAILED = ("nok", "refused")
# Value of `hint` in `errors` for a reason to wait, which says nothing against the document.
WAITING = "waiting"


def error_rows(error):
    """Return an AnafError as the rows stored in `errors`: [{'code', 'text', 'hint'}].

    Where `text` is a fact of ours and not ANAF's, the row also has its code as `fact`, for `in_words`.
    """
    fact = {"fact": error.code} if error.own else {}
    return [
        {"code": error.code, "text": text, "hint": explain(text).code or error.code, **fact}
        for text in error.texts or [error.text or error.code]
    ]


def text_rows(code, texts):
    """Return texts of ANAF or of the builder as the rows stored in `errors`: [{'code', 'text', 'hint'}]."""
    return [{"code": code, "text": text, "hint": explain(text).code or code} for text in texts]


class EfacturaOutgoing(models.AbstractModel):
    """One upload of immutable bytes to one environment.

    ::

        queued --claim, commit--> uploading --index--> processing --> ok | nok
           ^                         |--refused by ANAF--> refused
           |<--body not read, quota--|
                                     |--any other end, or the lease is over--> uncertain
    """

    _name = "l10n_ro_efactura.outgoing"
    _description = "e-Factura document on its way to ANAF"
    _inherit = ["l10n_ro_efactura.worker"]

    # Columns of a claimed row that `_call_of` gets.
    _claimed_columns = ("id", "attempt", "xml", "cif")

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    xml = fields.Binary(string="XML", attachment=False, readonly=True, copy=False, help="The exact bytes sent")
    sha256 = fields.Char(string="SHA-256", readonly=True, index="btree_not_null")
    cif = fields.Char(string="CIF", readonly=True, help="Upload parameter: digits of the sending company's CIF")
    attempt = fields.Integer(readonly=True, default=0)
    next_attempt_at = fields.Datetime()
    lease_until = fields.Datetime(readonly=True)
    attempted_at = fields.Datetime(readonly=True)
    uncertain_since = fields.Datetime(readonly=True, help="When its answer was lost for the first time")
    lost_count = fields.Integer(readonly=True, help="Uploads of this document whose answer was lost")
    uploaded_at = fields.Datetime(readonly=True)
    settled_at = fields.Datetime(readonly=True)
    changed_at = fields.Datetime(readonly=True, index=True)
    upload_index = fields.Char(readonly=True, index="btree_not_null")
    download_id = fields.Char("Download Index", readonly=True)
    errors = fields.Json(readonly=True)
    support_id = fields.Char(string="Support ID", readonly=True)
    # Flags computed from the state, for views and their filters.
    is_on_the_way = fields.Boolean(string="In progress", compute="_compute_from_state", search="_search_is_on_the_way")
    is_askable = fields.Boolean(string="ANAF can be asked", compute="_compute_from_state")
    is_failed = fields.Boolean(string="Nok or refused", compute="_compute_from_state", search="_search_is_failed")
    can_withdraw = fields.Boolean(compute="_compute_from_state", help="It waits, and cannot have arrived")

    @api.depends("state", "uncertain_since")
    def _compute_from_state(self):
        for record in self:
            record.can_withdraw = record.state == "queued" and not record.uncertain_since
            record.is_on_the_way = record.state in ON_THE_WAY
            record.is_askable = record.state in ASKABLE
            record.is_failed = record.state in FAILED

    def _search_is_on_the_way(self, operator, value):
        return Domain("state", operator, ON_THE_WAY) if operator == "in" and True in value else NotImplemented

    def _search_is_failed(self, operator, value):
        return Domain("state", operator, FAILED) if operator == "in" and True in value else NotImplemented

    def _xml_bytes(self):
        """Return the exact bytes sent, or b'' where we never had them (adopted from core, or index typed by hand)."""
        self.ensure_one()
        return bytes_of(self, "xml")

    @property
    def _sql_table(self):
        return SQL.identifier(self._table)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history of what was sent to ANAF is never deleted."))

    # -------------------------------------------------------------------------
    # THE ONE WRITER OF STATES
    # -------------------------------------------------------------------------

    def _transition(self, sources, target, attempt=None, **values):
        """Move the records that are still in one of `sources` to `target`, in one UPDATE.

        :param attempt: given, moves only a row that is still at this attempt, so that a late answer changes nothing
        :param values: columns written in the same statement; datetimes may be SQL
        :return: the records that moved
        """
        if not self:
            return self
        self.flush_recordset()
        columns = [
            SQL("%s = %s", SQL.identifier(name), self._sql_value(name, value))
            for name, value in {**values, "state": target, "changed_at": UTC_NOW}.items()
        ]
        if target not in IN_WORK:
            columns.append(SQL("settled_at = %s", UTC_NOW))
        guard = SQL("AND COALESCE(attempt, 0) = %s", attempt) if attempt is not None else SQL()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id IN %s AND state IN %s %s RETURNING id",
                self._sql_table,
                SQL(", ").join(columns),
                tuple(self.ids),
                tuple(sources),
                guard,
            ),
            log_exceptions=False,
        )
        moved = self.browse(row[0] for row in self.env.cr.fetchall())
        self.invalidate_recordset(flush=False)
        return moved

    def _sql_value(self, name, value):
        """Return `value` as psycopg2 writes it into the column `name`."""
        if value is not None and self._fields[name].type == "json":
            return Json(value)
        if value is not None and self._fields[name].type == "binary":
            return binary_column(value)
        return value

    # -------------------------------------------------------------------------
    # CLAIMING AND UPLOADING
    # -------------------------------------------------------------------------

    @api.model
    def _due(self, lane):
        """Return the SQL condition on rows of `lane` that may be sent now."""
        return SQL(
            "state = 'queued' AND company_id = %s AND environment = %s"
            " AND (next_attempt_at IS NULL OR next_attempt_at <= %s) AND %s",
            lane.company.id,
            lane.environment,
            UTC_NOW,
            self._fresh(lane),
        )

    @api.model
    def _fresh(self, lane):
        """Return the SQL condition on rows queued too recently for a copy of this database to have sent them, or
        searched in SPV since. A hook."""
        raise NotImplementedError

    @api.model
    def _call_of(self, row):
        """Return the upload of a claimed `row` (columns of the table, `xml` as bytes): a function of the client,
        called in a pool thread without the ORM. A hook."""
        raise NotImplementedError

    @api.model
    def _any_ready(self, lane):
        """Return True where `lane` has a row that may be sent now."""
        self.env.cr.execute(
            SQL("SELECT 1 FROM %s WHERE %s AND xml IS NOT NULL LIMIT 1", self._sql_table, self._due(lane))
        )
        return bool(self.env.cr.fetchone())

    @api.model
    def _dispatch(self, lane, pool):
        """Claim as many rows as pool and budget allow, submit them to the pool, and return how many."""
        if pool.free <= 0 or not self._any_ready(lane):
            return 0
        granted, wait = lane.grant(min(BLOCK, pool.free))
        if not granted:
            time.sleep(min(wait, 1.0))
            return not pool.running  # true: there is work left, so that the caller's loop goes on
        try:
            lane.client  # noqa: B018  raises before the claim where there is no connection
        except UserError as error:
            lane.paused = str(error)
            self._note_wait(lane, "not_connected", str(error), states=("queued",))
            return 0
        claimed_at = time.monotonic()
        rows = self._claim(lane, granted)
        for row in rows:
            work = in_time(self._call_of(row), claimed_at + lane.lease - lane.deadline)
            lane.submit(pool, (self, row), work, record=(self._name, row["id"]))
        return len(rows)

    @api.model
    def _claim(self, lane, limit):
        """Mark up to `limit` rows as uploading, committed before the first byte leaves.

        :return: [{column: value}] of `_claimed_columns`; `xml` as the bytes to send
        """

        def work():
            self.env.cr.execute(
                SQL(
                    # PostgreSQL may run "IN (SELECT ... LIMIT)" once for each row, and so exceed the limit
                    """WITH picked AS MATERIALIZED (
                        SELECT id FROM %(table)s WHERE %(due)s AND xml IS NOT NULL
                         ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
                   UPDATE %(table)s s
                      SET state = 'uploading', attempt = COALESCE(attempt, 0) + 1,
                          attempted_at = %(now)s, changed_at = %(now)s,
                          lease_until = %(now)s + %(lease)s * interval '1 second', errors = NULL
                     FROM picked WHERE s.id = picked.id
                RETURNING %(columns)s""",
                    columns=SQL(", ").join(SQL.identifier("s", name) for name in self._claimed_columns),
                    table=self._sql_table,
                    now=UTC_NOW,
                    lease=lane.lease,
                    due=self._due(lane),
                    limit=limit,
                ),
                log_exceptions=False,
            )
            return [{**row, "xml": binary_of_column(row["xml"])} for row in self.env.cr.dictfetchall()]

        rows = self._in_fresh_transaction(work)
        self.invalidate_model(flush=False)
        return rows

    # -------------------------------------------------------------------------
    # ANSWERS
    # -------------------------------------------------------------------------

    @api.model
    def _record_finished(self, pool, block):
        """Record the finished calls, each in a transaction of its own, and return how many there were.

        :param block: True waits for at least one where any is running
        """
        finished = finished_calls(pool, block=block)
        for lane, (records, row), outcome in finished:
            try:
                records._record_answer(row, lane, outcome)
            except Exception:
                # The row stays "uploading", becomes uncertain when its lease ends, and is searched in SPV.
                _logger.exception("The answer of %s %s (%s) could not be kept", self._name, row["id"], outcome)
                self._abandon()
        return len(finished)

    @api.model
    def _record_answer(self, row, lane, outcome):
        """Commit one answer, then report it to the gate and call `_after_answer`."""
        record = self.browse(row["id"])
        kept = self._in_fresh_transaction(lambda: record._keep_answer(row["attempt"], outcome))
        if isinstance(outcome, Receipt) and not kept:
            # Another attempt has taken over; ANAF will answer it "sent before with index", which leads to this one.
            _logger.warning(
                "%s %s: index %s came after attempt %s was given up",
                self._name,
                row["id"],
                outcome.upload_index,
                row["attempt"],
            )
        lane.report(outcome)
        record._after_answer(lane, outcome)

    def _after_answer(self, lane, outcome):
        """React to an answer that was committed and reported. A hook."""

    def _keep_answer(self, attempt, outcome):
        """Make the transition that an upload's `outcome` means (docs/anaf-api.md 9b).

        :param outcome: `anaf.Receipt`, or the AnafError that came instead
        :return: the record where it moved, else an empty one
        """
        # An answer that comes after its lease has ended still counts while the attempt is the same.
        sources = ["uploading", "uncertain"]
        if isinstance(outcome, Receipt):
            return self._transition(
                [*sources, "queued"],
                "processing",
                attempt,
                upload_index=outcome.upload_index,
                uploaded_at=UTC_NOW,
                next_attempt_at=None,
                lease_until=None,
                uncertain_since=None,
                errors=None,
                **self._first_status_values(),
            )
        errors = error_rows(outcome)
        if isinstance(outcome, (NoRight, Refused)):
            return self._transition(sources, "refused", attempt, errors=errors, lease_until=None)
        if isinstance(outcome, (NotSent, Technical, Throttled, Unauthorized, Forbidden, QuotaExceeded)):
            return self._transition(
                sources,
                "queued",
                attempt,
                errors=errors,
                lease_until=None,
                # this attempt is proved not to have arrived; of an earlier one that was lost nothing is known
                uncertain_since=SQL("CASE WHEN uncertain_since < attempted_at THEN uncertain_since END"),
                next_attempt_at=self._next_attempt(attempt, outcome),
            )
        return self._transition(
            ["uploading"],
            "uncertain",
            attempt,
            errors=errors,
            lease_until=None,
            uncertain_since=SQL("COALESCE(uncertain_since, %s)", UTC_NOW),
            lost_count=SQL("COALESCE(lost_count, 0) + 1"),
            support_id=outcome.support_id,
        )

    def _first_status_values(self):
        """Return {column: value} to reset when a new index arrives, such as counts of questions. A hook."""
        return {}

    @api.model
    def _next_attempt(self, attempt, outcome):
        """Return when an upload that ANAF did not take (`outcome`: an AnafError) is tried again; naive UTC."""
        now = fields.Datetime.now()
        if isinstance(outcome, Throttled):
            return now + timedelta(seconds=outcome.retry_after or 60)
        if isinstance(outcome, QuotaExceeded):
            return next_day()
        if isinstance(outcome, (Unauthorized, Forbidden)):  # until then the gate is closed anyway
            return now + timedelta(minutes=BACK_OFF_MINUTES[0])
        return now + timedelta(minutes=BACK_OFF_MINUTES[min(attempt, len(BACK_OFF_MINUTES)) - 1])

    @api.model
    def _expire_leases(self):
        """Make rows uncertain whose lease has ended: their worker died between claim and answer."""

        def work():
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET state = 'uncertain', lost_count = COALESCE(lost_count, 0) + 1,"
                    " uncertain_since = COALESCE(uncertain_since, %(now)s), changed_at = %(now)s,"
                    " lease_until = NULL, errors = %(errors)s WHERE id IN ("
                    " SELECT id FROM %(table)s WHERE state = 'uploading' AND lease_until < %(now)s"
                    " FOR UPDATE SKIP LOCKED)",
                    table=self._sql_table,
                    now=UTC_NOW,
                    errors=Json(
                        [
                            {
                                "code": "lease_over",
                                "hint": "lease_over",
                                "text": self.env._("The worker was interrupted before ANAF's answer was kept."),
                            }
                        ]
                    ),
                )
            )

        self._in_fresh_transaction(work)
        self.invalidate_model(flush=False)


def in_time(call, start_before):
    """Return `call` as a function that raises NotSent where the lease could end before the answer.

    :param start_before: `time.monotonic()` after which the call is not made
    """

    def guarded(client):
        if time.monotonic() > start_before:
            raise NotSent("lease_over")
        return call(client)

    return guarded
