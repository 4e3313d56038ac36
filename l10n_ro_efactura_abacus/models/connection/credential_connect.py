"""Getting connected: to ANAF's login page and back, the holder's link, testing, disconnecting."""
from urllib.parse import urlsplit

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import consteq
from odoo.tools.urls import urljoin

from ...anaf import oauth
from ...anaf.environment import is_loopback
from ...anaf.errors import AnafError
from ..common.actions import notification, open_action, soft_reload
from . import vault

SESSION_KEY = 'l10n_ro_efactura_oauth'


class EfacturaCredential(models.Model):
    _inherit = 'l10n_ro_efactura.credential'

    # -- to ANAF --------------------------------------------------------------------------------------------------

    def action_connect(self):
        """Go to ANAF's login page; the browser needs the certificate."""
        self._check_system()
        return {'type': 'ir.actions.act_url', 'url': self._begin_as_user(), 'target': 'self'}

    def _begin_as_user(self):
        """ANAF's address for the current user; the way back works in this session only."""
        self._check_ready()
        ticket, secret = self.env['l10n_ro_efactura.ticket']._issue(self, 'user')
        if request:
            request.session[SESSION_KEY] = ticket.digest
        return self._authorize_url(ticket._state(secret))

    def _begin_as_holder(self, link):
        """ANAF's address for whoever holds the link; what comes back can only be a code for this connection."""
        ticket, secret = self.env['l10n_ro_efactura.ticket']._issue(self, 'holder', link)
        return self._authorize_url(ticket._state(secret))

    def _authorize_url(self, state):
        return oauth.authorize_url(self._endpoints(), self.client_id, self.callback_url, state)

    def _check_ready(self):
        """Raise before the redirect where client id, secret or callback are missing.

        :raise UserError: what is missing
        """
        self.ensure_one()
        if not (self.client_id and self.has_client_secret and self.callback_url):
            raise UserError(self.env._(
                "Fill in the client ID, the client secret and the callback URL that ANAF gave at registration."))
        parts = urlsplit(self.callback_url)
        if parts.scheme != 'https' and not is_loopback(parts.hostname):
            raise UserError(self.env._("ANAF takes only https:// callback URLs."))
        self._client_secret()
        vault.encrypt(self.env, 'a key is here')

    def action_holder_link(self):
        """Show a new link for the certificate holder; earlier ones stop working."""
        self._check_system()
        self._check_ready()
        tickets = self.env['l10n_ro_efactura.ticket'].sudo()
        tickets.search([('credential_id', '=', self.id), ('kind', '=', 'link'), ('used_at', '=', False)]).unlink()
        ticket, secret = tickets.with_user(self.env.user)._issue(self, 'link')
        return open_action(
            self.env, 'l10n_ro_efactura_abacus.l10n_ro_efactura_holder_link_action', self,
            default_credential_id=self.id, default_expires_at=fields.Datetime.to_string(ticket.expires_at),
            default_link=urljoin(self.get_base_url(), f'/l10n_ro_efactura/holder/{secret}'))

    # -- and back -------------------------------------------------------------------------------------------------

    def _finish(self, ticket, code):
        """Exchange a code within its 60 seconds and store the tokens.

        :param ticket: already spent by the caller
        :raises UserError: what ANAF said, readable; no secrets
        """
        try:
            tokens = oauth.exchange_code(self._endpoints(), self.client_id, self._client_secret(), code,
                                         self.callback_url)
        except AnafError as error:
            message = self._explain(error)
            self._isolated(lambda own: own.write({'last_error': message}))
            raise UserError(message) from None
        self._isolated(lambda own: own._store_exchanged(ticket, tokens))

    def _store_exchanged(self, ticket, tokens):
        self._lock_row()
        ticket = ticket.with_env(self.env)
        if ticket.link_id and not ticket.link_id._use():
            raise UserError(self.env._("This link has been used already."))
        self.set_tokens(tokens.access, tokens.refresh)
        self.message_post(body=self.env._("The certificate holder connected to ANAF by a link sent by %s.",
                                          ticket.user_id.name) if ticket.link_id else
                          self.env._("Connected to ANAF by %s.", ticket.user_id.name))

    @staticmethod
    def _same_session(ticket):
        """Is this browser the one that the ticket's user set out from?"""
        return request.session.uid == ticket.user_id.id and consteq(
            request.session.get(SESSION_KEY) or '', ticket.digest)

    # -- by hand --------------------------------------------------------------------------------------------------

    def action_paste_tokens(self):
        self._check_system()
        return open_action(self.env, 'l10n_ro_efactura_abacus.l10n_ro_efactura_paste_tokens_action', self,
                           default_credential_id=self.id)

    def action_refresh_now(self):
        """Renew the tokens now; a failure says why and offers to connect again (the form shows the button)."""
        self._check_system()
        self.ensure_one()
        if self.state == 'draft':
            raise UserError(self.env._("There are no tokens to renew. Connect to ANAF first."))
        credential = self.sudo()
        if credential._refresh(credential.token_version):
            return self._notify('success', self.env._(
                "Renewed: the access token is good for %s days.", credential.access_days_left))
        return self._notify('danger', credential.last_error or '', sticky=True)

    def action_disconnect(self):
        """Forget the tokens. At ANAF they end by themselves, or by "Renunțare OAuth" in its portal."""
        self._check_system()
        for credential in self:
            credential._forget_tokens(**({'client_secret_cipher': False} if credential.key_problem else {}))
            credential.message_post(body=self.env._("Disconnected from ANAF."))
        return True

    def _notify(self, kind, message, sticky=False):
        return notification(
            message, kind, title=self.env._("Connection to ANAF"), sticky=sticky, then=soft_reload())
