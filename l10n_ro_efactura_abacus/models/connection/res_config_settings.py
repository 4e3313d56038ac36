from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    l10n_ro_efactura_credential_id = fields.Many2one(
        related='company_id.l10n_ro_efactura_credential_id', readonly=False)
    l10n_ro_efactura_start_date = fields.Date(related='company_id.l10n_ro_efactura_start_date', readonly=False)
    l10n_ro_efactura_responsible_ids = fields.Many2many(
        related='company_id.l10n_ro_efactura_responsible_ids', readonly=False)
    l10n_ro_efactura_used_credential_id = fields.Many2one(
        'l10n_ro_efactura.credential', compute='_compute_l10n_ro_efactura_used_credential_id')
    l10n_ro_efactura_state = fields.Selection(related='l10n_ro_efactura_used_credential_id.state')
    l10n_ro_efactura_refresh_days_left = fields.Integer(
        related='l10n_ro_efactura_used_credential_id.refresh_days_left')

    @api.depends('company_id', 'l10n_ro_efactura_credential_id')
    def _compute_l10n_ro_efactura_used_credential_id(self):
        for settings in self:
            settings.l10n_ro_efactura_used_credential_id = settings.company_id._l10n_ro_efactura_credential().id

    def action_l10n_ro_efactura_connection(self):
        """Open the connection of the current company, a new one where it has none."""
        self.env['l10n_ro_efactura.credential']._check_system()
        credential = self.company_id._l10n_ro_efactura_credential()
        return credential._get_records_action(
            name=self.env._("Connection to ANAF"), context={'default_company_id': self.company_id.id})
