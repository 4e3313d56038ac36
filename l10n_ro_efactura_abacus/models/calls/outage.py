"""ANAF's outages of at least an hour, as evidence: when, which calls failed, with what answer.

How does it work? A cron looks through the list of calls for runs of failures without a good answer between them. The
calls of a run that lasted long enough are copied to the outage, because the list keeps them for `KEEP_DAYS` only.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_datetime

from ...anaf import day_of
from ..common.anaf_words import fact_words
from ..common.environment import ENVIRONMENTS

# How long ANAF did not work at least, and in how many calls, for an outage to be recorded.
LEAST, LEAST_CALLS = timedelta(hours=1), 2
# Time without any call after which nothing is known about ANAF any more: an outage ends with its last failed call.
SILENCE = timedelta(hours=2)
# How far back the list of calls is looked through, beside the outages that are still open.
LOOK_BACK = timedelta(days=2)
# Failed calls that an outage keeps.
MOST_CALLS = 500
# Outcomes of a call that ANAF did not answer as it should, and codes among them that do not show that it was down.
DOWN = ("failed", "not_sent", "no_answer")
NOT_DOWN = (
    "internal",
    "contradictory_answer",
    "lease_over",
    "technical_error",
    "waf_block",
    "answer_too_large",
    "proxy_failure",
)
# Codes of calls that reached nobody, as when the server's own network is down.
NOT_REACHED = ("dns_failure", "connection_refused", "unreachable", "connect_timeout", "tls_failure")


@dataclass
class Run:
    """Failed calls without a good answer between them; all times are naive UTC.

    :ivar last: end of the last failed call
    :ivar end: beginning of the first good call after them, or None
    """

    first: datetime
    last: datetime
    failed: int = 1
    end: datetime | None = None

    def counts(self):
        """Return True where the run is an outage that is recorded."""
        return self.failed >= LEAST_CALLS and (self.end or self.last) - self.first >= LEAST


def runs_of(calls, now):
    """Return the runs of failed calls, the last of which may have no end.

    :param calls: [(started_at, ended_at, failed)] in their order
    :param now: naive UTC
    """
    runs, run = [], None
    for started, ended, failed in calls:
        if run and started - run.last > SILENCE:
            run.end, run = run.last, None
        if failed and run:
            run.last, run.failed = max(run.last, ended), run.failed + 1
        elif failed:
            run = Run(started, ended)
            runs.append(run)
        elif run:
            run.end, run = max(started, run.last), None
    if run and now - run.last > SILENCE:
        run.end = run.last
    return runs


class EfacturaOutage(models.Model):
    """A time in which ANAF answered no call of a company, or none of its uploads. Written by the cron only."""

    _name = "l10n_ro_efactura.outage"
    _description = "ANAF outage"
    _inherit = ["l10n_ro_efactura.worker"]
    _order = "started_at DESC, id DESC"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    scope = fields.Selection(
        [("all", "All calls"), ("upload", "Uploads only")], string="What did not work", required=True, readonly=True
    )
    started_at = fields.Datetime("From", required=True, readonly=True, help="When the first failed call was made")
    last_failed_at = fields.Datetime("Last failed call", required=True, readonly=True)
    ended_at = fields.Datetime(
        "To",
        readonly=True,
        help="When ANAF answered again; the last failed call, where none was made for two hours after it",
    )
    hours = fields.Float("Duration", compute="_compute_hours", help="Hours and minutes, so far where it is not over")
    failed_count = fields.Integer("Failed calls", readonly=True)
    call_ids = fields.One2many("l10n_ro_efactura.outage.call", "outage_id", "Calls", readonly=True)
    reason = fields.Char("Mostly", compute="_compute_reason", help="The most frequent reason of its calls")
    is_reached = fields.Boolean(
        compute="_compute_is_reached", help="A call reached ANAF, so that it was not our own connection that failed"
    )

    @api.depends("started_at", "ended_at", "last_failed_at")
    def _compute_hours(self):
        for outage in self:
            span = (outage.ended_at or outage.last_failed_at or fields.Datetime.now()) - outage.started_at
            outage.hours = span.total_seconds() / 3600

    @api.depends("call_ids.code")
    def _compute_reason(self):
        words = fact_words(self.env)
        for outage in self:
            codes = outage.call_ids.mapped("code")
            code = max(codes, key=codes.count) if codes else False
            outage.reason = words.get(code) or code

    @api.depends("call_ids.http_status", "call_ids.code")
    def _compute_is_reached(self):
        for outage in self:
            outage.is_reached = any(call.http_status or call.code not in NOT_REACHED for call in outage.call_ids)

    @api.depends("started_at", "ended_at", "scope")
    def _compute_display_name(self):
        _ = self.env._
        for outage in self:
            name = outage._span()
            outage.display_name = _("ANAF, uploads: %s", name) if outage.scope == "upload" else _("ANAF: %s", name)

    def _span(self):
        """Return the outage's times in Bucharest as one text."""
        self.ensure_one()
        if not self.ended_at:
            return self.env._("since %s", self._moment(self.started_at))
        same_day = day_of(self.started_at) == day_of(self.ended_at)
        return self.env._(
            "%(start)s to %(end)s",
            start=self._moment(self.started_at),
            end=self._moment(self.ended_at, "HH:mm" if same_day else "d MMM y, HH:mm"),
        )

    def _moment(self, moment, pattern="d MMM y, HH:mm"):
        """Return a naive UTC datetime as a text, in Bucharest's time."""
        return format_datetime(self.env, moment, tz="Europe/Bucharest", dt_format=pattern) if moment else ""

    @api.model
    @api.private
    def _current(self, company, environment="prod"):
        """Return the outages of `company` that are not over, those of all calls first, as superuser."""
        return self.sudo().search(
            [
                ("company_id", "=", company._l10n_ro_efactura_head().id),
                ("environment", "=", environment),
                ("ended_at", "=", False),
            ],
            order="scope, started_at",
        )

    # -- recording ------------------------------------------------------------------------------------------

    @api.model
    @api.private
    def _cron_record(self):
        """Record the outages that the list of calls shows, and when ANAF answered again."""
        self = self.sudo()
        self.env["l10n_ro_efactura.call.log"]._flush()
        found = self.search([("ended_at", "=", False)])
        since = min([fields.Datetime.now() - LOOK_BACK, *found.mapped("started_at")])
        groups = {(outage.company_id, outage.environment): outage.company_id for outage in found}
        self.env.cr.execute(
            SQL(
                "SELECT DISTINCT company_id, environment FROM l10n_ro_efactura_call_log"
                " WHERE started_at >= %s AND company_id IS NOT NULL AND environment IN ('prod', 'test') AND %s",
                since,
                self._is_down(),
            )
        )
        for company_id, environment in self.env.cr.fetchall():
            head = self.env["res.company"].browse(company_id)._l10n_ro_efactura_head()
            groups.setdefault((head, environment), head)
        for head, environment in groups:
            self._in_fresh_transaction(self._record, head, environment, since)
        self._in_fresh_transaction(self._end_silent)
        self._checkpoint()

    def _end_silent(self):
        """End the outages after whose last failed call none was made for `SILENCE`, also where the list forgot it."""
        limit = fields.Datetime.now() - SILENCE
        for outage in self.search([("ended_at", "=", False), ("last_failed_at", "<", limit)]):
            outage.ended_at = outage.last_failed_at

    @api.model
    def _is_down(self):
        """Return the SQL condition of a call that shows that ANAF does not work."""
        return SQL("(outcome IN %s AND COALESCE(code, '') NOT IN %s)", DOWN, NOT_DOWN)

    @api.model
    def _record(self, head, environment, since):
        """Record the outages of one mailbox's companies.

        :param head: company that owns the mailbox; its branches with the same CIF and connection count with it
        :param since: naive UTC
        """
        branches = self.env["res.company"].search([("id", "child_of", head.id)])
        companies = branches.filtered(lambda company: company._l10n_ro_efactura_head() == head) | head
        whole = self._runs(companies, environment, since, SQL("TRUE"))
        uploads = [
            run
            for run in self._runs(companies, environment, since, SQL("call = 'upload'"))
            if not any(other.first <= run.first and run.last <= other.last for other in whole)
        ]
        for scope, runs in (("all", whole), ("upload", uploads)):
            for run in runs:
                if run.counts():
                    self._keep_run(head, companies, environment, scope, run)

    @api.model
    def _runs(self, companies, environment, since, condition):
        self.env.cr.execute(
            SQL(
                """SELECT started_at, started_at + duration * interval '1 millisecond', down
                     FROM (SELECT id, started_at, duration, %(down)s AS down,
                                  LAG(%(down)s) OVER (ORDER BY started_at, id) AS down_before
                             FROM l10n_ro_efactura_call_log
                            WHERE company_id IN %(companies)s AND environment = %(environment)s
                              AND started_at >= %(since)s AND %(condition)s) AS calls
                    WHERE down OR down_before ORDER BY started_at, id""",
                down=self._is_down(),
                companies=tuple(companies.ids),
                environment=environment,
                since=since,
                condition=condition,
            )
        )
        return runs_of(self.env.cr.fetchall(), fields.Datetime.now())

    @api.model
    def _keep_run(self, head, companies, environment, scope, run):
        """Create the outage of a run, or bring the one that it overlaps up to date, and copy its calls."""
        outage = self.search(
            [
                ("company_id", "=", head.id),
                ("environment", "=", environment),
                ("scope", "=", scope),
                ("started_at", "<=", run.end or run.last),
                "|",
                ("ended_at", "=", False),
                ("ended_at", ">=", run.first),
            ],
            limit=1,
        )
        values = {
            "last_failed_at": run.last.replace(microsecond=0),
            "ended_at": run.end and run.end.replace(microsecond=0),
            "failed_count": run.failed,
        }
        if not outage:
            outage = self.create(
                {
                    "company_id": head.id,
                    "environment": environment,
                    "scope": scope,
                    "started_at": run.first.replace(microsecond=0),
                    **values,
                }
            )
        elif run.last.replace(microsecond=0) >= outage.last_failed_at:
            values["failed_count"] = max(run.failed, outage.failed_count)
            outage.write({name: value for name, value in values.items() if outage[name] != value})
        self._copy_calls(outage, companies, run)

    @api.model
    def _copy_calls(self, outage, companies, run):
        """Copy the run's failed calls that the outage does not hold yet, up to `MOST_CALLS`."""
        room = MOST_CALLS - len(outage.call_ids)
        if room <= 0:
            return
        self.flush_model()
        columns = SQL("started_at, call, about, http_status, outcome, code, text, duration, trace, support_id")
        self.env.cr.execute(
            SQL(
                """INSERT INTO l10n_ro_efactura_outage_call (outage_id, log_ref, %(columns)s)
                   SELECT %(outage)s, id, %(columns)s FROM l10n_ro_efactura_call_log AS log
                    WHERE company_id IN %(companies)s AND environment = %(environment)s AND %(down)s AND %(scope)s
                      AND started_at BETWEEN %(first)s AND %(last)s
                      AND NOT EXISTS (SELECT 1 FROM l10n_ro_efactura_outage_call AS kept
                                       WHERE kept.outage_id = %(outage)s AND kept.log_ref = log.id)
                    ORDER BY started_at, id LIMIT %(room)s""",
                columns=columns,
                outage=outage.id,
                companies=tuple(companies.ids),
                environment=outage.environment,
                down=self._is_down(),
                scope=SQL("call = 'upload'") if outage.scope == "upload" else SQL("TRUE"),
                first=run.first,
                last=run.last,
                room=room,
            )
        )
        outage.invalidate_recordset(["call_ids"])


