"""The list of calls to ANAF: what was asked when, what came back, how long it took. Kept for 60 days.

How does it work? Each client has an observer, which runs in the thread of the call and puts one row into the memory of
the process. The first thread that finds nobody writing writes all rows that are there, in one INSERT on a cursor of its
own; the others go on at once. So a row waits for no transaction of a worker and is not lost with one, a process needs
one connection more however many calls are in flight, and a log that cannot be written changes no call.
"""

import logging
import threading
from collections import deque
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models, modules
from odoo.sql_db import db_connect
from odoo.tools import SQL

from ..common.environment import ENVIRONMENTS
from ..common.rights import check_system

_logger = logging.getLogger(__name__)
# Days for which a call is kept.
KEEP_DAYS = 60
# Rows in memory while the database takes none; the oldest are dropped beyond it.
MOST_ROWS = 5000
# Columns of a row, in the order of `_row`.
COLUMNS = (
    "call",
    "about",
    "company_id",
    "environment",
    "started_at",
    "duration",
    "http_status",
    "outcome",
    "code",
    "text",
    "sent_bytes",
    "received_bytes",
    "trace",
    "support_id",
    "res_model",
    "res_id",
)
# Outcome of a call by the class of its error; see `anaf.errors`.
OUTCOMES = {
    "": "good",
    "Refused": "refused",
    "NoRight": "refused",
    "NotFound": "refused",
    "Gone": "refused",
    "ClockSkew": "refused",
    "Unauthorized": "no_access",
    "Forbidden": "no_access",
    "OAuthError": "no_access",
    "Throttled": "limit",
    "QuotaExceeded": "limit",
    "NotSent": "not_sent",
}

_about = threading.local()


@contextmanager
def about(record):
    """Say which record the calls of this thread are about.

    :param record: (model, id), or None
    """
    before, _about.record = getattr(_about, "record", None), record
    try:
        yield
    finally:
        _about.record = before


def storable(text):
    """Return a text from the wire as PostgreSQL takes it: no NUL, no half of a surrogate pair; '' for None."""
    return (text or "").replace("\0", "").encode("utf-8", "replace").decode()


def _row(company_id, environment, facts):
    """Return the values of `COLUMNS` for the `CallFacts` of one call."""
    model, record_id = getattr(_about, "record", None) or (None, None)
    return (
        facts.call,
        storable(facts.about) or None,
        company_id,
        environment,
        facts.started_at.replace(tzinfo=None),
        round(facts.seconds * 1000),
        facts.http_status,
        OUTCOMES.get(facts.error, "no_answer" if facts.http_status is None else "failed"),
        storable(facts.code) or None,
        storable(facts.text) or None,
        facts.sent_bytes,
        facts.received_bytes,
        storable(facts.trace_id) or None,
        facts.support_id,
        model,
        record_id,
    )


def _values(row):
    """Return a row as SQL; a company that is not there (any more) is left out."""
    return SQL(
        "(%s)",
        SQL(", ").join(
            SQL("(SELECT id FROM res_company WHERE id = %s)", value) if name == "company_id" else SQL("%s", value)
            for name, value in zip(COLUMNS, row)
        ),
    )


class _Writer:
    """The rows of one database in this process that are not written yet."""

    def __init__(self, dbname):
        self._dbname = dbname
        self._rows, self._lock = deque(maxlen=MOST_ROWS), threading.Lock()

    def add(self, row):
        """Take one row; write what is there, unless another thread is writing, which then takes it along."""
        self._rows.append(row)
        if modules.module.current_test:  # a test has one transaction, which its own thread writes: see `_flush`
            return
        while self._rows and self._lock.acquire(blocking=False):
            try:
                with db_connect(self._dbname).cursor() as cr:
                    cr.execute("SET LOCAL synchronous_commit = off")
                    self.insert(cr)
            except Exception:
                self._rows.clear()
                _logger.warning("Calls to ANAF could not be logged", exc_info=True)
            finally:
                self._lock.release()

    def insert(self, cr):
        """Insert the rows that are there."""
        rows = []
        while self._rows:
            rows.append(self._rows.popleft())
        if rows:
            cr.execute(
                SQL(
                    "INSERT INTO l10n_ro_efactura_call_log (%s) VALUES %s",
                    SQL(", ").join(SQL.identifier(name) for name in COLUMNS),
                    SQL(", ").join(map(_values, rows)),
                )
            )


_writers = {}
_writers_lock = threading.Lock()


def _writer(dbname):
    with _writers_lock:
        return _writers.setdefault(dbname, _Writer(dbname))


class EfacturaCallLog(models.Model):
    """One call to ANAF. Written by `_observer` only, without the ORM."""

    _name = "l10n_ro_efactura.call.log"
    _description = "Call to ANAF"
    _order = "started_at DESC, id DESC"
    _rec_name = "call"
    _log_access = False

    call = fields.Selection(
        [
            ("upload", "Upload"),
            ("status", "Status"),
            ("list", "List of messages"),
            ("download", "Download"),
            ("token", "Token"),
            ("hello", "Connection test"),
            ("validate", "Validation"),
            ("pdf", "PDF"),
        ],
        required=True,
        readonly=True,
    )
    about = fields.Char("Index", readonly=True, help="Upload or download index that was asked for")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    environment = fields.Selection([*ENVIRONMENTS, ("none", "Neither")], readonly=True)
    started_at = fields.Datetime("When", required=True, readonly=True, index=True)
    duration = fields.Integer("Duration (ms)", readonly=True, aggregator="avg")
    http_status = fields.Integer("HTTP", readonly=True, aggregator=None)
    outcome = fields.Selection(
        [
            ("good", "Answered"),
            ("refused", "Refused"),
            ("limit", "Limit reached"),
            ("no_access", "No access"),
            ("failed", "Not usable"),
            ("not_sent", "Not sent"),
            ("no_answer", "No answer"),
        ],
        required=True,
        readonly=True,
    )
    code = fields.Char("Reason", readonly=True)
    text = fields.Char("ANAF's words", readonly=True)
    sent_bytes = fields.Integer("Sent (bytes)", readonly=True)
    received_bytes = fields.Integer("Received (bytes)", readonly=True)
    trace = fields.Char("Trace id", readonly=True)
    support_id = fields.Char("Support ID", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)

    @api.model
    @api.private
    def _observer(self, company, environment):
        """Return the observer of a client or of a token call (`anaf.observed`), for calls of `company` (a record).

        :param environment: 'prod', 'test', or 'none'
        """
        company_id, writer = company.id or None, _writer(self.env.cr.dbname)

        def observe(facts):
            writer.add(_row(company_id, environment, facts))

        return observe

    @api.model
    @api.private
    def _flush(self):
        """Write the rows of a test in its transaction; elsewhere they are written already."""
        if modules.module.current_test:
            _writer(self.env.cr.dbname).insert(self.env.cr)

    def action_open_record(self):
        """Return the action that opens what the call was about."""
        check_system(self, "read")
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists() if self.res_model in self.env else None
        return record._get_records_action() if record else None

    @api.autovacuum
    def _gc_calls(self):
        """Delete the calls of more than `KEEP_DAYS` days ago."""
        self.env.cr.execute(
            "DELETE FROM l10n_ro_efactura_call_log WHERE started_at < %s",
            [fields.Datetime.now() - timedelta(days=KEEP_DAYS)],
        )
