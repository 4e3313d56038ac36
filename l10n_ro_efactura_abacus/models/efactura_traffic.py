"""The shared budget of calls to ANAF and the circuit that opens when ANAF is down."""
from contextlib import contextmanager

from odoo import api, fields, models, modules
from odoo.sql_db import db_connect

from .knobs import knob

BLOCK = 8  # calls granted at a time
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
                       " - interval '60 seconds'", [key])
            cr.execute("SELECT COALESCE(SUM(n), 0),"
                       " EXTRACT(EPOCH FROM MIN(at) + interval '60 seconds' - clock_timestamp() AT TIME ZONE 'UTC')"
                       " FROM l10n_ro_efactura_call WHERE key = %s", [key])
            used, wait = cr.fetchone()
            granted = max(min(wanted, cap - used), 0)
            if granted:
                cr.execute("INSERT INTO l10n_ro_efactura_call (key, at, n)"
                           " VALUES (%s, clock_timestamp() AT TIME ZONE 'UTC', %s)", [key, granted])
        return granted, 0.0 if granted else max(float(wait or 1), 0.05)


class EfacturaGate(models.Model):
    """One gate per connection and environment. Closed: nothing new is dispatched until a probe gets through.

    ::

        open --2 answers in a row of HTML/5xx/timeout--> closed (30 s, then longer) --probe answered--> open
          \\--429--> closed for Retry-After
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
    def _state(self, key, environment):
        """'open', 'closed', or 'probe' (closed long enough: one harmless call may try)."""
        self.env.cr.execute(
            "SELECT closed_until > clock_timestamp() AT TIME ZONE 'UTC' FROM l10n_ro_efactura_gate"
            " WHERE key = %s AND environment = %s AND closed_until IS NOT NULL", [key, environment])
        row = self.env.cr.fetchone()
        if not row:
            return 'open'
        return 'closed' if row[0] else 'probe'

    @api.model
    @api.private
    def _answered(self, key, environment):
        """ANAF's application answered: the count starts again, the gate opens."""
        self.env.cr.execute(
            "SELECT 1 FROM l10n_ro_efactura_gate WHERE key = %s AND environment = %s"
            " AND (failures > 0 OR closed_until IS NOT NULL)", [key, environment])
        if self.env.cr.fetchone():
            with aside(self.env) as cr:
                cr.execute("UPDATE l10n_ro_efactura_gate SET failures = 0, closed_until = NULL, reason = NULL"
                           " WHERE key = %s AND environment = %s", [key, environment])

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
                " SET closed_until = EXCLUDED.closed_until, reason = EXCLUDED.reason",
                {'key': key, 'env': environment, 's': seconds, 'why': reason})
