from odoo import Command
from odoo.tests import tagged

from ..common import COMPANY_CIF, EfacturaCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSendParams(EfacturaCommon):
    """Which of ANAF's calls carries which invoice."""

    def _params(self, partner, **values):
        params = self._invoice(partner, **values)._l10n_ro_efactura_upload_params()
        return {name: params[name] for name in ("standard", "is_b2c", "extern", "autofactura")}

    def test_table(self):
        abroad = {"country_id": self.env.ref("base.de").id, "state_id": False}
        plain = {"standard": "UBL", "is_b2c": False, "extern": False, "autofactura": False}
        for name, partner, expected in [
            ("business", {}, {}),
            ("business with digits only", {"vat": "987654328"}, {}),
            ("business, CUI in the registry", {"vat": False, "company_registry": "987654328"}, {}),
            ("sole trader with CUI", {"is_company": False}, {}),
            ("person", {"is_company": False, "vat": False}, {"is_b2c": True}),
            ("person with CNP", {"is_company": False, "vat": "1960101410019"}, {"is_b2c": True}),
            ("foreign business", {**abroad, "vat": "DE123456788"}, {"extern": True}),
            ("foreign digits", {**abroad, "vat": False, "company_registry": "987654328"}, {"extern": True}),
            ("foreign person", {**abroad, "vat": False, "is_company": False}, {"extern": True}),
            ("foreign, registered here", {**abroad, "vat": "RO1234567897"}, {}),
        ]:
            with self.subTest(name):
                record = self._partner(name=name, vat=False)
                record.with_context(no_vat_validation=True).write({"vat": "RO987654328", **partner})
                self.assertEqual(self._params(record), {**plain, **expected})

    def test_credit_note(self):
        self.assertEqual(self._params(self.customer, move_type="out_refund")["standard"], "CN")

    def test_child_contact_counts_as_its_company(self):
        contact = self.env["res.partner"].create({"name": "Desk", "parent_id": self.customer.id})
        self.assertFalse(self._params(contact)["is_b2c"])

    def test_self_billing(self):
        journal = self.company_data["default_journal_purchase"].copy({"is_self_billing": True, "code": "AUTO"})
        move = self._invoice(move_type="in_invoice", journal_id=journal.id, tax=self.tax_purchase_a)
        params = move._l10n_ro_efactura_upload_params()
        self.assertTrue(params["autofactura"])
        self.assertEqual((params["standard"], params["is_b2c"], params["extern"]), ("UBL", False, False))
        self.assertEqual(move.l10n_ro_efactura_obligation, "due")
        self.assertFalse(move._l10n_ro_efactura_check_send("prod"))
        xml, errors = move._l10n_ro_efactura_build_xml()
        self.assertFalse(errors)
        self.assertIn(b"389", xml)

    def test_cif_of_a_company_without_vat(self):
        move = self._invoice()
        self.assertEqual(move._l10n_ro_efactura_upload_params()["cif"], COMPANY_CIF)
        self.company.write({"vat": False, "company_registry": f" {COMPANY_CIF} "})
        self.assertEqual(move._l10n_ro_efactura_upload_params()["cif"], COMPANY_CIF)

    def test_xml_needs_no_pdf_and_makes_no_attachment(self):
        move = self._invoice()
        before = self.env["ir.attachment"].search_count([])
        xml, errors = move._l10n_ro_efactura_build_xml()
        self.assertFalse(errors)
        self.assertIn(b"CIUS-RO", xml)
        self.assertNotIn(b"EmbeddedDocumentBinaryObject", xml)
        self.assertEqual(self.env["ir.attachment"].search_count([]), before)

    def test_missing_data_is_named(self):
        self.customer.write({"city": False, "street": False})
        _xml, errors = self._invoice()._l10n_ro_efactura_build_xml()
        self.assertEqual(len(errors), 2)
        nobody = self._partner(name="No CUI SRL", vat=False)
        [text] = self._invoice(nobody)._l10n_ro_efactura_check_data()
        self.assertIn("No CUI SRL", text)

    def test_tax_without_repartition_is_data_to_fix(self):
        move = self._invoice(post=False)
        move.invoice_line_ids.tax_ids = [Command.clear()]
        self.assertTrue(move._l10n_ro_efactura_build_xml()[1])
