from . import test_import_warehouse
