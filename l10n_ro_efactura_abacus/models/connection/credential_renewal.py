"""Renewing the tokens of a connection. ANAF rotates the pair: the answer is stored before anything else happens."""

import logging
import time
from contextlib import contextmanager
from datetime import timedelta

import psycopg2
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...anaf import oauth
from ...anaf.errors import AnafError, OAuthError
from ..common.cursors import side_cursor
from . import vault
from .credential_tokens import LOCK_TIMEOUT

_logger = logging.getLogger(__name__)
# Days before the access token's end from which it is renewed.
REFRESH_DAYS = 30
# Error codes of the identity provider after which only a new authorisation helps (anaf-api.md §1.3, §1.4: a bad grant
# is answered with invalid_request, not with the invalid_grant of the RFC).
DEAD = ("refresh_expired", "invalid_grant", "invalid_request", "access_denied")
# Tries to store a pair that ANAF has rotated.
STORE_TRIES = 8


class EfacturaCredential(models.Model):
    """A connection whose tokens are renewed.

    The call to ANAF is in no transaction that could be repeated or rolled back: an advisory lock on a cursor of its own
    lets one worker of all renew a pair. The new pair is then committed alone, by one UPDATE on a READ COMMITTED
    cursor, which cannot conflict. Activities, notes and gates come after it, each in a transaction of its own.
    """

    _inherit = "l10n_ro_efactura.credential"

    def _renew_after_401(self, client):
        """Renew the token of `client` after a 401, unless another worker already did.

        :return: True when a newer token is stored; the caller gets a new :meth:`_client` and repeats the call once
        """
        self.ensure_one()
        version = getattr(client, "token_version", None)
        if version is None or self._newest_access()[0] > version:
            return True
        return self._refresh(version, after_401=True)

    def _refresh(self, seen_version, after_401=False):
        """Renew both tokens, once for all workers, and commit them before they are used.

        :param seen_version: ``token_version`` of the pair to renew; a newer pair is left as it is
        :return: True when a newer pair is stored; otherwise ``last_error`` says why not
        """
        self.ensure_one()
        problem = None
        with self._renewal_lock() as own:
            if own.token_version > seen_version:
                return True
            try:
                own._store_rotated(own._ask_for_pair(vault.decrypt(own.env, own.refresh_cipher)), seen_version)
            except (AnafError, UserError) as error:
                problem = error
        self.invalidate_recordset(flush=False)
        if problem:
            self._isolated(lambda own: own._note_refused(problem, seen_version, after_401))
            self._isolated(lambda own: own._alert_refresh_failed())
            return False
        self._isolated_quietly(lambda own: own._after_new_tokens())
        return True

    def _renew_entered(self, refresh):
        """Renew a pair of which a person entered the refresh token only, and store the new one.

        :raise UserError: ANAF's refusal in words; what is stored stays as it is
        """
        with self._renewal_lock():
            try:
                columns = self._ask_for_pair(refresh)
            except AnafError as error:
                raise UserError(self._explain(error, renewing=True)) from None
            if not self._store_rotated(columns):
                self._write_pair(columns)  # the connection was made in this transaction
        self._isolated_quietly(lambda own: own._after_new_tokens())

    def _ask_for_pair(self, refresh):
        """Exchange a refresh token at ANAF; return the columns of the new pair, see `_pair_columns`.

        :raise AnafError: no new pair
        """
        client_id = self.client_id or oauth.claims(refresh).get("clientappid") or ""
        tokens = oauth.refresh(
            self._endpoints(), client_id, self._client_secret(), refresh, observer=self._token_observer()
        )
        return self._pair_columns(tokens.access, tokens.refresh)

    def _token_observer(self):
        """Return the observer of calls to ANAF's identity provider, see `anaf.observed`. A hook."""
        return

    @contextmanager
    def _renewal_lock(self):
        """Give the record on a READ COMMITTED cursor of its own while no other worker renews its tokens.

        The row itself is free, so that the pair can be stored; whoever holds it now is waited for before the call.

        :raise UserError: another renewal, or a lock on the row, took longer than `LOCK_TIMEOUT`
        """
        self.flush_recordset()
        try:
            with side_cursor(self.env) as cr:
                cr.execute(SQL("SET LOCAL lock_timeout = %s", LOCK_TIMEOUT))
                cr.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"l10n_ro_efactura.credential/{self.id}"])
                cr.execute("SAVEPOINT efactura_row")
                cr.execute("SELECT 1 FROM l10n_ro_efactura_credential WHERE id = %s FOR NO KEY UPDATE", [self.id])
                cr.execute("ROLLBACK TO SAVEPOINT efactura_row")
                own = self.with_env(self.env(cr=cr, su=True))
                own.invalidate_recordset(flush=False)
                yield own
        except psycopg2.errors.LockNotAvailable:
            raise UserError(
                self.env._("The connection to ANAF is being renewed by someone else. Try again in a minute.")
            ) from None

    def _store_rotated(self, columns, seen_version=None):
        """Commit a pair that ANAF has rotated, alone.

        :param columns: of `_pair_columns`
        :param seen_version: given, a newer pair that came meanwhile stays
        :return: True where the row was found
        """
        query = SQL(
            "UPDATE l10n_ro_efactura_credential SET %s, token_version = COALESCE(token_version, 0) + 1,"
            " write_date = now() AT TIME ZONE 'UTC' WHERE id = %s AND %s",
            SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), value if value or self._fields[name].type == "boolean" else None)
                for name, value in columns.items()
            ),
            self.id,
            SQL("COALESCE(token_version, 0) <= %s", seen_version) if seen_version is not None else SQL("TRUE"),
        )
        for left in reversed(range(STORE_TRIES)):
            try:
                with side_cursor(self.env) as cr:
                    cr.execute(query)
                    stored = bool(cr.rowcount)
                break
            except psycopg2.OperationalError:
                _logger.warning("A renewed pair of tokens could not be stored yet; %s tries left", left)
                if not left:
                    raise
                time.sleep(0.2 * (STORE_TRIES - left))
        self.invalidate_recordset(flush=False)
        return stored

    def _note_refused(self, error, seen_version, after_401):
        """Write on the connection why a renewal failed, unless a newer pair came meanwhile."""
        self._lock_row()
        if self.token_version > seen_version:
            return
        dead = isinstance(error, OAuthError) and error.code in DEAD
        self.write(
            {
                "last_error": self._explain(error, renewing=True),
                "refresh_refused": self.refresh_refused or dead,
                "access_refused": self.access_refused or bool(after_401 and dead),
            }
        )

    def _isolated_quietly(self, function):
        """Run ``function(self)`` as `_isolated` does; a failure is logged, because what matters is stored already."""
        try:
            self._isolated(function)
        except Exception:
            _logger.exception("New tokens are stored, but what follows from them failed")

    def _needs_refresh(self):
        """Return True where the access token has under 30 days left, or the refresh token under half of its life."""
        if not self.refresh_cipher or self.refresh_refused or not self.access_expires_at or not self.refresh_expires_at:
            return False
        now, begun = fields.Datetime.now(), self.refresh_issued_at or self.refreshed_at or self.refresh_expires_at
        return now < self.refresh_expires_at and (
            self.access_expires_at - now < timedelta(days=REFRESH_DAYS)
            or now > begun + (self.refresh_expires_at - begun) / 2
        )

    def _explain(self, error, renewing=False):
        """Return an error of the identity provider as a text for administrators, without secrets.

        :param renewing: True where a refresh token was sent, False where a code
        """
        code = getattr(error, "code", "")
        said = (getattr(error, "text", "") or "")[:200]
        _ = self.env._
        known = {
            "refresh_expired": _("The refresh token has expired. Connect to ANAF again."),
            "invalid_grant": _("ANAF no longer accepts the refresh token. Connect to ANAF again."),
            "access_denied": _("ANAF refused access: no certificate, or one without rights, was presented."),
            "invalid_client": _("ANAF does not accept the client ID and client secret. Check them."),
            "invalid_request": _(
                "ANAF did not accept the request (the code is used or older than 60 seconds, or the "
                "callback URL is not the registered one)."
            ),
            "throttled": _("ANAF is receiving too many requests. Try again later."),
            "key_missing": str(error),
            "other_database": str(error),
        }
        if renewing and code == "invalid_request":
            code = "invalid_grant"  # what ANAF says of a refresh token that it no longer takes
        if code in known:
            return known[code]
        if isinstance(error, OAuthError):
            return _("ANAF refused: %s", said or code)
        if isinstance(error, AnafError):
            return _("ANAF's identity provider gave no usable answer (%s). Try again later.", code)
        return str(error)[:300]
