"""Browser tour: a contact is checked at ANAF, and its differences are taken over."""

from odoo.tests import HttpCase, new_test_user, tagged

from .common import RegisterCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRegisterTour(RegisterCase, HttpCase):
    def test_a_contact_is_checked_and_its_differences_taken_over_one_by_one_and_all(self):
        self.put(
            name="CLIENTUL NOU S.R.L.",
            street="Bld. Unirii",
            number="7A",
            city="Sector 3 Mun. Bucureşti",
            county_code="B",
            zip="031234",
            cash_vat=["2024-01-01"],
        )
        new_test_user(
            self.env,
            "register_keeper",
            groups="account.group_account_invoice,base.group_partner_manager",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.start_tour(
            f"/odoo/res.partner/{self.customer.id}", "l10n_ro_efactura_register", login="register_keeper", timeout=120
        )
        self.customer.invalidate_recordset()
        self.assertEqual(
            (self.customer.name, self.customer.zip, self.customer.l10n_ro_efactura_sector),
            ("CLIENTUL NOU S.R.L.", "031234", "3"),
        )
        self.assertEqual(self.differing(), {})
