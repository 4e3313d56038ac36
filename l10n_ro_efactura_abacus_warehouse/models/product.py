from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    l10n_ro_efactura_warehouse_id = fields.Many2one(
        "stock.warehouse",
        string="Warehouse of Purchases",
        company_dependent=True,
        help="Where suppliers' invoices put this product, unless the supplier's line was answered otherwise.",
    )
