"""What Odoo's `l10n_ro_edi` writes into its log, without tokens, codes and client secrets."""

import re

# what a log never holds: a JWT, any long run of token characters, and whatever stands behind a telling name
SECRETS = re.compile(
    r"""eyJ[\w.~+/=-]+"""
    r"""|(?<=code=)[^&\s'"]+|(?<=token=)[^&\s'"]+|(?<=secret=)[^&\s'"]+"""
    r"""|(?<=access key: )\S+"""
    r"""|[A-Za-z0-9._~+=-]*(?=[A-Za-z._~+=-]*\d)(?=[0-9._~+=-]*[A-Za-z])[A-Za-z0-9~+=-]{24,}[A-Za-z0-9._~+=-]*"""
)
QUOTED_SECRETS = re.compile(
    r"""((?:access_token|refresh_token|id_token|client_secret|code|access_key)['"]?\s*[:=]\s*)(['"]).*?\2"""
)


def without_secrets(text):
    """`text` with everything that may be a token, a code or a client secret replaced by '***'."""
    return SECRETS.sub("***", QUOTED_SECRETS.sub(r"\1***", str(text)))
