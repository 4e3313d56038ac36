from . import test_assets
from . import test_inventory_objects
