from . import test_takeover
from . import test_core_mirror
