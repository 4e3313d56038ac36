"""The tokens of a connection: storing and using. Only this file and the renewal decrypt them."""

from contextlib import contextmanager
from datetime import datetime, timezone

import psycopg2.errors
from odoo import api, fields, models, modules
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...anaf import oauth
from ...anaf.client import AnafClient
from ...anaf.environment import Endpoints
from ...anaf.errors import NotAJwt
from ..common.knobs import knob
from . import vault

# Time that a call may wait for another one that is renewing the same tokens.
LOCK_TIMEOUT = "60s"


class EfacturaCredential(models.Model):
    """A connection with its encrypted tokens."""

    _inherit = "l10n_ro_efactura.credential"

    # -- storing ------------------------------------------------------------------------------------------------

    def set_tokens(self, access, refresh):
        """Store a pair of tokens that a person entered, encrypted, in place of the old one.

        Exchanged ones are put in order. Where the access token is missing or has ended, a good refresh token is
        enough: the pair is renewed at once.

        :param access: access JWT, or nothing
        :param refresh: refresh JWT
        :return: True
        :raise UserError: not a JWT, twice the same text, the refresh token has ended or is refused
        """
        self._enter_tokens(access, refresh)
        return True

    def _enter_tokens(self, access, refresh):
        """Store a pair as `set_tokens` does, leave a line in the chatter, and return that line (translated)."""
        self._check_system()
        self.ensure_one()
        _ = self.env._
        access, refresh, swapped = self._checked_pair(access, refresh)
        words = [_("The access token and the refresh token were exchanged; they were put in order.")] if swapped else []
        credential = self.sudo()
        if access and self._token_end(access, "") > fields.Datetime.now():
            credential._write_pair(credential._pair_columns(access, refresh))
            credential._after_new_tokens()
        else:
            words.append(_("The access token had ended, so both tokens were renewed at once."))
            credential._renew_entered(refresh)
        words += [
            _(
                "New tokens were entered. Access token until %(access)s, refresh token until %(refresh)s.",
                access=self._day(credential._newest("access_expires_at")),
                refresh=self._day(credential._newest("refresh_expires_at")),
            )
        ]
        credential.message_post(body=" ".join(words), author_id=self.env.user.partner_id.id)
        return " ".join(words)

    def _checked_pair(self, access, refresh):
        """Return (access, refresh, swapped) of two entered texts; `access` is '' where none was given.

        :raise UserError: see `set_tokens`; the message never quotes a token
        """
        _ = self.env._
        access, refresh = (access or "").strip(), (refresh or "").strip()
        swapped = False
        if access and refresh:
            self._token_end(access, _("access token"))
            self._token_end(refresh, _("refresh token"))
            if access == refresh:
                raise UserError(_("The access token and the refresh token are two different texts."))
            try:
                swapped = oauth.in_order(access, refresh) != (access, refresh)
            except NotAJwt:
                raise UserError(
                    _("Both texts are refresh tokens. Leave the access token empty or copy it again.")
                ) from None
            if swapped:
                access, refresh = refresh, access
        end = self._token_end(refresh, _("refresh token"))
        if end <= fields.Datetime.now():
            raise UserError(
                _("The %(name)s has already expired, on %(date)s.", name=_("refresh token"), date=self._day(end))
            )
        return access, refresh, swapped

    def _day(self, moment):
        """Return a naive UTC datetime as a date in the user's time zone and format."""
        return format_date(self.env, fields.Datetime.context_timestamp(self, moment).date())

    def _token_end(self, token, name):
        """Return when a token ends, as naive UTC.

        :param name: of the token, for the error, which never quotes it
        :raise UserError: missing, or not a JWT
        """
        if not token:
            raise UserError(self.env._("The %s is missing.", name))
        try:
            end = oauth.expires_at(token).replace(tzinfo=None)
        except NotAJwt:
            raise UserError(
                self.env._("The %s is not a token of ANAF (three parts separated by dots, with an end date).", name)
            ) from None
        return end.replace(microsecond=0)

    def _pair_columns(self, access, refresh):
        """Return {column: value} of a pair of tokens: encrypted, with their ends; ``token_version`` is not in it.

        :raise UserError: not a JWT
        """
        now = fields.Datetime.now()
        return {
            "access_cipher": vault.encrypt(self.env, access),
            "access_expires_at": self._token_end(access, self.env._("access token")),
            "access_refused": False,
            "refresh_cipher": vault.encrypt(self.env, refresh),
            "refresh_expires_at": self._token_end(refresh, self.env._("refresh token")),
            "refresh_refused": False,
            "refresh_issued_at": _moment(oauth.claims(refresh).get("iat")) or now,
            "refreshed_at": now,
            "last_error": False,
            "test_problem": False,
            "reminded_step": 0,
            "client_id": self.client_id or oauth.claims(access).get("clientappid"),
        }

    def _write_pair(self, columns):
        """Write the columns of a pair in this transaction."""
        self.write({**columns, "token_version": self.token_version + 1})

    def _after_new_tokens(self):
        """React to a new pair that is stored: close the alerts. A hook."""
        self._close_alerts()

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
                    "test_problem": False,
                    "reminded_step": 0,
                    "token_version": credential.token_version + 1,
                    **values,
                }
            )
            # whether a certificate has the right in SPV is known only while one is connected
            credential.user_company_ids.sudo().write(
                {"l10n_ro_efactura_right_prod": "unknown", "l10n_ro_efactura_right_test": "unknown"}
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
        row = self._newest_row("access_cipher", "access_expires_at", "access_refused")
        return row or (0, None, None, None)

    def _newest(self, column):
        """Return the value of `column` beside the newest pair of tokens."""
        row = self._newest_row(column)
        return row and row[1]

    def _newest_row(self, *columns):
        """Return (version, value of each of `columns`) of the newest pair, committed or of this transaction."""
        self.flush_recordset()
        query = SQL(
            "SELECT COALESCE(token_version, 0), %s FROM l10n_ro_efactura_credential WHERE id = %s",
            SQL(", ").join(SQL.identifier(column) for column in columns),
            self.id,
        )
        self.env.cr.execute(query)
        rows = self.env.cr.fetchall()
        if not _in_test():
            with self.pool.cursor() as cr:
                cr.execute(query)
                rows += cr.fetchall()
        return max(rows, key=lambda row: row[0], default=None)

    # -- transactions -------------------------------------------------------------------------------------------

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


def _in_test():
    """Return True in a test, which sees its uncommitted records through its own cursor only."""
    return bool(modules.module.current_test)


def _moment(timestamp):
    """Return a Unix timestamp as naive UTC datetime, or None where it is none."""
    try:
        return datetime.fromtimestamp(float(timestamp), timezone.utc).replace(tzinfo=None, microsecond=0)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
