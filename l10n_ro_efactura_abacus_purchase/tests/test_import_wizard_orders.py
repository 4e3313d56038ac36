"""Purchase orders on the import page."""

from odoo.tests import Form, tagged

from .test_import_orders import OrdersCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportWizardOrders(OrdersCase):
    def page(self, *lines, **values):
        message = self._messages(self.xml(*lines, **values))
        action = message.with_user(self.biller).action_import()
        return self.env[action["res_model"]].with_user(self.biller).browse(action["res_id"])

    def bill(self, page):
        return self.env["account.move"].browse(page.action_import()["res_id"])

    def test_the_order_and_the_differences_are_shown(self):
        order = self.order((self.paper, 10, 20), (self.ink, 2, 50))
        order.action_create_invoice()
        page = self.page(("Hârtie", "HRT-1", 10, 22), ("Cerneală", "CRN-1", 2, 50), order=order.name)
        self.assertEqual((page.purchase_order_ids, page.fill_bill_id), (order, order.invoice_ids))
        self.assertIn(order.name, page.order_reason)
        paper, ink = page.line_ids
        self.assertEqual((paper.purchase_line_id, paper.order_line_source), (order.order_line[0], "order"))
        self.assertIn("+10.0 %", paper.order_note)
        self.assertFalse(ink.order_note)
        self.assertIn("+10.0 %", page.warnings)
        bill = self.bill(page)
        self.assertEqual((bill, bill.invoice_line_ids.purchase_line_id), (order.invoice_ids, order.order_line))

    def test_the_user_chooses_among_orders_that_are_alike(self):
        first, second = self.order((self.paper, 10, 20)), self.order((self.paper, 10, 20))
        page = self.page(("Hârtie", "HRT-1", 10, 20))
        self.assertFalse(page.purchase_order_ids)
        self.assertIn(first.name, page.warnings)
        with Form(page) as form:
            form.purchase_order_ids.add(second)
            with form.line_ids.edit(0) as row:
                self.assertEqual(row.purchase_line_id, second.order_line)
        bill = self.bill(page)
        self.assertEqual(bill.invoice_line_ids.purchase_line_id, second.order_line)
        self.assertFalse(bill.l10n_ro_efactura_import_warnings)
        self.assertEqual((first.invoice_status, second.invoice_status), ("to invoice", "invoiced"))

    def test_the_user_takes_a_line_or_the_order_away(self):
        order = self.order((self.paper, 10, 20), (self.ink, 2, 50))
        lines = ("Hârtie", "HRT-1", 10, 20), ("Cerneală", "CRN-1", 2, 50)
        page = self.page(*lines, order=order.name, number="T1")
        with Form(page) as form, form.line_ids.edit(1) as row:
            row.purchase_line_id = self.env["purchase.order.line"]
            self.assertEqual((row.order_line_source, row.order_note), ("user", "not on the order"))
        self.assertEqual(self.bill(page).invoice_line_ids.purchase_line_id, order.order_line[0])
        page = self.page(*lines, order=order.name, number="T2")
        with Form(page) as form:
            form.purchase_order_ids.clear()
        self.assertFalse(self.bill(page).invoice_line_ids.purchase_line_id)
