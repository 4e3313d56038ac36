"""Who may do what in e-Factura: one check and one sentence for each kind of user.

===============  ==================================================  ==========================================
kind             who has it (one of these groups of Odoo)            what for
===============  ==================================================  ==========================================
bill             invoicing                                           send, refresh, import, pair, write to a seller
read_spv         invoicing, or read-only accounting                  open ANAF's packages, verify SPV with the books
manage           accounting administrator                            exemptions, an index by hand, "not at ANAF"
system           administrator of the system                         the connection, this copy of the database
===============  ==================================================  ==========================================

`may_*` answer, `check_*` raise. Code that runs as superuser has decided already, as in Odoo's own `check_access`.
"""
from odoo.exceptions import AccessError

BILL = 'account.group_account_invoice'
READ = 'account.group_account_readonly'
MANAGE = 'account.group_account_manager'
SYSTEM = 'base.group_system'


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
    """Raise where the user may not invoice, or may not do `operation` with `records`.

    :param records: a recordset, also an empty one
    :param operation: 'read' or 'write'; None checks the group alone
    :return: `records`
    :raises AccessError: what is missing, in the user's language
    """
    return _check(records, may_bill(records.env), operation, lambda _: _(
        "Only users who may invoice can work with e-Factura."))


def check_read_spv(records, operation=None):
    """Raise where the user may neither invoice nor read the books; see `check_bill`."""
    return _check(records, may_read_spv(records.env), operation, lambda _: _("Your user may not read SPV."))


def check_manage(records, operation=None):
    """Raise where the user is no accounting administrator; see `check_bill`."""
    return _check(records, may_manage(records.env), operation, lambda _: _(
        "Only an accounting administrator can do this."))


def check_system(records, operation=None):
    """Raise where the user does not administer the system; see `check_bill`."""
    return _check(records, is_system(records.env), operation, lambda _: _("Only an administrator can do this."))


def _has(env, *groups):
    return env.su or any(env.user.has_group(group) for group in groups)


def _check(records, allowed, operation, sentence):
    if not allowed:
        raise AccessError(sentence(records.env._))
    if operation:
        records.check_access(operation)
    return records
