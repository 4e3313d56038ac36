"""Our addon comes into a database where core's e-Factura has worked, is updated, leaves, and comes again."""

import os
import time

import pytest
from install_support import ACCESS, EXPIRED, HISTORY, REFRESH, TOKENS, cli, rows, shell

from house import databases, odoo, paths

BEFORE, AFTER = f"test_{os.getpid()}_history", f"test_{os.getpid()}_installed"
COUNT = int(os.environ.get("INSTALL_MOVES", "20000"))
CRONS = (
    "SELECT active FROM ir_cron JOIN ir_model_data d ON d.model = 'ir.cron' AND d.res_id = ir_cron.id"
    " WHERE d.module = 'l10n_ro_edi' ORDER BY d.name"
)


@pytest.fixture(scope="module")
def history():
    """{'moves': {key: id}, 'prod': company, 'trial': company} of the database BEFORE, which has core only."""
    databases.fresh(BEFORE)
    try:
        yield shell(BEFORE, HISTORY)
    finally:
        databases.drop(BEFORE)


@pytest.fixture(scope="module")
def installed(history):
    """The same, our addon installed into AFTER."""
    databases.copy(BEFORE, AFTER)
    odoo.install(AFTER, paths.ADDON)
    try:
        yield history
    finally:
        databases.drop(AFTER)


@pytest.fixture
def copy(installed, request):
    """A copy of AFTER for one test that changes it."""
    name = f"test_{os.getpid()}_copy"
    databases.copy(AFTER, name)
    try:
        yield name
    finally:
        databases.drop(name)


def check_taken_over(database, history):
    """What every installation must have reached, the first or a later one."""
    assert rows(database, CRONS) == [(False,), (False,)]
    columns = ", ".join(TOKENS)
    assert rows(database, f"SELECT count(*) FROM res_company WHERE COALESCE({columns}) IS NOT NULL") == [(0,)]
    found = shell(
        database,
        f"""
        companies = env['res.company'].browse([{history["prod"]}, {history["trial"]}]).sudo()
        credentials = [company._l10n_ro_efactura_credential() for company in companies]
        print(json.dumps([[c.l10n_ro_edi_client_id, c.l10n_ro_edi_client_secret, c.l10n_ro_edi_access_token,
                           c.l10n_ro_edi_refresh_token, k.state,
                           k.callback_url.endswith(f'/l10n_ro_edi/callback/{{c.id}}')]
                          for c, k in zip(companies, credentials)]))""",
    )
    assert found == [
        ["id-prod", "secret-prod", ACCESS, REFRESH, "connected", True],
        ["id-trial", "secret-trial", EXPIRED, "not-a-jwt", "expired", True],
    ]


def states(database, history, prefix=""):
    found = dict(rows(database, f"SELECT id, l10n_ro_efactura_{prefix}state FROM account_move"))
    return {key: found[move] for key, move in history["moves"].items()}


def test_connections_go_into_the_vault(installed):
    check_taken_over(AFTER, installed)
    dump = str(rows(AFTER, "SELECT * FROM l10n_ro_efactura_credential")) + str(rows(AFTER, "SELECT * FROM ir_logging"))
    for secret in (ACCESS, REFRESH, EXPIRED, "secret-prod"):
        assert secret not in dump


