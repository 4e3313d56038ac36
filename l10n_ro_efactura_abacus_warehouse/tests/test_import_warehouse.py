"""The warehouse (gestiune) of a supplier's invoice and of its lines."""

from odoo import Command
from odoo.addons.l10n_ro_efactura_abacus.models.bills.proposal import Choice
from odoo.addons.l10n_ro_efactura_abacus.tests.bills.import_common import ImportCase, line, supplier_xml
from odoo.tests import Form, tagged


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportWarehouse(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Warehouse = cls.env["stock.warehouse"]
        cls.main = Warehouse.search([("company_id", "=", cls.company.id)])[:1] or Warehouse.create(
            {"name": "Principal", "code": "PRN", "company_id": cls.company.id}
        )
        cls.paper, cls.service = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": kind,
                    "seller_ids": [Command.create({"partner_id": cls.supplier.id, "product_code": code})],
                }
                for name, kind, code in (("Hârtie", "consu", "HRT-1"), ("Montaj", "service", "MON-1"))
            ]
        )

    def second(self):
        return self.env["stock.warehouse"].create({"name": "Cluj", "code": "CLJ", "company_id": self.company.id})

    def proposal(self, number="W1", **values):
        [proposal] = self._propose(
            supplier_xml(
                number=number,
                lines=[line("Hârtie", code="HRT-1"), line("Montaj", code="MON-1"), line("Marfă diversă", code="DIV-1")],
                **values,
            )
        )
        return proposal

    def warehouses(self, proposal):
        return [(choice.warehouse.value, choice.warehouse.source) for choice in proposal.lines]

    def create(self, proposal):  # pylint: disable=method-required-super
        return self.importer._create_bills([proposal]).sudo()

    def test_goods_go_to_the_only_warehouse(self):
        none = self.env["stock.warehouse"]
        proposal = self.proposal()
        self.assertEqual(self.warehouses(proposal), [(self.main, "default"), (none, "default"), (none, "default")])
        bill = self.create(proposal)
        self.assertEqual(
            bill.invoice_line_ids.mapped(lambda one: one.l10n_ro_efactura_warehouse_id.code),
            [self.main.code, False, False],
        )

    def test_many_warehouses_are_asked_then_remembered(self):
        cluj = self.second()
        first = self.proposal()
        self.assertEqual(first.lines[0].warehouse.source, "none")
        first.lines[0].warehouse = first.lines[2].warehouse = Choice(cluj, "user")
        bill = self.create(first)
        self.importer._remember([first])
        bill.action_post()
        second = self.proposal("W2")
        self.assertEqual(self.warehouses(second)[::2], [(cluj, "remembered")] * 2)
        bill = self.create(second)
        bill.invoice_line_ids[0].l10n_ro_efactura_warehouse_id = self.main  # changed on the bill
        bill.action_post()
        self.assertEqual(self.warehouses(self.proposal("W3"))[::2], [(self.main, "remembered"), (cluj, "remembered")])

    def test_product_then_supplier_then_company(self):
        cluj, brasov = (
            self.second(),
            self.env["stock.warehouse"].create({"name": "Brașov", "code": "BRV", "company_id": self.company.id}),
        )
        self.company.l10n_ro_efactura_warehouse_id = self.main
        self.assertEqual(self.warehouses(self.proposal())[0], (self.main, "default"))
        self.supplier.with_company(self.company).l10n_ro_efactura_warehouse_id = cluj
        self.assertEqual(self.warehouses(self.proposal())[0], (cluj, "default"))
        self.paper.product_tmpl_id.with_company(self.company).l10n_ro_efactura_warehouse_id = brasov
        self.assertEqual(self.warehouses(self.proposal())[0], (brasov, "default"))

    def test_the_location_may_be_a_warehouse(self):
        cluj = self.second()
        self.company.l10n_ro_efactura_location = "warehouse"
        self.assertEqual(self.importer._locations(self.company), self.main | cluj)
        first = self.proposal()
        self.assertEqual(first.location.source, "none")
        first.location = Choice(cluj, "user")
        self.importer._apply_location(first)
        self.assertEqual(first.lines[0].warehouse.value, cluj)
        bill = self.create(first)
        self.importer._remember([first])
        self.assertEqual(
            (bill.l10n_ro_efactura_warehouse_id, bill.invoice_line_ids[0].l10n_ro_efactura_warehouse_id), (cluj, cluj)
        )
        bill.action_post()
        second = self.proposal("W2")
        self.assertEqual(
            (second.location, second.lines[0].warehouse), (Choice(cluj, "remembered"), Choice(cluj, "default"))
        )
        second.location = Choice(self.main, "user")  # another place this time: the lines follow
        self.importer._apply_location(second)
        self.assertEqual(second.lines[0].warehouse.value, self.main)

    def test_goods_that_are_valued_stand_on_their_account_of_stocks(self):
        stock = self.env["account.account"].search(
            [*self.env["account.account"]._check_company_domain(self.company), ("code", "=like", "371%")], limit=1
        )
        self.paper.is_storable = True
        self.paper.categ_id = self.env["product.category"].create({"name": "Mărfuri"})
        self.paper.categ_id.with_company(self.company).write(
            {
                "property_valuation": "real_time",
                "property_cost_method": "fifo",
                "property_stock_valuation_account_id": stock.id,
            }
        )
        self.assertEqual(self.proposal().lines[0].account.value, stock)

    def test_another_companys_warehouse_is_not_ours(self):
        other = self.env["res.company"].create({"name": "Alta SRL"})
        foreign = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        self.paper.product_tmpl_id.with_company(self.company).l10n_ro_efactura_warehouse_id = foreign
        self.assertEqual(self.warehouses(self.proposal())[0], (self.main, "default"))

    def test_on_the_page(self):
        cluj = self.second()
        self.company.l10n_ro_efactura_location = "warehouse"
        message = self._messages(supplier_xml(number="W9", lines=[line("Hârtie", code="HRT-1"), line("Montaj")]))
        action = message.with_user(self.biller).action_import()
        page = self.env[action["res_model"]].with_user(self.biller).browse(action["res_id"])
        self.assertEqual(page.line_ids.mapped("warehouse_source"), ["none", "default"])
        with Form(page) as form:
            form.location_warehouse_id = cluj
            with form.line_ids.edit(0) as row:
                self.assertEqual(row.warehouse_id, cluj)
            with form.line_ids.edit(1) as row:
                self.assertFalse(row.warehouse_id)
                row.warehouse_id = self.main
        bill = self.env["account.move"].browse(page.action_import()["res_id"])
        self.assertEqual(bill.l10n_ro_efactura_warehouse_id, cluj)
        self.assertEqual(bill.invoice_line_ids.mapped("l10n_ro_efactura_warehouse_id"), cluj | self.main)
        self.assertEqual(self.supplier.with_company(self.company).l10n_ro_efactura_warehouse_id, cluj)
