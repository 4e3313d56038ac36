"""Invoices and bills warn of firms that ANAF's register describes otherwise; none stops a posting."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import RegisterCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRegisterAlerts(RegisterCase):
    def _alerts(self, move):
        move.invalidate_recordset(["alerts"])
        start = "l10n_ro_efactura_register_"
        return {
            name.removeprefix(start): alert for name, alert in (move.alerts or {}).items() if name.startswith(start)
        }

    def _days_ago(self, days):
        return fields.Date.to_string(fields.Date.today() - timedelta(days=days))

    def test_a_bill_of_an_inactive_firm_warns_and_is_posted(self):
        bill = self._invoice(move_type="in_invoice", post=False, ref="F 1")
        self.assertEqual(self._alerts(bill), {}, "never checked, nothing known")
        self.check()
        self.assertEqual(self._alerts(bill), {})
        self.put(inactive=[self._days_ago(200)])
        self.check()
        [(name, alert)] = self._alerts(bill).items()
        self.assertEqual((name, alert["level"]), ("inactive", "danger"))
        self.assertIn("cannot be deducted", alert["message"])
        self.assertEqual(alert["action"]["res_id"], self.customer.id)
        bill.action_post()
        self.assertEqual(bill.state, "posted")
        self.assertIn("inactive", self._alerts(bill))

    def test_an_invoice_to_an_inactive_firm_warns(self):
        self.put(inactive=[self._days_ago(10)])
        self.check()
        invoice = self._invoice()
        self.assertIn("it cannot deduct", self._alerts(invoice)["inactive"]["message"])

    def test_only_what_was_dated_while_it_was_inactive_warns(self):
        self.put(inactive=[self._days_ago(40), self._days_ago(20)])
        self.check()
        days = {30: {"inactive"}, 45: set(), 10: set()}
        for ago, expected in days.items():
            bill = self._invoice(move_type="in_invoice", post=False, invoice_date=self._days_ago(ago))
            self.assertEqual(set(self._alerts(bill)), expected, ago)

    def test_a_firm_that_just_ceased_or_became_a_vat_payer_warns(self):
        invoice = self._invoice(post=False)
        self.put(vat_periods=[["2012-03-01", self._days_ago(20)]])
        self.check()
        self.assertIn("no longer a VAT payer since", self._alerts(invoice)["vat_news"]["message"])
        self.put(vat_periods=[[self._days_ago(20)]])
        self.check()
        self.assertIn("is a VAT payer since", self._alerts(invoice)["vat_news"]["message"])
        self.put(vat_periods=[[self._days_ago(200)]])
        self.check()
        self.assertEqual(self._alerts(invoice), {})

    def test_a_tax_id_that_contradicts_the_register_warns_until_it_is_taken_over(self):
        invoice = self._invoice(post=False)
        self.put(vat_periods=[["2012-03-01", "2020-01-01"]])
        self.check()
        self.assertIn("is no VAT payer for ANAF", self._alerts(invoice)["vat"]["message"])
        self.customer.action_l10n_ro_efactura_take_over(["vat"])
        self.assertEqual(self._alerts(invoice), {})

    def test_a_deregistered_and_an_unknown_firm_warn(self):
        invoice = self._invoice(post=False)
        self.put(deregistered=self._days_ago(3))
        self.check()
        self.assertEqual(self._alerts(invoice)["gone"]["level"], "danger")
        self.sim.register.taxpayers.clear()
        self.check()
        self.assertIn("does not know the CUI", self._alerts(invoice)["unknown"]["message"])

    def test_old_invoices_entries_and_others_books_say_nothing(self):
        self.put(inactive=["2015-01-01"])
        self.check()
        old = self._invoice(post=False, invoice_date=self._days_ago(100))
        self.assertEqual(self._alerts(old), {})
        entry = self.env["account.move"].create({"move_type": "entry", "partner_id": self.customer.id})
        self.assertEqual(self._alerts(entry), {})

    def test_a_billing_user_sees_the_warnings(self):
        self.put(inactive=["2015-01-01"])
        self.check()
        invoice = self._invoice(post=False).with_user(self.biller)
        self.assertIn("inactive", self._alerts(invoice))
