"""What differs from ANAF's register is shown field by field, and taken over by a click."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RegisterCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRegisterDifferences(RegisterCase):
    def test_each_field_that_differs_is_a_row_and_ways_of_writing_are_none(self):
        self.customer.write({"name": "S.C. Client Test SRL", "street": "Strada Lunga nr. 5", "city": "BRASOV"})
        self.check()
        self.assertEqual(self.differing(), {})
        self.put(
            name="CLIENTUL NOU S.R.L.",
            street="Bld. Unirii",
            number="7A",
            details="Et. 2",
            city="Mun. Cluj-Napoca",
            county_code="CJ",
            zip="400001",
            trade_register="J12/1/2012",
            vat_periods=[["2012-03-01", "2026-10-01"]],
        )
        self.check()
        self.assertEqual(
            self.differing(),
            {
                "name": ("S.C. Client Test SRL", "CLIENTUL NOU S.R.L."),
                "vat": ("RO987654328", "987654328"),
                "nrc": ("", "J12/1/2012"),
                "street": ("Strada Lunga nr. 5", "Bld. Unirii 7A, Et. 2"),
                "city": ("BRASOV", "Cluj-Napoca"),
                "state": ("Brașov", "Cluj"),
                "zip": ("500035", "400001"),
            },
        )

    def test_one_difference_is_taken_over_and_the_others_stay(self):
        self.put(name="CLIENTUL NOU S.R.L.", zip="500036")
        self.check()
        self.customer.action_l10n_ro_efactura_take_over(["zip"])
        self.assertEqual(self.customer.zip, "500036")
        self.assertEqual(self.customer.name, "Client Test SRL")
        self.assertEqual(list(self.differing()), ["name"])
        self.assertIn("ZIP: 500035 → 500036", self.customer.message_ids[0].body)

    def test_all_differences_are_taken_over_at_once(self):
        self.put(
            name="CLIENTUL NOU S.R.L.",
            street="Bld. Unirii",
            number="7A",
            details="Et. 2",
            city="Sector 3 Mun. Bucureşti",
            county_code="B",
            zip="031234",
            trade_register="J40/1/2012",
            vat_periods=[["2012-03-01", "2026-10-01"]],
        )
        self.check()
        self.customer.action_l10n_ro_efactura_take_over()
        self.assertEqual(self.differing(), {})
        self.assertRecordValues(
            self.customer,
            [
                {
                    "name": "CLIENTUL NOU S.R.L.",
                    "vat": "987654328",
                    "street": "Bld. Unirii 7A",
                    "street2": "Et. 2",
                    "city": "București",
                    "state_id": self.bucharest.id,
                    "l10n_ro_efactura_sector": "3",
                    "zip": "031234",
                    "nrc": "J40/1/2012",
                }
            ],
        )
        self.assertFalse(self.customer._l10n_ro_efactura_is_vat_payer())
        with self.assertRaises(UserError):
            self.customer.action_l10n_ro_efactura_take_over()

    def test_a_firm_that_became_a_vat_payer_gets_RO(self):
        self.customer.vat = "987654328"
        self.check()
        self.assertEqual(self.differing(), {"vat": ("987654328", "RO987654328")})
        self.customer.action_l10n_ro_efactura_take_over(["vat"])
        self.assertTrue(self.customer._l10n_ro_efactura_is_vat_payer())

    def test_RO_in_the_company_id_goes_with_the_vat_registration(self):
        self.customer.write({"vat": False, "company_registry": "RO987654328"})
        self.put(vat_periods=[["2012-03-01", "2026-10-01"]])
        self.check()
        self.assertEqual(self.differing(), {"vat": ("RO987654328", "987654328")})
        self.customer.action_l10n_ro_efactura_take_over()
        self.assertFalse(self.customer._l10n_ro_efactura_is_vat_payer())
        self.assertEqual(self.customer._l10n_ro_efactura_cui(), "987654328")

    def test_the_sector_is_that_of_the_register_however_the_city_is_written(self):
        self.put(city="Sector 2 Mun. Bucureşti", county_code="B", zip="020876")
        self.customer.write({"city": "SECTOR2", "state_id": self.bucharest.id, "zip": "020876"})
        self.check()
        self.assertEqual(self.differing(), {})
        self.customer.write({"city": "București", "l10n_ro_efactura_sector": "4"})
        self.assertEqual(self.differing(), {"sector": ("4", "2")})
        self.customer.action_l10n_ro_efactura_take_over(["sector"])
        self.assertEqual(self.customer.l10n_ro_efactura_sector, "2")
        self.customer.write({"city": "Sector 4"})
        self.assertEqual(set(self.differing()), {"city", "sector"})
        self.customer.action_l10n_ro_efactura_take_over(["city"])
        self.assertEqual((self.customer.city, self.customer.l10n_ro_efactura_sector), ("București", "2"))

    def test_what_the_register_does_not_say_is_no_difference(self):
        self.put(name="", street="", number="", city="", county_code="", zip="")
        self.check()
        self.assertEqual(self.differing(), {})

    def test_an_address_without_a_country_gets_Romania_with_its_county(self):
        self.customer.write({"country_id": False, "state_id": False})
        self.check()
        self.assertEqual(self.differing(), {"state": ("", "Brașov")})
        self.customer.action_l10n_ro_efactura_take_over()
        self.assertEqual(self.customer.country_id.code, "RO")
