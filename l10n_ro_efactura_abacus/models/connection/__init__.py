"""The connection to ANAF: credential, encrypted tokens, OAuth and its one-time tickets."""

from . import credential
from . import credential_alerts
from . import credential_connect
from . import credential_tokens
from . import credential_renewal
from . import ticket
from . import res_company
