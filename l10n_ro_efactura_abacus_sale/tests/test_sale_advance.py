from random import Random

from lxml import etree
from odoo import Command
from odoo.addons.l10n_ro_efactura_abacus.tests.document.random_invoices import RandomInvoices
from odoo.addons.l10n_ro_efactura_abacus.tests.document.xml_common import XmlCommon
from odoo.tests import tagged


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSaleAdvance(XmlCommon):
    """The invoice that deducts advances names them (BT-25)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")

    def _order(self):
        order = (
            self.env["sale.order"]
            .with_company(self.company)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.article.id,
                                "product_uom_qty": 1,
                                "price_unit": 1000,
                                "tax_ids": [Command.set(self._tax("tvac_21").ids)],
                            }
                        )
                    ],
                }
            )
        )
        order.action_confirm()
        return order

    def _invoiced(self, order, method="delivered", date="2026-09-15", **values):
        before = order.invoice_ids
        self.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids).create(
            {"advance_payment_method": method, **values}
        ).create_invoices()
        move = order.invoice_ids - before
        move.invoice_date = date
        move.action_post()
        return move

    def test_advance_deducted(self):
        self.article.invoice_policy = "order"
        order = self._order()
        advance = self._invoiced(order, "percentage", "2026-09-01", amount=30)
        second = self._invoiced(order, "fixed", "2026-09-02", fixed_amount=121)
        self.assertFalse(advance._l10n_ro_efactura_preceding())
        self.assertFalse(second._l10n_ro_efactura_preceding(), "an advance does not refer to another")
        final = self._invoiced(order)
        tree = self._read(final)
        self.assertEqual(
            dict(
                zip(
                    self._texts(tree, "//BillingReference//ID"),
                    self._texts(tree, "//BillingReference//IssueDate"),
                    strict=True,
                )
            ),
            {advance.name: "2026-09-01", second.name: "2026-09-02"},
        )
        self.assertEqual(self._texts(tree, "//PayableAmount"), [f"{1210 - 363 - 121:.2f}"])
        for move in (advance, second, final):
            self.assertEqual(self.env["l10n_ro_efactura.xml.file"]._findings(etree.tostring(self._read(move))), [])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSaleRandom(RandomInvoices, XmlCommon):
    """Advances, what deducts them and discounts on whole orders: the document says what is booked."""

    def test_twenty(self):
        for seed in range(20):
            with self.subTest(seed=seed):
                self._check_books(self._random_sale(Random(seed), seed))
