"""The circuit breaker of a connection: a gate that closes while ANAF does not work."""

from contextlib import nullcontext

from odoo import api, fields, models

from ..common.cursors import side_cursor

# Last answers of a connection that decide, kept as a text of one sign for each.
WINDOW_ANSWERS = 10
GOOD, BAD = ".", "x"
# Bad answers among them that close the gate.
MOST_BAD = 6
# Bad answers that close the gate where none of them was good.
BAD_FROM_THE_START = 2
# Seconds for which the gate closes; the next step after every 16 failures.
OPEN_SECONDS = (30, 60, 120, 300, 900)


def right_key(key, cif):
    """Return the key of the gate that stands for the right in SPV of connection `key` for `cif` (digits)."""
    return f"{key} CIF {cif}"


class EfacturaGate(models.Model):
    """A circuit in one environment, by its key: of an application, of a connection, or of a connection's right.

    ANAF limits and fails by application (client id), which several connections may share; it refuses the token of one
    connection. Calls leave while both gates are open. While one is closed, nothing is dispatched until a probe gets
    an answer. A CIF's gate opens after an hour, or with another token.

    ::

        application: open --most of the last answers HTML/5xx/timeout--> closed (30 s, then longer)
                       |--429--> closed for Retry-After
        connection:  open --401 after a refresh, 403--> closed for half an hour, and an alarm
        both:        closed --time over, one worker takes the probe--> open where ANAF answered
    """

    _name = "l10n_ro_efactura.gate"
    _description = "e-Factura circuit"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    environment = fields.Char(required=True, readonly=True)
    failures = fields.Integer(readonly=True, help="Bad answers since the last good one")
    answers = fields.Char(readonly=True, help="The last answers, the newest last: . good, x bad")
    closed_until = fields.Datetime(readonly=True)
    reason = fields.Char(readonly=True)

    _key_uniq = models.UniqueIndex("(key, environment)")

    @api.model
    @api.private
    def _state(self, key, environment, fresh=False):
        """Return 'open', 'closed', or 'probe' (the time is over: one harmless call may try).

        :param fresh: True reads the latest commit instead of this transaction's snapshot
        """
        with side_cursor(self.env) if fresh else nullcontext(self.env.cr) as cr:
            cr.execute(
                "SELECT closed_until > clock_timestamp() AT TIME ZONE 'UTC' FROM l10n_ro_efactura_gate"
                " WHERE key = %s AND environment = %s AND closed_until IS NOT NULL",
                [key, environment],
            )
            row = cr.fetchone()
        if not row:
            return "open"
        return "closed" if row[0] else "probe"

    @api.model
    @api.private
    def _reason(self, key, environment):
        """Return the code of the error that closed the gate."""
        with side_cursor(self.env) as cr:
            cr.execute(
                "SELECT reason FROM l10n_ro_efactura_gate WHERE key = %s AND environment = %s"
                " AND closed_until IS NOT NULL",
                [key, environment],
            )
            row = cr.fetchone()
        return row and row[0] or "closed"

    @api.model
    @api.private
    def _closed_reason(self, key, environment):
        """Return the reason of a gate that is closed now, or False."""
        with side_cursor(self.env) as cr:
            cr.execute(
                "SELECT reason FROM l10n_ro_efactura_gate WHERE key = %s AND environment = %s"
                " AND closed_until > clock_timestamp() AT TIME ZONE 'UTC'",
                [key, environment],
            )
            row = cr.fetchone()
        return bool(row) and (row[0] or "closed")

    @api.model
    @api.private
    def _open_rights(self, key):
        """Open the gates of all CIFs that the connection `key` had no right for: another token may have it."""
        with side_cursor(self.env) as cr:
            cr.execute(
                "UPDATE l10n_ro_efactura_gate SET closed_until = NULL, reason = NULL"
                " WHERE starts_with(key, %s) AND closed_until IS NOT NULL",
                [right_key(key, "")],
            )

    @api.model
    @api.private
    def _take_probe(self, key, environment):
        """Return True for the one worker that may probe now; for the others the gate stays closed a while longer."""
        with side_cursor(self.env) as cr:
            cr.execute(
                "UPDATE l10n_ro_efactura_gate"
                " SET closed_until = clock_timestamp() AT TIME ZONE 'UTC' + %s * interval '1 second'"
                " WHERE key = %s AND environment = %s AND closed_until <= clock_timestamp() AT TIME ZONE 'UTC'"
                " RETURNING id",
                [OPEN_SECONDS[0], key, environment],
            )
            return bool(cr.fetchone())

    @api.model
    @api.private
    def _return_probe(self, key, environment):
        """Give back a probe that was taken without a call, so that the next worker may take it at once."""
        with side_cursor(self.env) as cr:
            cr.execute(
                "UPDATE l10n_ro_efactura_gate SET closed_until = clock_timestamp() AT TIME ZONE 'UTC'"
                " WHERE key = %s AND environment = %s AND closed_until IS NOT NULL",
                [key, environment],
            )

    @api.model
    @api.private
    def _answered(self, key, environment, good=1, sure=False):
        """Count good answers of ANAF. A closed gate stays closed, because the calls left before it closed.

        :param int good: answers since the caller's last report
        :param sure: True where the caller knows of counted failures that this transaction may not see
        :return: True where they were counted; False where no failure is counted, and so nothing is written
        """
        if not sure:
            self.env.cr.execute(
                "SELECT 1 FROM l10n_ro_efactura_gate WHERE key = %s AND environment = %s AND closed_until IS NULL"
                " AND (failures > 0 OR answers LIKE %s)",
                [key, environment, f"%{BAD}%"],
            )
            if not self.env.cr.fetchone():
                return False
        with side_cursor(self.env) as cr:
            cr.execute(
                "UPDATE l10n_ro_efactura_gate SET failures = 0, reason = NULL,"
                " answers = RIGHT(COALESCE(answers, '') || %s, %s)"
                " WHERE key = %s AND environment = %s AND closed_until IS NULL",
                [GOOD * min(good, WINDOW_ANSWERS), WINDOW_ANSWERS, key, environment],
            )
        return True

    @api.model
    @api.private
    def _open(self, key, environment=None, reasons=()):
        """Open the gate.

        :param environment: None for all
        :param reasons: codes; given, only gates that closed for one of them open
        """
        with side_cursor(self.env) as cr:
            cr.execute(
                "UPDATE l10n_ro_efactura_gate"
                " SET failures = 0, answers = NULL, closed_until = NULL, reason = NULL"
                " WHERE key = %s AND (%s IS NULL OR environment = %s) AND (%s OR reason = ANY(%s))",
                [key, environment, environment, not reasons, list(reasons)],
            )

    @api.model
    @api.private
    def _failed(self, key, environment, error, good=0):
        """Count an answer that says ANAF is not working, and close the gate where most of the last ones say so.

        :param error: AnafError
        :param int good: good answers that came since the caller's last report
        """
        with side_cursor(self.env) as cr:
            cr.execute(
                "INSERT INTO l10n_ro_efactura_gate AS g (key, environment, failures, reason, answers)"
                " VALUES (%(key)s, %(env)s, 1, %(why)s, %(new)s)"
                " ON CONFLICT (key, environment) DO UPDATE SET failures = g.failures + 1, reason = EXCLUDED.reason,"
                " answers = RIGHT(COALESCE(g.answers, '') || %(new)s, %(window)s) RETURNING failures, answers",
                {
                    "key": key,
                    "env": environment,
                    "why": error.code,
                    "window": WINDOW_ANSWERS,
                    "new": (GOOD * good + BAD)[-WINDOW_ANSWERS:],
                },
            )
            failures, answers = cr.fetchone()
        bad = answers.count(BAD)
        if bad >= MOST_BAD or (bad >= BAD_FROM_THE_START and GOOD not in answers):
            self._close(key, environment, OPEN_SECONDS[min(failures // 16, len(OPEN_SECONDS) - 1)], error.code)

    @api.model
    @api.private
    def _close(self, key, environment, seconds, reason):
        """Close the gate of `key` in `environment` for `seconds`; one that is closed for longer stays so."""
        with side_cursor(self.env) as cr:
            cr.execute(
                "INSERT INTO l10n_ro_efactura_gate (key, environment, failures, closed_until, reason) VALUES"
                " (%(key)s, %(env)s, 0, clock_timestamp() AT TIME ZONE 'UTC' + %(s)s * interval '1 second', %(why)s)"
                " ON CONFLICT (key, environment) DO UPDATE"
                " SET closed_until = GREATEST(l10n_ro_efactura_gate.closed_until, EXCLUDED.closed_until),"
                " reason = EXCLUDED.reason",
                {"key": key, "env": environment, "s": seconds, "why": reason},
            )
