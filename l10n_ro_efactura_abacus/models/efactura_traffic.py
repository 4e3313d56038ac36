"""What all workers share about ANAF: the budget of calls, the daily quotas, the circuit that opens when it is down."""
from contextlib import contextmanager, nullcontext

from odoo import api, fields, models, modules
from odoo.sql_db import db_connect

from ..anaf import today
from .knobs import knob

BLOCK = 8  # calls granted at a time
WINDOW = 61  # seconds of the sliding minute: a granted call leaves up to a second later
OPEN_AFTER = 2  # answers in a row that say "ANAF is not working"
OPEN_SECONDS = (30, 60, 120, 300, 900)


@contextmanager
def aside(env):
    """A cursor of its own, READ COMMITTED, committed at the end: what all workers share must not wait for a
    worker's transaction, nor break it with a serialization failure. (A test keeps its one transaction.)"""
    if modules.module.current_test:
        yield env.cr
        return
    with db_connect(env.cr.dbname).cursor() as cr:
        cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        yield cr


class EfacturaCall(models.Model):
    """A sliding log of granted calls: ANAF allows 1000 a minute (limiteApeluriAPI.txt), we use less."""
    _name = 'l10n_ro_efactura.call'
    _description = "e-Factura granted calls"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True)
    n = fields.Integer(required=True, readonly=True)

    _key_at_idx = models.Index('(key, at)')

    @api.model
    @api.private
    def _grant(self, key, wanted=BLOCK):
        """Ask for up to `wanted` calls with the connection `key` (a client id).

        Decided on a side connection, READ COMMITTED under an advisory lock, so that every worker of every
        process sees the same log.

        :return: (granted, seconds to wait where nothing was granted)
        """
        cap = knob('calls_per_minute', 950)
        with aside(self.env) as cr:
            cr.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f'l10n_ro_efactura.call/{key}'])
            cr.execute("DELETE FROM l10n_ro_efactura_call WHERE key = %s AND at < clock_timestamp() AT TIME ZONE 'UTC'"
                       " - %s * interval '1 second'", [key, WINDOW])
            cr.execute("SELECT COALESCE(SUM(n), 0), EXTRACT(EPOCH FROM"
                       " MIN(at) + %s * interval '1 second' - clock_timestamp() AT TIME ZONE 'UTC')"
                       " FROM l10n_ro_efactura_call WHERE key = %s", [WINDOW, key])
            used, wait = cr.fetchone()
            granted = max(min(wanted, cap - used), 0)
            if granted:
                cr.execute("INSERT INTO l10n_ro_efactura_call (key, at, n)"
                           " VALUES (%s, clock_timestamp() AT TIME ZONE 'UTC', %s)", [key, granted])
        return granted, 0.0 if granted else max(float(wait or 1), 0.05)


class EfacturaQuota(models.Model):
    """Calls of one kind that were made today (a Bucharest day), for ANAF's daily limits per CIF."""
    _name = 'l10n_ro_efactura.quota'
    _description = "e-Factura daily quotas"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    day = fields.Date(required=True, readonly=True)
    n = fields.Integer(required=True, readonly=True)

    _key_day_uniq = models.UniqueIndex('(key, day)')

    @api.model
    @api.private
    def _take(self, key, cap):
        """Count one call of `key`, committed before it is made; False, uncounted, when `cap` is reached today."""
        with aside(self.env) as cr:
            cr.execute(
                "INSERT INTO l10n_ro_efactura_quota AS q (key, day, n) SELECT %(key)s, %(day)s, 1 WHERE %(cap)s > 0"
                " ON CONFLICT (key, day) DO UPDATE SET n = q.n + 1 WHERE q.n < %(cap)s RETURNING n",
                {'key': key, 'day': today(), 'cap': cap})
            taken = cr.fetchone()
            if taken == (1,):
                cr.execute("DELETE FROM l10n_ro_efactura_quota WHERE key = %s AND day < %s", [key, today()])
        return bool(taken)

    @api.model
    @api.private
    def _used_up(self, key, cap):
        """ANAF says that today's quota is gone, whatever we counted."""
        with aside(self.env) as cr:
            cr.execute(
                "INSERT INTO l10n_ro_efactura_quota AS q (key, day, n) VALUES (%(key)s, %(day)s, %(cap)s)"
                " ON CONFLICT (key, day) DO UPDATE SET n = GREATEST(q.n, EXCLUDED.n)",
                {'key': key, 'day': today(), 'cap': cap})