def test_history_is_adopted(installed):
    assert states(AFTER, installed) == {
        "validated": "ok",
        "validated_old": "ok",
        "sent": "processing",
        "not_indexed": "uncertain",
        "not_indexed_old": "uncertain",
        "refused": "nok",
        "state_deleted": "processing",
        "credit_note": "ok",
        "untouched": None,
        "bill": None,
        "bill_untouched": None,
        "trial": None,
    }
    assert states(AFTER, installed, "test_")["trial"] == "ok"
    moves = installed["moves"]
    shown = {
        move: (index, download)
        for move, index, download in rows(
            AFTER, "SELECT id, l10n_ro_efactura_upload_index, l10n_ro_efactura_download_id FROM account_move"
        )
    }
    assert shown[moves["validated"]] == ("5001", "9001")
    assert shown[moves["bill"]] == ("5007", "9007")
    assert shown[moves["trial"]] == (None, None)
    kept = {
        key: (origin, environment, state, index, xml)
        for key, origin, environment, state, index, xml in rows(
            AFTER,
            "SELECT m.ref, s.origin, s.environment, s.state, s.upload_index, s.sha256 IS NOT NULL"
            " FROM l10n_ro_efactura_submission s JOIN account_move m ON m.id = s.move_id",
        )
    }
    assert kept["sent"] == ("core", "prod", "processing", "5003", True)
    assert kept["not_indexed"] == ("core", "prod", "uncertain", None, True)
    assert kept["not_indexed_old"] == ("core", "prod", "uncertain", None, False), "it must never go out by itself"
    assert kept["trial"] == ("core", "test", "ok", "6001", False)
    assert "bill" not in kept and "untouched" not in kept


def test_messages_are_adopted(installed):
    found = {
        anaf_id: row
        for anaf_id, *row in rows(
            AFTER,
            "SELECT g.anaf_id, g.kind, g.environment, g.archive_state, g.seal_state, m.ref, g.upload_index"
            " FROM l10n_ro_efactura_message g JOIN account_move m ON m.id = g.move_id",
        )
    }
    assert found == {
        "9001": ["sent", "prod", "listed", "unverified", "validated", "5001"],
        "9002": ["sent", "prod", "gone", "unverified", "validated_old", "5002"],
        "9004": ["error", "prod", "listed", "unverified", "refused", "5004"],
        "9006": ["sent", "prod", "listed", "unverified", "credit_note", "5006"],
        "9007": ["received", "prod", "listed", "unverified", "bill", "5007"],
        "9601": ["sent", "test", "listed", "unverified", "trial", "6001"],
    }
    assert rows(
        AFTER,
        "SELECT count(*) FROM l10n_ro_efactura_submission s JOIN l10n_ro_efactura_message g"
        " ON g.id = s.message_id AND g.submission_id = s.id",
    ) == [(5,)]


def test_only_what_was_never_reported_can_be_sent(installed):
    possible = shell(
        AFTER,
        f"""
        moves = {installed["moves"]!r}
        print(json.dumps(sorted(key for key, move in moves.items()
                                if not env['account.move'].browse(move)._l10n_ro_efactura_check_send('prod'))))""",
    )
    assert possible == ["refused", "trial", "untouched"]


def test_a_trial_leaves_the_invoice_free(installed):
    move = installed["moves"]["trial"]
    core = "SELECT l10n_ro_edi_state, l10n_ro_edi_index FROM account_move WHERE id = %s"
    assert rows(AFTER, core, move) == [(None, None)]
    assert shell(AFTER, f"print(json.dumps(env['account.move'].browse({move}).show_reset_to_draft_button))") is True


def test_update_changes_nothing(copy, installed):
    code, output = cli("-d", copy, "-u", "l10n_ro_edi", "--stop-after-init", "--no-http", "--log-level=warn")
    assert code == 0 and "ERROR" not in output, output[-3000:]
    check_taken_over(copy, installed)
    assert states(copy, installed) == states(AFTER, installed)


def test_uninstall_waits_for_an_export(copy, installed):
    rows(
        copy,
        "UPDATE l10n_ro_efactura_message SET package = 'UEsFBg==', archive_state = 'archived' WHERE anaf_id = '9001'",
    )
    code, output = cli("module", "uninstall", "-d", copy, paths.ADDON)
    assert "l10n_ro_efactura.uninstall_confirmed" in output
    assert rows(copy, "SELECT state FROM ir_module_module WHERE name = %s", paths.ADDON) == [("installed",)]
    shell(
        copy,
        "env['ir.config_parameter'].set_param('l10n_ro_efactura.uninstall_confirmed', '1')\n"
        "env.cr.commit()\nprint(json.dumps(1))",
    )
    code, output = cli("module", "uninstall", "-d", copy, paths.ADDON)
    assert code == 0 and "Traceback" not in output, output[-5000:]
    assert rows(copy, "SELECT state FROM ir_module_module WHERE name = %s", paths.ADDON) == [("uninstalled",)]


