"""The import page and table, as an accountant uses them."""

from types import SimpleNamespace

from lxml import etree
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from ..common import COMPANY_CIF
from .import_page import IBAN, NEW_CIF, ImportPageCase, line, supplier_xml


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportWizard(ImportPageCase):
    # -- one document ---------------------------------------------------------------------------------------

    def test_new_supplier(self):
        """A user who may not create contacts creates this one, here and only here."""
        message = self._messages(supplier_xml("N 1", line("Hârtie A4", 3, 21.9), line("Cutii", 2, 50, unit="XYZ")))
        page = self._open(message)
        self.assertEqual(page._name, "l10n_ro_efactura.import")
        self.assertTrue(page.is_new_supplier)
        self.assertEqual(
            (page.new_name, page.new_vat, page.new_city), ("Furnizor Nou SRL", f"RO{NEW_CIF}", "Cluj-Napoca")
        )
        self.assertEqual(page.new_state_id.code, "CJ")
        self.assertEqual(page.new_ibans, IBAN)
        self.assertEqual((page.amount_untaxed, page.amount_tax, page.amount_total), (165.7, 34.8, 200.5))
        self.assertIn("Hârtie A4", page.preview)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self.env["res.partner"].with_user(self.biller).create({"name": "X"})
        self._fill(page)
        page.write({"new_city": "Florești", "new_phone": "0264 000 000"})
        action = page.action_import()
        bill = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(bill, message.move_id)
        self.assertEqual(
            (bill.partner_id.name, bill.partner_id.city, bill.partner_id.phone),
            ("Furnizor Nou SRL", "Florești", "0264 000 000"),
        )
        self.assertEqual(bill.partner_id.bank_ids.mapped("sanitized_acc_number"), [IBAN])
        self.assertEqual(
            (bill.state, str(bill.invoice_date), str(bill.date), bill.ref), ("draft", "2026-11-10", "2026-11-10", "N 1")
        )
        self.assertEqual((bill.amount_untaxed, bill.amount_tax, bill.amount_total), (165.7, 34.8, 200.5))
        self.assertEqual(page.state, "done")

    def test_yellow_cells_stop_it(self):
        self.journal.default_account_id = False
        page = self._open(self._messages(supplier_xml("Y 1", line("Hârtie A4"), line("Cutii", unit="XYZ"))))
        self.assertEqual(
            (page.state, page.yellow_count),
            ("yellow", 3),
            page.line_ids.mapped(
                lambda row: (row.account_source, row.taxes_source, row.uom_source, row.analytic_source)
            ),
        )
        with self.assertRaises(UserError) as raised:
            page.action_import()
        self.assertIn("Line 2 (Cutii): account, unit", str(raised.exception))
        first, second = page.line_ids
        first.account_id = self.account
        self.assertEqual(first.account_source, "user")
        first.action_apply_to_similar("account")
        self.assertEqual(second.account_id, self.account)
        self.assertEqual(page.yellow_count, 1)
        second.action_leave_empty("uom")
        self.assertEqual((page.yellow_count, page.state), (0, "ready"))
        self.assertEqual(page.pale_count, 2, "a product may be missing")
        page.action_import_post()
        self.assertEqual(page.move_id.state, "posted")
        self.assertEqual(page.move_id.invoice_line_ids.account_id, self.account)

    def test_similar_means_the_same_vat_and_unit(self):
        page = self._open(
            self._messages(
                supplier_xml("S 1", line("A", unit="XYZ"), line("B", unit="XYZ", rate="11"), line("C", unit="ZZX"))
            )
        )
        first, second, third = page.line_ids
        page.line_ids.write({"taxes_source": "none", "uom_source": "none", "tax_ids": False, "product_uom_id": False})
        first.write(
            {"tax_ids": [Command.set(self.tax_in.ids)], "product_uom_id": self.env.ref("uom.product_uom_unit").id}
        )
        first.action_apply_to_similar("taxes")
        first.action_apply_to_similar("uom")
        self.assertEqual((second.tax_ids, third.tax_ids), (self.env["account.tax"], self.tax_in))
        self.assertEqual((second.product_uom_id, third.product_uom_id), (first.product_uom_id, self.env["uom.uom"]))

    def test_what_was_answered_is_remembered(self):
        self.journal.default_account_id = False
        for number in (1, 2):
            page = self._open(self._messages(supplier_xml(f"R {number}", line("Hârtie A4"), line("Cutii", unit="XYZ"))))
            self.assertEqual(page.state, ["yellow", "ready"][number - 1])
            if number == 1:
                self._fill(page)
            else:
                self.assertEqual(set(page.line_ids.mapped("account_source")), {"remembered"})
            page.action_import_post()
            self.assertEqual(page.move_id.state, "posted")
        self.assertEqual(len(page.move_id.partner_id.search([("vat", "=", f"RO{NEW_CIF}")])), 1)

    def test_product_in_place(self):
        message = self._messages(supplier_xml("P 1", line("Monitor 27 inch", 2, 900, barcode="5941234567899")))
        page = self._open(message)
        page.line_ids.account_id = self.account
        with self.assertRaises(AccessError) as raised, mute_logger("odoo.addons.base.models.ir_model"):
            page.line_ids.action_create_product()
        self.assertIn("Who may", str(raised.exception))
        buyer = new_test_user(
            self.env,
            "efactura_products",
            groups="account.group_account_invoice,product.group_product_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        page = self._open(message, buyer)
        page.line_ids.account_id = self.account
        page.line_ids.action_create_product()
        product = page.line_ids.product_id
        self.assertEqual(
            (product.name, product.standard_price, product.barcode), ("Monitor 27 inch", 900, "5941234567899")
        )
        self.assertEqual(product.property_account_expense_id, self.account)
        self.assertEqual(page.line_ids.product_source, "user")
        page.action_import()
        self.assertEqual(page.move_id.invoice_line_ids.product_id, product)

    def test_locked_period(self):
        message = self._messages(supplier_xml("L 1", line("Hârtie A4"), date="2026-10-20"))
        self.company.sudo().purchase_lock_date = "2026-10-31"
        page = self._open(message)
        self._fill(page)
        self.assertEqual((page.state, str(page.open_date)), ("refused", "2026-11-01"))
        self.assertIn("locked", page.reasons)
        with self.assertRaises(UserError):
            page.action_import()
        page.action_import_open_date()
        bill = page.move_id
        self.assertEqual((str(bill.date), str(bill.invoice_date)), ("2026-11-01", "2026-10-20"))

    def test_duplicate(self):
        first, second = self._messages(
            supplier_xml("D 1", line("Hârtie A4")), supplier_xml("D 2", line("Hârtie A4"), line("Pixuri"))
        )
        page = self._open(first)
        self._fill(page)
        page.action_import_post()
        bill = page.move_id
        first.with_user(self.biller).action_unpair()  # somebody thought otherwise: it is not paired by itself again
        page = self._open(first)
        self.assertEqual((page.state, page.duplicate_ids), ("refused", bill))
        action = (
            bill.with_user(self.biller)
            .with_context(l10n_ro_efactura_import_id=page.id)
            .action_l10n_ro_efactura_pair_import()
        )
        self.assertEqual((action["res_id"], first.move_id), (bill.id, bill))
        self.assertEqual(self._bill_opened(first), bill, "what has a bill opens it")
        self.assertEqual(self._open(second).state, "ready")

    def test_typed_in_before(self):
        """Two bills of the same day and sum: which one it is, if any, is for the user to say."""
        message = self._messages(supplier_xml("H 1", line("Hârtie A4")))
        partner = self._partner(name="Furnizor Nou SRL", vat=f"RO{NEW_CIF}")
        bills = self.env["account.move"].create(
            [
                {
                    "move_type": "in_invoice",
                    "partner_id": partner.id,
                    "ref": ref,
                    "invoice_date": "2026-11-10",
                    "invoice_line_ids": [
                        Command.create({"name": "Hârtie", "price_unit": 100, "tax_ids": [Command.set(self.tax_in.ids)]})
                    ],
                }
                for ref in ("bon 15", "bon 16")
            ]
        )
        page = self._open(message)
        self.assertEqual(page.duplicate_ids, bills)
        self.assertEqual(page.state, "ready", "it may be another one")

    def test_it_is_another_document(self):
        message = self._messages(supplier_xml("O 1", line("Hârtie A4")))
        partner = self._partner(name="Furnizor Nou SRL", vat=f"RO{NEW_CIF}")
        self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": partner.id,
                "ref": "O 1",
                "invoice_date": "2026-11-10",
                "invoice_line_ids": [Command.create({"name": "Altceva", "price_unit": 7})],
            }
        )
        self.assertTrue(self._bill_opened(message))
        message.with_user(self.biller).action_unpair()
        page = self._open(message)
        self.assertEqual(page.state, "refused")
        page.is_other = True
        self._fill(page)
        page.action_import()
        self.assertEqual(message.move_id.amount_total, 121)

    def test_taxes_that_fit_the_line(self):
        parts = [
            Command.clear(),
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "factor_percent": 50, "account_id": self.account.id}),
            Command.create({"repartition_type": "tax", "factor_percent": 50}),
        ]
        half = self.tax_in.copy(
            {"name": "21% half", "invoice_repartition_line_ids": parts, "refund_repartition_line_ids": parts}
        )
        page = self._open(
            self._messages(
                supplier_xml(
                    "W 2", line("Hârtie A4"), line("Deșeuri", category="AE", rate="0", exemption="Taxare inversă")
                )
            )
        )
        view = etree.fromstring(page.get_views([(False, "form")])["views"]["form"]["arch"])
        domain = view.xpath("//field[@name='line_ids']/list/field[@name='tax_ids']/@domain")[0]
        rated, reverse = (
            self.env["account.tax"].search(
                safe_eval(
                    domain,
                    {
                        "rate": row.rate,
                        "is_rated": row.is_rated,
                        "parent": SimpleNamespace(tax_country_id=page.tax_country_id.id, company_id=page.company_id.id),
                    },
                )
            )
            for row in page.line_ids
        )
        for tax, found in (("tvad_21", rated), ("tvatip21", reverse), ("tvatiscdeda", reverse)):
            self.assertIn(self.chart.ref(tax), found)
        self.assertIn(half, rated)
        self.assertEqual(set(rated.mapped("amount")), {21.0})
        self.assertNotIn(self.tax_in, reverse)

    def test_in_the_form(self):
        """What the form does when a cell changes: sources, the product's account, the location, inventory objects."""
        self.biller.group_ids += self.env.ref("analytic.group_analytic_accounting")
        plan = self.env["account.analytic.plan"].create({"name": "Magazine"})
        shop = self.env["account.analytic.account"].create(
            {"name": "Magazin Cluj", "plan_id": plan.id, "company_id": self.company.id}
        )
        self.company.l10n_ro_efactura_location = "analytic"
        product = self.env["product.product"].create(
            {
                "name": "Hârtie",
                "type": "consu",
                "property_account_expense_id": self.account.id,
                "supplier_taxes_id": [Command.set(self.tax_in.ids)],
            }
        )
        message = self._messages(supplier_xml("W 1", line("Hârtie A4"), line("Raft metalic"), line("Transport")))
        page = self._open(message)
        with Form(page) as form:
            form.location_analytic_id = shop
            with form.line_ids.edit(0) as row:
                row.product_id = product
                self.assertEqual(
                    (row.product_source, row.account_id, row.account_source), ("user", self.account, "default")
                )
            with form.line_ids.edit(1) as row:
                row.treatment = "inventory_object"
                self.assertTrue(row.account_id.with_company(self.company).code.startswith("303"))
                row.to_expense = True
            with form.line_ids.edit(2) as row:
                row.account_id = self.services
                self.assertEqual(row.account_source, "user")
                row.account_id = self.env["account.account"]
                self.assertEqual(row.account_source, "none")
                row.account_id = self.services
            self.assertTrue(form.has_objects)
            self.assertTrue(form.is_equal)
        self.assertEqual((page.location_source, page.state), ("user", "ready"))
        page.action_import()
        lines = message.move_id.invoice_line_ids
        self.assertEqual(lines.mapped("analytic_distribution"), [{str(shop.id): 100.0}] * 3)
        self.assertEqual(lines.mapped("l10n_ro_efactura_treatment"), ["expense", "inventory_object", "expense"])
        self.assertEqual(lines.mapped("l10n_ro_efactura_to_expense"), [False, True, False])
        self.assertEqual(lines[2].account_id, self.services)
        page = self._open(self._messages(supplier_xml("W 2", line("Transport"), line("Altceva"))))
        self.assertEqual((page.location_analytic_id, page.location_source), (shop, "remembered"))
        self.assertEqual(page.line_ids.mapped("account_source")[0], "remembered")

    def test_what_cannot_be_posted_stays_a_draft(self):
        """A fixed asset wants its number in the register first: the bill is there, and says why it waits."""
        asset = self.env["account.account"].with_company(self.company).search([("code", "=like", "214%")], limit=1)
        page = self._open(self._messages(supplier_xml("G 1", line("Birou director"))))
        page.line_ids.account_id = asset
        page.line_ids.treatment = "asset"
        action = page.action_import_post()
        self.assertEqual((page.move_id.state, page.state), ("draft", "done"))
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(action["params"]["next"]["res_id"], page.move_id.id)

    def test_other_name(self):
        self._partner(name="SC Furnizor Nou S.R.L.", vat=f"RO{NEW_CIF}")
        self.assertFalse(self._open(self._messages(supplier_xml("V 1", line("A")))).has_other_name)
        other = self._messages(supplier_xml("V 2", line("A"), seller="Altcineva SA"))
        self.assertTrue(self._open(other).has_other_name)

    def test_totals(self):
        page = self._open(self._messages(supplier_xml("T 1", *(line(f"Pozitie {i}", 1, "0.13") for i in range(7)))))
        self._fill(page)
        self.assertEqual((page.bill_untaxed, page.bill_tax, page.bill_total), (0.91, 0.19, 1.1))
        self.assertTrue(page.is_equal)
        page.line_ids[0].tax_ids = False
        self.assertFalse(page.is_equal)

    def test_vat_that_no_tax_knows(self):
        """25 % from abroad: the cell is yellow, and its VAT can go into the cost; never out of the bill."""
        page = self._open(self._messages(supplier_xml("U 1", line("Licență", 1, 100, rate="25"))))
        self.assertEqual((page.state, page.is_equal), ("yellow", False))
        page.line_ids.action_leave_empty("taxes")
        self.assertTrue(page.is_equal)
        self._fill(page)
        page.action_import()
        self.assertEqual((page.move_id.amount_untaxed, page.move_id.amount_total), (100, 125))

    def test_an_import_is_ones_own(self):
        page = self._open(self._messages(supplier_xml("A 1", line("Hârtie A4"))))
        other = new_test_user(
            self.env,
            "efactura_other",
            groups="account.group_account_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            page.with_user(other).action_import()

    # -- many -----------------------------------------------------------------------------------------------

    def test_many(self):
        self.journal.default_account_id = False
        messages = self._messages(
            supplier_xml("M 1", line("Hârtie A4")),
            supplier_xml("M 2", line("Hârtie A4"), line("Nou")),
            supplier_xml("M 3", line("Hârtie A4"), cif=f"RO{COMPANY_CIF}"),
            supplier_xml("M 4", line("Hârtie A4"), date="2026-10-20"),
        )
        self.assertEqual(len(messages), 4)
        page = self._open(messages[0])
        self._fill(page)
        page.action_import()
        repeated = self._messages(supplier_xml("M 5", line("Hârtie A4")))
        self.company.sudo().purchase_lock_date = "2026-10-31"
        batch = self._open(messages[1:] | repeated)
        self.assertEqual(batch._name, "l10n_ro_efactura.import.batch")
        states = {one.number: one.state for one in batch.import_ids}
        self.assertEqual(states, {"M 2": "yellow", "M 3": "refused", "M 4": "refused", "M 5": "ready"})
        batch.action_import_ready()
        self.assertTrue(repeated.move_id)
        self.assertEqual((batch.done_count, batch.ready_count, batch.yellow_count, batch.refused_count), (1, 0, 1, 2))
        self.assertTrue(all(one.note for one in batch.import_ids))
        yellow = batch.import_ids.filtered(lambda one: one.state == "yellow")
        self.assertEqual(yellow.action_open()["res_id"], yellow.id)
        late = batch.import_ids.filtered(lambda one: one.number == "M 4")
        self.assertEqual(batch.late_count, 1)
        batch.action_import_late()
        self.assertEqual((str(late.move_id.date), str(late.move_id.invoice_date)), ("2026-11-01", "2026-10-20"))
        self._fill(yellow)
        action = yellow.action_import()
        self.assertEqual((action["res_model"], action["res_id"]), (batch._name, batch.id))
        self.assertEqual(batch.done_count, 3)

    def test_many_of_one_supplier(self):
        """What is answered on the first is used by the others at once, and the supplier is created once."""
        self.journal.default_account_id = False
        messages = self._messages(
            *(supplier_xml(f"K {n}", line("Hârtie A4"), line("Cutii", unit="XYZ")) for n in range(3))
        )
        batch = self._open(messages)
        self.assertEqual(batch.yellow_count, 3)
        first, second, third = batch.import_ids
        third.new_city = "Turda"
        self._fill(first)
        self.assertEqual(first.action_import()["res_id"], batch.id, "nothing is left to fill in")
        self.assertEqual((second.state, second.partner_id), ("ready", first.move_id.partner_id))
        batch.action_import_ready()
        self.assertEqual(len(messages.move_id.partner_id), 1)
        self.assertEqual(batch.done_count, 3)
        # two pages that nobody refreshed
        pages = [
            self._open(message)
            for message in self._messages(
                *(supplier_xml(f"J {n}", line("Hârtie A4"), cif="RO2864518", seller="Altul SRL") for n in range(2))
            )
        ]
        for page in pages:
            self._fill(page)
            page.action_import()
        self.assertEqual(len(pages[0].move_id.partner_id | pages[1].move_id.partner_id), 1)

    def test_one_that_fails_stops_no_other(self):
        messages = self._messages(supplier_xml("F 1", line("Hârtie A4")), supplier_xml("F 2", line("Hârtie A4")))
        batch = self._open(messages)
        broken = batch.import_ids[0]
        broken.line_ids.account_id = self.company_data["default_account_payable"]
        batch.action_import_ready()
        self.assertEqual(batch.import_ids.mapped(lambda one: bool(one.move_id)), [False, True])
        self.assertTrue(broken.note)

    def test_who_may(self):
        message = self._messages(supplier_xml("W 1", line("Hârtie A4")))
        employee = new_test_user(
            self.env,
            "efactura_employee",
            groups="base.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            message.with_user(employee).action_import()
        sent = self.messages.create(
            {"anaf_id": "1", "environment": "prod", "company_id": self.company.id, "kind": "sent"}
        )
        with self.assertRaises(UserError):
            sent.with_user(self.biller).action_import()