class EfacturaGate(models.Model):
    """One gate per connection and environment. Closed: nothing new is dispatched until a probe gets through.

    ::

        open --2 answers in a row of HTML/5xx/timeout--> closed (30 s, then longer) --one probe answered--> open
          |--429--> closed for Retry-After
          \\--401 after a refresh, 403--> closed for half an hour, and an alarm
    """
    _name = 'l10n_ro_efactura.gate'
    _description = "e-Factura circuit"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    environment = fields.Char(required=True, readonly=True)
    failures = fields.Integer(readonly=True)
    closed_until = fields.Datetime(readonly=True)
    reason = fields.Char(readonly=True)

    _key_uniq = models.UniqueIndex('(key, environment)')

    @api.model
    @api.private
    def _state(self, key, environment, fresh=False):
        """'open', 'closed', or 'probe' (closed long enough: one harmless call may try).

        :param fresh: as it is now, not as this transaction's snapshot has it
        """
        with aside(self.env) if fresh else nullcontext(self.env.cr) as cr:
            cr.execute(
                "SELECT closed_until > clock_timestamp() AT TIME ZONE 'UTC' FROM l10n_ro_efactura_gate"
                " WHERE key = %s AND environment = %s AND closed_until IS NOT NULL", [key, environment])
            row = cr.fetchone()
        if not row:
            return 'open'
        return 'closed' if row[0] else 'probe'

    @api.model
    @api.private
    def _reason(self, key, environment):
        """The code of what closed the gate."""
        with aside(self.env) as cr:
            cr.execute("SELECT reason FROM l10n_ro_efactura_gate WHERE key = %s AND environment = %s"
                       " AND closed_until IS NOT NULL", [key, environment])
            row = cr.fetchone()
        return row and row[0] or 'closed'

    @api.model
    @api.private
    def _take_probe(self, key, environment):
        """True for the one worker that may probe now; the others find the gate closed for another moment."""
        with aside(self.env) as cr:
            cr.execute(
                "UPDATE l10n_ro_efactura_gate"
                " SET closed_until = clock_timestamp() AT TIME ZONE 'UTC' + %s * interval '1 second'"
                " WHERE key = %s AND environment = %s AND closed_until <= clock_timestamp() AT TIME ZONE 'UTC'"
                " RETURNING id", [OPEN_SECONDS[0], key, environment])
            return bool(cr.fetchone())

    @api.model
    @api.private
    def _answered(self, key, environment, sure=False):
        """ANAF's application answered: the count starts again. A closed gate stays closed: this call left before.

        :param sure: failures are known to be counted, whatever this transaction sees
        """
        if not sure:
            self.env.cr.execute(
                "SELECT 1 FROM l10n_ro_efactura_gate WHERE key = %s AND environment = %s AND failures > 0"
                " AND closed_until IS NULL", [key, environment])
            if not self.env.cr.fetchone():
                return
        with aside(self.env) as cr:
            cr.execute("UPDATE l10n_ro_efactura_gate SET failures = 0, reason = NULL"
                       " WHERE key = %s AND environment = %s AND closed_until IS NULL AND failures > 0",
                       [key, environment])

    @api.model
    @api.private
    def _open(self, key, environment=None, reasons=()):
        """Open the gate: its probe was answered, or (with `reasons`) what closed it was put right."""
        with aside(self.env) as cr:
            cr.execute("UPDATE l10n_ro_efactura_gate SET failures = 0, closed_until = NULL, reason = NULL"
                       " WHERE key = %s AND (%s IS NULL OR environment = %s) AND (%s OR reason = ANY(%s))",
                       [key, environment, environment, not reasons, list(reasons)])

    @api.model
    @api.private
    def _failed(self, key, environment, error):
        """Count an answer that says ANAF is not working (`error`: an AnafError)."""
        with aside(self.env) as cr:
            cr.execute(
                "INSERT INTO l10n_ro_efactura_gate (key, environment, failures, reason) VALUES (%s, %s, 1, %s)"
                " ON CONFLICT (key, environment) DO UPDATE"
                " SET failures = l10n_ro_efactura_gate.failures + 1, reason = EXCLUDED.reason RETURNING failures",
                [key, environment, error.code])
            failures = cr.fetchone()[0]
        if failures >= OPEN_AFTER:
            self._close(key, environment, OPEN_SECONDS[min(failures // 16, len(OPEN_SECONDS) - 1)], error.code)

    @api.model
    @api.private
    def _close(self, key, environment, seconds, reason):
        """Dispatch nothing with `key` in `environment` for `seconds`."""
        with aside(self.env) as cr:
            cr.execute(
                "INSERT INTO l10n_ro_efactura_gate (key, environment, failures, closed_until, reason) VALUES"
                " (%(key)s, %(env)s, 0, clock_timestamp() AT TIME ZONE 'UTC' + %(s)s * interval '1 second', %(why)s)"
                " ON CONFLICT (key, environment) DO UPDATE"
                " SET closed_until = GREATEST(l10n_ro_efactura_gate.closed_until, EXCLUDED.closed_until),"
                " reason = EXCLUDED.reason",
                {'key': key, 'env': environment, 's': seconds, 'why': reason})
