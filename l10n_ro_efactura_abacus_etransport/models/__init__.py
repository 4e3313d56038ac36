from . import etransport_mixin, stock_picking, stock_picking_batch
