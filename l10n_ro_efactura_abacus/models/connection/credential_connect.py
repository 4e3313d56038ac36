"""Connecting to ANAF: its login page and the way back, the certificate holder's link, disconnecting."""

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

# Key of the session that holds the digest of the ticket begun in it.
SESSION_KEY = "l10n_ro_efactura_oauth"


class EfacturaCredential(models.Model):
    """A connection that is authorised through OAuth."""

    _inherit = "l10n_ro_efactura.credential"

    # -- to ANAF --------------------------------------------------------------------------------------------------

    def action_connect(self):
        """Go to ANAF's login page; the browser needs the certificate."""
        self._check_system()
        return {"type": "ir.actions.act_url", "url": self._begin_as_user(), "target": "self"}

    def _begin_as_user(self):
        """Return ANAF's authorisation URL for the current user; its answer is accepted in this session only."""
        self._check_ready()
        ticket, secret = self.env["l10n_ro_efactura.ticket"]._issue(self, "user")
        if request:
            request.session[SESSION_KEY] = ticket.digest
        return self._authorize_url(ticket._state(secret))

    def _begin_as_holder(self, link):
        """Return ANAF's authorisation URL for the certificate holder who came by `link` (a ticket)."""
        ticket, secret = self.env["l10n_ro_efactura.ticket"]._issue(self, "holder", link)
        return self._authorize_url(ticket._state(secret))

    def _authorize_url(self, state):
        return oauth.authorize_url(self._endpoints(), self.client_id, self.callback_url, state)

    def _check_ready(self):
        """Raise before the redirect where client id, secret or callback are missing.

        :raise UserError: what is missing
        """
        self.ensure_one()
        _ = self.env._
        missing = [
            name
            for name, filled in (
                (_("the client ID"), self.client_id),
                (_("the client secret"), self.has_client_secret),
                (_("the callback URL that was registered"), self.callback_url),
            )
            if not filled
        ]
        if missing:
            raise UserError(_("Before connecting, fill in: %s. ANAF gives them at registration.", ", ".join(missing)))
        parts = urlsplit(self.callback_url)
        if parts.scheme != "https" and not is_loopback(parts.hostname):
            raise UserError(self.env._("ANAF takes only https:// callback URLs."))
        self._client_secret()
        vault.encrypt(self.env, "a key is here")

    def action_holder_link(self):
        """Open the dialog with a new link for the certificate holder; earlier links stop working."""
        self._check_system()
        self._check_ready()
        tickets = self.env["l10n_ro_efactura.ticket"].sudo()
        tickets.search([("credential_id", "=", self.id), ("kind", "=", "link"), ("used_at", "=", False)]).unlink()
        ticket, secret = tickets.with_user(self.env.user)._issue(self, "link")
        return open_action(
            self.env,
            "l10n_ro_efactura_abacus.l10n_ro_efactura_holder_link_action",
            self,
            default_credential_id=self.id,
            default_expires_at=fields.Datetime.to_string(ticket.expires_at),
            default_link=urljoin(self.get_base_url(), f"/l10n_ro_efactura/holder/{secret}"),
        )

    # -- and back -------------------------------------------------------------------------------------------------

    def _finish(self, ticket, code):
        """Exchange an authorisation code, which is valid for 60 seconds, and store the tokens.

        :param ticket: already used up by the caller
        :raise UserError: ANAF's error in words, without secrets
        """
        try:
            tokens = oauth.exchange_code(
                self._endpoints(),
                self.client_id,
                self._client_secret(),
                code,
                self.callback_url,
                observer=self._token_observer(),
            )
        except AnafError as error:
            message = self._explain(error)
            self._isolated(lambda own: own.write({"last_error": message}))
            raise UserError(message) from None
        self._isolated(lambda own: own._store_exchanged(ticket, tokens))
        self._isolated_quietly(lambda own: own._after_exchanged(ticket.with_env(own.env)))

    def _store_exchanged(self, ticket, tokens):
        """Store the tokens and use the link up, and nothing else: the code is spent.

        :raise UserError: the link has been used already
        """
        self._lock_row()
        ticket = ticket.with_env(self.env)
        if ticket.link_id and not ticket.link_id._use():
            raise UserError(self.env._("This link has been used already."))
        self._write_pair(self._pair_columns(tokens.access, tokens.refresh))

    def _after_exchanged(self, ticket):
        """Close the alerts, and say in the chatter who connected."""
        self._after_new_tokens()
        if ticket.link_id:  # the holder has no account: the browser is the public user's
            self.message_post(
                body=self.env._("The certificate holder connected to ANAF by a link sent by %s.", ticket.user_id.name),
                author_id=self.env.ref("base.partner_root").id,
            )
        else:
            self.message_post(
                body=self.env._("Connected to ANAF by %s.", ticket.user_id.name),
                author_id=ticket.user_id.partner_id.id,
            )

    @staticmethod
    def _same_session(ticket):
        """Return True where this is the session in which the ticket's user began."""
        return request.session.uid == ticket.user_id.id and consteq(
            request.session.get(SESSION_KEY) or "", ticket.digest
        )

    # -- by hand --------------------------------------------------------------------------------------------------

    def action_paste_tokens(self):
        """Open the dialog for tokens obtained elsewhere."""
        self._check_system()
        return open_action(
            self.env,
            "l10n_ro_efactura_abacus.l10n_ro_efactura_paste_tokens_action",
            self,
            default_credential_id=self.id,
        )

    def action_refresh_now(self):
        """Renew the tokens now and return a notification of the result.

        :raise UserError: there are no tokens
        """
        self._check_system()
        self.ensure_one()
        if self.state == "draft":
            raise UserError(self.env._("There are no tokens to renew. Connect to ANAF first."))
        credential = self.sudo()
        if credential._refresh(credential.token_version):
            return self._notify(
                "success", self.env._("Renewed: the access token is good for %s days.", credential.access_days_left)
            )
        return self._notify("danger", credential.last_error or "")

    def action_disconnect(self):
        """Delete the tokens. At ANAF they expire, or end by "Renunțare OAuth" in its portal."""
        self._check_system()
        for credential in self:
            credential._forget_tokens(**({"client_secret_cipher": False} if credential.key_problem else {}))
            credential.message_post(body=self.env._("Disconnected from ANAF."))
        return True

    def _notify(self, kind, message):
        """Return a notification that goes by itself; what stays true stands on the form until it no longer is."""
        return notification(message, kind, title=self.env._("Connection to ANAF"), then=soft_reload())
