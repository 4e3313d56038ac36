"""The tokens of a connection: storing, using, renewing. No other file decrypts them."""

from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

import psycopg2.errors
from odoo import api, fields, models, modules
from odoo.exceptions import UserError

from ...anaf import oauth
from ...anaf.client import AnafClient
from ...anaf.environment import Endpoints
from ...anaf.errors import AnafError, NotAJwt, OAuthError
from ..common.knobs import knob
from . import vault

# Time that a call may wait for another one that is renewing the same tokens.
LOCK_TIMEOUT = "60s"
# Days before the access token's end from which it is renewed.
REFRESH_DAYS = 30
# Error codes of the identity provider after which only a new authorisation helps.
DEAD = ("refresh_expired", "invalid_grant", "access_denied")


class EfacturaCredential(models.Model):
    """A connection with its encrypted tokens."""

    _inherit = "l10n_ro_efactura.credential"

    # -- storing ------------------------------------------------------------------------------------------------

    def set_tokens(self, access, refresh):
        """Store a pair of tokens, encrypted, in place of the old one.

        :param access: access JWT
        :param refresh: refresh JWT
        :raise UserError: not a JWT, already expired, or twice the same text
        """
        self._check_system()
        self.ensure_one()
        access, refresh = (access or "").strip(), (refresh or "").strip()
        ends = [
            self._token_end(access, self.env._("access token")),
            self._token_end(refresh, self.env._("refresh token")),
        ]
        if access == refresh:
            raise UserError(self.env._("The access token and the refresh token are two different texts."))
        credential, now = self.sudo(), fields.Datetime.now()
        credential.write(
            {
                "access_cipher": vault.encrypt(self.env, access),
                "access_expires_at": ends[0],
                "access_refused": False,
                "refresh_cipher": vault.encrypt(self.env, refresh),
                "refresh_expires_at": ends[1],
                "refresh_refused": False,
                "refresh_issued_at": _moment(oauth.claims(refresh).get("iat")) or now,
                "refreshed_at": now,
                "last_error": False,
                "token_version": credential.token_version + 1,
                "reminded_step": 0,
                "client_id": self.client_id or oauth.claims(access).get("clientappid"),
            }
        )
        credential._close_alerts()
        return True

    def _token_end(self, token, name):
        """Return when a token ends, as naive UTC.

        :param name: of the token, for the error, which never quotes it
        :raise UserError: missing, not a JWT, or expired
        """
        if not token:
            raise UserError(self.env._("The %s is missing.", name))
        try:
            end = oauth.expires_at(token).replace(tzinfo=None)
        except NotAJwt:
            raise UserError(
                self.env._("The %s is not a token of ANAF (three parts separated by dots, with an end date).", name)
            ) from None
        if end <= fields.Datetime.now():
            raise UserError(
                self.env._("The %(name)s has already expired, on %(date)s.", name=name, date=fields.Date.to_string(end))
            ) from None
        return end.replace(microsecond=0)

    def _forget_tokens(self, **values):
        """Delete the tokens and close the alerts; `values` are written too."""
        for credential in self.sudo():
            credential.write(
                {
                    "access_cipher": False,
                    "access_expires_at": False,
                    "access_refused": False,
                    "refresh_cipher": False,
                    "refresh_expires_at": False,
                    "refresh_refused": False,
                    "refresh_issued_at": False,
                    "refreshed_at": False,
                    "last_error": False,
                    "reminded_step": 0,
                    "token_version": credential.token_version + 1,
                    **values,
                }
            )
            credential._close_alerts()

    # -- using --------------------------------------------------------------------------------------------------

    @api.model
    def _endpoints(self):
        """Return ANAF's addresses (`Endpoints`), from the server's configuration only.

        :raise UserError: an address is not usable
        """
        names = ("api_url", "public_url", "oauth_url")
        try:
            return Endpoints(**{name: knob(name) for name in names if knob(name)})
        except ValueError as error:
            raise UserError(
                self.env._("ANAF's address in the server's configuration is not usable: %s", error)
            ) from None

    def _client(self, environment="prod", session=None):
        """Return a client for ANAF's API with the newest access token.

        :param environment: 'prod' or 'test'
        :param session: see ``anaf.wire.make_session``
        :rtype: AnafClient
        :raise UserError: not connected, expired, key missing, or prod in a neutralized database
        """
        self.ensure_one()
        if environment == "prod" and self._is_neutralized():
            raise UserError(self.env._("This database is a neutralized copy: it cannot reach ANAF's production."))
        version, cipher, end, refused = self._newest_access()
        if cipher and end and end <= fields.Datetime.now() and not refused:
            self._refresh(version)  # the server was off when the token should have been renewed
            version, cipher, end, refused = self._newest_access()
        if not cipher or refused or not end or end <= fields.Datetime.now():
            raise UserError(
                self.env._(
                    "%s is not connected to ANAF. An administrator connects it in Settings > Invoicing > "
                    "Romanian e-Factura.",
                    self.sudo().company_id.name,
                )
            )
        client = AnafClient(self._endpoints(), environment, vault.decrypt(self.env, cipher), session=session)
        client.token_version = version
        return client

    def _newest_access(self):
        """Return (version, cipher, end, refused) of the newest access token.

        Reads over a second cursor too, because this transaction does not see a renewal after it began.
        """
        self.flush_recordset()
        query = (
            "SELECT token_version, access_cipher, access_expires_at, access_refused"
            " FROM l10n_ro_efactura_credential WHERE id = %s"
        )
        self.env.cr.execute(query, [self.id])
        rows = self.env.cr.fetchall()
        if not _in_test():
            with self.pool.cursor() as cr:
                cr.execute(query, [self.id])
                rows += cr.fetchall()
        return max(rows, key=lambda row: row[0] or 0, default=(0, None, None, None))

    def _renew_after_401(self, client):
        """Renew the token of `client` after a 401, unless another worker already did.

        :return: True when a newer token is stored; the caller gets a new :meth:`_client` and repeats the call once
        """
        self.ensure_one()
        version = getattr(client, "token_version", None)
        if version is None or self._newest_access()[0] > version:
            return True
        return self._refresh(version, after_401=True)

    # -- renewing -----------------------------------------------------------------------------------------------

    def _refresh(self, seen_version, after_401=False):
        """Renew both tokens under a row lock and commit them in a transaction of their own before they are used.

        :param seen_version: ``token_version`` of the pair to renew; a newer pair is left as it is
        :return: True when a newer pair is stored; otherwise ``last_error`` says why not
        """
        self.ensure_one()
        renewed = self._isolated(lambda credential: credential._refresh_locked(seen_version, after_401))
        if not renewed:
            self._isolated(lambda credential: credential._alert_refresh_failed())
        return renewed

    def _refresh_locked(self, seen_version, after_401):
        """Renew the pair inside the current transaction; parameters and result as in `_refresh`."""
        self._lock_row()
        if self.token_version > seen_version:
            return True
        try:
            tokens = oauth.refresh(
                self._endpoints(),
                self.client_id or "",
                self._client_secret(),
                vault.decrypt(self.env, self.refresh_cipher),
            )
            self.set_tokens(tokens.access, tokens.refresh)
        except (AnafError, UserError) as error:
            dead = isinstance(error, OAuthError) and error.code in DEAD
            self.write(
                {
                    "last_error": self._explain(error),
                    "refresh_refused": self.refresh_refused or dead,
                    "access_refused": self.access_refused or bool(after_401 and dead),
                }
            )
            return False
        return True

    def _lock_row(self):
        """Lock the row until the commit, waiting up to `LOCK_TIMEOUT`."""
        self.env.cr.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")  # pylint: disable=sql-injection
        self.env.cr.execute(
            "SELECT 1 FROM l10n_ro_efactura_credential WHERE id = %s FOR NO KEY UPDATE", [self.id], log_exceptions=False
        )
        self.invalidate_recordset(flush=False)

    def _isolated(self, function):
        """Return ``function(self)``, run in a transaction of its own that is retried after a conflict.

        :raise UserError: the row stayed locked
        """
        for _attempt in range(5):
            try:
                with self._own_transaction() as credential:
                    return function(credential)
            except psycopg2.errors.SerializationFailure:
                continue
            except psycopg2.errors.LockNotAvailable:
                break
        raise UserError(self.env._("The connection to ANAF is being renewed by someone else. Try again in a minute."))

    @contextmanager
    def _own_transaction(self):
        """Give the records in a transaction of their own, committed at the end of the block."""
        self.flush_recordset()
        if _in_test():
            with self.env.cr.savepoint():
                yield self.sudo()
                self.env.flush_all()
        else:
            with self.pool.cursor() as cr:
                yield self.with_env(self.env(cr=cr, su=True))
        self.invalidate_recordset(flush=False)

    def _needs_refresh(self):
        """Return True where the access token has under 30 days left, or the refresh token under half of its life."""
        if not self.refresh_cipher or self.refresh_refused or not self.access_expires_at or not self.refresh_expires_at:
            return False
        now, begun = fields.Datetime.now(), self.refresh_issued_at or self.refreshed_at or self.refresh_expires_at
        return now < self.refresh_expires_at and (
            self.access_expires_at - now < timedelta(days=REFRESH_DAYS)
            or now > begun + (self.refresh_expires_at - begun) / 2
        )

    def _explain(self, error):
        """Return an error of the identity provider as a text for administrators, without secrets."""
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
        if code in known:
            return known[code]
        if isinstance(error, OAuthError):
            return _("ANAF refused: %s", said or code)
        if isinstance(error, AnafError):
            return _("ANAF's identity provider gave no usable answer (%s). Try again later.", code)
        return str(error)[:300]


def _in_test():
    """Return True in a test, which sees its uncommitted records through its own cursor only."""
    return bool(modules.module.current_test)


def _moment(timestamp):
    """Return a Unix timestamp as naive UTC datetime, or None where it is none."""
    try:
        return datetime.fromtimestamp(float(timestamp), timezone.utc).replace(tzinfo=None, microsecond=0)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
