from odoo import models


class StockPickingBatch(models.Model):
    _name = "stock.picking.batch"
    _inherit = ["stock.picking.batch", "l10n_ro_efactura.etransport.mixin"]

    def _l10n_ro_edi_stock_send_etransport_document(self, send_type):
        # EXTENDS 'l10n_ro_edi_stock_batch'
        batches = self._l10n_ro_efactura_etransport()
        return super(StockPickingBatch, batches)._l10n_ro_edi_stock_send_etransport_document(send_type)

    def _l10n_ro_edi_stock_fetch_document_status(self):
        # EXTENDS 'l10n_ro_edi_stock_batch'
        return super(StockPickingBatch, self._l10n_ro_efactura_etransport())._l10n_ro_edi_stock_fetch_document_status()
