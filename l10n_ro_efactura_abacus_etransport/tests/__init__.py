from . import test_etransport
