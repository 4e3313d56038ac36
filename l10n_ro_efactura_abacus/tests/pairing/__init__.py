from . import test_pairing
from . import test_pairing_auto
