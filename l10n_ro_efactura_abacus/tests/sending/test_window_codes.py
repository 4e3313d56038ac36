"""The eFactura window: values in words, answers that stay, codes that are changed, what ANAF said."""

from odoo import Command
from odoo.tests import new_test_user, tagged

from ..document.xml_common import XmlCommon


class WindowCase(XmlCommon):
    """`_window(move)`: the window as a user opens it who may change contacts too; `_refuse(move, text)`: ANAF's no."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contacts = new_test_user(
            cls.env,
            "efactura_contacts",
            groups="account.group_account_invoice,base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.code_map = cls.env["l10n_ro_efactura.code.map"]

    def _window(self, move, user=None):
        move = move.with_user(user or self.contacts)
        action = move.action_l10n_ro_efactura_window()
        return move.env[action["res_model"]].browse(action["res_id"])

    def _unit(self, code):
        return self.env["l10n_ro_efactura.unit"].search([("code", "=", code)])

    def _refuse(self, move, *texts, environment="prod"):
        self.sim.fault("nok", "upload", errors=list(texts))
        move.with_user(self.biller)._l10n_ro_efactura_send(environment)
        self._work()
        self.assertEqual(
            move[f"l10n_ro_efactura_{'test_' if environment == 'test' else ''}state"], "nok", "the simulator refused it"
        )

    def _work(self):
        self.env["l10n_ro_efactura.submission"]._cron_upload()
        self.env["l10n_ro_efactura.submission"]._cron_settle()
        self.env["l10n_ro_efactura.message"]._cron_archive()
        self.env.invalidate_all()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestWindowValues(WindowCase):
    def test_numbers_are_written_in_the_users_language_and_codes_have_words(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.contacts.lang = "ro_RO"
        window = self._window(self._move(self._line(price=1234.5, quantity=2.5)).with_context(lang="ro_RO"))
        [line] = window.line_ids
        self.assertEqual((line.quantity, line.price, line.amount, line.rate), ("2,5", "1.234,50", "3.086,25", "21"))
        self.assertEqual(line.unit.split()[0], "C62")
        self.assertGreater(len(line.unit), 4)
        said = {row.bt: row.value for row in window.value_ids}
        self.assertEqual(said["BT-109"], "3.086,25")
        self.assertRegex(said["BT-3"], "^380 .+")
        self.assertRegex(said["BT-118"], "^S .+")
        self.assertEqual(said["BT-54"], "RO-BV Brașov")

    def test_a_line_without_text_is_named_by_its_number(self):
        move = self._move(self._line(), self._line(tax=None), post=False)
        line = move.invoice_line_ids[1]
        line.write({"product_id": False, "name": False})
        [problem] = [row for row in move._l10n_ro_efactura_problems() if row["code"] == "tax_missing"]
        self.assertIn("The line 2 has no VAT", problem["text"])

    def test_a_wrong_value_stays_in_its_cell_with_the_reason_and_the_other_is_saved(self):
        buyer = self._partner(name="Fără Cod SRL", vat=False, street=False)
        window = self._window(self._move(partner=buyer))
        cells = {row.field: row for row in window.missing_ids}
        cells["vat"].answer_text = "123"
        cells["street"].answer_text = "Strada Lungă 7"
        window.action_check()
        self.assertEqual(buyer.street, "Strada Lungă 7")
        self.assertEqual(window.missing_ids.mapped("field"), ["vat"])
        self.assertEqual((window.missing_ids.answer_text, window.missing_ids.failed), ("123", True))
        self.assertTrue(window.missing_ids.note)
        self.assertFalse(buyer.vat)

    def test_the_xml_is_the_page_that_opens_after_it_was_asked_for(self):
        arch = self.env["l10n_ro_efactura.window"].get_view(view_type="form")["arch"]
        self.assertRegex(arch, r'<page [^>]*name="xml"[^>]*autofocus="autofocus"|<page [^>]*autofocus="autofocus"[^>]*')

    def test_a_posted_line_without_vat_is_reset_to_draft_answered_and_confirmed_in_the_window(self):
        move = self._move(self._line(), self._line(tax=None))
        window = self._window(move, self.biller)
        [row] = window.missing_ids
        self.assertEqual((row.kind, row.model), ("draft", "account.move.line"))
        self.assertEqual(window.line_ids[1].category_kind, "draft")
        self.assertEqual(row.action_reset_draft()["res_id"], window.id)
        self.assertEqual(move.state, "draft")
        self.assertEqual(window.missing_ids.kind, "tax")
        window.missing_ids.answer_tax_id = self._tax("tvac_21")
        window.action_check()
        self.assertFalse(window.missing_ids)
        self.assertEqual(move.invoice_line_ids[1].tax_ids, self._tax("tvac_21"))
        self.assertTrue(window.can_post)
        window.action_post()
        self.assertEqual((move.state, window.can_post, window.can_send), ("posted", False, True))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestWindowCodes(WindowCase):
    def test_a_wrong_unit_code_is_changed_on_the_line_by_a_biller_for_all_invoices(self):
        unit = self.env["uom.uom"].create({"name": "Paletă proprie"})
        self.code_map._remember(self.company, unit, "XBX")
        other = self._move(self._line(product_uom_id=unit.id), name="FCT/2026/00041")
        move = self._move(self._line(product_uom_id=unit.id), self._line())
        window = self._window(move, self.biller)
        line = window.line_ids[0]
        self.assertEqual((line.answer_unit_id.code, line.unit_kind, line.asked), ("XBX", "unit", ""))
        line.answer_unit_id = self._unit("XPX")
        line._onchange_code()
        self.assertIn("lines of other invoices 1", line.uses)
        window.action_check()
        self.assertEqual(self.code_map._uom_code(self.company, unit), "XPX")
        self.assertEqual(window.line_ids.mapped(lambda row: row.unit.split()[0]), ["XPX", "C62"])
        self.assertIn(b'unitCode="XPX"', other._l10n_ro_efactura_build_xml()[0])

    def test_an_untouched_code_is_not_remembered(self):
        window = self._window(self._move(self._line(product_uom_id=self.kg.id)), self.biller)
        before = self.code_map.search_count([])
        window.action_check()
        self.assertEqual(self.code_map.search_count([]), before)

    def test_a_wrong_vat_category_is_changed_on_the_line(self):
        tax = self._tax("tvac_00")
        self.code_map._remember(self.company, tax, "E", False, "Scutit, art. 292")
        window = self._window(self._move(self._line(tax="tvac_00")), self.biller)
        line = window.line_ids
        self.assertEqual((line.answer_category, line.answer_reason), ("E", "Scutit, art. 292"))
        line.answer_category = "AE"
        line._onchange_answer_category()
        self.assertEqual((line.answer_vatex, line.answer_reason), ("VATEX-EU-AE", False))
        window.action_check()
        self.assertEqual(self.code_map._tax_code(self.company, tax), ("AE", "VATEX-EU-AE", False))

    def test_a_code_that_does_not_fit_says_so_under_its_cell(self):
        window = self._window(self._move(self._line()), self.biller)
        window.line_ids.answer_category = "E"
        window.line_ids.answer_reason = "Scutit"
        window.action_check()
        self.assertTrue(window.line_ids.failed)
        self.assertIn("only category S fits", window.line_ids.note)
        self.assertEqual(window.line_ids.answer_category, "E")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestWindowRefusal(WindowCase):
    UNIT = "[BR-CL-23]-Unit code MUST be coded according to the UN/ECE Recommendation 20"
    COUNTY = "[BR-RO-111]-Daca codul tarii cumparatorului este RO, BT-54 trebuie sa fie un judet"
    TOTALS = "[BR-CO-15]-Invoice total amount with VAT (BT-112) = BT-109 + BT-110"

    def test_each_error_of_anaf_is_shown_with_the_record_it_is_about(self):
        move = self._move(self._line(product_uom_id=self.kg.id), self._line())
        self._refuse(move, self.UNIT, self.COUNTY, self.TOTALS, "Ceva nou")
        window = self._window(move)
        self.assertFalse(window.missing_count or window.fatal_count)
        self.assertIn("PROD", window.refusal)
        self.assertIn(move.l10n_ro_efactura_upload_index, window.refusal)
        self.assertIn("Nothing has changed", window.refusal_note)
        self.assertEqual(
            window.refused_ids.mapped(lambda row: (row.bt, row.model, row.res_id, row.kind, row.original)),
            [
                ("BT-130", "uom.uom", self.kg.id, "unit", self.UNIT),
                ("BT-130", "uom.uom", self.unit.id, "unit", self.UNIT),
                ("BT-54", "res.partner", self.customer.id, "county", self.COUNTY),
                ("BT-112", "account.move", move.id, "none", self.TOTALS),
                ("", "account.move", move.id, "none", "Ceva nou"),
            ],
        )
        self.assertEqual(window.refused_ids[2].answer_state_id, self.customer.state_id)
        self.assertEqual(window.line_ids.mapped("asked"), ["unit", "unit"])
        self.assertEqual(
            set(window.value_ids.filtered("is_refused").mapped("bt")), {"BT-54", "BT-112"}, "named cells are yellow"
        )

    def test_a_refused_unit_is_changed_in_the_window_and_sent_again_to_ok(self):
        move = self._move(self._line(product_uom_id=self.kg.id))
        self._refuse(move, self.UNIT)
        window = self._window(move, self.biller)
        window.refused_ids.answer_unit_id = self._unit("TNE")
        window.action_check()
        self.assertEqual(self.code_map._uom_code(self.company, self.kg), "TNE")
        self.assertIn("has changed", window.refusal_note)
        self.assertTrue(window.refusal, "it stays until ANAF answers otherwise")
        window.action_send()
        self._work()
        self.assertEqual(move.l10n_ro_efactura_state, "ok")
        self.assertFalse(self._window(move, self.biller).refusal)

    def test_a_refused_county_is_changed_in_the_window(self):
        move = self._move()
        self._refuse(move, self.COUNTY)
        window = self._window(move)
        window.refused_ids.answer_state_id = self.env.ref("base.RO_CJ")
        window.action_check()
        self.assertEqual(self.customer.state_id, self.env.ref("base.RO_CJ"))

    def test_the_last_attempt_counts_whichever_environment_it_went_to(self):
        move = self._move()
        self._refuse(move, self.TOTALS)
        self.assertIn("PROD", self._window(move).refusal)
        move._l10n_ro_efactura_send("test")
        self._work()
        self.assertEqual(move.l10n_ro_efactura_test_state, "ok")
        self.assertFalse(self._window(move).refusal, "the test after it was Ok")
        self._refuse(move, self.TOTALS, environment="test")
        self.assertIn("TEST", self._window(move).refusal)

    def test_an_attempt_that_anaf_never_saw_is_no_refusal_of_anaf(self):
        move = self._move()
        move._l10n_ro_efactura_send("prod")
        move.l10n_ro_efactura_submission_ids.action_withdraw()
        self.env.invalidate_all()
        self.assertFalse(self._window(move).refusal)

    def test_after_three_identical_refusals_another_code_is_proposed(self):
        unit = self.env["uom.uom"].create({"name": "Palet"})
        named = self.env["l10n_ro_efactura.unit"]._named("Palet").code
        self.assertTrue(named)
        self.code_map._remember(self.company, unit, "XBX")
        for number in (1, 2, 3):
            move = self._move(self._line(product_uom_id=unit.id), name=f"FCT/2026/0000{number}")
            self._refuse(move, self.UNIT)
            row = self._window(move).refused_ids
            if number < 3:
                self.assertEqual((row.answer_unit_id.code, row.note), ("XBX", False))
        self.assertEqual(row.answer_unit_id.code, named)
        self.assertIn("3 times", row.note)
        self.assertEqual(self.code_map._uom_code(self.company, unit), "XBX", "proposed only")
        row.window_id.action_check()
        self.assertEqual(self.code_map._uom_code(self.company, unit), named)

    def test_where_a_code_is_used_is_listed(self):
        product = self._product("Vândut la kilogram", uom_id=self.kg.id)
        move = self._move(self._line(product=product, product_uom_id=self.kg.id))
        self._refuse(move, self.UNIT)
        row = self._window(move, self.biller).refused_ids
        self.assertIn("products", row.uses)
        self.assertIn(product, self.env["product.product"].search(row.action_open_uses()["domain"]))
