"""What all workers share about ANAF: the budget of calls, the daily quotas, the circuit that opens when it is down."""
from contextlib import contextmanager

from odoo import api, fields, models, modules
from odoo.sql_db import db_connect

from ...anaf import today
from ..common.knobs import knob

BLOCK = 8  # calls granted at a time
WINDOW = 61  # seconds of the sliding minute: a granted call leaves up to a second later


@contextmanager
def side_cursor(env):
    """Give a separate READ COMMITTED cursor, committed at the end.

    What all workers share must not wait for a worker's transaction, nor break it with a serialization failure. A test
    keeps its one transaction.
    """
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
        with side_cursor(self.env) as cr:
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
        with side_cursor(self.env) as cr:
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
        with side_cursor(self.env) as cr:
            cr.execute(
                "INSERT INTO l10n_ro_efactura_quota AS q (key, day, n) VALUES (%(key)s, %(day)s, %(cap)s)"
                " ON CONFLICT (key, day) DO UPDATE SET n = GREATEST(q.n, EXCLUDED.n)",
                {'key': key, 'day': today(), 'cap': cap})


