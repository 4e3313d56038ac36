from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    l10n_ro_efactura_warehouse_id = fields.Many2one(
        "stock.warehouse",
        string="Warehouse of Purchases",
        company_dependent=True,
        help="Where the goods of this supplier's invoices go.",
    )
