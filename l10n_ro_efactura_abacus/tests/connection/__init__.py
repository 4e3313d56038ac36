from . import test_credential
from . import test_credential_secrets
from . import test_oauth
from . import test_enter_tokens
