from . import unit
from . import vat_codes
from . import code_map
from . import product
