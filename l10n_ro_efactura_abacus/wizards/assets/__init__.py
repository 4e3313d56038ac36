from . import asset_register
from . import inventory_transfer