def test_uninstall_gives_everything_back_and_a_second_installation_takes_it_again(copy, installed):
    code, output = cli("module", "uninstall", "-d", copy, paths.ADDON)
    assert code == 0 and "Traceback" not in output, output[-5000:]
    tokens = ", ".join(TOKENS)
    assert rows(
        copy,
        f"SELECT {tokens} FROM res_company WHERE id IN (%s, %s) ORDER BY id",
        installed["prod"],
        installed["trial"],
    ) == [("id-prod", "secret-prod", ACCESS, REFRESH), ("id-trial", "secret-trial", EXPIRED, "not-a-jwt")]
    assert rows(copy, CRONS) == [(True,), (True,)]
    for column in ("l10n_ro_edi_state", "l10n_ro_edi_index"):
        core = f"SELECT id, {column} FROM account_move WHERE l10n_ro_edi_index IS DISTINCT FROM %s ORDER BY id"
        assert rows(copy, core, "5005") == rows(BEFORE, core, "5005")
    assert rows(
        copy,
        "SELECT count(*) FROM information_schema.columns WHERE column_name LIKE 'l10n_ro_efactura%%'"
        " OR table_name LIKE 'l10n_ro_efactura%%'",
    ) == [(0,)]
    token = f"env['res.company'].browse({installed['prod']}).l10n_ro_edi_access_token"
    assert shell(copy, f"print(json.dumps({token}))") == ACCESS

    odoo.install(copy, paths.ADDON)
    check_taken_over(copy, installed)
    assert states(copy, installed) == states(AFTER, installed)


def test_many_invoices_install_in_seconds(history):
    """INSTALL_MOVES invoices of core's, half of them sent; the figure is printed."""
    name = f"test_{os.getpid()}_many"
    databases.copy(BEFORE, name)
    try:
        columns = [
            column
            for (column,) in rows(
                name,
                "SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_name = 'account_move'"
                " AND column_name NOT IN ('id', 'name', 'sequence_number')"
                " AND column_name NOT IN ('l10n_ro_edi_state', 'l10n_ro_edi_index')",
            )
        ]
        rows(
            name,
            f"""INSERT INTO account_move (
                              {", ".join(columns)}, name, sequence_number, l10n_ro_edi_state, l10n_ro_edi_index)
                       SELECT {", ".join("m." + column for column in columns)}, 'MANY/' || n, n,
                              CASE WHEN n %% 2 = 0 THEN 'invoice_validated' END,
                              CASE WHEN n %% 2 = 0 THEN (7000000 + n)::text END
                         FROM account_move m, generate_series(1, %s) n WHERE m.id = %s""",
            COUNT,
            history["moves"]["untouched"],
        )
        rows(
            name,
            """INSERT INTO l10n_ro_edi_document (invoice_id, state, datetime, key_download)
                      SELECT id, 'invoice_validated', now(), 'D' || id FROM account_move
                       WHERE name LIKE 'MANY/%%' AND l10n_ro_edi_state IS NOT NULL""",
        )
        rows(name, "ANALYZE")
        start = time.monotonic()
        odoo.install(name, paths.ADDON)
        seconds = time.monotonic() - start
        print(f"{COUNT} invoices, half of them sent by core: installed in {seconds:.1f} s")
        assert rows(
            name, "SELECT count(*) FROM account_move WHERE l10n_ro_efactura_state = 'ok' AND name LIKE 'MANY/%%'"
        ) == [(COUNT // 2,)]
        assert seconds < 60
    finally:
        databases.drop(name)
