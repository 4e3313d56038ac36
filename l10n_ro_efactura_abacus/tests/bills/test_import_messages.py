"""Import of SPV packages: each one separately, and never two bills of one package."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.bills.proposal import Choice
from .import_common import BUYER_CIF, ImportCase, line, supplier_xml


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportMessages(ImportCase):
    def test_a_bill_per_message_and_no_second(self):
        messages = self._messages(supplier_xml(number="A 1"), supplier_xml(number="A 2"))
        bills = messages.with_user(self.biller)._import_bills()
        self.assertEqual(sorted(bills.mapped("ref")), ["A 1", "A 2"])
        self.assertEqual(messages.move_id, bills)
        self.assertEqual(messages.mapped("import_error"), [False, False])
        self.assertEqual(messages.with_user(self.biller)._import_bills(), bills)
        self.assertEqual(self.env["account.move"].search_count([("ref", "in", ["A 1", "A 2"])]), 2)
        files = self.env["ir.attachment"].search([("res_model", "=", "account.move"), ("res_id", "in", bills.ids)])
        self.assertEqual(files.mapped("mimetype"), ["application/xml"] * 2)

    def test_what_anaf_delivered_is_ours_whoever_the_xml_names(self):
        message = self._messages(supplier_xml(number="C 1", buyer="RO14399840"))
        bill = message._import_bills()
        self.assertEqual((bill.ref, message.import_error), ("C 1", False))
        self.assertIn("14399840", " ".join(bill.l10n_ro_efactura_import_warnings))

    def test_one_bad_message_stops_nothing(self):
        good, own_sale, test = (
            self._messages(supplier_xml(number="B 1")),
            self._messages(supplier_xml(number="B 2", cif=f"RO{BUYER_CIF}")),
            self._messages(supplier_xml(number="B 3"), environment="test"),
        )
        listed = self.messages.create(
            {"anaf_id": "77", "environment": "prod", "company_id": self.company.id, "kind": "received"}
        )
        messages = good | own_sale | test | listed
        bills = messages._import_bills()
        self.assertEqual(bills, good.move_id)
        self.assertFalse(good.import_error)
        self.assertIn("a sale", own_sale.import_error)
        self.assertIn("test", test.import_error)
        self.assertIn("downloaded", listed.import_error)

    def test_one_bad_document_of_a_batch(self):
        messages = self._messages(*(supplier_xml(number=f"C {number}") for number in range(5)))
        proposals = self.importer._propose(
            self.company, [(message._xml_to_import(), message.with_user(self.biller)) for message in messages]
        )
        other = self.env["res.company"].create({"name": "Other SRL"})
        stranger = self.env["account.account"].create(
            {"name": "Străin", "code": "600001", "account_type": "expense", "company_ids": other.ids}
        )
        proposals[3].lines[0].account = Choice(stranger, "user")
        bills = self.importer._create_bills(proposals)
        self.assertEqual(sorted(bills.mapped("ref")), ["C 0", "C 1", "C 2", "C 4"])
        self.assertTrue(messages[3].import_error)
        self.assertEqual((messages - messages[3]).mapped("import_error"), [False] * 4)
        with self.assertRaises(UserError):
            self.importer._create_bills(proposals[3:4])
        self.assertEqual(messages._import_bills(), messages.move_id, "as it is proposed it can be made")
        self.assertFalse(messages[3].import_error)

    def test_what_was_typed_by_hand_is_paired(self):
        bill = self._invoice(
            partner=self.supplier,
            move_type="in_invoice",
            tax=self._tax("tvad_21"),
            post=False,
            ref="E 0007",
            invoice_date="2026-10-15",
        )
        message = self._messages(supplier_xml(number="E-7"))
        self.assertEqual(message._import_bills(), bill)
        self.assertEqual(message.move_id, bill)

    def test_what_is_locked_by_another_worker_is_left_to_it(self):
        message = self._messages(supplier_xml(number="F 1"))
        bill = message._import_bills()
        with self.assertRaisesRegex(UserError, "meanwhile"):  # it went on with what it had read before
            message.move_id = False
            [proposal] = self.importer._propose(self.company, [(supplier_xml(number="F 2"), message)])
            message.move_id = bill
            self.env.flush_all()
            self.importer._create_bills([proposal])
        self.assertFalse(self.env["account.move"].search([("ref", "=", "F 2")]))

    def test_by_itself(self):
        for how, state in (("no", None), ("draft", "draft"), ("post", "posted")):
            with self.subTest(how):
                self.company.l10n_ro_efactura_auto_import = how
                known = supplier_xml(number=f"{how} 1", lines=[line("Servicii", code="S-1")])
                message = self._messages(known, supplier_xml(number=f"{how} 2", cif=f"RO{BUYER_CIF}"))
                self.messages._cron_import()
                self.assertEqual(message[0].move_id.state, state or False)
                self.assertFalse(message[1].move_id)
                self.assertEqual(bool(message[1].import_error), how != "no")
                self.assertFalse(self.messages.search([("import_due", "!=", False)]))
                if how == "draft":
                    message[0].move_id.action_post()  # and so it is known

    def test_thousands_of_lines(self):
        lines = [line(f"Articol {number}", price="1.01", rate="21" if number % 3 else "11") for number in range(5003)]
        bill = self._bill(lines=lines)
        self.assertEqual(len(bill.invoice_line_ids), 2)
        self.assertIn("5003", " ".join(bill.l10n_ro_efactura_import_warnings))
        self.assertEqual(
            self.env["ir.attachment"].search_count([("res_model", "=", "account.move"), ("res_id", "=", bill.id)]), 1
        )
