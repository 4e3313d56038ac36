from . import etransport_mixin
from . import stock_picking
from . import stock_picking_batch
