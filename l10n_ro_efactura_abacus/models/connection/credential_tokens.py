"""The tokens of a connection: storing, using, renewing. The only place that decrypts one."""
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

#: a call may wait this long for another one that is renewing the same tokens
LOCK_TIMEOUT = '60s'
#: renew when the access token has fewer days left
REFRESH_DAYS = 30
#: the identity provider's answers after which only a new authorisation helps
DEAD = ('refresh_expired', 'invalid_grant', 'access_denied')


class EfacturaCredential(models.Model):
    _inherit = 'l10n_ro_efactura.credential'

    # -- storing ------------------------------------------------------------------------------------------------

    def set_tokens(self, access, refresh):
        """Store a pair of tokens, replacing the one that was there. Write-only: nothing reads them back.

        :param access: access JWT
        :param refresh: refresh JWT
        :raises UserError: not a JWT, already expired, or twice the same text
        """
        self._check_system()
        self.ensure_one()
        access, refresh = (access or '').strip(), (refresh or '').strip()
        ends = [self._token_end(access, self.env._("access token")),
                self._token_end(refresh, self.env._("refresh token"))]
        if access == refresh:
            raise UserError(self.env._("The access token and the refresh token are two different texts."))
        credential, now = self.sudo(), fields.Datetime.now()
        credential.write({
            'access_cipher': vault.encrypt(self.env, access), 'access_expires_at': ends[0], 'access_refused': False,
            'refresh_cipher': vault.encrypt(self.env, refresh), 'refresh_expires_at': ends[1],
            'refresh_refused': False, 'refresh_issued_at': _moment(oauth.claims(refresh).get('iat')) or now,
            'refreshed_at': now, 'last_error': False, 'token_version': credential.token_version + 1,
            'reminded_step': 0, 'client_id': self.client_id or oauth.claims(access).get('clientappid'),
        })
        credential._close_alerts()
        return True

    def _token_end(self, token, name):
        """When a token ends (naive UTC); readable errors that never quote it."""
        if not token:
            raise UserError(self.env._("The %s is missing.", name))
        try:
            end = oauth.expires_at(token).replace(tzinfo=None)
        except NotAJwt:
            raise UserError(self.env._(
                "The %s is not a token of ANAF (three parts separated by dots, with an end date).", name)) from None
        if end <= fields.Datetime.now():
            raise UserError(self.env._(
                "The %(name)s has already expired, on %(date)s.", name=name, date=fields.Date.to_string(end))) from None
        return end.replace(microsecond=0)

    def _forget_tokens(self, **values):
        for credential in self.sudo():
            credential.write({
                'access_cipher': False, 'access_expires_at': False, 'access_refused': False,
                'refresh_cipher': False, 'refresh_expires_at': False, 'refresh_refused': False,
                'refresh_issued_at': False, 'refreshed_at': False, 'last_error': False, 'reminded_step': 0,
                'token_version': credential.token_version + 1, **values,
            })
            credential._close_alerts()

    # -- using --------------------------------------------------------------------------------------------------

    @api.model
    def _endpoints(self):
        """ANAF's addresses, from the server's configuration only.

        :rtype: Endpoints
        """
        names = ('api_url', 'public_url', 'oauth_url')
        try:
            return Endpoints(**{name: knob(name) for name in names if knob(name)})
        except ValueError as error:
            raise UserError(self.env._(
                "ANAF's address in the server's configuration is not usable: %s", error)) from None

    def _client(self, environment='prod', session=None):
        """The seam to the wire: a client that holds the newest access token.

        :param environment: 'prod' or 'test'
        :param session: see ``anaf.wire.make_session``
        :rtype: AnafClient
        :raises UserError: not connected, expired, key missing, or prod in a neutralized database
        """
        self.ensure_one()
        if environment == 'prod' and self._is_neutralized():
            raise UserError(self.env._("This database is a neutralized copy: it cannot reach ANAF's production."))
        version, cipher, end, refused = self._newest_access()
        if cipher and end and end <= fields.Datetime.now() and not refused:
            self._refresh(version)  # the server slept through the access token's life
            version, cipher, end, refused = self._newest_access()
        if not cipher or refused or not end or end <= fields.Datetime.now():
            raise UserError(self.env._(
                "%s is not connected to ANAF. An administrator connects it in Settings > Invoicing > "
                "Romanian e-Factura.", self.sudo().company_id.name))
        client = AnafClient(self._endpoints(), environment, vault.decrypt(self.env, cipher), session=session)
        client.token_version = version
        return client

    def _newest_access(self):
        """``(version, cipher, end, refused)`` of the newest access token.

        Another transaction may have renewed it since this one began, which this one cannot see.
        """
        self.flush_recordset()
        query = ("SELECT token_version, access_cipher, access_expires_at, access_refused"
                 " FROM l10n_ro_efactura_credential WHERE id = %s")
        self.env.cr.execute(query, [self.id])
        rows = self.env.cr.fetchall()
        if not _in_test():
            with self.pool.cursor() as cr:
                cr.execute(query, [self.id])
                rows += cr.fetchall()
        return max(rows, key=lambda row: row[0] or 0, default=(0, None, None, None))

    def _renew_after_401(self, client):
        """ANAF did not take `client`'s token: renew it once, unless another worker already did.

        :return: True when a different token is stored now; ask :meth:`_client` again and repeat the call once
        """
        self.ensure_one()
        version = getattr(client, 'token_version', None)
        if version is None or self._newest_access()[0] > version:
            return True
        return self._refresh(version, after_401=True)

    # -- renewing -----------------------------------------------------------------------------------------------

    def _refresh(self, seen_version, after_401=False):
        """Renew the pair under a row lock, in a transaction of its own; both are committed before anyone uses them.

        :param seen_version: ``token_version`` of the pair that needs it; a newer one is left alone
        :return: True when a newer pair is stored; otherwise ``last_error`` says why not
        """
        self.ensure_one()
        renewed = self._isolated(lambda credential: credential._refresh_locked(seen_version, after_401))
        if not renewed:
            self._isolated(lambda credential: credential._alert_refresh_failed())
        return renewed

    def _refresh_locked(self, seen_version, after_401):
        self._lock_row()
        if self.token_version > seen_version:
            return True
        try:
            tokens = oauth.refresh(self._endpoints(), self.client_id or '', self._client_secret(),
                                   vault.decrypt(self.env, self.refresh_cipher))
            self.set_tokens(tokens.access, tokens.refresh)
        except (AnafError, UserError) as error:
            dead = isinstance(error, OAuthError) and error.code in DEAD
            self.write({
                'last_error': self._explain(error), 'refresh_refused': self.refresh_refused or dead,
                'access_refused': self.access_refused or bool(after_401 and dead),
            })
            return False
        return True

    def _lock_row(self):
        """Wait for the row; from here to the commit it is ours alone."""
        self.env.cr.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")  # pylint: disable=sql-injection
        self.env.cr.execute("SELECT 1 FROM l10n_ro_efactura_credential WHERE id = %s FOR NO KEY UPDATE", [self.id],
                            log_exceptions=False)
        self.invalidate_recordset(flush=False)

    def _isolated(self, function):
        """``function(self)`` in a transaction of its own, begun anew when another one was faster; its result."""
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
        """These records in a transaction of their own, committed at the end of the block."""
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
        """Fewer than 30 days of the access token, or less than half of the refresh token's life, are left."""
        if not self.refresh_cipher or self.refresh_refused or not self.access_expires_at or not self.refresh_expires_at:
            return False
        now, begun = fields.Datetime.now(), self.refresh_issued_at or self.refreshed_at or self.refresh_expires_at
        return now < self.refresh_expires_at and (
            self.access_expires_at - now < timedelta(days=REFRESH_DAYS)
            or now > begun + (self.refresh_expires_at - begun) / 2)

    def _explain(self, error):
        """What went wrong with the identity provider, for an administrator; no secrets."""
        code = getattr(error, 'code', '')
        said = (getattr(error, 'text', '') or '')[:200]
        _ = self.env._
        known = {
            'refresh_expired': _("The refresh token has expired. Connect to ANAF again."),
            'invalid_grant': _("ANAF no longer accepts the refresh token. Connect to ANAF again."),
            'access_denied': _("ANAF refused access: no certificate, or one without rights, was presented."),
            'invalid_client': _("ANAF does not accept the client ID and client secret. Check them."),
            'invalid_request': _("ANAF did not accept the request (the code is used or older than 60 seconds, or the "
                                 "callback URL is not the registered one)."),
            'throttled': _("ANAF is receiving too many requests. Try again later."),
            'key_missing': str(error), 'other_database': str(error),
        }
        if code in known:
            return known[code]
        if isinstance(error, OAuthError):
            return _("ANAF refused: %s", said or code)
        if isinstance(error, AnafError):
            return _("ANAF's identity provider gave no usable answer (%s). Try again later.", code)
        return str(error)[:300]


def _in_test():
    """A test sees its own uncommitted records only through its own cursor."""
    return bool(modules.module.current_test)


def _moment(timestamp):
    try:
        return datetime.fromtimestamp(float(timestamp), timezone.utc).replace(tzinfo=None, microsecond=0)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
