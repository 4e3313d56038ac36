from . import test_home
from . import test_home_tour
from . import test_digest
