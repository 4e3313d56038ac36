from . import test_takeover
from . import test_core_mirror
from . import test_core_absent
from . import test_history_crons
