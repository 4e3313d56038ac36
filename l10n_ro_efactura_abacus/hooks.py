"""Hooks that take over from `l10n_ro_edi` at installation and give back at removal.

What core sent and received is adopted in models/takeover/history.py.
"""

import logging

from odoo.tools import SQL

from .models.common.core import get_parameter, set_parameter
from .models.connection import vault
from .models.takeover.history import _adopt_history, _core_lacks, _give_back_states

_logger = logging.getLogger(__name__)

# Crons of core that stop while this addon is installed.
CRONS = ("l10n_ro_edi.ir_cron_l10n_ro_edi_refresh_access_token", "l10n_ro_edi.ir_cron_l10n_ro_edi_synchronize_invoices")
# System parameter that holds the xml ids of the crons that were active, joined by commas.
PARKED = "l10n_ro_efactura.parked_crons"
# Columns of res_company in which core keeps its connection in plain text.
TOKENS = ("l10n_ro_edi_client_id", "l10n_ro_edi_client_secret", "l10n_ro_edi_access_token", "l10n_ro_edi_refresh_token")


def post_init_hook(env):
    """Take over core's connections, crons and history."""
    _take_connections(env)
    _forget_logged_secrets(env)
    _park_crons(env)
    _adopt_history(env)
    env["l10n_ro_efactura.guard"]._remember_database()


def uninstall_hook(env):
    """Give core its tokens, states and crons back.

    :raise UserError: sealed packages would be destroyed
    """
    env["ir.module.module"]._l10n_ro_efactura_check_uninstall()
    _give_back_tokens(env)
    _give_back_states(env)
    _unpark_crons(env)
    env["ir.config_parameter"].sudo().search([("key", "=like", "l10n_ro_efactura.%")]).unlink()


# -- connections ------------------------------------------------------------------------------------------------


def _take_connections(env):
    """Move core's plain tokens into the vault and empty their columns in res_company."""
    if _core_lacks(env, "tokens"):
        return
    env.cr.execute(
        SQL(
            "SELECT id, %s FROM res_company WHERE COALESCE(%s) IS NOT NULL",
            SQL(", ").join(map(SQL.identifier, TOKENS)),
            SQL(", ").join(map(SQL.identifier, TOKENS)),
        )
    )
    found = env.cr.dictfetchall()
    env.cr.execute(
        SQL("UPDATE res_company SET %s", SQL(", ").join(SQL("%s = NULL", SQL.identifier(name)) for name in TOKENS))
    )
    for row in found:
        company = env["res.company"].browse(row.pop("id"))
        # through core's fields, which do not validate: an incomplete or expired token must not stop an installation
        company.write({name: value for name, value in row.items() if value})
        credential = company._l10n_ro_efactura_credential()
        if company.l10n_ro_edi_callback_url:
            credential.callback_url = company.l10n_ro_edi_callback_url  # the one registered at ANAF
        _logger.info("Company %s: core's connection to ANAF is in the vault now (%s).", company.id, credential.state)


def _forget_logged_secrets(env):
    """Delete core's log entries that hold whole token answers and authorisation codes."""
    env.cr.execute(
        "DELETE FROM ir_logging WHERE name = 'l10n_ro_edi_log'"
        " AND (func IN ('callback', '_cron_l10n_ro_edi_refresh_access_token') OR message ~ 'eyJ|_token|code')"
    )


def _give_back_tokens(env):
    """Write the decrypted tokens into core's columns of res_company; without the vault's key they stay empty."""
    if _core_lacks(env, "tokens"):
        return
    credentials = env["l10n_ro_efactura.credential"].sudo().search([])
    for credential in credentials:
        try:
            secrets = [
                vault.decrypt(env, credential[name]) or None
                for name in ("client_secret_cipher", "access_cipher", "refresh_cipher")
            ]
        except vault.VaultLocked as locked:
            _logger.warning("Company %s: the tokens cannot be given back. %s", credential.company_id.id, locked)
            secrets = [None, None, None]
        env.cr.execute(
            """UPDATE res_company SET l10n_ro_edi_client_id = %s, l10n_ro_edi_client_secret = %s,
                      l10n_ro_edi_access_token = %s, l10n_ro_edi_refresh_token = %s,
                      l10n_ro_edi_access_expiry_date = %s, l10n_ro_edi_refresh_expiry_date = %s WHERE id = %s""",
            [
                credential.client_id or None,
                *secrets,
                credential.access_expires_at or None,
                credential.refresh_expires_at or None,
                credential.company_id.id,
            ],
        )


# -- crons ------------------------------------------------------------------------------------------------------


def _park_crons(env):
    """Deactivate core's crons and store which of them were active."""
    ids = {cron.id: xmlid for xmlid in CRONS if (cron := env.ref(xmlid, raise_if_not_found=False))}
    if not ids:
        return
    env.cr.execute("UPDATE ir_cron SET active = FALSE WHERE id IN %s AND active RETURNING id", [tuple(ids)])
    parked = [ids[cron_id] for [cron_id] in env.cr.fetchall()]
    env["ir.cron"].invalidate_model(["active"])
    set_parameter(env, PARKED, ",".join(parked))


def _unpark_crons(env):
    """Activate the crons that `_park_crons` deactivated."""
    for xmlid in (get_parameter(env, PARKED) or "").split(","):
        if xmlid and (cron := env.ref(xmlid, raise_if_not_found=False)):
            env.cr.execute("UPDATE ir_cron SET active = TRUE WHERE id = %s", [cron.id])
    env["ir.cron"].invalidate_model(["active"])
