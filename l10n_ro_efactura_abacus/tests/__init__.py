from . import test_credential
from . import test_move_locks
from . import test_move_send
from . import test_obligation
from . import test_send
from . import test_send_params
from . import test_tours
from . import test_takeover
