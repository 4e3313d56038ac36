"""The budget of calls to ANAF and its daily quotas, which all workers share."""

from odoo import api, fields, models

from ...anaf import today
from ..common.cursors import side_cursor
from ..common.knobs import knob

# Calls granted at a time.
BLOCK = 8
# Seconds over which granted calls count: ANAF's minute, plus one because a granted call may leave a second later.
WINDOW = 61


class EfacturaCall(models.Model):
    """A row of the sliding log of granted calls. ANAF allows 1000 a minute (limiteApeluriAPI.txt); we use less."""

    _name = "l10n_ro_efactura.call"
    _description = "e-Factura granted calls"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True)
    n = fields.Integer(required=True, readonly=True)

    _key_at_idx = models.Index("(key, at)")

    @api.model
    @api.private
    def _grant(self, key, wanted=BLOCK, cap=None, window=WINDOW):
        """Ask for up to `wanted` calls with the connection `key` (a client id).

        Decided on a side connection, READ COMMITTED under an advisory lock, so that every worker of every
        process sees the same log.

        :param cap: calls within `window` seconds; those of the operator's setting for a minute by default
        :return: (granted, seconds to wait where nothing was granted)
        """
        cap = knob("calls_per_minute", 950) if cap is None else cap
        with side_cursor(self.env) as cr:
            cr.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"l10n_ro_efactura.call/{key}"])
            cr.execute(
                "DELETE FROM l10n_ro_efactura_call WHERE key = %s AND at < clock_timestamp() AT TIME ZONE 'UTC'"
                " - %s * interval '1 second'",
                [key, window],
            )
            cr.execute(
                "SELECT COALESCE(SUM(n), 0), EXTRACT(EPOCH FROM"
                " MIN(at) + %s * interval '1 second' - clock_timestamp() AT TIME ZONE 'UTC')"
                " FROM l10n_ro_efactura_call WHERE key = %s",
                [window, key],
            )
            used, wait = cr.fetchone()
            granted = max(min(wanted, cap - used), 0)
            if granted:
                cr.execute(
                    "INSERT INTO l10n_ro_efactura_call (key, at, n)"
                    " VALUES (%s, clock_timestamp() AT TIME ZONE 'UTC', %s)",
                    [key, granted],
                )
        return granted, 0.0 if granted else max(float(wait or 1), 0.05)


class EfacturaQuota(models.Model):
    """The number of calls of one kind on one day (in Bucharest), for ANAF's daily limits per CIF."""

    _name = "l10n_ro_efactura.quota"
    _description = "e-Factura daily quotas"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    day = fields.Date(required=True, readonly=True)
    n = fields.Integer(required=True, readonly=True)

    _key_day_uniq = models.UniqueIndex("(key, day)")

    @api.model
    @api.private
    def _take(self, key, cap):
        """Count one call of `key`, committed before it is made; return False, uncounted, when `cap` is reached."""
        with side_cursor(self.env) as cr:
            cr.execute(
                "INSERT INTO l10n_ro_efactura_quota AS q (key, day, n) SELECT %(key)s, %(day)s, 1 WHERE %(cap)s > 0"
                " ON CONFLICT (key, day) DO UPDATE SET n = q.n + 1 WHERE q.n < %(cap)s RETURNING n",
                {"key": key, "day": today(), "cap": cap},
            )
            taken = cr.fetchone()
            if taken == (1,):
                cr.execute("DELETE FROM l10n_ro_efactura_quota WHERE key = %s AND day < %s", [key, today()])
        return bool(taken)

    @api.model
    @api.private
    def _used_up(self, key, cap):
        """Set today's count of `key` to `cap` at least, because ANAF said that the quota is used up."""
        with side_cursor(self.env) as cr:
            cr.execute(
                "INSERT INTO l10n_ro_efactura_quota AS q (key, day, n) VALUES (%(key)s, %(day)s, %(cap)s)"
                " ON CONFLICT (key, day) DO UPDATE SET n = GREATEST(q.n, EXCLUDED.n)",
                {"key": key, "day": today(), "cap": cap},
            )
