from odoo import Command
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.exceptions import RedirectWarning
from odoo.tests import new_test_user, tagged


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSaleOrderSector(AccountTestInvoicingCommon):
    @classmethod
    @AccountTestInvoicingCommon.setup_country("ro")
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.bucharest = cls.env.ref("base.RO_B")
        cls.salesman = new_test_user(
            cls.env,
            "sector_salesman",
            groups="sales_team.group_sale_salesman,base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Client SRL", "city": "București", "state_id": cls.bucharest.id}
        )

    def order(self, **values):
        return (
            self.env["sale.order"]
            .with_user(self.salesman)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "order_line": [Command.create({"name": "Linie", "product_id": self.product_a.id})],
                    **values,
                }
            )
        )

    def refused(self, order):
        with self.assertRaises(RedirectWarning) as caught:
            order.action_confirm()
        self.assertEqual(order.state, "draft")
        return caught.exception.args[1]["res_id"]

    def test_an_order_is_refused_until_the_sector_is_chosen(self):
        order = self.order()
        self.assertEqual(self.refused(order), self.customer.id)
        self.customer.city = "Sector 2"
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_the_delivery_address_and_the_own_company(self):
        self.customer.l10n_ro_efactura_sector = "1"
        depot = self.env["res.partner"].create(
            {
                "name": "Depozit",
                "parent_id": self.customer.id,
                "type": "other",
                "city": "București",
                "state_id": self.bucharest.id,
            }
        )
        self.assertEqual(self.refused(self.order(partner_shipping_id=depot.id)), depot.id)
        self.company.write({"city": "București", "state_id": self.bucharest.id})
        self.assertEqual(self.refused(self.order(partner_shipping_id=self.customer.id)), self.company.partner_id.id)

    def test_a_customer_who_paid_on_the_website_is_not_stopped(self):
        visitor = new_test_user(self.env, "sector_visitor", groups="base.group_portal")
        order = self.order().with_user(visitor).sudo()
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_companies_abroad_are_left_alone(self):
        self.company.account_fiscal_country_id = self.env.ref("base.hu")
        order = self.order()
        order.action_confirm()
        self.assertEqual(order.state, "sale")
