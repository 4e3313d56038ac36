from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import CUSTOMER_CIF, EfacturaCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMoveSend(EfacturaCommon):
    def _submissions(self, moves):
        return self.env["l10n_ro_efactura.submission"].search([("move_id", "in", moves.ids)])

    def _lacking(self, **values):
        return self._invoice(self._partner(name="Fara Oras SRL", city=False, **values))

    # -- the buttons ----------------------------------------------------------------------------------------

    def test_one_invoice(self):
        move = self._invoice().with_user(self.biller)
        action = move.action_l10n_ro_efactura_send()
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual(move.l10n_ro_efactura_state, "queued")
        self.assertFalse(move.l10n_ro_efactura_test_state)
        # clicking twice is harmless
        again = move.action_l10n_ro_efactura_send()
        self.assertEqual(again["params"]["type"], "info")
        self.assertEqual(len(self._submissions(move)), 1)

    def test_test_is_apart(self):
        move = self._invoice().with_user(self.biller)
        move.action_l10n_ro_efactura_send_test()
        self.assertEqual(move.l10n_ro_efactura_test_state, "queued")
        self.assertFalse(move.l10n_ro_efactura_state)
        self.assertTrue(move.l10n_ro_efactura_to_send)
        move.action_l10n_ro_efactura_send()
        self.assertEqual(set(self._submissions(move).mapped("environment")), {"prod", "test"})

    def test_one_invoice_that_lacks_data(self):
        move = self._lacking()
        action = move.with_user(self.biller).action_l10n_ro_efactura_send()
        self.assertEqual(action["res_model"], "l10n_ro_efactura.window")
        row = self.env[action["res_model"]].with_user(self.biller).browse(action["res_id"]).missing_ids
        self.assertEqual(
            (row.bt, row.model, row.res_id, row.field), ("BT-52", "res.partner", move.partner_id.id, "city")
        )
        self.assertTrue(move.l10n_ro_efactura_missing)
        self.assertFalse(self._submissions(move))
        draft = self._invoice(post=False)
        with self.assertRaisesRegex(UserError, "posted"):
            draft.action_l10n_ro_efactura_send()
        bill = self._invoice(move_type="in_invoice", tax=self.tax_purchase_a)
        with self.assertRaises(UserError):
            bill.action_l10n_ro_efactura_send()

    def test_many(self):
        good, bad, sent = self._invoice(), self._lacking(), self._invoice()
        sent.action_l10n_ro_efactura_send()
        action = (good + bad + sent).with_user(self.biller).action_l10n_ro_efactura_send()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertEqual(action["params"]["button"]["action"]["context"]["active_ids"], bad.ids)
        self.assertEqual(good.l10n_ro_efactura_state, "queued")
        self.assertFalse(bad.l10n_ro_efactura_state)
        self.assertTrue(bad.l10n_ro_efactura_missing)
        self.assertEqual(bad.search([("id", "in", (good + bad).ids), ("l10n_ro_efactura_missing", "!=", False)]), bad)
        self.assertEqual(len(self._submissions(sent)), 1)
        # repaired, the mark goes
        bad.partner_id.city = "Cluj-Napoca"
        bad.action_l10n_ro_efactura_send()
        self.assertFalse(bad.l10n_ro_efactura_missing)

    def test_the_list_leaves_foreign_buyers_out_and_says_so(self):
        german = self._partner(
            name="Kunde GmbH", vat="DE123456788", country_id=self.env.ref("base.de").id, state_id=False
        )
        good, foreign = self._invoice(), self._invoice(german)
        action = (good + foreign).with_context(l10n_ro_efactura_only_due=True).action_l10n_ro_efactura_send()
        self.assertIn("1 not due", action["params"]["message"])
        self.assertFalse(foreign.l10n_ro_efactura_state)
        # chosen by itself it goes, as an export
        foreign.partner_id.state_id = self.env.ref("base.state_de_be")
        foreign.action_l10n_ro_efactura_send()
        self.assertTrue(self._submissions(foreign).extern)

    def test_who_may(self):
        move = self._invoice()
        reader = new_test_user(self.env, "efactura_reader", groups="base.group_user", company_id=self.company.id)
        for method in (
            "action_l10n_ro_efactura_send",
            "action_l10n_ro_efactura_send_test",
            "action_l10n_ro_efactura_refresh",
            "l10n_ro_efactura_refresh_visible",
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(move.with_user(reader), method)()

    def test_check_send(self):
        move = self._invoice()
        self.assertEqual(move._l10n_ro_efactura_check_send("prod"), [])
        move.l10n_ro_efactura_state = "ok"
        self.assertIn("credit note", move._l10n_ro_efactura_check_send("prod")[0])
        self.assertEqual(move._l10n_ro_efactura_check_send("test"), [], "a production Ok can be tested again")
        move.write({"l10n_ro_efactura_state": False, "l10n_ro_efactura_test_state": "ok"})
        self.assertEqual(move._l10n_ro_efactura_check_send("test"), [], "tests without limit")
        self.credential.sudo().active = False
        self.assertIn("not connected", move._l10n_ro_efactura_check_send("prod")[0])

    # -- at posting -----------------------------------------------------------------------------------------

    def test_at_posting(self):
        journal = self.company_data["default_journal_sale"]
        journal.l10n_ro_efactura_auto_send = True
        german = self._partner(
            name="Kunde GmbH", vat="DE123456788", country_id=self.env.ref("base.de").id, state_id=False
        )
        good, bad, foreign = self._invoice(), self._lacking(), self._invoice(german)
        self.assertEqual(good.l10n_ro_efactura_state, "queued")
        self.assertFalse(self._submissions(good).next_attempt_at)
        self.assertEqual(bad.state, "posted")
        self.assertTrue(bad.l10n_ro_efactura_missing, "never silently skipped")
        self.assertFalse(foreign.l10n_ro_efactura_state)
        journal.l10n_ro_efactura_send_delay = "4"
        delayed = self._invoice()
        self.assertAlmostEqual(
            self._submissions(delayed).next_attempt_at,
            fields.Datetime.now() + timedelta(days=4),
            delta=timedelta(minutes=5),
        )

    # -- Send -----------------------------------------------------------------------------------------------

    def _wizard(self, move, **values):
        return (
            self.env["account.move.send.wizard"]
            .with_user(self.biller)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"move_id": move.id, **values})
        )

    def test_wizard_with_efactura_alone_renders_no_pdf(self):
        move = self._invoice()
        wizard = self._wizard(move)
        self.assertTrue(wizard.extra_edi_checkboxes["ro_edi"]["checked"])
        wizard.write({"sending_method_checkboxes": {}, "extra_edi_checkboxes": {"ro_edi": {"checked": True}}})
        wizard.action_send_and_print()
        self.assertEqual(move.l10n_ro_efactura_state, "queued")
        self.assertFalse(move.invoice_pdf_report_id)

    def test_wizard_test_environment(self):
        move = self._invoice()
        self._wizard(
            move,
            sending_method_checkboxes={},
            extra_edi_checkboxes={"ro_edi": {"checked": True}},
            l10n_ro_efactura_environment="test",
        ).action_send_and_print()
        self.assertEqual(move.l10n_ro_efactura_test_state, "queued")
        self.assertFalse(move.l10n_ro_efactura_state)

    def test_wizard_with_email(self):
        move = self._invoice()
        self._wizard(
            move,
            sending_method_checkboxes={"email": {"checked": True}},
            extra_edi_checkboxes={"ro_edi": {"checked": True}},
        ).action_send_and_print()
        self.assertEqual(move.l10n_ro_efactura_state, "queued")
        self.assertTrue(move.is_move_sent)

    def test_wizard_defaults(self):
        german = self._partner(
            name="Kunde GmbH", vat="DE123456788", country_id=self.env.ref("base.de").id, state_id=False
        )
        box = self._wizard(self._invoice(german)).extra_edi_checkboxes["ro_edi"]
        self.assertFalse(box["checked"])
        self.assertFalse(box.get("readonly"))
        sent = self._invoice()
        sent.action_l10n_ro_efactura_send()
        self.assertTrue(self._wizard(sent).extra_edi_checkboxes["ro_edi"]["readonly"])

    def test_batch_marks_what_lacks_data(self):
        good, bad = self._invoice(), self._lacking()
        (good + bad).sending_data = {"author_user_id": self.biller.id}
        self.env["account.move.send"]._generate_and_send_invoices(
            good + bad,
            from_cron=True,
            allow_raising=False,
            allow_fallback_pdf=False,
            sending_methods=[],
            extra_edis=["ro_edi"],
        )
        self.assertEqual(good.l10n_ro_efactura_state, "queued")
        self.assertTrue(bad.l10n_ro_efactura_missing)

    # -- watching -------------------------------------------------------------------------------------------

    def test_looking_at_an_invoice_in_progress_asks_anaf(self):
        move, other = self._invoice(name="WATCH/2026/0001"), self._invoice(name="WATCH/2026/0002")
        (move + other).action_l10n_ro_efactura_send()
        submissions = self.env["l10n_ro_efactura.submission"]
        submissions._cron_upload()
        (move + other).invalidate_recordset()
        self.assertEqual(move.l10n_ro_efactura_state, "processing")
        self._submissions(move + other).sudo().next_attempt_at = False
        rows = (move + other).with_user(self.biller).l10n_ro_efactura_refresh_visible()
        self.assertEqual({row["l10n_ro_efactura_state"] for row in rows.values()}, {"ok"})
        self.assertEqual(rows.keys(), set((move + other).ids))
        self.assertFalse((move + other).with_user(self.biller).l10n_ro_efactura_refresh_visible(), "settled: not asked")

    def _work(self, moves):
        self.env["l10n_ro_efactura.submission"]._cron_upload()
        self._submissions(moves).sudo().next_attempt_at = False
        self.env["l10n_ro_efactura.submission"]._cron_settle()
        self.env["l10n_ro_efactura.message"]._cron_archive()
        self._submissions(moves).sudo().next_attempt_at = False
        self.env["l10n_ro_efactura.submission"]._cron_settle()
        moves.invalidate_recordset()

    def test_from_nok_to_ok(self):
        move = self._invoice(name="CU/CIFRA/2026/0001")
        self.sim.settings.cuis_unknown = {CUSTOMER_CIF}  # what only ANAF can know
        self.addCleanup(setattr, self.sim.settings, "cuis_unknown", set())
        move.with_user(self.biller).action_l10n_ro_efactura_send()
        self._work(move)
        self.assertEqual(move.l10n_ro_efactura_state, "nok")
        self.assertIn("ANAF rejected", move.alerts["l10n_ro_efactura_prod_nok"]["message"])
        self.assertEqual(move.l10n_ro_efactura_error_ids.meaning, "The buyer's CUI is wrong.")
        self.assertTrue(move.l10n_ro_efactura_to_send)
        # the same again, straight from the button: every attempt stays
        move.with_user(self.biller).action_l10n_ro_efactura_send()
        self._work(move)
        self.assertEqual(self._submissions(move).mapped("state"), ["nok", "nok"])
        # the invoice itself changes
        move.with_user(self.biller).button_draft()
        self.sim.settings.cuis_unknown = set()
        move.action_post()
        move.with_user(self.biller).action_l10n_ro_efactura_send()
        self._work(move)
        self.assertEqual(move.l10n_ro_efactura_state, "ok")
        self.assertEqual(len(move.l10n_ro_efactura_submission_ids), 3)
        self.assertNotIn("l10n_ro_efactura_prod_nok", move.alerts or {})

    # -- decisions ------------------------------------------------------------------------------------------

    def test_uploaded_by_hand(self):
        move = self._invoice()
        values = {"move_id": move.id, "upload_index": "5001234567"}
        Wizard = self.env["l10n_ro_efactura.manual.upload"]
        with self.assertRaises(AccessError):
            Wizard.with_user(self.biller).create(values).action_follow()
        Wizard.create(values).action_follow()
        self.assertEqual(move.l10n_ro_efactura_state, "processing")
        self.assertEqual(move.l10n_ro_efactura_upload_index, "5001234567")

    def test_errors_in_plain_words(self):
        move = self._invoice()
        move.action_l10n_ro_efactura_send()
        submission = self._submissions(move)
        submission._transition(
            ["queued"],
            "refused",
            errors=[
                {
                    "code": "rule",
                    "text": "[BR-RO-100]-Daca codul tarii este RO, BT-52 SECTOR1",
                    "hint": "bucharest_sector",
                }
            ],
        )
        submission._sync_moves()
        self.assertIn("SECTOR1 ... SECTOR6", submission.errors_text)
        self.assertIn("SECTOR1 ... SECTOR6", move.l10n_ro_efactura_error_ids.meaning)
        self.assertEqual(move.l10n_ro_efactura_error_ids.action_mend()["res_id"], move.partner_id.id)
        alert = move.alerts["l10n_ro_efactura_prod_nok"]
        self.assertEqual(alert["level"], "danger")
        self.assertIn("did not register", alert["message"])
