"""Secrets: no user reads one back, a dump holds none, a missing key is never replaced by a new one."""

import base64
import json
import logging
import stat
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.modules.module import get_module_path
from odoo.tests import HttpCase, tagged
from odoo.tools import config

from ...models.connection import vault
from ..common import CLIENT_SECRET, SECRET_KEY, EfacturaCommon

CIPHERS = ["access_cipher", "refresh_cipher", "client_secret_cipher"]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCredentialSecrets(EfacturaCommon, HttpCase):
    def setUp(self):
        super().setUp()
        pair = self.sim.issue_tokens("director")
        self.secrets = [pair["access_token"], pair["refresh_token"], CLIENT_SECRET]
        self.credential.set_tokens(*self.secrets[:2])
        self.credential.client_secret = CLIENT_SECRET
        self.env.flush_all()
        self.credential = self.credential.with_env(self.env)  # accountman: an administrator, not the superuser
        self.ciphers = [self.credential.sudo()[name] for name in CIPHERS]

    def _assert_clean(self, value):
        text = value if isinstance(value, str) else json.dumps(value, default=str)
        for secret in self.secrets + self.ciphers:
            self.assertNotIn(secret, text)

    def test_an_administrator_reads_none(self):
        credential = self.credential
        self.assertTrue(self.env.user.has_group("base.group_system"))
        self.assertFalse(self.env.su)
        readable = credential.fields_get()
        self.assertFalse(set(readable) & {*CIPHERS, "token_version"})
        self._assert_clean(credential.read())
        self._assert_clean(credential.web_read({name: {} for name in readable}))
        self._assert_clean(credential.export_data([name for name in readable if name != "message_ids"]))
        self._assert_clean(credential.copy_data())
        self.assertFalse(credential.client_secret)
        for name in CIPHERS:
            with self.assertRaises(AccessError):
                credential.read([name])
            with self.assertRaises(AccessError):
                credential.export_data([name])
            with self.assertRaises(AccessError):
                credential.search([(name, "!=", False)])
            with self.assertRaises(AccessError):
                credential.search([], order=name)
            with self.assertRaises(AccessError):
                credential.formatted_read_group([], [name])
            with self.assertRaises(AccessError):
                credential.filtered_domain([(name, "!=", False)])
            with self.assertRaises(AccessError):
                credential.write({name: "x"})
            with self.assertRaises(AccessError):
                credential.mapped(name)
        with self.assertRaises(ValueError), self.assertLogs("odoo.orm.domains", "ERROR"):
            credential.search([("client_secret", "=", CLIENT_SECRET)])

    def test_nothing_by_rpc(self):
        self.authenticate("accountman", "accountman")
        for method, args in [
            ("read", [self.credential.ids]),
            ("search_read", [[]]),
            (
                "web_save",
                [
                    self.credential.ids,
                    {"client_secret": "typed-secret"},
                    {"client_secret": {}, "has_client_secret": {}},
                ],
            ),
        ]:
            answer = self.make_jsonrpc_request(
                "/web/dataset/call_kw",
                {"model": "l10n_ro_efactura.credential", "method": method, "args": args, "kwargs": {}},
            )
            self._assert_clean(answer)
            self.assertNotIn("typed-secret", json.dumps(answer))
        for method in ("_client", "_client_secret", "_newest_access", "_endpoints"):
            response = self.url_open(
                "/web/dataset/call_kw",
                json={
                    "params": {
                        "model": "l10n_ro_efactura.credential",
                        "method": method,
                        "args": [self.credential.ids],
                        "kwargs": {},
                    }
                },
            )
            self.assertIn("error", response.json(), method)
            self._assert_clean(response.text)

    def test_the_database_holds_none(self):
        with self.assertLogs(level="DEBUG") as logs:
            logging.getLogger().info("begin")
            self.credential.action_refresh_now()
            self.credential.action_test_connection()
        self._assert_clean("\n".join(logs.output))
        access = self.credential._client()._bearer.removeprefix("Bearer ")
        self.secrets.append(access)
        self.ciphers = []
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        for [table] in self.env.cr.fetchall():
            for secret in self.secrets:
                self.env.cr.execute(f'SELECT count(*) FROM "{table}" AS t WHERE strpos(t::text, %s) > 0', [secret])
                self.assertEqual(self.env.cr.fetchone()[0], 0, table)

    def test_errors_quote_none(self):
        refresh = self.secrets[1]
        self.sim.revoke(refresh)
        self._assert_clean(self.credential.action_refresh_now())
        self._assert_clean(self.credential.last_error)
        self._assert_clean(self.credential.message_ids.mapped("body"))

    # -- keys ------------------------------------------------------------------------------------------------------

    def test_stored_value_names_its_key_and_tells_nothing(self):
        for cipher in self.ciphers:
            self.assertTrue(cipher.startswith(vault.fingerprint(SECRET_KEY) + "$"))
            payload = cipher.partition("$")[2]
            self.assertNotIn(b"simulator-secret", base64.urlsafe_b64decode(payload))

    def test_key_missing(self):
        with tempfile.TemporaryDirectory() as folder, patch.dict(config.options, {"data_dir": folder}):
            self.knob("secret_key", "")
            self.credential.invalidate_recordset()
            self.assertIn("key", self.credential.key_problem)
            self.assertEqual(self.credential._warning()["level"], "danger")
            with self.assertRaises(vault.VaultLocked):
                self.credential._client()
            self.assertFalse(self.credential._refresh(self.credential.sudo().token_version))
            with self.assertRaises(UserError):
                self.credential.set_tokens(*self.secrets[:2])
            with self.assertRaises(UserError):
                self.credential.client_secret = "x"
            with self.assertRaises(UserError):
                self.credential.action_connect()
            self.assertFalse(vault.key_file().exists(), "a missing key is never replaced")
            self.knob("secret_key", "another key, of another server, that opens nothing")
            self.credential.invalidate_recordset()
            self.assertIn(vault.fingerprint(SECRET_KEY), self.credential.key_problem)
            self.credential.action_disconnect()
            self.assertFalse(self.credential.key_problem)
            self.credential.set_tokens(*self.secrets[:2])
            self.assertEqual(self.credential.state, "connected")

    def test_key_file(self):
        self.credential.sudo().write(dict.fromkeys(CIPHERS, False))
        with tempfile.TemporaryDirectory() as folder, patch.dict(config.options, {"data_dir": folder}):
            self.knob("secret_key", "")
            self.assertFalse(vault.decrypt(self.env, False))
            self.assertFalse(vault.key_file().exists(), "reading makes none")
            self.credential.set_tokens(*self.secrets[:2])
            path = vault.key_file()
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
            self.assertEqual([item.name for item in path.parent.iterdir()], [path.name])
            self.assertNotIn("filestore", path.parts)
            content = path.read_text()
            self.credential.client_secret = CLIENT_SECRET
            self.assertEqual(path.read_text(), content)
            self.assertEqual(self.credential._client_secret(), CLIENT_SECRET)
            # moving to a configured key: the file still opens what it closed
            self.knob("secret_key", SECRET_KEY)
            self.assertEqual(self.credential._client_secret(), CLIENT_SECRET)
            self.assertEqual(self.credential._reencrypt(), 3)
        self.assertEqual(self.credential._client_secret(), CLIENT_SECRET)

    def test_key_rotation(self):
        new = "the new key that encrypts from now on, 2027"
        self.knob("secret_key", f"{new}, {SECRET_KEY}")
        self.assertIn("Hello", self.credential._client().hello("x"), "the old key still opens")
        self.assertIn("3", self.credential.action_reencrypt()["params"]["message"])
        self.assertEqual(self.credential._reencrypt(), 0)
        self.knob("secret_key", new)
        self.credential.invalidate_recordset()
        self.assertFalse(self.credential.key_problem)
        self.assertIn("Hello", self.credential._client().hello("x"))

    def test_bound_to_the_database(self):
        self.env["ir.config_parameter"].sudo().set_param("database.uuid", "of-a-restored-copy")
        self.credential.invalidate_recordset()
        self.assertIn("another database", self.credential.key_problem)
        with self.assertRaises(vault.VaultLocked) as caught:
            self.credential._client()
        self.assertEqual(caught.exception.code, "other_database")

    def test_neutralize(self):
        self.env.flush_all()
        script = Path(get_module_path("l10n_ro_efactura_abacus")) / "data" / "neutralize.sql"
        self.env.cr.execute(script.read_text())
        self.env.invalidate_all()
        self.assertEqual(self.credential.state, "draft")
        self.assertFalse(any(self.credential.sudo()[name] for name in CIPHERS))
        with self.assertRaises(UserError):
            self.credential._client("test")
