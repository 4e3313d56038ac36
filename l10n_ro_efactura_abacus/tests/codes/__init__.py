from . import test_code_map
