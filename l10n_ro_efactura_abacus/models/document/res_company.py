from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    l10n_ro_efactura_storno = fields.Selection(
        selection=[('credit_note', "381 Credit note"), ('negative', "380 Invoice with a minus")],
        string="Storno",
        default='credit_note',
        required=True,
        help="What a credit note is for ANAF. It can be changed on each credit note (Invoice Type).",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    l10n_ro_efactura_storno = fields.Selection(
        related='company_id.l10n_ro_efactura_storno', readonly=False, required=True)
