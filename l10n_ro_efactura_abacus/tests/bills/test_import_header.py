"""Header of imported bills: supplier, dates, currency, refunds."""

import base64

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...models.bills.proposal import Choice
from .import_common import ImportCase, line, supplier_xml

NEW_CIF = "22223330"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportHeader(ImportCase):
    # -- supplier -------------------------------------------------------------------------------------------

    def test_a_supplier_is_found_by_its_digits(self):
        for known, said in ((f"RO{NEW_CIF}", NEW_CIF), (NEW_CIF, f"RO{NEW_CIF}"), (f"RO{NEW_CIF}", f"RO {NEW_CIF}")):
            with self.subTest(known=known, said=said):
                partner = self._partner(name="Alt furnizor", vat=known)
                [proposal] = self._propose(supplier_xml(cif=said, number=known))
                self.assertEqual((proposal.partner.value, proposal.partner.source), (partner, "xml"))
                partner.active = False
                [proposal] = self._propose(supplier_xml(cif=said, number=known))
                self.assertEqual(proposal.partner.value, partner)
                self.assertIn("archived", proposal.warnings[0])
                partner.unlink()

    def test_a_supplier_of_another_company_is_not_ours(self):
        other = self.env["res.company"].create({"name": "Other SRL"})
        self._partner(vat=f"RO{NEW_CIF}", company_id=other.id)
        [proposal] = self._propose(supplier_xml(cif=f"RO{NEW_CIF}"))
        self.assertFalse(proposal.partner.value)

    def test_a_new_supplier(self):
        xml = supplier_xml(cif=f"RO{NEW_CIF}", seller="Nou SRL", iban="RO49 BBBB 1B31 0075 9384 0001", number="N 1")
        [proposal] = self._propose(xml)
        self.assertEqual((proposal.partner.value.ids, proposal.partner.source), ([], "none"))
        self.assertFalse(self.biller.has_group("base.group_partner_manager"))
        bill = self.importer._create_bills([proposal]).sudo()
        partner = bill.partner_id
        self.assertEqual(
            (
                partner.name,
                partner.vat,
                partner.street,
                partner.city,
                partner.state_id.code,
                partner.country_id.code,
                partner.nrc,
                partner.phone,
                partner.email,
                partner.is_company,
                partner.supplier_rank,
            ),
            (
                "Nou SRL",
                f"RO{NEW_CIF}",
                "Strada Fabricii 7",
                "Timișoara",
                "TM",
                "RO",
                "J35/100/2010",
                "0256 111 222",
                "facturi@furnizor-test.example",
                True,
                1,
            ),
        )
        self.assertEqual(partner.bank_ids.sanitized_acc_number, "RO49BBBB1B31007593840001")
        self.assertIn(self.biller.name, partner.message_ids[0].body)
        self.assertIn("N 1", partner.message_ids[0].body)
        self.assertEqual(self._refusals(supplier_xml(cif=NEW_CIF, number="n-1")), ["duplicate"])

    def test_a_romanian_supplier_speaks_romanian_and_its_register_number_may_stand_in_the_legal_form(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        for legal_form, nrc in (
            ("J19/9871/2013", "J19/9871/2013"),
            ("J2013009871190 - CAPITAL 200", "J2013009871190"),
            ("Societate cu răspundere limitată", False),
        ):
            [proposal] = self._propose(supplier_xml(cif=f"RO{NEW_CIF}", registration=NEW_CIF, legal_form=legal_form))
            values = proposal.partner_values
            self.assertEqual((values.get("nrc", False), values["lang"]), (nrc, "ro_RO"))

    def test_a_new_supplier_without_vat_in_bucharest(self):
        bill = self._bill(
            cif=NEW_CIF,
            seller="Mic SRL",
            city="SECTOR3",
            county="RO-B",
            lines=[line(category="O", rate="")],
            exemptions={"O": "Neînregistrat"},
        )
        partner = bill.partner_id
        self.assertEqual(
            (partner.vat, partner.city, partner.l10n_ro_efactura_sector, partner.state_id),
            (NEW_CIF, "București", "3", self.bucharest),
        )
        bill.action_post()

    def test_a_person_who_sells_is_known_the_next_time(self):
        first, second = (self._bill(cif="1800101221144", seller="Ion Popescu", number=number) for number in "12")
        self.assertEqual((first.partner_id.is_company, first.partner_id), (False, second.partner_id))

    def test_one_new_supplier_for_many_documents(self):
        proposals = self._propose(*(supplier_xml(cif=f"RO{NEW_CIF}", number=str(number)) for number in range(1, 4)))
        bills = self.importer._create_bills(proposals)
        self.assertEqual((len(bills), len(bills.partner_id)), (3, 1))

    def test_only_who_may_bill_imports(self):
        clerk = new_test_user(
            self.env,
            "efactura_clerk",
            groups="base.group_user,base.group_partner_manager",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        proposals = self._propose(supplier_xml(cif=f"RO{NEW_CIF}"))
        importer = self.importer.with_user(clerk)
        for call in (lambda: importer._create_partner(proposals[0]), lambda: importer._create_bills(proposals)):
            with self.assertRaises(AccessError):
                call()

    def test_an_unknown_account_is_said(self):
        self.env["res.partner.bank"].create({"partner_id": self.supplier.id, "acc_number": "RO49AAAA1B31007593840099"})
        [known] = self._propose(supplier_xml(iban="RO49AAAA1B31007593840099"))
        self.assertTrue(known.extra["partner_bank_id"])
        [other] = self._propose(supplier_xml(iban="RO49CCCC1B31007593840001"))
        self.assertIn("RO49CCCC1B31007593840001", other.warnings[0])

    # -- refunds --------------------------------------------------------------------------------------------

    def test_credit_notes(self):
        original = self._bill(number="F 10", date="2026-10-01")
        original.action_post()
        for case, values in (
            ("credit note", {"root": "CreditNote", "lines": [line(quantity="2", price="25")]}),
            ("minus", {"lines": [line(quantity="-2", price="25")]}),
            ("minus price", {"lines": [line(quantity="2", price="-25")]}),
            ("mixed", {"lines": [line(quantity="-3", price="25"), line(quantity="1", price="25")]}),
            ("discount", {"lines": [line(quantity="-2", price="30")], "charges": [(True, "10", "Rabat", ("S", "21"))]}),
        ):
            with self.subTest(case):
                bill = self._bill(number=case, date="2026-10-20", preceding=[("F-10", "2026-10-01")], **values)
                self.assertEqual(
                    (bill.move_type, bill.amount_untaxed, bill.reversed_entry_id), ("in_refund", 50, original)
                )
        self.assertEqual(bill.invoice_line_ids[0].quantity, 2)

    # -- currency -------------------------------------------------------------------------------------------

    def test_euro(self):
        self.env.ref("base.EUR").active = True
        for vat_ron in ("104.52", "104.53", "106.77"):
            with self.subTest(vat_ron):
                xml = supplier_xml(
                    currency="EUR",
                    number=vat_ron,
                    vat_ron=vat_ron,
                    lines=[
                        line(price="33.33"),
                        line(price="33.33"),
                        line(price="33.34"),
                        line(price="0.01", rate="11"),
                    ],
                )
                bill = self._bill(xml)
                self.assertEqual(bill.currency_id.name, "EUR")
                vat = bill.line_ids.filtered("tax_line_id")
                self.assertAlmostEqual(sum(vat.mapped("balance")), float(vat_ron))
                bill.action_post()
                self.assertAlmostEqual(sum(vat.mapped("balance")), float(vat_ron))

    def test_euro_without_its_vat_in_lei(self):
        self.env.ref("base.EUR").active = True
        bill = self._bill(currency="EUR")
        self.assertIn("BT-111", bill.l10n_ro_efactura_import_warnings[0])

    # -- the rest of the header -----------------------------------------------------------------------------

    def test_prepaid_and_rounding_are_said(self):
        bill = self._bill(prepaid="50", rounding="0.01")
        self.assertEqual(bill.amount_total, 121)
        self.assertEqual(len(bill.l10n_ro_efactura_import_warnings), 2)
        self.assertIn("50", bill.l10n_ro_efactura_import_banner)

    def test_attachments(self):
        pdf = base64.b64encode(b"%PDF-1.4 x").decode()
        page = base64.b64encode(b"<html><script>1</script></html>").decode()
        xml = supplier_xml(attachments=[("factura.pdf", "application/pdf", pdf), ("x.html", "text/html", page)])
        bill = self._bill(xml)
        files = {
            file.name: (file.mimetype, file.raw)
            for file in self.env["ir.attachment"].search([("res_model", "=", "account.move"), ("res_id", "=", bill.id)])
        }
        self.assertEqual(files["FCT-1.xml"], ("application/xml", xml))
        self.assertEqual(files["factura.pdf"], ("application/pdf", b"%PDF-1.4 x"))
        self.assertEqual(bill.message_main_attachment_id.name, "factura.pdf")
        self.assertNotIn("text/html", [mimetype for mimetype, _raw in files.values()])

    def test_location(self):
        journal = self.env["account.journal"].create({"name": "Magazin", "code": "MAG", "type": "purchase"})
        plan = self.env["account.analytic.plan"].create({"name": "Locuri"})
        place = self.env["account.analytic.account"].create({"name": "Depozit", "plan_id": plan.id})
        for meaning, record in (("journal", journal), ("analytic", place)):
            with self.subTest(meaning):
                self.company.l10n_ro_efactura_location = meaning
                [first] = self._propose(supplier_xml(number=f"{meaning} 1"))
                self.assertIn(record, self.importer._locations(self.company))
                first.location = Choice(record, "user")
                self.importer._apply_location(first)
                self.importer._create_bills([first])
                self.importer._remember([first])
                [second] = self._propose(supplier_xml(number=f"{meaning} 2"))
                self.assertEqual(second.location, Choice(record, "remembered"))
                bill = self.importer._create_bills([second])
        self.assertEqual(bill.invoice_line_ids.analytic_distribution, {str(place.id): 100})
        self.assertEqual(self.env["account.move"].search([("ref", "=", "journal 2")]).journal_id, journal)

    # -- guards ---------------------------------------------------------------------------------------------

    def test_not_ours(self):
        self.assertEqual(self._refusals(supplier_xml(buyer="RO14399840")), ["not_ours"])
        self.assertEqual(self._refusals(supplier_xml(cif=self.company.vat, type_code="389")), ["own_sale"])
        self.assertEqual(self._refusals(supplier_xml(type_code="389")), [])
        self.assertEqual(self._refusals(b"<nonsense/>"), ["unreadable"])

    def test_duplicates(self):
        bill = self._bill(number="ABC 000123")
        [again] = self._propose(supplier_xml(number="abc-123"))
        self.assertEqual((again.refusals[0]["code"], again.duplicates), ("duplicate", bill))
        self.assertEqual(self._refusals(supplier_xml(number="ABC 124")), [])
        self.assertEqual(self._refusals(supplier_xml(number="ABC 123", date="2026-10-16")), [])
        first, second = self._propose(supplier_xml(number="D 1"), supplier_xml(number="D 1"))
        self.assertEqual((first.refusals, second.refusals[0]["code"]), ([], "duplicate"))

    def test_a_locked_period(self):
        self.company.purchase_lock_date = fields.Date.to_date("2026-10-31")
        xml = supplier_xml()
        [proposal] = self._propose(xml)
        [refusal] = proposal.refusals
        self.assertEqual((refusal["code"], str(refusal["first_open"])), ("locked", "2026-11-01"))
        with self.assertRaisesRegex(UserError, "locked"):
            self.importer._create_bills([proposal])
        proposal.accounting_date = refusal["first_open"]
        proposal.refusals = []
        bill = self.importer._create_bills([proposal]).sudo()
        self.assertEqual((str(bill.invoice_date), str(bill.date)), ("2026-10-15", "2026-11-01"))
        bill.action_post()
        self.assertEqual((str(bill.invoice_date), str(bill.date)), ("2026-10-15", "2026-11-01"))

    def test_an_open_period_is_booked_at_the_invoice_date(self):
        for date in ("2026-10-15", "2026-11-03"):
            bill = self._bill(number=f"OPEN {date}", date=date)
            self.assertEqual((str(bill.invoice_date), str(bill.date)), (date, date))
            bill.action_post()
            self.assertEqual((str(bill.invoice_date), str(bill.date)), (date, date))

    def test_the_xml_contradicts_itself(self):
        xml = supplier_xml(totals=("90", "18.90", None))
        [proposal] = self._propose(xml)
        bill = self.importer._create_bills([proposal]).sudo()
        self.assertEqual((bill.amount_untaxed, bill.amount_tax), (100, 18.9))
        self.assertTrue(any("BT-109" in text and "90.00" in text for text in bill.l10n_ro_efactura_import_warnings))
