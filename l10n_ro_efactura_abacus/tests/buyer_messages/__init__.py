from . import test_rasp
