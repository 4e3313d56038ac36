"""Tokens: pasted, renewed, refused, reminders; which connection a company uses."""

import threading
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api, fields, modules
from odoo.exceptions import AccessError, UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged

from ..common import CLIENT_ID, CLIENT_SECRET, COMPANY_CIF, EfacturaCommon, SimulatorMixin


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCredential(EfacturaCommon):
    def _tokens(self, **days):
        pair = self.sim.issue_tokens("director", **days)
        return pair["access_token"], pair["refresh_token"]

    def _activities(self, record=None):
        record = record or self.credential
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", record._name),
                    ("res_id", "=", record.id),
                    ("activity_type_id", "=", self.env.ref("l10n_ro_efactura_abacus.activity_type_connection").id),
                ]
            )
        )

    # -- storing ------------------------------------------------------------------------------------------------

    def test_connected(self):
        self.assertEqual(self.credential.state, "connected")
        self.assertIn(self.credential.access_days_left, (89, 90))
        self.assertIn(self.credential.refresh_days_left, (364, 365))
        self.assertTrue(self.credential.has_client_secret)
        self.assertIn("Hello", self.credential._client().hello("x"))
        self.assertEqual(self._invoice().state, "posted")

    def test_paste_refuses_what_is_no_token(self):
        access, refresh = self._tokens()
        expired = self._tokens(refresh_days=-1)[1]
        for pair in [
            (access, ""),
            ("x", refresh),
            (access, "a.b.c"),
            (access, expired),
            (access, access),
            (None, None),
        ]:
            with self.assertRaises(UserError) as caught:
                self.credential.set_tokens(*pair)
            for token in filter(None, pair):
                self.assertNotIn(token if len(token) > 10 else "\0", str(caught.exception))
        self.credential.set_tokens(f" {access}\n", f"\n{refresh} ")
        self.assertIn("Hello", self.credential._client().hello("x"))

    def test_paste_wizard_keeps_nothing(self):
        access, refresh = self._tokens()
        version = self.credential.sudo().token_version
        wizard = self.env["l10n_ro_efactura.paste.tokens"].create(
            {"credential_id": self.credential.id, "access_token": access, "refresh_token": refresh}
        )
        self.assertEqual(self.credential.sudo().token_version, version + 1)
        self.assertFalse(wizard.access_token or wizard.refresh_token)
        with self.assertRaises(UserError):
            wizard.write({"access_token": access})
        with self.assertRaises(UserError):
            wizard.create({"credential_id": self.credential.id, "access_token": "x", "refresh_token": "y"})

    def test_without_client_id_and_secret(self):
        company = self._create_company(name="Fără aplicație SRL")
        credential = self.env["l10n_ro_efactura.credential"].with_company(company).create({"company_id": company.id})
        self.assertEqual(credential.state, "draft")
        with self.assertRaises(UserError):
            credential._client()
        credential.set_tokens(*self._tokens())
        self.assertEqual(credential.client_id, CLIENT_ID, "read from the token")
        with self.assertRaises(UserError):
            credential.action_connect()

    def test_prefilled_from_configuration(self):
        self.knob("client_id", "of-the-integrator")
        self.knob("client_secret", "secret-of-the-integrator")
        self.knob("callback_url", "https://erp.example/l10n_ro_edi/callback/1")
        company = self._create_company(name="Prin integrator SRL")
        credential = self.env["l10n_ro_efactura.credential"].create({"company_id": company.id})
        self.assertEqual(credential.client_id, "of-the-integrator")
        self.assertEqual(credential.callback_url, "https://erp.example/l10n_ro_edi/callback/1")
        self.assertTrue(credential.has_client_secret)
        self.assertEqual(credential._client_secret(), "secret-of-the-integrator")
        credential.client_id = "another"
        self.assertFalse(credential.has_client_secret, "the configured secret belongs to the configured client")

    def test_secret_is_kept_when_the_field_stays_empty(self):
        self.credential.write({"client_secret": False, "client_id": CLIENT_ID})
        self.assertEqual(self.credential._client_secret(), CLIENT_SECRET)
        self.credential.client_secret = "changed"
        self.assertEqual(self.credential._client_secret(), "changed")
        self.assertFalse(self.credential.client_secret)

    def test_disconnect(self):
        self.credential.action_disconnect()
        self.assertEqual(self.credential.state, "draft")
        self.assertFalse(self.credential.sudo().access_cipher or self.credential.sudo().refresh_cipher)
        with self.assertRaises(UserError):
            self.credential._client()

    # -- renewing -----------------------------------------------------------------------------------------------

    def test_refresh_now_rotates_both(self):
        before = self.credential.sudo().read(["access_cipher", "refresh_cipher"])[0]
        self.assertEqual(self.credential.action_refresh_now()["params"]["type"], "success")
        after = self.credential.sudo().read(["access_cipher", "refresh_cipher"])[0]
        self.assertNotEqual(before["access_cipher"], after["access_cipher"])
        self.assertNotEqual(before["refresh_cipher"], after["refresh_cipher"])
        self.assertTrue(self.credential._refresh(self.credential.sudo().token_version), "the new one is good too")

    def test_cron_renews_what_is_due(self):
        calls = self.sim.calls()["token"]
        self.env["l10n_ro_efactura.credential"]._cron_refresh_tokens()
        self.assertEqual(self.sim.calls()["token"], calls, "nothing is due")
        self.credential.set_tokens(*self._tokens(access_days=29))
        self.env["l10n_ro_efactura.credential"]._cron_refresh_tokens()
        self.assertEqual(self.sim.calls()["token"], calls + 1)
        self.assertGreaterEqual(self.credential.access_days_left, 89)
        self.credential.set_tokens(*self._tokens())
        self.credential.sudo().refresh_issued_at = fields.Datetime.now() - timedelta(days=370)
        self.env["l10n_ro_efactura.credential"]._cron_refresh_tokens()
        self.assertEqual(self.sim.calls()["token"], calls + 2, "half of the refresh token's life is over")

    def test_dead_refresh_token(self):
        access, refresh = self._tokens(access_days=20)
        self.credential.set_tokens(access, refresh)
        self.sim.revoke(refresh)
        for _day in range(2):
            self.env["l10n_ro_efactura.credential"]._cron_refresh_tokens()
        self.assertEqual(self.credential.state, "expired")
        self.assertIn("expired", self.credential.last_error)
        self.assertEqual(len(self._activities().filtered(lambda item: item.user_id == self.env.user)), 1)
        self.assertEqual(self.credential._warning()["level"], "danger")
        self.assertIn("Hello", self.credential._client().hello("x"), "the access token still lives")
        self.assertEqual(self.credential.action_refresh_now()["params"]["type"], "danger")
        self.credential.set_tokens(*self._tokens())
        self.assertFalse(self._activities())
        self.assertFalse(self.credential._warning())

    def test_no_answer_is_not_a_refusal(self):
        self.credential.set_tokens(*self._tokens(access_days=20))
        self.sim.fault("http_503", "token")
        self.env["l10n_ro_efactura.credential"]._cron_refresh_tokens()
        self.assertEqual(self.credential.state, "connected")
        self.assertTrue(self.credential.last_error)
        self.assertFalse(self._activities(), "there is time: tomorrow it is tried again")
        self.env["l10n_ro_efactura.credential"]._cron_refresh_tokens()
        self.assertFalse(self.credential.last_error)

    def test_wrong_client_secret(self):
        self.credential.client_secret = "wrong"
        self.assertFalse(self.credential._refresh(self.credential.sudo().token_version))
        self.assertIn("client ID", self.credential.last_error)
        self.assertEqual(self.credential.state, "connected")

    def test_renew_after_401(self):
        access, refresh = self._tokens()
        self.credential.set_tokens(access, refresh)
        client, late = self.credential._client(), self.credential._client()
        self.sim.revoke(access)
        calls = self.sim.calls()["token"]
        self.assertIn("Hello", self.credential._call("prod", lambda client: client.hello("x")))
        self.assertEqual(self.sim.calls()["token"], calls + 1)
        self.assertTrue(self.credential._renew_after_401(client))
        self.assertTrue(self.credential._renew_after_401(late))
        self.assertEqual(self.sim.calls()["token"], calls + 1, "somebody else has renewed it already")

    def test_401_with_a_dead_refresh_token(self):
        access, refresh = self._tokens()
        self.credential.set_tokens(access, refresh)
        client = self.credential._client()
        self.sim.revoke(access)
        self.sim.revoke(refresh)
        self.assertFalse(self.credential._renew_after_401(client))
        self.assertEqual(self.credential.state, "expired")
        self.assertTrue(self._activities())
        with self.assertRaises(UserError):
            self.credential._client()

    def test_client_renews_an_access_token_that_ended(self):
        self.credential.set_tokens(*self._tokens(access_days=1))
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            self.assertEqual(self.credential.state, "expiring")
            self.assertIn("Hello", self.credential._client().hello("x"))
            self.assertEqual(self.credential.state, "connected")

    def test_reminders_come_once_per_step(self):
        self.company.l10n_ro_efactura_responsible_ids = self.env.user | self.biller
        now = fields.Datetime.now()
        self.credential.set_tokens(*self._tokens(refresh_days=100))
        self.sim.fault("http_503", "token", times=0)
        counts = []
        for day in (50, 69, 71, 72, 80, 87, 87.5, 94, 98, 99.2, 99.5, 101, 102):
            with freeze_time(now + timedelta(days=day)):
                self.credential.sudo().access_expires_at = fields.Datetime.now() + timedelta(days=60)
                self.credential.sudo().refresh_issued_at = fields.Datetime.now()
                self.env["l10n_ro_efactura.credential"]._cron_refresh_tokens()
                self.credential.invalidate_recordset()
                counts.append((len(self._activities()), len(self._activities(self.company.partner_id))))
                warning = self.credential._warning()
                self.assertEqual(bool(warning), day > 70, day)
        self.assertEqual(counts, [(n, n) for n in (0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 5, 6, 6)])

    # -- whose connection ----------------------------------------------------------------------------------------

    def test_borrowed_and_inherited(self):
        branch = self.env["res.company"].create({"name": "Filiala Cluj", "parent_id": self.company.id})
        self.assertEqual(branch._l10n_ro_efactura_credential(), self.credential)
        self.assertEqual(branch._l10n_ro_efactura_cif(), COMPANY_CIF)
        other = self._create_company(name="Soră SRL", vat="RO44556670")
        self.assertFalse(other._l10n_ro_efactura_credential())
        other.l10n_ro_efactura_credential_id = self.credential
        self.assertEqual(other._l10n_ro_efactura_credential(), self.credential)
        self.assertEqual(other._l10n_ro_efactura_cif(), "44556670")
        self.assertEqual(self.credential.user_company_ids, self.company | branch | other)
        own = self.env["l10n_ro_efactura.credential"].create({"company_id": other.id})
        self.assertEqual(other._l10n_ro_efactura_credential(), self.credential, "the chosen one first")
        other.l10n_ro_efactura_credential_id = False
        self.assertEqual(other._l10n_ro_efactura_credential(), own)
        own.active = False
        self.assertFalse(other._l10n_ro_efactura_credential())

    def test_company_without_vat_number(self):
        self.company.vat = False
        self.company.company_registry = COMPANY_CIF
        self.assertEqual(self.company._l10n_ro_efactura_cif(), COMPANY_CIF)

    def test_connection_says_the_right_of_each_company(self):
        other = self._create_company(name="Fără drept SRL", vat="RO44556670")
        other.l10n_ro_efactura_credential_id = self.credential
        text = self.credential.action_test_connection()["params"]["message"]
        self.assertIn(f"(CIF {COMPANY_CIF}): right in SPV: yes, in the test environment: yes", text)
        self.assertIn("(CIF 44556670): right in SPV: no, in the test environment: no", text)
        self.assertEqual(self.credential.right_prod, "yes")
        self.assertEqual(other.l10n_ro_efactura_right_test, "no")

    # -- who may, and where to ------------------------------------------------------------------------------------

    def test_only_administrators(self):
        portal = new_test_user(self.env, "efactura_portal", groups="base.group_portal")
        employee = new_test_user(self.env, "efactura_employee", groups="base.group_user")
        for user in (self.biller, portal, employee):
            credential = self.credential.with_user(user)
            for method in (
                "action_connect",
                "action_holder_link",
                "action_paste_tokens",
                "action_refresh_now",
                "action_test_connection",
                "action_disconnect",
                "action_reencrypt",
            ):
                with self.assertRaises(AccessError, msg=method):
                    getattr(credential, method)()
            with self.assertRaises(AccessError):
                credential.set_tokens(*self._tokens())
            with self.assertRaises(AccessError):
                credential.read(["state"])
            with self.assertRaises(AccessError):
                self.company.with_user(user).read(["l10n_ro_efactura_credential_id"])
            with self.assertRaises(AccessError):
                self.env["l10n_ro_efactura.ticket"].with_user(user).search([])
        with self.assertRaises(AccessError):
            self.env["l10n_ro_efactura.ticket"].search([])
        self.assertEqual(self.company.with_user(self.biller)._l10n_ro_efactura_credential(), self.credential)

    def test_other_companies_connection_is_out_of_reach(self):
        other = self._create_company(name="Străină SRL")
        stranger = new_test_user(
            self.env,
            "efactura_stranger",
            groups="base.group_system",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(AccessError):
            self.credential.with_user(stranger).action_disconnect()
        self.assertFalse(self.env["l10n_ro_efactura.credential"].with_user(stranger).search([]))

    def test_endpoints(self):
        Credential = self.env["l10n_ro_efactura.credential"]
        self.assertEqual(Credential._endpoints().api_url, self.sim.url)
        for bad in ("http://api.anaf.ro", "ftp://127.0.0.1", "nonsense", "https://user:pass@api.anaf.ro"):
            self.knob("api_url", bad)
            with self.assertRaises(UserError):
                Credential._endpoints()
        with patch.dict("os.environ", {"L10N_RO_EFACTURA_API_URL": "https://staging.example"}):
            self.assertEqual(Credential._endpoints().api_url, "https://staging.example")
        self.knob("api_url", "")
        self.assertEqual(Credential._endpoints().api_url, "https://api.anaf.ro")

    def test_neutralized_cannot_reach_prod(self):
        self.env["ir.config_parameter"].sudo().set_param("database.is_neutralized", True)
        with self.assertRaises(UserError):
            self.credential._client("prod")
        self.assertIn("Hello", self.credential._client("test").hello("x"))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestConcurrentRefresh(SimulatorMixin, TransactionCase):
    """With cursors of their own and real commits, as two workers have them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._start_simulator()

    def test_one_refresh_on_the_wire(self):
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
            credential_id, version = credential.id, credential.token_version
        self.addCleanup(self._remove, credential_id)
        self.sim.settings.latency = 0.5
        calls, answers, barrier = self.sim.calls()["token"], [], threading.Barrier(3)

        def renew():
            with self.registry.cursor() as cr:
                credential = api.Environment(cr, SUPERUSER_ID, {})["l10n_ro_efactura.credential"].browse(credential_id)
                client = credential._client()
                barrier.wait(20)
                renewed = credential._renew_after_401(client)
                answers.append((renewed, credential._client().token_version, credential._client().hello("x")[:5]))

        with patch.object(modules.module, "current_test", False), patch.object(Registry, "_lock", DummyRLock()):
            workers = [threading.Thread(target=renew) for _worker in range(3)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join(60)
        self.assertEqual(answers, [(True, version + 1, "Hello")] * 3)
        self.assertEqual(self.sim.calls()["token"], calls + 1)

    def _remove(self, credential_id):
        self.sim.settings.latency = 0
        with self.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["l10n_ro_efactura.credential"].browse(credential_id).unlink()
