"""A company's connection to ANAF: its fields, its state, and its client secret."""

import math
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.urls import urljoin

from ...anaf.environment import is_loopback
from ..common.actions import notification, soft_reload
from ..common.core import get_parameter
from ..common.knobs import knob
from ..common.rights import check_system
from . import vault

# Path of the default callback URL.
CALLBACK_PATH = "/l10n_ro_efactura/callback"
# Days before the refresh token's end from which the connection shows as expiring.
EXPIRING_DAYS = 30
# Days before the access token's end from which it does so: the automatic refresh (at 30 days) must have failed.
ACCESS_LATE_DAYS = 7
# Values and labels of the state.
STATES = [("draft", "Not connected"), ("connected", "Connected"), ("expiring", "Expires soon"), ("expired", "Expired")]


class EfacturaCredential(models.Model):
    """A connection to ANAF: an OAuth application and its tokens. Only administrators of the system manage it."""

    _name = "l10n_ro_efactura.credential"
    _description = "Connection to ANAF e-Factura"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "company_id, id"
    _rec_name = "company_id"

    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", default=lambda self: self.env.company
    )
    client_id = fields.Char(
        "Client ID",
        copy=False,
        default=lambda self: knob("client_id"),
        help="Given by ANAF when the application is registered.",
    )
    # create() and write() encrypt and store the typed value, so the inverse does nothing.
    client_secret = fields.Char(
        "Client secret",
        compute="_compute_client_secret",
        inverse=lambda self: None,
        copy=False,
        exportable=False,
        help="Stored encrypted. It can be replaced, never read back.",
    )
    has_client_secret = fields.Boolean("Client secret stored", compute="_compute_has_client_secret")
    callback_url = fields.Char(
        "Callback URL",
        copy=False,
        default=lambda self: self._default_callback_url(),
        help="Exactly as registered at ANAF.",
    )
    callback_warning = fields.Char(compute="_compute_callback_warning")
    # draft ── set_tokens ──> connected <── refresh ──> expiring (refresh token: 30 days left, or access token late)
    #   ^                         │                         │
    #   └──── disconnect ─────────┴── refresh token ended or refused, access token refused ──> expired ── set_tokens ─┐
    #                                                                                    connected <────────────────┘
    # Computed from the fields below, because it also changes as time passes.
    state = fields.Selection(STATES, compute="_compute_state", search="_search_state")
    access_expires_at = fields.Datetime("Access token until", readonly=True, copy=False)
    refresh_expires_at = fields.Datetime("Refresh token until", readonly=True, copy=False)
    refresh_issued_at = fields.Datetime(readonly=True, copy=False)
    access_days_left = fields.Integer("Access: days left", compute="_compute_days_left")
    refresh_days_left = fields.Integer("Refresh: days left", compute="_compute_days_left")
    # the same as texts, because the badge of the form shows no numbers
    access_badge = fields.Char("Access token", compute="_compute_days_left")
    refresh_badge = fields.Char("Refresh token", compute="_compute_days_left")
    access_refused = fields.Boolean(readonly=True, copy=False, help="ANAF answered 401 and no refresh helped.")
    refresh_refused = fields.Boolean(readonly=True, copy=False, help="ANAF no longer takes the refresh token.")
    refreshed_at = fields.Datetime("Last refresh", readonly=True, copy=False)
    last_error = fields.Char("Last problem", readonly=True, copy=False)
    test_problem = fields.Text("Result of the last test", readonly=True, copy=False, help="Empty where all was well.")
    key_problem = fields.Char(compute="_compute_key_problem")
    right_prod = fields.Selection(related="company_id.l10n_ro_efactura_right_prod")
    right_test = fields.Selection(related="company_id.l10n_ro_efactura_right_test")
    user_company_ids = fields.Many2many(
        "res.company", string="Companies on this connection", compute="_compute_user_company_ids"
    )

    # Ciphertexts (vault.py), which no user can read through the ORM.
    client_secret_cipher = fields.Char(groups=".", copy=False, exportable=False, readonly=True)
    access_cipher = fields.Char(groups=".", copy=False, exportable=False, readonly=True)
    refresh_cipher = fields.Char(groups=".", copy=False, exportable=False, readonly=True)
    token_version = fields.Integer(groups=".", copy=False, exportable=False, readonly=True, default=0)
    reminded_step = fields.Integer(groups=".", copy=False, exportable=False, readonly=True)

    _active_company_uniq = models.UniqueIndex(
        "(company_id) WHERE active", "A company has one active connection to ANAF."
    )

    # -- fields ------------------------------------------------------------------------------------------------

    def _default_callback_url(self):
        return knob("callback_url") or urljoin(self.get_base_url(), CALLBACK_PATH)

    @api.depends("callback_url")
    def _compute_callback_warning(self):
        for credential in self:
            parts = urlsplit(credential.callback_url or "")
            plain = parts.scheme == "http" and not is_loopback(parts.hostname)
            credential.callback_warning = plain and self.env._(
                "ANAF registers only https:// addresses. Set the address of this server (web.base.url) to its "
                "https:// one, then enter it here."
            )

    def _compute_client_secret(self):
        self.client_secret = False

    @api.depends("client_secret_cipher", "client_id")
    def _compute_has_client_secret(self):
        for credential in self:
            credential.has_client_secret = bool(
                credential.sudo().client_secret_cipher or credential._configured_secret()
            )

    @api.depends("access_cipher", "access_expires_at", "refresh_expires_at", "access_refused", "refresh_refused")
    def _compute_state(self):
        now = fields.Datetime.now()
        for credential in self:
            access, refresh = credential.access_expires_at, credential.refresh_expires_at
            if not (credential.sudo().access_cipher and access):
                credential.state = "draft"
            elif credential.access_refused or credential.refresh_refused or not refresh or refresh <= now:
                credential.state = "expired"
            elif refresh < now + timedelta(days=EXPIRING_DAYS) or access < now + timedelta(days=ACCESS_LATE_DAYS):
                credential.state = "expiring"
            else:
                credential.state = "connected"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        credentials = self.sudo().with_context(active_test=False).search([])
        return [("id", "in", credentials.filtered(lambda credential: credential.state in value).ids)]

    @api.depends("access_expires_at", "refresh_expires_at")
    def _compute_days_left(self):
        now = fields.Datetime.now()

        def days(moment):
            # begun days: a token of 90 days says 90 on its first day
            return max(math.ceil((moment - now).total_seconds() / 86400), 0) if moment else 0

        for credential in self:
            credential.access_days_left = days(credential.access_expires_at)
            credential.refresh_days_left = days(credential.refresh_expires_at)
            credential.access_badge = str(credential.access_days_left)
            credential.refresh_badge = str(credential.refresh_days_left)

    @api.depends("client_secret_cipher", "access_cipher", "refresh_cipher")
    def _compute_key_problem(self):
        for credential in self:
            stored, credential.key_problem = credential.sudo(), False
            try:
                for cipher in (stored.client_secret_cipher, stored.access_cipher, stored.refresh_cipher):
                    vault.decrypt(self.env, cipher)
            except vault.VaultLocked as locked:
                credential.key_problem = str(locked)

    def _compute_user_company_ids(self):
        companies = self.env["res.company"].sudo().search([])
        for credential in self:
            credential.user_company_ids = companies.filtered(
                lambda company, used=credential: company._l10n_ro_efactura_credential() == used
            )

    @api.constrains("callback_url")
    def _check_callback_url(self):
        for credential in self.filtered("callback_url"):
            parts = urlsplit(credential.callback_url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValidationError(self.env._("The callback URL must be a complete https:// address."))

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        secrets = [vals.pop("client_secret", None) for vals in vals_list]
        credentials = super().create(vals_list)
        for credential, secret in zip(credentials, secrets):
            if secret:
                credential._store_client_secret(secret)
        return credentials

    def write(self, vals):
        if "client_secret" in vals:
            vals = dict(vals)
            secret = vals.pop("client_secret")
            self.check_access("write")
            if secret:  # an empty field of the form means "keep it"
                self._store_client_secret(secret)
        return super().write(vals) if vals else True

    def _store_client_secret(self, secret):
        self.sudo().write({"client_secret_cipher": vault.encrypt(self.env, secret.strip())})

    # -- rights --------------------------------------------------------------------------------------------------

    def _check_system(self):
        """Check that the user administers the system; every public method begins with this."""
        check_system(self, "write")

    @api.model
    def _is_neutralized(self):
        return bool(get_parameter(self.env, "database.is_neutralized"))

    # -- secrets -------------------------------------------------------------------------------------------------

    def _configured_secret(self):
        """Return the client secret of odoo.conf, where the client id is also its; else ''."""
        return knob("client_secret", "") if self.client_id and self.client_id == knob("client_id") else ""

    def _client_secret(self):
        """Return the client secret in clear, for the identity provider only."""
        return vault.decrypt(self.env, self.sudo().client_secret_cipher) or self._configured_secret()

    def action_reencrypt(self):
        """Encrypt the stored secrets of all connections with the first key; return a notification."""
        self._check_system()
        changed = self._reencrypt()
        return notification(
            self.env._("%s stored secrets were encrypted with the first key of the server.", changed),
            "success" if changed else "info",
            then=soft_reload(),
        )

    @api.model
    def _reencrypt(self):
        """Encrypt again the secrets that are not encrypted with the first key; return how many."""
        changed = 0
        for credential in self.sudo().with_context(active_test=False).search([]):
            values = {
                name: vault.encrypt(self.env, vault.decrypt(self.env, credential[name]))
                for name in vault.COLUMNS
                if credential[name] and not vault.is_current(credential[name])
            }
            credential.write(values)
            changed += len(values)
        return changed
