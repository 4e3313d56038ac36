from . import test_inbox
from . import test_inbox_refresh
from . import test_inbox_download
from . import test_archive
from . import test_inbox_tour
