from odoo import models


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "l10n_ro_efactura.etransport.mixin"]

    def _l10n_ro_edi_stock_send_etransport_document(self, send_type):
        # EXTENDS 'l10n_ro_edi_stock'
        pickings = self._l10n_ro_efactura_etransport()
        return super(StockPicking, pickings)._l10n_ro_edi_stock_send_etransport_document(send_type)

    def _l10n_ro_edi_stock_fetch_document_status(self):
        # EXTENDS 'l10n_ro_edi_stock'
        return super(StockPicking, self._l10n_ro_efactura_etransport())._l10n_ro_edi_stock_fetch_document_status()
