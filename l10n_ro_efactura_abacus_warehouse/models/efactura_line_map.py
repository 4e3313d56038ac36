from odoo import fields, models


class EfacturaLineMap(models.Model):
    _inherit = "l10n_ro_efactura.line.map"

    warehouse_id = fields.Many2one("stock.warehouse", ondelete="set null", check_company=True)
