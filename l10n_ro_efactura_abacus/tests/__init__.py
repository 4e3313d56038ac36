from . import test_credential
from . import test_send
