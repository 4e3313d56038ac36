"""Memory of the import: choices made once are proposed on the supplier's next invoice."""

from odoo import Command
from odoo.tests import tagged

from ...models.bills.proposal import Choice
from .import_common import ImportCase, line, supplier_xml


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportMemory(ImportCase):
    def test_the_third_invoice_has_no_unknown(self):
        plan = self.env["account.analytic.plan"].create({"name": "Locuri"})
        analytic = self.env["account.analytic.account"].create({"name": "Timișoara", "plan_id": plan.id})
        unit = self.env["uom.uom"].create({"name": "Palet"})
        fuel = self.env["account.account"].create({"name": "Combustibil", "code": "602299", "account_type": "expense"})
        lines = [
            line("Motorină", "40", "7.21", code="MOT-1", unit="LTR"),
            line("Paleți", "2", "55", unit="XPX"),
            line("Chirie", "1", "500", unit="MON"),
        ]
        [first] = self._propose(supplier_xml(lines=lines, number="1"))
        diesel, pallets, rent = first.lines
        self.assertEqual((pallets.uom.source, rent.uom.source), ("none", "none"))
        diesel.taxes = Choice(self._tax("tva_ned_21_50"), "user")
        diesel.account = Choice(fuel, "user")
        pallets.uom = Choice(unit, "user")
        rent.analytic = Choice({str(analytic.id): 100.0}, "user")
        bill = self.importer._create_bills([first])
        self.importer._remember([first])
        bill.sudo().action_post()

        [second] = self._propose(supplier_xml(lines=lines, number="2"))
        self.assertEqual(second.lines[0].taxes, Choice(self._tax("tva_ned_21_50"), "remembered"))
        self.assertEqual(second.lines[0].account, Choice(fuel, "remembered"))
        bill = self.importer._create_bills([second]).sudo()
        self.assert_totals(bill, second.xml)
        bill.invoice_line_ids[2].account_id = fuel  # changed on the bill, learned when it is posted
        bill.action_post()

        [third] = self._propose(supplier_xml(lines=lines, number="3"))
        self.assertEqual(third.unknown, [])
        self.assertEqual(third.lines[1].uom, Choice(unit, "remembered"))
        self.assertEqual(third.lines[2].analytic, Choice({str(analytic.id): 100.0}, "remembered"))
        self.assertEqual(third.lines[2].account, Choice(fuel, "remembered"))
        self.assert_totals(self.importer._create_bills([third]).sudo(), third.xml)

    def test_a_default_is_no_answer_until_somebody_posts_it(self):
        def account_of(number):
            return self._propose(supplier_xml(number=number))[0].lines[0].account.source

        [first] = self._propose(supplier_xml(number="1"))
        self.assertEqual(first.lines[0].account.source, "default")
        bill = self.importer._create_bills([first]).sudo()
        self.importer._remember([first])
        self.assertEqual(account_of("2"), "default")
        bill.with_context(l10n_ro_efactura_unattended=True).action_post()
        self.assertEqual(account_of("3"), "default", "posted by itself: nobody looked at it")
        bill.button_draft()
        bill.action_post()
        self.assertEqual(account_of("4"), "remembered")

    def test_what_is_said_at_one_rate_never_lands_on_another(self):
        [first] = self._propose(supplier_xml(lines=[line("Cafea", code="CAF")], number="1"))
        first.lines[0].taxes = Choice(self._tax("tva_ned_21_50"), "user")
        self.importer._remember([first])
        [other] = self._propose(supplier_xml(lines=[line("Cafea", code="CAF", rate="11")], number="2"))
        self.assertEqual(other.lines[0].taxes, Choice(self._tax("tvad_11"), "xml"))

    def test_the_month_in_a_name_does_not_count(self):
        rent = self.env["account.account"].create({"name": "Chirii", "code": "612299", "account_type": "expense"})
        [first] = self._propose(supplier_xml(lines=[line("Chirie octombrie 2026"), line("Țeavă 20 mm")], number="1"))
        first.lines[0].account = first.lines[1].account = Choice(rent, "user")
        self.importer._remember([first])
        [second] = self._propose(
            supplier_xml(
                lines=[line("Chirie Noiembrie 2026"), line("CHIRIE 01.12.2026 - 31.12.2026"), line("Țeavă 25 mm")],
                number="2",
            )
        )
        self.assertEqual([one.account.source for one in second.lines], ["remembered", "remembered", "default"])

    def test_products(self):
        remembered, coded, named, ours, scanned = self.env["product.product"].create(
            [
                {"name": "Amintit"},
                {"name": "Cu cod"},
                {"name": "Numele lui"},
                {"name": "Al nostru", "default_code": "N-1"},
                {"name": "Scanat", "barcode": "5940000000017"},
            ]
        )
        coded.seller_ids = [Command.create({"partner_id": self.supplier.id, "product_code": "F-77"})]
        self.env["product.product"].create({"name": "Capcană", "default_code": "F-78"})
        lines = [
            line("Orice", code="F-77"),
            line("Altul", code="F-78"),
            line("Scan", barcode="5940000000017"),
            line("Cod", buyer_code="N-1"),
            line("Numele lui"),
            line("Nou", code="R-1"),
        ]
        [proposal] = self._propose(supplier_xml(lines=lines))
        self.assertEqual(
            [(one.product.value, one.product.source) for one in proposal.lines],
            [
                (coded, "supplier_code"),
                (coded.browse(), "none"),
                (scanned, "barcode"),
                (ours, "xml"),
                (named, "name"),
                (coded.browse(), "none"),
            ],
        )
        proposal.lines[5].product = Choice(remembered, "user")
        self.importer._remember([proposal])
        info = remembered.seller_ids
        self.assertEqual(
            (info.partner_id, info.product_code, info.product_name, info.price), (self.supplier, "R-1", "Nou", 100)
        )
        [again] = self._propose(supplier_xml(lines=lines, number="2"))
        self.assertEqual(again.lines[5].product, Choice(remembered, "remembered"))
