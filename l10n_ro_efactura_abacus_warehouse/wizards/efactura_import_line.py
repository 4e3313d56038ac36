from odoo import api, fields, models
from odoo.addons.l10n_ro_efactura_abacus.wizards.bills.import_line import SOURCE_NAMES


class EfacturaImportLine(models.TransientModel):
    _inherit = "l10n_ro_efactura.import.line"

    warehouse_id = fields.Many2one("stock.warehouse", string="Warehouse", check_company=True)
    warehouse_source = fields.Selection(SOURCE_NAMES, default="default")

    @api.model
    def _choices(self):
        # EXTENDS l10n_ro_efactura_abacus
        return {**super()._choices(), "warehouse": "warehouse_id"}

    @api.onchange("warehouse_id")
    def _onchange_warehouse_id(self):
        self._mark("warehouse")

    @api.onchange("product_id")
    def _onchange_product_id(self):
        # EXTENDS l10n_ro_efactura_abacus: goods go where the product, the supplier or the company say
        super()._onchange_product_id()
        if self.warehouse_source in ("none", "default") and self.product_id and self.product_id.type != "service":
            page = self.import_id
            warehouse = self.env["l10n_ro_efactura.importer"]._default_warehouse(
                page.company_id, self.product_id._origin, page.partner_id._origin, page.location_warehouse_id._origin
            )
            if warehouse:
                self.warehouse_id, self.warehouse_source = warehouse, "default"
