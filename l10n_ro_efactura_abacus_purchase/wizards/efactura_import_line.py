from odoo import api, fields, models
from odoo.addons.l10n_ro_efactura_abacus.wizards.bills.import_line import SOURCE_NAMES


class EfacturaImportLine(models.TransientModel):
    _inherit = "l10n_ro_efactura.import.line"

    purchase_line_id = fields.Many2one(
        "purchase.order.line",
        string="Order Line",
        check_company=True,
        domain="[('order_id', 'in', parent.purchase_order_ids), ('display_type', '=', False)]",
    )
    order_line_source = fields.Selection(SOURCE_NAMES, default="default")
    order_name = fields.Char(related="purchase_line_id.order_id.name", related_sudo=False)
    order_note = fields.Char("Difference", readonly=True)

    @api.model
    def _choices(self):
        # EXTENDS l10n_ro_efactura_abacus
        return {**super()._choices(), "order_line": "purchase_line_id"}

    @api.onchange("purchase_line_id")
    def _onchange_purchase_line_id(self):
        """Apply the user's link: take its product where none is chosen, and note the differences."""
        self._mark("order_line")
        product = self.purchase_line_id.product_id
        if product and self.product_source in ("none", "default"):
            self.product_id, self.product_source = product, "order"
        self.import_id._note_differences()

    def _in_order_unit(self):
        """Return the quantity in the unit of the order line."""
        unit, order_unit = self.product_uom_id._origin, self.purchase_line_id._origin.sudo().product_uom_id
        if unit and order_unit and unit._has_common_reference(order_unit):
            return unit._compute_quantity(self.quantity, order_unit, round=False)
        return self.quantity
