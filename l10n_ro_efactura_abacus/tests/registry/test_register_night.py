"""The nightly check of the contacts used this month, and what it tells."""

from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..common import CUSTOMER_CIF
from .common import OTHER_CIF, THIRD_CIF, RegisterCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRegisterNight(RegisterCase):
    def setUp(self):
        super().setUp()
        self.company.l10n_ro_efactura_responsible_ids = self.biller
        self.night = self.env["l10n_ro_efactura.taxpayer"].sudo()._cron_check_taxpayers

    def _activities(self, partner=None):
        return self.env["mail.activity"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", (partner or self.customer).id)]
        )

    def _age(self):
        """Make all answers a day old."""
        self.env["l10n_ro_efactura.taxpayer"].sudo().search([]).checked_at = fields.Datetime.subtract(
            fields.Datetime.now(), days=1
        )

    def test_the_partners_of_this_months_invoices_and_bills_are_checked(self):
        old, draft = self._partner(vat=f"RO{OTHER_CIF}"), self._partner(vat=f"RO{THIRD_CIF}")
        self._invoice(post=False)
        self._invoice(old, post=False, invoice_date="2020-01-05")
        self._invoice(draft, post=False, move_type="in_invoice")
        self.night()
        cifs = self.env["l10n_ro_efactura.taxpayer"].search([]).mapped("cif")
        self.assertIn(CUSTOMER_CIF, cifs)
        self.assertIn(THIRD_CIF, cifs)
        self.assertNotIn(OTHER_CIF, cifs)
        self.assertFalse(self.taxpayer(THIRD_CIF).found, "not in the register, and known to be so")

    def test_what_was_checked_today_is_not_asked_again(self):
        self._invoice(post=False)
        self.night()
        before = self.sim.calls()["registry"]
        self.night()
        self.assertEqual(self.sim.calls()["registry"], before)

    def test_a_firm_that_ceased_to_be_a_vat_payer_is_told_once_to_those_responsible(self):
        self._invoice(post=False)
        self.night()
        self.assertFalse(self._activities(), "a first answer is no change")
        self.put(vat_periods=[["2012-03-01", "2026-11-01"]])
        for _night in range(2):
            self._age()
            self.night()
        [activity] = self._activities()
        self.assertEqual(activity.user_id, self.biller)
        self.assertEqual(activity.summary, "ANAF: Client Test SRL is no longer a VAT payer")
        [change] = self.taxpayer().change_ids
        self.assertRecordValues(
            change,
            [{"fact": "vat_payer", "old": "yes", "new": "no", "effective_on": fields.Date.to_date("2026-11-01")}],
        )

    def test_it_is_told_in_the_language_of_who_is_told(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.biller.lang = "ro_RO"
        self._invoice(post=False)
        self.night()
        self.put(inactive=["2026-11-02"])
        self._age()
        with patch.object(type(self.env["l10n_ro_efactura.taxpayer.change"]), "_words", lambda change: change.env.lang):
            self.night()
        self.assertIn("ro_RO", self._activities().summary)

    def test_other_facts_are_kept_without_an_activity(self):
        self._invoice(post=False)
        self.night()
        self.put(cash_vat=["2026-11-02"])
        self._age()
        self.night()
        self.assertFalse(self._activities())
        self.assertEqual(self.taxpayer().change_ids.display_name, "applies VAT on payment")

    def test_an_outage_leaves_the_checks_due_for_later(self):
        self._invoice(post=False)
        self.sim.fault("waf", "registry")
        self.night()
        self.assertTrue(self.taxpayer().due)
        self.assertFalse(self.taxpayer().checked_at)
        self.assertFalse(self.customer.l10n_ro_efactura_register["checked"])
        later = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("l10n_ro_efactura_abacus.ir_cron_check_taxpayers").id)]
        )
        self.assertTrue(later.filtered(lambda trigger: trigger.call_at > fields.Datetime.now()))
        self.night()
        self.assertTrue(self.taxpayer().found)
        self.assertFalse(self.taxpayer().due)

    def test_one_cui_that_ANAF_refuses_does_not_stop_the_others(self):
        taxpayers = self.env["l10n_ro_efactura.taxpayer"].sudo()
        for cif in (OTHER_CIF, THIRD_CIF):
            self.put(cif)
        self.sim.settings.registry_cifs_per_call = 1
        self.addCleanup(setattr, self.sim.settings, "registry_cifs_per_call", 100)
        taxpayers._check_later([CUSTOMER_CIF, OTHER_CIF, THIRD_CIF])
        self.night()
        self.assertEqual(taxpayers.search_count([("found", "=", True)]), 3)
        self.assertFalse(taxpayers.search([("due", "=", True)]))
