from . import unit
from . import vat_tables
from . import code_map
from . import code_map_units
from . import code_map_taxes
from . import code_map_uses
from . import product
