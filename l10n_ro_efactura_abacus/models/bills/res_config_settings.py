from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """How suppliers' invoices become bills."""
    _inherit = 'res.config.settings'

    l10n_ro_efactura_location = fields.Selection(related='company_id.l10n_ro_efactura_location', readonly=False)
    l10n_ro_efactura_auto_import = fields.Selection(related='company_id.l10n_ro_efactura_auto_import', readonly=False)
    l10n_ro_efactura_vat_on_payment = fields.Boolean(
        related='company_id.l10n_ro_efactura_vat_on_payment', readonly=False)
