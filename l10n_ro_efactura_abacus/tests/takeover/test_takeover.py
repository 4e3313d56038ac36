"""Core's module stays installed, and does nothing by itself for a company that is connected through us."""

import inspect
from unittest.mock import patch

from odoo import Command
from odoo.addons.l10n_ro_edi.models import account_move as core_move
from odoo.addons.l10n_ro_edi.models import utils as core_utils
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import config

from ...models.takeover import l10n_ro_edi as takeover
from ..common import EfacturaCommon

OURS = "l10n_ro_efactura_abacus"
SECRET_FIELDS = ["l10n_ro_edi_client_secret", "l10n_ro_edi_access_token", "l10n_ro_edi_refresh_token"]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCoreNames(EfacturaCommon):
    def _missing(self):
        return self.env["account.move"]._l10n_ro_efactura_missing_core_names()

    def test_every_name_is_there(self):
        self.assertEqual(self._missing(), {})
        self.assertFalse(self.credential.degraded_duties)

    def test_a_vanished_record_or_model_is_missed_by_its_duty_alone(self):
        self.env.ref("l10n_ro_edi.ir_cron_l10n_ro_edi_synchronize_invoices").unlink()
        with patch.dict(takeover.CORE_NAMES, {"door": {"l10n_ro_edi.gone": ("name",)}}):
            self.assertEqual(
                self._missing(),
                {"reception": ["l10n_ro_edi.ir_cron_l10n_ro_edi_synchronize_invoices"], "door": ["l10n_ro_edi.gone"]},
            )

    def _names(self, model, modules):
        return {
            name
            for cls in type(self.env[model]).mro()
            if vars(cls).get("_module") in modules
            for name in vars(cls)
            if not name.startswith("__")
        }

    def test_every_override_is_listed(self):
        """What this addon overrides of core's two modules, and no module below them has, stands in CORE_NAMES."""
        forgotten, listed = (
            [],
            {name for models in takeover.CORE_NAMES.values() for names in models.values() for name in names},
        )
        models = {model for models in takeover.CORE_NAMES.values() for model in models}
        for model in {*models, "account.move.send.wizard", "res.config.settings", "res.partner"}:
            below = {vars(cls).get("_module") for cls in type(self.env[model]).mro()} - {*takeover.CORE, OURS}
            overridden = self._names(model, takeover.CORE) & self._names(model, [OURS]) - self._names(model, below)
            forgotten += [f"{model}.{name}" for name in overridden - listed]
        self.assertEqual(forgotten, [])

    def test_every_listed_method_is_overridden(self):
        """CORE_NAMES holds no method that only core uses."""
        called = {"_get_all_extra_edis", "_export_invoice_filename"}  # by us, and by core at the door
        for duty, models in takeover.CORE_NAMES.items():
            for model, names in models.items():
                ours = self._names(model, [OURS])
                self.assertEqual(
                    [name for name in names if name not in self.env[model]._fields and name not in ours | called],
                    [],
                    duty,
                )


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCoreTokens(EfacturaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.access = cls.company.sudo().l10n_ro_edi_access_token
        cls.portal = new_test_user(cls.env, "efactura_portal", groups="base.group_portal")
        cls.employee = new_test_user(cls.env, "efactura_employee", groups="base.group_user")
        cls.admin = new_test_user(cls.env, "efactura_admin", groups="base.group_system,account.group_account_manager")

    def test_core_reads_the_vault_as_superuser(self):
        self.assertEqual(self.access.count("."), 2)
        self.assertEqual(self.company.sudo().l10n_ro_edi_access_expiry_date, self.credential.access_expires_at.date())

    def test_nobody_reads_a_secret(self):
        for user in (self.portal, self.employee, self.biller, self.admin):
            company = self.company.with_user(user)
            for name in SECRET_FIELDS:
                with self.subTest(user=user.login, name=name):
                    with self.assertRaises(AccessError):
                        company.read([name])
                    with self.assertRaises(AccessError):
                        company[name]  # noqa: B018
                    with self.assertRaises(AccessError):
                        company.search([(name, "!=", False)])
                    with self.assertRaises(UserError):
                        company.export_data([name])
                    self.assertNotIn(name, company.fields_get())
        self.assertFalse(set(SECRET_FIELDS) & set(self.company.with_user(self.admin).read()[0]))

    def test_a_company_without_a_connection_hides_nothing_and_shows_nothing(self):
        """Core's own requests for such a company read the field as the user: False, and no AccessError."""
        other = self.env["res.company"].create({"name": "Abacus Unconnected SRL"})
        self.biller.company_ids += other
        token = self.company.sudo().l10n_ro_edi_access_token
        seen = other.with_user(self.biller)
        self.assertFalse(seen.l10n_ro_edi_access_token)
        for companies in (seen + self.company.with_user(self.biller), seen.browse()):
            with self.assertRaises(AccessError):
                companies._check_field_access(companies._fields["l10n_ro_edi_access_token"], "read")
        other.sudo().l10n_ro_edi_access_token = token
        with self.assertRaises(AccessError):
            seen.l10n_ro_edi_access_token  # noqa: B018

    def test_settings_show_no_secret(self):
        settings = self.env["res.config.settings"].with_user(self.admin).with_company(self.company).create({})
        for name in SECRET_FIELDS:
            with self.assertRaises(AccessError):
                settings.read([name])
        self.assertNotIn(self.access, str(settings.read()))

    def test_the_columns_stay_empty(self):
        self.company.sudo().write({"l10n_ro_edi_access_token": "some access token"})
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT count(*) FROM res_company WHERE l10n_ro_edi_client_secret IS NOT NULL"
            " OR l10n_ro_edi_access_token IS NOT NULL OR l10n_ro_edi_refresh_token IS NOT NULL"
        )
        self.assertEqual(self.env.cr.fetchone(), (0,))
        self.assertEqual(self.company.sudo().l10n_ro_edi_access_token, "some access token")
        self.assertNotIn("some access", self.credential.sudo().access_cipher)

    def test_what_is_written_into_core_makes_a_connection(self):
        company = self.env["res.company"].create({"name": "Other SRL", "country_id": self.env.ref("base.ro").id}).sudo()
        self.assertFalse(company._l10n_ro_efactura_taken_over())
        self.assertFalse(company.l10n_ro_edi_access_token)
        tokens = self.sim.issue_tokens("director")
        company.write(
            {
                "l10n_ro_edi_client_id": "abc",
                "l10n_ro_edi_client_secret": "shh",
                "l10n_ro_edi_access_token": tokens["access_token"],
                "l10n_ro_edi_refresh_token": tokens["refresh_token"],
                "l10n_ro_edi_access_expiry_date": "2020-01-01",
                "l10n_ro_edi_refresh_expiry_date": "2020-01-01",
            }
        )
        self.env.invalidate_all()
        self.assertTrue(company._l10n_ro_efactura_taken_over())
        credential = company._l10n_ro_efactura_credential()
        self.assertEqual((credential.client_id, credential.state), ("abc", "connected"))
        self.assertEqual(company.l10n_ro_edi_client_secret, "shh")
        self.assertEqual(company.l10n_ro_edi_access_token, tokens["access_token"])
        self.assertEqual(company.l10n_ro_edi_refresh_token, tokens["refresh_token"])
        self.assertEqual(company.l10n_ro_edi_access_expiry_date, credential.access_expires_at.date())
        company.l10n_ro_edi_access_token = False
        self.assertEqual(credential.state, "draft")

    def test_an_administrator_may_give_a_token_but_gets_none_back(self):
        company = self.company.with_user(self.admin)
        company.write({"l10n_ro_edi_access_token": "pasted into the old field"})
        self.assertEqual(company.sudo().l10n_ro_edi_access_token, "pasted into the old field")
        with self.assertRaises(AccessError):
            company.read(["l10n_ro_edi_access_token"])
        with self.assertRaises(AccessError):
            self.company.with_user(self.biller).write({"l10n_ro_edi_access_token": "x"})

    def test_new_tokens_are_seen_at_once(self):
        tokens = self.sim.issue_tokens("director")
        self.credential.set_tokens(tokens["access_token"], tokens["refresh_token"])
        self.assertEqual(self.company.sudo().l10n_ro_edi_access_token, tokens["access_token"])

    def test_a_lost_key_gives_nothing(self):
        other_key = {"l10n_ro_efactura_secret_key": "another-key-that-opens-nothing-of-this-database"}
        with patch.dict(config.options, other_key):
            self.env.invalidate_all()
            self.assertFalse(self.company.sudo().l10n_ro_edi_access_token)

    def test_search_for_companies_with_tokens(self):
        found = self.env["res.company"].sudo().search([("l10n_ro_edi_refresh_token", "!=", False)])
        self.assertIn(self.company, found)
        lacking = self.env["res.company"].sudo().search([("l10n_ro_edi_access_token", "=", False)])
        self.assertNotIn(self.company, lacking)

    def test_token_answer_goes_to_the_vault_and_never_into_an_error(self):
        tokens = self.sim.issue_tokens("director")
        self.company._l10n_ro_edi_process_token_response(tokens)
        self.assertEqual(self.company.sudo().l10n_ro_edi_refresh_token, tokens["refresh_token"])
        with self.assertRaises(ValidationError) as raised:
            self.company._l10n_ro_edi_process_token_response({"access_token": tokens["access_token"]})
        self.assertNotIn(tokens["access_token"][:20], str(raised.exception))

    def test_log_holds_no_secret(self):
        tokens = self.sim.issue_tokens("director")
        code = "8a1f0f2b7c6d4e5f8a1f0f2b7c6d4e5f8a1f0f2b"
        text = takeover.without_secrets(
            f"Response (code=200) to https://logincert.anaf.ro/anaf-oauth2/v1/token failed:\n{tokens}\n"
            f"Received access key: {code} in https://x.ro/callback/1?code={code}&state=1 client_secret: 'short one'"
        )
        for secret in (tokens["access_token"], tokens["refresh_token"], code, "short one"):
            self.assertNotIn(secret, text)
        for kept in ("Response", "https://logincert.anaf.ro/anaf-oauth2/v1/token", "Received access key"):
            self.assertIn(kept, text)

    def test_callback_url_needs_no_request(self):
        self.env["ir.config_parameter"].sudo().set_param("web.base.url", "https://erp.example.ro")
        self.assertEqual(
            self.company.l10n_ro_edi_callback_url, f"https://erp.example.ro/l10n_ro_edi/callback/{self.company.id}"
        )


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCoreTransport(EfacturaCommon):
    """No path of core leads to ANAF for a connected company."""

    def setUp(self):
        super().setUp()
        self.core_calls = []

        def tripwire(*arguments, **options):
            self.core_calls.append((arguments, options))
            return {"error": "core was asked"}

        self.startPatcher(patch.object(core_utils, "make_efactura_request", tripwire))
        for name in [name for name, _value in inspect.getmembers(core_move) if name.startswith("_request_ciusro")]:
            self.startPatcher(patch.object(core_move, name, tripwire))
        self.startPatcher(patch("odoo.addons.l10n_ro_edi.models.res_company.requests.Session.post", tripwire))

    def tearDown(self):
        super().tearDown()
        self.assertEqual(self.core_calls, [])

    def test_sending(self):
        move = self._invoice()
        self.assertIsNone(move._l10n_ro_edi_send_invoice(b"<Invoice/>"))
        self.assertEqual(move.l10n_ro_efactura_state, "queued")
        self.assertTrue(move._l10n_ro_edi_send_invoice(b"<Invoice/>"), "the second time says why not")
        self.assertFalse(move.l10n_ro_edi_document_ids)

    def test_sending_what_cannot_be_sent(self):
        move = self._invoice(post=False)
        self.assertTrue(move._l10n_ro_edi_get_pre_send_errors(b"<Invoice/>"))
        self.assertTrue(move._l10n_ro_edi_send_invoice(b"<Invoice/>"))
        self.assertFalse(move.l10n_ro_efactura_state)

    def test_send_wizard(self):
        move = self._invoice()
        wizard = (
            self.env["account.move.send.wizard"]
            .with_user(self.biller)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({})
        )
        self.assertTrue(wizard.extra_edi_checkboxes["ro_edi"]["checked"])
        wizard.action_send_and_print()
        self.assertEqual(move.l10n_ro_efactura_state, "queued")

    def test_status(self):
        move = self._invoice()
        self.env["l10n_ro_efactura.submission"]._adopt(move, "prod", "4000000001")
        document = move.l10n_ro_edi_document_ids
        self.assertEqual((document.state, move.l10n_ro_edi_state), ("invoice_sent", "invoice_sent"))
        document.with_user(self.biller).action_l10n_ro_edi_fetch_status()
        self.env.ref("l10n_ro_edi.l10n_ro_edi_action_fetch_ciusro_status").with_user(self.biller).with_context(
            active_model="account.move", active_ids=move.ids
        ).run()

    def test_synchronisation(self):
        self.env["account.move"].with_company(self.company)._l10n_ro_edi_fetch_invoices()
        self.env["account.move"].with_company(self.company)._l10n_ro_edi_fetch_invoices(nb_days=60)
        action = self.env["account.move"].with_user(self.biller).action_l10n_ro_edi_fetch_invoices()
        self.assertEqual(action["res_model"], "l10n_ro_efactura.message")

    def test_crons(self):
        self.env["res.company"]._cron_l10n_ro_edi_synchronize_invoices()
        self.env["res.company"]._cron_l10n_ro_edi_refresh_access_token()

    def test_core_messages_are_left_alone(self):
        moves = self.env["account.move"].with_company(self.company)
        before = moves.search_count([])
        with self.assertLogs("odoo.addons.l10n_ro_efactura_abacus.models.takeover.l10n_ro_edi", "WARNING") as logged:
            moves._l10n_ro_edi_process_invoice_accepted_messages([{"id": "1"}])
            moves._l10n_ro_edi_process_invoice_refused_messages([{"id": "1"}])
            moves._l10n_ro_edi_process_bill_messages([{"id": "1"}])
        self.assertEqual(len(logged.records), 3)
        self.assertEqual(moves.search_count([]), before)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCoreDocuments(EfacturaCommon):
    def test_another_company_sees_nothing_and_nobody_deletes(self):
        move = self._invoice()
        document = self.env["l10n_ro_edi.document"].sudo().create({"invoice_id": move.id, "state": "invoice_validated"})
        other = self.env["res.company"].create({"name": "Other SRL"})
        stranger = new_test_user(
            self.env,
            "efactura_stranger",
            groups="account.group_account_invoice",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(AccessError):
            document.with_user(stranger).read(["state"])
        self.assertEqual(document.with_user(self.biller).state, "invoice_validated")
        with self.assertRaises(AccessError):
            document.with_user(self.biller).unlink()
        with self.assertRaises(AccessError):
            document.with_user(self.biller).write({"state": "invoice_refused"})

    def test_a_draft_bill_can_be_deleted(self):
        bill = self.init_invoice("in_invoice", partner=self.partner_a, amounts=[100], company=self.company)
        document = self.env["l10n_ro_edi.document"].sudo().create({"invoice_id": bill.id, "state": "invoice_validated"})
        bill.with_user(self.biller).unlink()
        self.assertFalse(bill.exists() or document.exists())
