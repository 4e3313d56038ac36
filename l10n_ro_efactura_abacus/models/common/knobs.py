"""Settings of the operator, from environment variables, else from odoo.conf. No user can edit them."""

import os

from odoo.tools import config

# Start of every setting's name.
PREFIX = "l10n_ro_efactura_"
# Deadline in seconds of a call to ANAF that a user waits for.
WAIT_SECONDS = 30


def knob(name, default=None):
    """Return the value of the setting ``l10n_ro_efactura_<name>``.

    :param name: without the prefix, e.g. ``'api_url'``; the environment variable is the whole name in capitals
    :param default: returned where nothing is set; a number also gives the type of the answer
    :raises ValueError: the value is no number although `default` is one
    """
    full = PREFIX + name
    value = os.environ.get(full.upper()) or config.get(full)
    if value in (None, "", False):
        return default
    if isinstance(default, (int, float)) and not isinstance(default, bool):
        return type(default)(value)
    return value
