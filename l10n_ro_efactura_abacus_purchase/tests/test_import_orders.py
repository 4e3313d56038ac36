"""Import of invoices that bill purchase orders."""

from odoo import Command
from odoo.addons.l10n_ro_efactura_abacus.models.bills.proposal import Choice
from odoo.addons.l10n_ro_efactura_abacus.tests.bills.import_common import ImportCase, line, supplier_xml
from odoo.tests import tagged


class OrdersCase(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paper, cls.ink, cls.desk = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "consu",
                    "purchase_method": "purchase",
                    "standard_price": 1,
                    "seller_ids": [Command.create({"partner_id": cls.supplier.id, "product_code": code})],
                }
                for name, code in (("Hârtie", "HRT-1"), ("Cerneală", "CRN-1"), ("Birou", "BIR-1"))
            ]
        )

    def order(self, *lines, confirm=True, **values):
        """A purchase order of lines (product, quantity, price)."""
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.supplier.id,
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "price_unit": price,
                            "tax_ids": False,
                        }
                    )
                    for product, quantity, price in lines
                ],
                **values,
            }
        )
        if confirm:
            order.button_confirm()
        return order

    def xml(self, *lines, **values):
        """An invoice of lines (name, code, quantity, price)."""
        return supplier_xml(
            lines=[
                line(name=name, code=code, quantity=str(quantity), price=str(price))
                for name, code, quantity, price in lines
            ],
            **values,
        )

    def proposal(self, *lines, **values):
        [proposal] = self._propose(self.xml(*lines, **values))
        return proposal

    def create(self, proposal):  # pylint: disable=method-required-super
        self.assertFalse(proposal.refusals)
        return self.importer._create_bills([proposal]).sudo()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportOrders(OrdersCase):
    # -- which order ------------------------------------------------------------

    def test_by_the_reference_on_the_invoice(self):
        order = self.order((self.paper, 10, 20), (self.ink, 2, 50))
        self.order((self.paper, 10, 20), (self.ink, 2, 50))
        proposal = self.proposal(
            ("Hârtie", "HRT-1", 10, 20),
            ("Cerneală", "CRN-1", 2, 50),
            order=f"Comanda {order.name[0]} {order.name[1:]} din 01.10.2026",
        )
        self.assertEqual(proposal.order, order)
        self.assertEqual([one.order_line.value for one in proposal.lines], list(order.order_line))
        bill = self.create(proposal)
        self.assertEqual(bill.invoice_line_ids.purchase_line_id, order.order_line)
        self.assertEqual(order.order_line.mapped("qty_invoiced"), [10, 2])
        self.assertEqual((order.invoice_status, order.invoice_ids, bill.invoice_origin), ("invoiced", bill, order.name))
        self.assertFalse(bill.l10n_ro_efactura_import_warnings)

    def test_by_the_suppliers_own_number(self):
        order = self.order((self.paper, 10, 20), partner_ref="SO-2026/77")
        self.order((self.paper, 10, 20))
        self.assertEqual(self.proposal(("Hârtie", "HRT-1", 10, 20), order="so 2026 77").order, order)

    def test_only_the_digits(self):
        order = self.order((self.paper, 10, 20))
        self.order((self.paper, 10, 20))
        digits = order.name.lstrip("PO0")
        self.assertEqual(self.proposal(("Hârtie", "HRT-1", 10, 20), order=f"nr. {digits}").order, order)

    def test_two_orders_on_one_invoice(self):
        first, second = self.order((self.paper, 10, 20)), self.order((self.ink, 2, 50))
        proposal = self.proposal(
            ("Hârtie", "HRT-1", 10, 20), ("Cerneală", "CRN-1", 2, 50), order=f"{first.name}, {second.name}"
        )
        self.assertEqual(proposal.order, first | second)
        self.create(proposal)
        self.assertEqual((first.invoice_status, second.invoice_status), ("invoiced", "invoiced"))

    def test_another_suppliers_order_is_not_ours(self):
        order = self.order((self.paper, 10, 20), partner_id=self.customer.id)
        self.assertFalse(self.proposal(("Hârtie", "HRT-1", 10, 20), order=order.name).order)

    def test_an_order_that_is_not_confirmed(self):
        order = self.order((self.paper, 10, 20), confirm=False)
        bill = self.create(self.proposal(("Hârtie", "HRT-1", 10, 20), order=order.name))
        self.assertFalse(bill.invoice_line_ids.purchase_line_id)
        self.assertIn("not confirmed", bill.l10n_ro_efactura_import_warnings[0])

    def test_by_supplier_and_content(self):
        self.order((self.desk, 1, 900))
        order = self.order((self.paper, 10, 20), (self.ink, 2, 50))
        proposal = self.proposal(("Hârtie", "HRT-1", 10, 20), ("Transport", "", 1, 30))
        self.assertEqual(proposal.order, order)
        self.assertEqual([one.order_line.value for one in proposal.lines], [order.order_line[0], order.order_line[:0]])

    def test_two_orders_alike_are_not_guessed(self):
        self.order((self.paper, 10, 20))
        self.order((self.paper, 10, 20))
        bill = self.create(self.proposal(("Hârtie", "HRT-1", 10, 20)))
        self.assertFalse(bill.invoice_line_ids.purchase_line_id)
        self.assertIn("Several orders", bill.l10n_ro_efactura_import_warnings[0])

    def test_the_one_with_the_same_price_and_quantity(self):
        self.order((self.paper, 10, 20))
        order = self.order((self.paper, 10, 22))
        self.assertEqual(self.proposal(("Hârtie", "HRT-1", 10, 22)).order, order)

    def test_what_is_billed_is_not_billed_again(self):
        order = self.order((self.paper, 10, 20))
        self.create(self.proposal(("Hârtie", "HRT-1", 10, 20), number="1")).action_post()
        self.assertFalse(self.proposal(("Hârtie", "HRT-1", 10, 20), number="2").order)
        proposal = self.proposal(("Hârtie", "HRT-1", 10, 20), number="3", order=order.name)
        self.assertEqual(proposal.order, order)
        self.assertIn(
            "quantity 10, ordered and not billed 0", self.create(proposal).l10n_ro_efactura_import_warnings[0]
        )

    # -- what the lines take and show -------------------------------------------

    def test_products_are_known_by_the_order(self):
        order = self.order((self.paper, 10, 20), (self.ink, 2, 50))
        order.order_line[1].analytic_distribution = {
            str(
                self.env["account.analytic.account"]
                .create({"name": "Birou", "plan_id": self.env["account.analytic.plan"].create({"name": "Locuri"}).id})
                .id
            ): 100
        }
        proposal = self.proposal(("HÂRTIE", "", 10, 20), ("Toner negru", "X9", 2, 50), order=order.name)
        self.assertEqual(
            [(one.product.value, one.product.source) for one in proposal.lines],
            [(self.paper, "order"), (self.ink, "order")],
        )
        self.assertEqual(proposal.lines[1].analytic, Choice(order.order_line[1].analytic_distribution, "order"))
        self.importer._remember([proposal])
        again = self.proposal(("Toner negru", "X9", 1, 50), number="2")
        self.assertEqual(again.lines[0].product, Choice(self.ink, "remembered"))

    def test_differences_of_price_and_quantity(self):
        order = self.order((self.paper, 10, 20), (self.ink, 2, 50))
        bill = self.create(
            self.proposal(
                ("Hârtie", "HRT-1", 12, 20), ("Cerneală", "CRN-1", 2, 55), ("Transport", "", 1, 30), order=order.name
            )
        )
        quantity, price, transport = bill.l10n_ro_efactura_import_warnings
        self.assertIn("quantity 12, ordered and not billed 10", quantity)
        self.assertIn("+10.0 %", price)
        self.assertIn("not on the order", transport)

    def test_received_quantities_count_where_the_product_says_so(self):
        self.paper.purchase_method = "receive"
        order = self.order((self.paper, 10, 20))
        order.order_line.qty_received = 6
        bill = self.create(self.proposal(("Hârtie", "HRT-1", 10, 20), order=order.name))
        self.assertIn("quantity 10, received and not billed 6", bill.l10n_ro_efactura_import_warnings[0])

    def test_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.order((self.paper, 2, 240))
        order.order_line.write({"product_uom_id": dozen.id, "price_unit": 240, "product_qty": 2})
        proposal = self.proposal(("Hârtie", "HRT-1", 24, 20), order=order.name)
        bill = self.create(proposal)
        self.assertEqual(order.order_line.qty_invoiced, 2)
        self.assertFalse(bill.l10n_ro_efactura_import_warnings)

    def test_one_order_line_in_two_lines(self):
        order = self.order((self.paper, 10, 20))
        bill = self.create(self.proposal(("Hârtie", "HRT-1", 4, 20), ("Hârtie", "HRT-1", 6, 20), order=order.name))
        self.assertEqual(order.order_line.qty_invoiced, 10)
        self.assertFalse(bill.l10n_ro_efactura_import_warnings)

    def test_a_refund_goes_to_the_order_of_its_bill(self):
        order = self.order((self.paper, 10, 20))
        self.create(self.proposal(("Hârtie", "HRT-1", 10, 20), number="F1", order=order.name)).action_post()
        proposal = self.proposal(("Hârtie", "HRT-1", 4, 20), number="F2", root="CreditNote", preceding=[("F1", "")])
        self.assertEqual(proposal.order, order)
        refund = self.create(proposal)
        self.assertEqual((refund.move_type, order.order_line.qty_invoiced), ("in_refund", 6))

    # -- the draft of the order -------------------------------------------------

    def test_the_drafts_bill_is_filled_and_no_second_one_made(self):
        order = self.order((self.paper, 10, 20), (self.ink, 2, 50))
        order.action_create_invoice()
        draft = order.invoice_ids
        xml = self.xml(("Hârtie", "HRT-1", 10, 21), order=order.name, number="F7")
        message = self._messages(xml)
        bill = message.with_user(self.biller)._import_bills().sudo()
        self.assertEqual((bill, order.invoice_ids, message.move_id), (draft, draft, draft))
        self.assertEqual(
            (bill.ref, str(bill.invoice_date), str(bill.date), len(bill.invoice_line_ids)),
            ("F7", "2026-10-15", "2026-10-15", 1),
        )
        self.assert_totals(bill, xml)
        self.assertEqual(order.order_line.mapped("qty_invoiced"), [10, 0])
        self.assertEqual(len(bill.l10n_ro_efactura_import_warnings), 1)
        self.assertIn("+5.0 %", bill.l10n_ro_efactura_import_warnings[0])
        bill.action_post()

    def test_nothing_is_posted_by_itself_that_differs(self):
        same, other = self.order((self.paper, 10, 20)), self.order((self.ink, 2, 50))
        messages = self._messages(
            self.xml(("Hârtie", "HRT-1", 10, 20), order=same.name, number="A1"),
            self.xml(("Cerneală", "CRN-1", 3, 50), order=other.name, number="A2"),
        )
        messages._import_bills(post=True)
        self.assertEqual([message.move_id.state for message in messages], ["posted", "draft"])

    def test_a_draft_that_was_filled_by_hand_is_no_duplicate(self):
        order = self.order((self.paper, 10, 20))
        order.action_create_invoice()
        order.invoice_ids.write({"ref": "F8", "invoice_date": "2026-10-15"})
        bill = self.create(self.proposal(("Hârtie", "HRT-1", 10, 20), order=order.name, number="F8"))
        self.assertEqual(bill, order.invoice_ids)

    def test_another_invoices_draft_is_left_alone(self):
        order = self.order((self.paper, 10, 20))
        order.action_create_invoice()
        order.invoice_ids.write({"ref": "F9", "invoice_date": "2026-10-01"})
        proposal = self.proposal(("Hârtie", "HRT-1", 10, 20), order=order.name, number="F10")
        self.assertFalse(proposal.bill)
        self.assertNotEqual(self.create(proposal), order.invoice_ids[:1])

    def test_many_invoices_ask_the_orders_once(self):
        orders = [self.order((self.paper, number, 20)) for number in (1, 2, 3)]
        proposals = self._propose(
            *(
                self.xml(("Hârtie", "HRT-1", number, 20), number=f"N{number}", order=order.name)
                for number, order in enumerate(orders, 1)
            )
        )
        bills = self.importer._create_bills(proposals)
        self.assertEqual(
            bills.invoice_line_ids.mapped("purchase_line_id.order_id"), self.env["purchase.order"].union(*orders)
        )
