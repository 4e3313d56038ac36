from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_ro_efactura_location = fields.Selection(
        selection_add=[("warehouse", "Warehouse")], ondelete={"warehouse": "set default"}
    )
    l10n_ro_efactura_warehouse_id = fields.Many2one(
        "stock.warehouse",
        string="Warehouse of purchases",
        check_company=True,
        help="Where goods of suppliers' invoices go when nothing else says so. Empty: the company's only warehouse.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_ro_efactura_warehouse_id = fields.Many2one(related="company_id.l10n_ro_efactura_warehouse_id", readonly=False)
