from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_confirm(self):
        # EXTENDS 'sale'
        if self._l10n_ro_efactura_someone_confirms():
            orders = self.filtered(lambda order: order.country_code == "RO")
            addresses = orders.partner_id | orders.partner_invoice_id | orders.partner_shipping_id
            (addresses | orders.company_id.sudo().partner_id)._l10n_ro_efactura_check_sector()
        return super().action_confirm()

    def _l10n_ro_efactura_someone_confirms(self):
        """Return False where a customer signs or pays on the website: their invoice asks for the sector later."""
        return self.env.user._is_internal() and not self.env.context.get("cron_id")
