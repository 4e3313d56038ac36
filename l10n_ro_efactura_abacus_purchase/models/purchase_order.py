from odoo import models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    def button_confirm(self):
        # EXTENDS 'purchase'
        orders = self.filtered(lambda order: order.company_id.account_fiscal_country_id.code == "RO")
        addresses = orders.partner_id | orders.dest_address_id | orders.company_id.sudo().partner_id
        addresses._l10n_ro_efactura_check_sector()
        return super().button_confirm()
