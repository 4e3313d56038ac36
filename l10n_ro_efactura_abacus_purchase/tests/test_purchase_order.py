from odoo import Command
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.exceptions import RedirectWarning
from odoo.tests import new_test_user, tagged


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPurchaseOrderSector(AccountTestInvoicingCommon):
    @classmethod
    @AccountTestInvoicingCommon.setup_country("ro")
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.bucharest = cls.env.ref("base.RO_B")
        cls.buyer = new_test_user(
            cls.env,
            "sector_buyer",
            groups="purchase.group_purchase_user,base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.supplier = cls.env["res.partner"].create(
            {"name": "Furnizor SRL", "city": "București", "state_id": cls.bucharest.id}
        )

    def order(self):
        return (
            self.env["purchase.order"]
            .with_user(self.buyer)
            .create(
                {
                    "partner_id": self.supplier.id,
                    "company_id": self.company.id,
                    "order_line": [
                        Command.create(
                            {"name": "Linie", "product_id": self.product_a.id, "product_qty": 1, "price_unit": 5}
                        )
                    ],
                }
            )
        )

    def refused(self, order):
        with self.assertRaises(RedirectWarning) as caught:
            order.button_confirm()
        self.assertEqual(order.state, "draft")
        return caught.exception.args[1]["res_id"]

    def test_an_order_is_refused_until_the_sector_is_chosen(self):
        order = self.order()
        self.assertEqual(self.refused(order), self.supplier.id)
        self.supplier.l10n_ro_efactura_sector = "5"
        order.button_confirm()
        self.assertEqual(order.state, "purchase")

    def test_the_own_company(self):
        self.supplier.l10n_ro_efactura_sector = "5"
        self.company.write({"city": "București", "state_id": self.bucharest.id})
        self.assertEqual(self.refused(self.order()), self.company.partner_id.id)

    def test_companies_abroad_are_left_alone(self):
        self.company.account_fiscal_country_id = self.env.ref("base.hu")
        order = self.order()
        order.button_confirm()
        self.assertEqual(order.state, "purchase")
