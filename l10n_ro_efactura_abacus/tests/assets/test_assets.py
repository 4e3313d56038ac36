"""A bill with a fixed asset is posted only once the asset is registered."""

from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import Form, tagged

from .common import ObjectsCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAssets(ObjectsCase):
    def refusal(self, bills):
        with self.assertRaises(RedirectWarning) as caught:
            bills.action_post()
        message, action, *_more = caught.exception.args
        return message, action

    def dialog(self, action):
        return Form(self.env[action["res_model"]].with_user(self.biller).with_context(**action["context"]))

    def test_what_a_line_is_by_its_account(self):
        bill = self.bill(
            (self.equipment, 9000),
            (self.objects, 500),
            (self.services, 10),
            (self.services, 3000, {"l10n_ro_efactura_treatment": "asset"}),
        )
        lines = bill.invoice_line_ids
        self.assertEqual(lines.mapped("l10n_ro_efactura_treatment"), ["asset", "inventory_object", "expense", "asset"])
        lines[2].account_id = self.account("214")
        self.assertEqual(lines[2].l10n_ro_efactura_treatment, "asset")
        self.company.write({"l10n_ro_efactura_asset_prefixes": "2131", "l10n_ro_efactura_inventory_prefixes": False})
        other = self.bill((self.equipment, 1), (self.account("214"), 1), (self.objects, 1))
        self.assertEqual(other.invoice_line_ids.mapped("l10n_ro_efactura_treatment"), ["asset", "expense", "expense"])

    def test_posting_waits_for_number_and_date(self):
        bill = self.bill((self.equipment, 9000), (self.services, 10))
        self.assertEqual(len(self.activities(bill)), 1)
        self.assertEqual(self.activities(bill).user_id, self.biller)
        self.assertIn("l10n_ro_efactura_asset", bill._get_alerts())
        message, action = self.refusal(bill)
        self.assertIn("Linie 1", message)
        self.assertNotIn("Linie 2", message)
        self.assertEqual(bill.state, "draft")
        with self.dialog(action) as form, form.line_ids.edit(0) as line:
            self.assertEqual((line.name, line.register_date), ("Linie 1", bill.invoice_date))
            line.register_number = " 20145 "
        form.record.action_save_and_post()
        self.assertEqual(bill.state, "posted")
        self.assertEqual(bill.invoice_line_ids[0].l10n_ro_efactura_register_number, "20145")
        self.assertFalse(self.activities(bill))

    def test_a_number_alone_is_not_enough(self):
        bill = self.bill((self.equipment, 9000))
        bill.invoice_line_ids.l10n_ro_efactura_register_number = "7"
        _message, action = self.refusal(bill)
        form = self.dialog(action)
        with form.line_ids.edit(0) as line:
            line.register_number, line.register_date = "7", False
        with self.assertRaises(UserError):
            form.save().action_save()
        bill.invoice_line_ids.l10n_ro_efactura_register_date = "2026-03-05"
        self.assertFalse(self.activities(bill))
        bill.action_post()
        copy = bill.copy()
        self.assertEqual(len(copy._l10n_ro_efactura_unregistered_lines()), 1, "another asset, another number")

    def test_the_activity_follows_the_lines(self):
        chief = self.env.ref("base.user_admin")
        self.company.l10n_ro_efactura_asset_user_id = chief
        bill = self.bill((self.services, 9000))
        self.assertFalse(self.activities(bill))
        bill.invoice_line_ids.account_id = self.equipment
        self.assertEqual(self.activities(bill).user_id, chief)
        bill.invoice_line_ids.write({"price_unit": 8000, "l10n_ro_efactura_treatment": "expense"})
        self.assertFalse(self.activities(bill))
        bill.action_post()

    def test_many_bills_in_one_dialog(self):
        bills = self.bill((self.equipment, 1), ref="1") | self.bill((self.equipment, 2), ref="2")
        _message, action = self.refusal(bills)
        with self.dialog(action) as form:
            for number in range(2):
                with form.line_ids.edit(number) as line:
                    line.register_number = str(number)
        form.record.action_save_and_post()
        self.assertEqual(bills.mapped("state"), ["posted", "posted"])

    def test_nobody_to_click(self):
        with self.assertRaises(UserError) as caught:
            self.bill((self.equipment, 1)).with_context(cron_id=1)._post()
        self.assertNotIsInstance(caught.exception, RedirectWarning)

    def test_who_is_left_alone(self):
        self.bill((self.equipment, 1), move_type="in_refund").action_post()
        sale = self._invoice(post=False)
        sale.invoice_line_ids.account_id = self.equipment
        sale.action_post()
        self.assertFalse(sale.invoice_line_ids.l10n_ro_efactura_treatment)
        self.credential.unlink()
        self.bill((self.equipment, 1)).action_post()
