from . import test_register_check
from . import test_register_differences
from . import test_register_night
from . import test_register_alerts
from . import test_register_tour
