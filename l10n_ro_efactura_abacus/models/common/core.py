"""What Odoo 20.0 renames or does in another way, each in this one place.

A bank account's number, a company's registry number, system parameters, the bytes of a Binary field and the caches of
the registry have other names or another shape there. Whoever ports the addon changes this file; the rest of the
code calls it, which tests/test_house.py checks.
"""

import base64

from odoo.fields import Domain
from odoo.tools import SQL, ormcache
from psycopg2 import Binary

__all__ = [
    "ACCOUNT_NUMBER",
    "PLAIN_ACCOUNT_NUMBER",
    "binary",
    "binary_column",
    "binary_of_column",
    "bytes_of",
    "clear_cache",
    "get_parameter",
    "ormcache",
    "registry_column",
    "registry_domain",
    "registry_number",
    "registry_values",
    "set_parameter",
]

# The number of a `res.partner.bank` as it was typed, and without spaces and dashes (`account_number` in 20.0).
ACCOUNT_NUMBER = "acc_number"
PLAIN_ACCOUNT_NUMBER = "sanitized_acc_number"


# -- a partner's registry number (an additional identifier of the partner in 20.0) ----------------------------------


def registry_number(record):
    """Return the Company ID of a partner or company as it was typed, '' where there is none."""
    return record.company_registry or ""


def registry_values(number):
    """Return the values for create() and write() that set the Company ID of a partner to `number`."""
    return {"company_registry": number}


def registry_domain(numbers):
    """Return the domain of the partners whose Company ID is one of `numbers`."""
    return Domain("company_registry", "in", list(numbers))


def registry_column(alias):
    """Return the Company ID as SQL, of the table res_partner under `alias`."""
    return SQL.identifier(alias, "company_registry")


# -- system parameters (read by type in 20.0) -------------------------------------------------------------------------


def get_parameter(env, key):
    """Return the text of the system parameter `key`, False where it is not set. Read as superuser."""
    return env["ir.config_parameter"].sudo().get_param(key)


def set_parameter(env, key, value):
    """Set the system parameter `key` to the text `value`, as superuser; a false value deletes it."""
    env["ir.config_parameter"].sudo().set_param(key, value)


# -- Binary fields (base64 in records and columns; plain bytes in 20.0) -----------------------------------------------


def bytes_of(record, name):
    """Return the bytes in the Binary field `name` of one record, b'' where it is empty, never their size."""
    return base64.b64decode(record.with_context(bin_size=False, **{f"bin_size_{name}": False})[name] or b"")


def binary(content):
    """Return the bytes `content` as a Binary field takes them in create() and write(); False for none."""
    return base64.b64encode(content) if content else False


def binary_column(content):
    """Return the bytes `content` as an SQL parameter for the column of a Binary field (attachment=False)."""
    return Binary(base64.b64encode(content))


def binary_of_column(value):
    """Return the bytes behind `value`, read by SQL from the column of a Binary field; b'' for NULL."""
    return base64.b64decode(bytes(value)) if value else b""


# -- caches -----------------------------------------------------------------------------------------------------------


def clear_cache(env):
    """Forget what `ormcache` keeps, in this and every other worker."""
    env.registry.clear_cache()
