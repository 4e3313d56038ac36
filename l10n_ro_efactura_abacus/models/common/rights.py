"""Access rights of e-Factura: one check and one error message for each kind of user.

===============  ==================================================  ==========================================
kind             who has it (one of these groups of Odoo)            what for
===============  ==================================================  ==========================================
bill             invoicing                                           send, refresh, import, pair, write to a seller
read_spv         invoicing, or read-only accounting                  open ANAF's packages, verify SPV with the books
manage           accounting administrator                            exemptions, an index by hand, "not at ANAF"
system           administrator of the system                         the connection, this copy of the database
===============  ==================================================  ==========================================

`may_*` return a bool, `check_*` raise. A superuser may do everything, as in Odoo's own `check_access`.
"""

from odoo.exceptions import AccessError

# Xml ids of Odoo's groups.
BILL = "account.group_account_invoice"
READ = "account.group_account_readonly"
MANAGE = "account.group_account_manager"
SYSTEM = "base.group_system"


def may_bill(env):
    """Return True where the user of `env` may invoice."""
    return _has(env, BILL)


def may_read_spv(env):
    """Return True where the user of `env` may invoice, or may read the books."""
    return _has(env, BILL, READ)


def may_manage(env):
    """Return True where the user of `env` is an accounting administrator."""
    return _has(env, MANAGE)


def is_system(env):
    """Return True where the user of `env` administers the system."""
    return _has(env, SYSTEM)


def check_bill(records, operation=None):
    """Check that the user may invoice, and may do `operation` with `records`.

    :param records: a recordset, which may be empty
    :param operation: 'read' or 'write'; None checks the group alone
    :return: `records`
    :raise AccessError: says what is missing, in the user's language
    """
    return _check(
        records, may_bill(records.env), operation, lambda _: _("Only users who may invoice can work with e-Factura.")
    )


def check_read_spv(records, operation=None):
    """Check that the user may invoice or read the books; parameters and errors as in `check_bill`."""
    return _check(records, may_read_spv(records.env), operation, lambda _: _("Your user may not read SPV."))


def check_manage(records, operation=None):
    """Check that the user is an accounting administrator; parameters and errors as in `check_bill`."""
    return _check(
        records, may_manage(records.env), operation, lambda _: _("Only an accounting administrator can do this.")
    )


def check_system(records, operation=None):
    """Check that the user administers the system; parameters and errors as in `check_bill`."""
    return _check(records, is_system(records.env), operation, lambda _: _("Only an administrator can do this."))


def _has(env, *groups):
    return env.su or any(env.user.has_group(group) for group in groups)


def _check(records, allowed, operation, sentence):
    if not allowed:
        raise AccessError(sentence(records.env._))
    if operation:
        records.check_access(operation)
    return records
