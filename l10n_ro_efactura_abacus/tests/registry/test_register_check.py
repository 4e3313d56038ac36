"""Contacts are checked in ANAF's public register, one or many, and bad answers change nothing."""

import time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...anaf import RegistryAnswer
from ..common import CUSTOMER_CIF
from .common import OTHER_CIF, THIRD_CIF, RegisterCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRegisterCheck(RegisterCase):
    def test_a_contact_that_says_the_same_is_reported_so(self):
        self.assertFalse(self.customer.l10n_ro_efactura_register["checked"])
        action = self.check()
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual(self.differing(), {})
        self.assertEqual(self.customer.l10n_ro_efactura_register_state, "same")
        self.assertEqual(self.facts(), {"Active": "success", "VAT payer since 03/01/2012": "success"})
        taxpayer = self.taxpayer()
        self.assertEqual((taxpayer.cif, taxpayer.found, taxpayer.vat_payer), (CUSTOMER_CIF, True, "yes"))
        self.assertTrue(taxpayer.checked_at)

    def test_every_fact_of_the_register_is_a_badge(self):
        self.put(
            cash_vat=["2024-01-01"],
            split_vat=["2018-01-01"],
            inactive=["2026-01-15"],
            efactura_since="2022-07-01",
            vat_periods=[["2012-03-01", "2020-05-31", "art. 316 alin. (11)"]],
        )
        self.check()
        self.assertEqual(
            self.facts(),
            {
                "Inactive since 01/15/2026": "danger",
                "Not a VAT payer since 05/31/2020": "secondary",
                "VAT on payment since 01/01/2024": "warning",
                "Split VAT": "warning",
                "In the RO e-Factura register": "secondary",
            },
        )
        self.assertEqual(self.taxpayer().vat_periods, "2012-03-01 - 2020-05-31 (art. 316 alin. (11))")
        self.put(deregistered="2026-02-01")
        self.check()
        self.assertEqual(self.facts()["Deregistered since 02/01/2026"], "danger")

    def test_an_unknown_cui_is_said_to_be_unknown(self):
        self.sim.register.taxpayers.clear()
        action = self.check()
        self.assertEqual(action["params"]["message"], "ANAF does not know this CUI.")
        self.assertEqual(self.facts(), {"ANAF does not know this CUI": "danger"})
        self.assertEqual(self.customer.l10n_ro_efactura_register_state, "unknown")

    def test_many_contacts_are_one_call_and_end_in_one_summary(self):
        same = self.customer
        other = self._partner(name="Alt Nume SRL", vat=f"RO{OTHER_CIF}")
        gone = self._partner(name="Client Test SRL", vat=f"RO{THIRD_CIF}")
        person = self._partner(name="Ioana Munteanu", is_company=False, vat=False)
        self.put(OTHER_CIF, name="ALTĂ FIRMĂ S.R.L.")
        self.put(THIRD_CIF, inactive=["2026-01-15"])
        before = self.sim.calls()["registry"]
        action = self.check(same | other | gone | person)
        self.assertEqual(self.sim.calls()["registry"], before + 1)
        self.assertEqual(
            action["params"]["message"],
            "3 contacts checked at ANAF.; 1 differ from ANAF's register; 1 are inactive or deregistered; "
            "1 were not checked: no CUI, or no answer",
        )
        shown = self.env["res.partner"].search(action["params"]["button"]["action"]["domain"])
        self.assertEqual(shown, other | gone)
        self.assertEqual(
            self.env["res.partner"].search([("l10n_ro_efactura_register_state", "in", ["differs", "inactive"])])
            & (same | other | gone | person),
            other | gone,
        )
        found = self.env["res.partner"].search([("l10n_ro_efactura_register_state", "=", False)])
        self.assertIn(person, found)
        self.assertNotIn(same, found)

    def test_a_contact_of_a_firm_is_checked_as_its_firm(self):
        contact = self.env["res.partner"].create({"name": "Ana", "parent_id": self.customer.id})
        self.check(contact)
        self.assertTrue(self.taxpayer().found)
        self.assertFalse(contact.l10n_ro_efactura_register)

    def test_more_than_a_hundred_contacts_are_checked_in_the_background(self):
        cifs = [f"{number}{control(number)}" for number in range(100000, 100105)]
        for cif in cifs:
            self.put(cif)
        partners = self.env["res.partner"].create(
            [
                {"name": f"Firma {cif}", "is_company": True, "vat": cif, "country_id": self.customer.country_id.id}
                for cif in cifs
            ]
        )
        before = self.sim.calls()["registry"]
        action = self.check(partners)
        self.assertIn("105 contacts are being checked", action["params"]["message"])
        self.assertEqual(self.sim.calls()["registry"], before)
        taxpayers = self.env["l10n_ro_efactura.taxpayer"]
        self.assertEqual(taxpayers.search_count([("due", "=", True)]), 105)
        taxpayers.sudo()._cron_check_taxpayers()
        self.assertEqual(self.sim.calls()["registry"], before + 2)
        self.assertEqual(taxpayers.search_count([("due", "=", True)]), 0)
        self.assertEqual(taxpayers.search_count([("cif", "in", cifs), ("found", "=", True)]), 105)

    def test_calls_keep_ANAFs_pace_of_one_a_second(self):
        self.sim.settings.registry_calls_per_second = 1
        time.sleep(1.1)
        for _time in range(3):
            self.check()
        self.assertEqual(self.sim.register.refused, 0)

    # -- who cannot be checked ------------------------------------------------------------------------------------

    def test_who_has_no_cui_is_told_why(self):
        cases = {
            "no CUI": self._partner(vat=False),
            "is a person": self._partner(name="Ion Pop", is_company=False, vat=False),
            "is from abroad": self._partner(vat="DE136695976", country_id=self.env.ref("base.de").id, state_id=False),
        }
        cases["is a person: "] = self._partner(
            name="Ana Pop", is_company=False, vat=False, l10n_ro_efactura_cnp="1800101221144"
        )
        before = self.sim.calls()["registry"]
        for words, partner in cases.items():
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.check(partner)
        with self.assertRaisesRegex(UserError, "None of these contacts"):
            self.check(cases["no CUI"] | cases["is a person"])
        self.assertEqual(self.sim.calls()["registry"], before)

    def test_a_wrong_control_digit_never_leaves(self):
        partner = self._partner(vat=False)
        self.env.cr.execute("UPDATE res_partner SET vat = 'RO987654321' WHERE id = %s", [partner.id])
        partner.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "control digit"):
            self.check(partner)

    # -- who may --------------------------------------------------------------------------------------------------

    def test_internal_users_may_check_and_portal_users_may_not(self):
        reader = new_test_user(self.env, "register_reader", groups="base.group_user")
        self.check(self.customer.with_user(reader))
        register = self.customer.with_user(reader).l10n_ro_efactura_register
        self.assertFalse(register["may_write"])
        with self.assertRaises(AccessError):
            self.customer.with_user(reader).action_l10n_ro_efactura_take_over()
        portal = new_test_user(self.env, "register_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.check(self.customer.with_user(portal))
        with self.assertRaises(AccessError):
            self.taxpayer().with_user(reader).write({"name": "X"})
        with self.assertRaises(AccessError):
            self.taxpayer().with_user(portal).read(["name"])

    # -- bad answers ----------------------------------------------------------------------------------------------

    def test_bad_answers_are_said_and_change_nothing(self):
        self.check()
        before = self.taxpayer().read()
        gate = self.env["l10n_ro_efactura.gate"]
        for kind, options in (
            ("waf", {}),
            ("maintenance", {}),
            ("http_502", {}),
            ("drop_before", {}),
            ("garbage", {"shape": "truncated"}),
            ("garbage", {"shape": "cut"}),
            ("garbage", {"shape": "bytes"}),
            ("too_many", {}),
            ("no_content", {}),
            ("technical_1814", {}),
        ):
            with self.subTest(kind=kind, **options):
                gate._open("webservicesp")
                self.sim.fault(kind, "registry", **options)
                self.assertRegex(self.failed_check(), "does not answer now .*Nothing was changed")
                self.assertEqual(self.taxpayer().read(), before)

    def test_an_outage_of_the_register_closes_its_own_gate_and_no_other(self):
        self.sim.fault("http_503", "registry", times=0)
        for _time in range(2):
            self.failed_check()
        before = self.sim.calls()["registry"]
        self.assertIn("does not answer now", self.failed_check())
        self.assertEqual(self.sim.calls()["registry"], before, "a closed gate lets nothing out")
        gate = self.env["l10n_ro_efactura.gate"]
        self.assertEqual(gate._state("webservicesp", "prod"), "closed")
        self.assertEqual(gate._state(self.credential._gate_key(), "prod"), "open")
        # its time is over, and the register works again: the next check is the probe
        self.sim.clear_faults()
        self.env.cr.execute("UPDATE l10n_ro_efactura_gate SET closed_until = now() AT TIME ZONE 'UTC' - interval '1 s'")
        self.check()
        self.assertEqual(gate._state("webservicesp", "prod"), "open")

    def test_it_needs_no_connection_to_ANAF(self):
        self.credential.sudo().unlink()
        self.check()
        self.assertTrue(self.taxpayer().found)

    def test_a_cui_that_the_answer_leaves_out_keeps_its_last_answer(self):
        self.check()
        taxpayer = self.taxpayer().sudo()
        old = fields.Datetime.subtract(fields.Datetime.now(), days=3)
        taxpayer.checked_at = old
        answered, changes = taxpayer._keep([CUSTOMER_CIF], RegistryAnswer({}, frozenset()))
        self.assertFalse(answered)
        self.assertFalse(changes)
        self.assertEqual((taxpayer.found, taxpayer.checked_at), (True, old))


def control(number):
    """The control digit of a CUI with these digits in front."""
    weights = zip(f"{number:09d}", (7, 5, 3, 2, 1, 7, 5, 3, 2), strict=True)
    return sum(int(digit) * weight for digit, weight in weights) * 10 % 11 % 10
