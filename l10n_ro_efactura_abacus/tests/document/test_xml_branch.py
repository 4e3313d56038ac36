from odoo.tests import tagged

from .xml_common import XmlCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestXmlBranch(XmlCommon):
    """A branch sends under its parent's CIF, with the address that was checked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].create({"name": "Filiala Cluj", "parent_id": cls.company.id})
        cls.branch.country_id = cls.env.ref("base.ro")
        cls.move = cls._invoice(post=False)
        cls.move.write({"name": "FCT/2026/00043", "company_id": cls.branch.id})
        cls.move = cls.move.with_context(allowed_company_ids=(cls.branch | cls.company).ids)

    def _street(self):
        return self._texts(self._read(self.move), "//AccountingSupplierParty//PostalAddress/StreetName")

    def _seller_problems(self):
        return [
            (problem["code"], problem["res_id"])
            for problem in self.move._l10n_ro_efactura_problems()
            if problem["model"] == "res.partner" and problem["res_id"] != self.customer.id
        ]

    def test_a_branch_without_an_address_shows_its_parents(self):
        self.assertEqual(self._seller_problems(), [])
        self.assertEqual(self._street(), [self.company.street])

    def test_the_address_of_a_branch_is_checked_and_sent(self):
        partner = self.branch.partner_id
        partner.write({"street": "Calea Moților 7", "city": "Cluj-Napoca", "zip": "400001"})
        self.assertEqual(self._seller_problems(), [("county", partner.id)])
        partner.state_id = self.env.ref("base.RO_CJ")
        self.assertEqual(self._seller_problems(), [])
        self.assertEqual(self._street(), ["Calea Moților 7"])
