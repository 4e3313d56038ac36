from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged

CUI, CNP, ZEROS = "1234567897", "1800101221144", "0" * 13


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBuyer(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Partner = cls.env["res.partner"]

    def code(self, country="base.ro", **values):
        partner = self.Partner.create({"name": "Cumpărător", "country_id": self.env.ref(country).id, **values})
        return partner._l10n_ro_efactura_buyer_code()

    def test_who_the_buyer_is(self):
        for expected, values in [
            (("cui", CUI), {"is_company": True, "vat": f"RO{CUI}"}),
            (("cui", CUI), {"is_company": True, "vat": CUI}),
            (("cui", CUI), {"is_company": True, "company_registry": CUI}),
            (("cui", CUI), {"name": "Popescu Ion PFA", "vat": CUI}),
            (("cui", CUI), {"name": "Popescu Ion II", "vat": f"RO{CUI}"}),
            (("cui", CUI), {"name": "Popescu Ion PFA", "company_registry": f"RO{CUI}"}),
            (("cnp", CNP), {"l10n_ro_efactura_cnp": CNP}),
            (("cnp", CNP), {"vat": CNP}),
            (("zeros", ZEROS), {}),
            (("zeros", ZEROS), {"vat": "/"}),
            (("zeros", ZEROS), {"l10n_ro_efactura_cnp": ZEROS}),
            ((False, ""), {"is_company": True}),
            ((False, ""), {"is_company": True, "company_registry": "J40/101/2019"}),
            (("foreign", "DE123456788"), {"country": "base.de", "is_company": True, "vat": "DE123456788"}),
            (("foreign", ""), {"country": "base.us", "is_company": True}),
            (("foreign", ""), {"country": "base.us"}),
        ]:
            with self.subTest(**values):
                self.assertEqual(self.code(**values), expected)

    def test_a_contact_buys_for_its_company(self):
        company = self.Partner.create({"name": "Firma", "is_company": True, "vat": f"RO{CUI}"})
        contact = self.Partner.create({"name": "Ion", "parent_id": company.id})
        self.assertEqual(contact._l10n_ro_efactura_buyer_code(), ("cui", CUI))

    def test_a_wrong_cnp_is_refused_and_blanks_are_not_kept(self):
        for wrong in ("1800101221143", "123", "abcdefghijklm"):
            with self.subTest(wrong), self.assertRaises(ValidationError), self.cr.savepoint():
                self.Partner.create({"name": "Ion", "l10n_ro_efactura_cnp": wrong})
        self.assertEqual(
            self.Partner.create({"name": "Ion", "l10n_ro_efactura_cnp": f" {CNP} "}).l10n_ro_efactura_cnp, CNP
        )

    def test_a_cnp_is_personal(self):
        partner = self.Partner.create({"name": "Ion", "l10n_ro_efactura_cnp": CNP})
        sales = new_test_user(self.env, "cnp_sales", groups="base.group_user,base.group_partner_manager")
        with self.assertRaises(AccessError):
            partner.with_user(sales).read(["l10n_ro_efactura_cnp"])
        self.assertNotIn("l10n_ro_efactura_cnp", self.Partner.with_user(sales).fields_get())
        self.assertFalse(partner.copy().l10n_ro_efactura_cnp)
        self.assertIs(self.Partner.fields_get(["l10n_ro_efactura_cnp"])["l10n_ro_efactura_cnp"]["exportable"], False)
        self.assertEqual(partner.with_user(sales)._l10n_ro_efactura_buyer_code(), ("cnp", CNP), "the document needs it")
        biller = new_test_user(
            self.env,
            "cnp_biller",
            groups="account.group_account_invoice",
            company_ids=[Command.set(self.env.company.ids)],
        )
        self.assertEqual(partner.with_user(biller).l10n_ro_efactura_cnp, CNP)

    def test_whoever_may_copy_a_contact_copies_one_that_is_exempt(self):
        partner = self.Partner.create(
            {"name": "Ion", "l10n_ro_efactura_exempt": True, "l10n_ro_efactura_exempt_reason": "Tranzacții speciale"}
        )
        sales = new_test_user(self.env, "exempt_sales", groups="base.group_user,base.group_partner_manager")
        copy = partner.with_user(sales).copy()
        self.assertEqual((copy.l10n_ro_efactura_exempt, copy.l10n_ro_efactura_exempt_reason), (False, False))
