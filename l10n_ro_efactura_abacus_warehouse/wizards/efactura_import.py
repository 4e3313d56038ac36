from odoo import api, fields, models


class EfacturaImport(models.TransientModel):
    _inherit = "l10n_ro_efactura.import"

    location_warehouse_id = fields.Many2one("stock.warehouse", string="Location (Warehouse)", check_company=True)

    @api.model
    def _location_fields(self):
        # EXTENDS l10n_ro_efactura_abacus
        return {**super()._location_fields(), "warehouse": "location_warehouse_id"}

    @api.onchange("location_warehouse_id")
    def _onchange_location_warehouse_id(self):
        """Put the location on every line whose warehouse the user has not chosen."""
        self.location_source = "user" if self.location_warehouse_id else "none"
        for line in self.line_ids:
            goods = line.product_id.type != "service" if line.product_id else (line.account_id.code or "")[:1] == "3"
            if goods and line.warehouse_source not in ("user", "remembered", "order"):
                line.warehouse_id = self.location_warehouse_id
                line.warehouse_source = "default" if self.location_warehouse_id else "none"
