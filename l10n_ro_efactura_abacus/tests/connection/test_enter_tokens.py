"""Tokens that a person enters, that ANAF refuses, and that ANAF has rotated; what the connection's form says."""

from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields, modules
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import TransactionCase, tagged
from odoo.tools import format_date

from ...anaf import oauth
from ..common import CLIENT_ID, CLIENT_SECRET, EfacturaCommon, SimulatorMixin


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEnterTokens(EfacturaCommon):
    def setUp(self):
        super().setUp()
        self.sim.reset()

    def _tokens(self, **days):
        pair = self.sim.issue_tokens("director", **days)
        return pair["access_token"], pair["refresh_token"]

    def _works(self):
        self.assertEqual(self.credential.state, "connected")
        self.assertIn("Hello", self.credential._client().hello("x"))

    def test_exchanged_tokens_are_put_in_order_and_the_chatter_says_so(self):
        access, refresh = self._tokens()
        self.credential.set_tokens(refresh, access)
        self._works()
        self.assertGreater(self.credential.refresh_expires_at, self.credential.access_expires_at)
        self.assertIn("exchanged", self.credential.message_ids[0].body)
        self.assertTrue(self.credential._refresh(self.credential.sudo().token_version))

    def test_an_ended_access_token_beside_a_good_refresh_token_is_renewed_at_once(self):
        for access in (self._tokens(access_days=-1)[0], ""):
            self.sim.reset()
            refresh = self._tokens()[1]
            self.credential.set_tokens(access, refresh)
            self.assertEqual(self.sim.calls()["token"], 1)
            self._works()
            self.assertIn("renewed at once", self.credential.message_ids[0].body)

    def test_a_refused_entered_refresh_token_changes_nothing(self):
        refresh = self._tokens()[1]
        self.sim.revoke(refresh)
        before = self.credential.sudo().token_version
        with self.assertRaisesRegex(UserError, "refresh token"):
            self.credential.set_tokens("", refresh)
        self.assertEqual(self.credential.sudo().token_version, before)
        self._works()

    def test_two_refresh_tokens_are_refused(self):
        with self.assertRaisesRegex(UserError, "Both texts are refresh tokens"):
            self.credential.set_tokens(self._tokens()[1], self._tokens()[1])

    def test_dates_are_in_the_user_s_format(self):
        self.env["res.lang"]._lang_get(self.env.user.lang).date_format = "%d.%m.%Y"
        self.credential.set_tokens(*self._tokens())
        end = format_date(self.env, self.credential.refresh_expires_at.date())
        self.assertRegex(end, r"^\d\d\.\d\d\.\d{4}$")
        body = self.credential.message_ids[0].body
        self.assertRegex(body, r"refresh token until \d\d\.\d\d\.\d{4}")
        with self.assertRaisesRegex(UserError, r"expired, on \d\d\.\d\d\.\d{4}"):
            self.credential.set_tokens(self._tokens()[0], self._tokens(refresh_days=-1)[1])

    def test_the_dialog_says_what_it_did(self):
        access, refresh = self._tokens()
        wizard = self.env["l10n_ro_efactura.paste.tokens"].create(
            {"credential_id": self.credential.id, "access_token": refresh, "refresh_token": access}
        )
        self.assertIn("exchanged", wizard.action_done()["params"]["message"])

    def test_a_refused_refresh_token_does_not_show_as_connected(self):
        access, refresh = self._tokens()
        self.credential.set_tokens(access, refresh)
        client = self.credential._client()
        self.sim.revoke(access)
        self.sim.revoke(refresh)
        from anaf_simulator import texts  # the answer of facts 1.3: a bad grant without a word on expiry

        with patch.object(texts, "REFRESH_DEAD", "The provided grant is not valid"):
            self.assertFalse(self.credential._renew_after_401(client))
        self.assertEqual(self.credential.state, "expired")
        self.assertEqual(self.credential._warning()["level"], "danger")
        self.assertNotIn("60 seconds", self.credential.last_error)
        self.assertIn("refresh token", self.credential.last_error)

    def test_what_is_missing_is_named_before_the_certificate_is_asked_for(self):
        self.credential.client_id = False
        with self.assertRaisesRegex(UserError, "the client ID") as caught:
            self.credential.action_connect()
        self.assertNotIn("callback", str(caught.exception))

    def test_a_callback_without_https_is_warned_about(self):
        for url, warned in (
            ("http://erp.example/l10n_ro_efactura/callback", True),
            ("https://erp.example/l10n_ro_efactura/callback", False),
            ("http://127.0.0.1:8069/l10n_ro_efactura/callback", False),
        ):
            self.credential.callback_url = url
            self.assertEqual(bool(self.credential.callback_warning), warned, url)

    def test_the_right_in_spv_is_unknown_after_disconnecting(self):
        self.credential.action_test_connection()
        self.assertEqual(self.credential.right_prod, "yes")
        self.credential.action_disconnect()
        self.assertEqual((self.credential.right_prod, self.credential.right_test), ("unknown", "unknown"))
        self.assertIn("Not connected", self.credential._warning()["text"])

    def test_the_result_of_a_failed_test_goes_with_its_reason(self):
        access, refresh = self._tokens()
        self.credential.set_tokens(access, refresh)
        self.sim.revoke(access)
        self.sim.revoke(refresh)
        action = self.credential.action_test_connection()
        self.assertFalse(action["params"].get("sticky"), "the form says it, as long as it is so")
        self.assertTrue(self.credential.test_problem)
        self.credential.set_tokens(*self._tokens())
        self.assertFalse(self.credential.test_problem)

    def test_days_left_count_begun_days_in_badge_and_message(self):
        self.credential.set_tokens(*self._tokens())
        self.assertEqual((self.credential.access_badge, self.credential.refresh_badge), ("90", "365"))
        self.assertIn("90", self.credential.action_refresh_now()["params"]["message"])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTokensKept(SimulatorMixin, TransactionCase):
    """With cursors of their own and real commits, as workers have them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._start_simulator()

    def setUp(self):
        super().setUp()
        tokens = self.sim.issue_tokens("director")
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            credential = env["l10n_ro_efactura.credential"].create(
                {
                    "company_id": env.ref("base.main_company").id,
                    "active": False,
                    "client_id": CLIENT_ID,
                    "client_secret": CLIENT_SECRET,
                }
            )
            credential.set_tokens(tokens["access_token"], tokens["refresh_token"])
            credential._alert("The connection ends", "soon")
            self.credential_id, self.version = credential.id, credential.token_version
        self.addCleanup(self._remove)
        self.calls = self.sim.calls()["token"]
        for target, name, value in (
            (modules.module, "current_test", False),
            (Registry, "_lock", DummyRLock()),
        ):
            patcher = patch.object(target, name, value)
            patcher.start()
            self.addCleanup(patcher.stop)

    def _remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["l10n_ro_efactura.credential"].browse(self.credential_id).unlink()
            cr.execute("DELETE FROM l10n_ro_efactura_call_log")

    def _refresh(self):
        with self.registry.cursor() as cr:
            credential = api.Environment(cr, SUPERUSER_ID, {})["l10n_ro_efactura.credential"].browse(self.credential_id)
            credential.read(["state"])  # the caller's snapshot is older than all that follows
            return credential._refresh(self.version)

    def assertRenewed(self):
        with self.registry.cursor() as cr:
            credential = api.Environment(cr, SUPERUSER_ID, {})["l10n_ro_efactura.credential"].browse(self.credential_id)
            self.assertEqual(self.sim.calls()["token"], self.calls + 1, "one call")
            self.assertEqual((credential.token_version, credential.state), (self.version + 1, "connected"))
            self.assertFalse(credential.refresh_refused)
            self.assertIn("Hello", credential._client().hello("x"))
            self.assertTrue(credential._refresh(self.version + 1), "the stored refresh token is the new one")

    def _meanwhile(self, query):
        """Let another transaction commit `query` right after ANAF has rotated the pair."""
        asked = oauth.refresh

        def refresh(*arguments, **options):
            tokens = asked(*arguments, **options)
            with self.registry.cursor() as cr:
                cr.execute(query, [self.credential_id])
            return tokens

        return patch.object(oauth, "refresh", refresh)

    def test_a_rotated_pair_survives_a_reminder_that_is_closed_meanwhile(self):
        with self._meanwhile(
            "DELETE FROM mail_activity WHERE res_model = 'l10n_ro_efactura.credential' AND res_id = %s"
        ):
            self.assertTrue(self._refresh())
        self.assertRenewed()

    def test_a_rotated_pair_survives_a_change_of_the_connection_meanwhile(self):
        with self._meanwhile("UPDATE l10n_ro_efactura_credential SET reminded_step = 7 WHERE id = %s"):
            self.assertTrue(self._refresh())
        self.assertRenewed()

    def test_a_rotated_pair_survives_a_failure_of_what_follows(self):
        with (
            patch.object(
                self.registry["l10n_ro_efactura.credential"], "_after_new_tokens", side_effect=ValueError("broken")
            ),
            self.assertLogs("odoo.addons.l10n_ro_efactura_abacus.models.connection", "ERROR"),
        ):
            self.assertTrue(self._refresh())
        self.assertRenewed()

    def test_an_entered_pair_that_is_renewed_survives_the_rollback_of_its_dialog(self):
        refresh = self.sim.issue_tokens("director")["refresh_token"]
        cr = self.registry.cursor()
        try:
            credential = api.Environment(cr, SUPERUSER_ID, {})["l10n_ro_efactura.credential"].browse(self.credential_id)
            credential.set_tokens("", refresh)
        finally:
            cr.rollback()
            cr.close()
        self.assertRenewed()

    def test_every_call_is_logged_though_its_transaction_is_rolled_back(self):
        cr = self.registry.cursor()
        try:
            credential = api.Environment(cr, SUPERUSER_ID, {})["l10n_ro_efactura.credential"].browse(self.credential_id)
            credential._call("prod", lambda client: client.hello("x"))
        finally:
            cr.rollback()
            cr.close()
        with self.registry.cursor() as cr:
            cr.execute("SELECT call, outcome FROM l10n_ro_efactura_call_log ORDER BY id")
            self.assertIn(("hello", "good"), cr.fetchall())

    def test_calls_of_many_threads_are_all_logged(self):
        from concurrent.futures import ThreadPoolExecutor

        with self.registry.cursor() as cr:
            credential = api.Environment(cr, SUPERUSER_ID, {})["l10n_ro_efactura.credential"].browse(self.credential_id)
            client = credential._client()
            cr.execute("SELECT count(*) FROM l10n_ro_efactura_call_log")
            before = cr.fetchone()[0]
            with ThreadPoolExecutor(16) as pool:
                list(pool.map(client.hello, map(str, range(160))))
        with self.registry.cursor() as cr:
            cr.execute("SELECT count(*) FROM l10n_ro_efactura_call_log")
            self.assertEqual(cr.fetchone()[0], before + 160)
            cr.execute("SELECT min(started_at) FROM l10n_ro_efactura_call_log")
            self.assertLess(fields.Datetime.now() - cr.fetchone()[0], timedelta(minutes=5))

    def test_a_call_succeeds_where_the_log_cannot_be_written(self):
        with self.registry.cursor() as cr:
            credential = api.Environment(cr, SUPERUSER_ID, {})["l10n_ro_efactura.credential"].browse(self.credential_id)
            client = credential._client()
            with (
                patch(
                    "odoo.addons.l10n_ro_efactura_abacus.models.calls.call_log.db_connect", side_effect=OSError("full")
                ),
                self.assertLogs("odoo.addons.l10n_ro_efactura_abacus.models.calls.call_log", "WARNING"),
            ):
                self.assertIn("Hello", client.hello("x"))