class EfacturaOutageCall(models.Model):
    """A failed call of an outage, copied from the list of calls and kept for ever."""

    _name = "l10n_ro_efactura.outage.call"
    _description = "Failed call to ANAF"
    _order = "started_at, id"
    _rec_name = "call"
    _log_access = False

    outage_id = fields.Many2one("l10n_ro_efactura.outage", required=True, readonly=True, index=True, ondelete="cascade")
    log_ref = fields.Integer(readonly=True, help="Id of the call in the list of calls, which forgets it after 60 days")
    started_at = fields.Datetime("When", required=True, readonly=True)
    call = fields.Selection(lambda self: self._labels_of("call"), required=True, readonly=True)
    about = fields.Char("Index", readonly=True)
    http_status = fields.Integer("HTTP", readonly=True, aggregator=None)
    outcome = fields.Selection(lambda self: self._labels_of("outcome"), required=True, readonly=True)
    code = fields.Char("Reason", readonly=True)
    text = fields.Char("ANAF's words", readonly=True)
    duration = fields.Integer("Duration (ms)", readonly=True, aggregator=None)
    trace = fields.Char("Trace id", readonly=True)
    support_id = fields.Char("Support ID", readonly=True)
    reason = fields.Char("Why", compute="_compute_reason")

    @api.model
    def _labels_of(self, name):
        """Return the values and translated labels of a selection field of the list of calls."""
        return self.env["l10n_ro_efactura.call.log"]._fields[name]._description_selection(self.env)

    @api.depends("code", "text")
    def _compute_reason(self):
        words = fact_words(self.env)
        for call in self:
            call.reason = words.get(call.code) or call.text or call.code
