from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_ro_efactura_storno = fields.Selection(
        selection=[("credit_note", "381 Credit note"), ("negative", "380 Invoice with a minus")],
        string="Storno",
        default="credit_note",
        required=True,
        help="What a credit note is for ANAF. It can be changed on each credit note (Invoice Type).",
    )
    l10n_ro_efactura_core_xml = fields.Boolean(
        string="Odoo's Own XML",
        help="The e-Factura of customers is made by Odoo's own module: it guesses the code of an unknown unit and the "
        "category of an exempt tax, and names no corrected invoice. What ANAF's rules refuse is still told.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_ro_efactura_storno = fields.Selection(
        related="company_id.l10n_ro_efactura_storno", readonly=False, required=True
    )
    l10n_ro_efactura_core_xml = fields.Boolean(related="company_id.l10n_ro_efactura_core_xml", readonly=False)
