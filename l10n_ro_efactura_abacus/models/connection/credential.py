"""One company's connection to ANAF: its facts, who may manage it, and what is never read back."""
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.urls import urljoin

from ..common.actions import notification, soft_reload
from ..common.core import get_parameter
from ..common.knobs import knob
from ..common.rights import check_system
from . import vault

CALLBACK_PATH = '/l10n_ro_efactura/callback'
#: the refresh token ends in as many days: users are told
EXPIRING_DAYS = 30
#: below this the automatic refresh (at 30 days) must have failed
ACCESS_LATE_DAYS = 7

STATES = [('draft', "Not connected"), ('connected', "Connected"), ('expiring', "Expires soon"),
          ('expired', "Expired")]


class EfacturaCredential(models.Model):
    _name = 'l10n_ro_efactura.credential'
    _description = "Connection to ANAF e-Factura"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'company_id, id'
    _rec_name = 'company_id'

    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', required=True, index=True, ondelete='cascade',
                                 default=lambda self: self.env.company)
    client_id = fields.Char("Client ID", copy=False, default=lambda self: knob('client_id'),
                            help="Given by ANAF when the application is registered.")
    # create() and write() take what was typed out of the values and store it encrypted: the inverse has nothing to do
    client_secret = fields.Char("Client secret", compute='_compute_client_secret', inverse=lambda self: None,
                                copy=False, exportable=False,
                                help="Stored encrypted. It can be replaced, never read back.")
    has_client_secret = fields.Boolean("Client secret stored", compute='_compute_has_client_secret')
    callback_url = fields.Char("Callback URL", copy=False, default=lambda self: self._default_callback_url(),
                               help="Exactly as registered at ANAF.")
    # draft ── set_tokens ──> connected <── refresh ──> expiring (refresh token: 30 days left, or access token late)
    #   ^                         │                         │
    #   └──── disconnect ─────────┴── refresh token ended or refused, access token refused ──> expired ── set_tokens ─┐
    #                                                                                    connected <────────────────┘
    # Derived from the facts below, so that time alone moves it.
    state = fields.Selection(STATES, compute='_compute_state', search='_search_state')
    access_expires_at = fields.Datetime("Access token until", readonly=True, copy=False)
    refresh_expires_at = fields.Datetime("Refresh token until", readonly=True, copy=False)
    refresh_issued_at = fields.Datetime(readonly=True, copy=False)
    access_days_left = fields.Integer("Access: days left", compute='_compute_days_left')
    refresh_days_left = fields.Integer("Refresh: days left", compute='_compute_days_left')
    access_refused = fields.Boolean(readonly=True, copy=False, help="ANAF answered 401 and no refresh helped.")
    refresh_refused = fields.Boolean(readonly=True, copy=False, help="ANAF no longer takes the refresh token.")
    refreshed_at = fields.Datetime("Last refresh", readonly=True, copy=False)
    last_error = fields.Char("Last problem", readonly=True, copy=False)
    key_problem = fields.Char(compute='_compute_key_problem')
    right_prod = fields.Selection(related='company_id.l10n_ro_efactura_right_prod')
    right_test = fields.Selection(related='company_id.l10n_ro_efactura_right_test')
    user_company_ids = fields.Many2many('res.company', string="Companies on this connection",
                                        compute='_compute_user_company_ids')

    # ciphertexts, see vault.py; nobody reads them through the ORM
    client_secret_cipher = fields.Char(groups='.', copy=False, exportable=False, readonly=True)
    access_cipher = fields.Char(groups='.', copy=False, exportable=False, readonly=True)
    refresh_cipher = fields.Char(groups='.', copy=False, exportable=False, readonly=True)
    token_version = fields.Integer(groups='.', copy=False, exportable=False, readonly=True, default=0)
    reminded_step = fields.Integer(groups='.', copy=False, exportable=False, readonly=True)

    _active_company_uniq = models.UniqueIndex(
        '(company_id) WHERE active', "A company has one active connection to ANAF.")

    # -- fields ------------------------------------------------------------------------------------------------

    def _default_callback_url(self):
        return knob('callback_url') or urljoin(self.get_base_url(), CALLBACK_PATH)

    def _compute_client_secret(self):
        self.client_secret = False

    @api.depends('client_secret_cipher', 'client_id')
    def _compute_has_client_secret(self):
        for credential in self:
            credential.has_client_secret = bool(
                credential.sudo().client_secret_cipher or credential._configured_secret())

    @api.depends('access_cipher', 'access_expires_at', 'refresh_expires_at', 'access_refused', 'refresh_refused')
    def _compute_state(self):
        now = fields.Datetime.now()
        for credential in self:
            access, refresh = credential.access_expires_at, credential.refresh_expires_at
            if not (credential.sudo().access_cipher and access):
                credential.state = 'draft'
            elif credential.access_refused or credential.refresh_refused or not refresh or refresh <= now:
                credential.state = 'expired'
            elif refresh < now + timedelta(days=EXPIRING_DAYS) or access < now + timedelta(days=ACCESS_LATE_DAYS):
                credential.state = 'expiring'
            else:
                credential.state = 'connected'

    def _search_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        credentials = self.sudo().with_context(active_test=False).search([])
        return [('id', 'in', credentials.filtered(lambda credential: credential.state in value).ids)]

    @api.depends('access_expires_at', 'refresh_expires_at')
    def _compute_days_left(self):
        now = fields.Datetime.now()

        def days(moment):
            return max((moment - now).days, 0) if moment else 0
        for credential in self:
            credential.access_days_left = days(credential.access_expires_at)
            credential.refresh_days_left = days(credential.refresh_expires_at)

    @api.depends('client_secret_cipher', 'access_cipher', 'refresh_cipher')
    def _compute_key_problem(self):
        for credential in self:
            stored, credential.key_problem = credential.sudo(), False
            try:
                for cipher in (stored.client_secret_cipher, stored.access_cipher, stored.refresh_cipher):
                    vault.decrypt(self.env, cipher)
            except vault.VaultLocked as locked:
                credential.key_problem = str(locked)

    def _compute_user_company_ids(self):
        companies = self.env['res.company'].sudo().search([])
        for credential in self:
            credential.user_company_ids = companies.filtered(
                lambda company, used=credential: company._l10n_ro_efactura_credential() == used)

    @api.constrains('callback_url')
    def _check_callback_url(self):
        for credential in self.filtered('callback_url'):
            parts = urlsplit(credential.callback_url)
            if parts.scheme not in ('http', 'https') or not parts.hostname:
                raise ValidationError(self.env._("The callback URL must be a complete https:// address."))

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        secrets = [vals.pop('client_secret', None) for vals in vals_list]
        credentials = super().create(vals_list)
        for credential, secret in zip(credentials, secrets):
            if secret:
                credential._store_client_secret(secret)
        return credentials

    def write(self, vals):
        if 'client_secret' in vals:
            vals = dict(vals)
            secret = vals.pop('client_secret')
            self.check_access('write')
            if secret:  # an empty field of the form means "keep it"
                self._store_client_secret(secret)
        return super().write(vals) if vals else True

    def _store_client_secret(self, secret):
        self.sudo().write({'client_secret_cipher': vault.encrypt(self.env, secret.strip())})

    # -- rights --------------------------------------------------------------------------------------------------

    def _check_system(self):
        """First line of every public method."""
        check_system(self, 'write')

    @api.model
    def _is_neutralized(self):
        return bool(get_parameter(self.env, 'database.is_neutralized'))

    # -- secrets -------------------------------------------------------------------------------------------------

    def _configured_secret(self):
        """The client secret of odoo.conf, where the integrator registered the application; '' for another one."""
        return knob('client_secret', '') if self.client_id and self.client_id == knob('client_id') else ''

    def _client_secret(self):
        """The secret in clear, for the identity provider only."""
        return vault.decrypt(self.env, self.sudo().client_secret_cipher) or self._configured_secret()

    def action_reencrypt(self):
        """Encrypt every stored secret of every connection with the first key, and say how many were changed."""
        self._check_system()
        changed = self._reencrypt()
        return notification(self.env._("%s stored secrets were encrypted with the first key of the server.", changed),
                            'success' if changed else 'info', then=soft_reload())

    @api.model
    def _reencrypt(self):
        """Encrypt anew what is not encrypted with the first key, which an administrator put in front of the others.

        :return: how many values changed
        """
        changed = 0
        for credential in self.sudo().with_context(active_test=False).search([]):
            values = {
                name: vault.encrypt(self.env, vault.decrypt(self.env, credential[name]))
                for name in vault.COLUMNS if credential[name] and not vault.is_current(credential[name])}
            credential.write(values)
            changed += len(values)
        return changed
