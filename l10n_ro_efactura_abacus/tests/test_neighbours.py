"""Users of sales, purchases and the point of sale, and of companies abroad, beside e-Factura.

They read invoices, bills, partners and products without any right in e-Factura, and e-Factura never stops them. The
suite `orders` of dev/test runs this where those apps are installed.
"""

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import EfacturaCommon
from .web_client import WebClient

VIEWS = ("list", "kanban", "form")
# {login: groups of apps that the addon does not depend on}
NEIGHBOURS = {
    "salesman": "sales_team.group_sale_salesman",
    "sales_manager": "sales_team.group_sale_manager",
    "purchaser": "purchase.group_purchase_user",
    "purchase_manager": "purchase.group_purchase_manager",
    "cashier": "point_of_sale.group_pos_user",
    "pos_manager": "point_of_sale.group_pos_manager",
}


@tagged("l10n_ro_efactura_neighbours", "post_install", "-at_install", "-standard")
class TestNeighbours(EfacturaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.american = cls.setup_other_company(name="Abacus Ohio Inc")["company"]
        cls.american.account_fiscal_country_id = cls.env.ref("base.us")
        cls.users = {login: cls._user(login, groups, cls.company) for login, groups in NEIGHBOURS.items()}
        cls.users["employee"] = cls._user("employee", "base.group_user", cls.company)
        cls.users["portal"] = cls._user("portal", "base.group_portal", cls.company)
        cls.users["american_salesman"] = cls._user("american_salesman", NEIGHBOURS["salesman"], cls.american)
        cls.users["american_biller"] = cls._user("american_biller", "account.group_account_invoice", cls.american)
        cls.customer.user_id = cls.users["salesman"]
        cls.invoice = cls._invoice(invoice_user_id=cls.users["salesman"].id)
        cls.nok = cls._invoice(invoice_user_id=cls.users["salesman"].id)
        cls.bill = cls._invoice(move_type="in_invoice", ref="F-1")
        cls.entry = cls.env["account.move"].with_company(cls.company).create({"move_type": "entry"})
        for move, index in ((cls.invoice, "4000000007"), (cls.nok, "4000000008")):
            submission = cls.env["l10n_ro_efactura.submission"]._adopt(move, "prod", index)
            cls._message(kind="sent", anaf_id=index, move_id=move.id, submission_id=submission.id)
            cls._message(kind="buyer_message", anaf_id=f"9{index}", move_id=move.id)
        cls._message(kind="received", anaf_id="5", move_id=cls.bill.id, archive_state="archived")
        cls.sold_abroad = (
            cls.env["account.move"]
            .with_context(allowed_company_ids=cls.american.ids)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": cls.env["res.partner"].create({"name": "Ohio Customer"}).id,
                    "invoice_user_id": cls.users["american_salesman"].id,
                    "invoice_line_ids": [Command.create({"name": "Service", "price_unit": 5, "tax_ids": []})],
                }
            )
        )

    @classmethod
    def _user(cls, login, groups, company):
        return new_test_user(
            cls.env,
            f"neighbour_{login}",
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @classmethod
    def _message(cls, **values):
        return (
            cls.env["l10n_ro_efactura.message"]
            .sudo()
            .create({"environment": "prod", "company_id": cls.company.id, "listed_at": fields.Datetime.now(), **values})
        )

    def _readable(self, user, records):
        return records.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)._filtered_access("read")

    def _open(self, user, records):
        """Open list, kanban and form of what `user` may read of `records`; return how many forms were opened."""
        client, readable = WebClient(user), self._readable(user, records)
        for view_type, some in [("list", readable), ("kanban", readable), *(("form", record) for record in readable)]:
            with self.subTest(user=user.login, records=some, view=view_type):
                self._open_view(client, view_type, some)
        return len(readable)

    def _open_view(self, client, view_type, records):
        """Open one view; where core itself stops the user, at least the fields of ours are readable."""
        archs, models = client.views(records._name, (False, view_type))
        specification = client.specification(archs[view_type], records._name, models)
        ours = {name: value for name, value in specification.items() if name.startswith("l10n_ro_efactura")}
        self.assertEqual(len(client.values(records._name, view_type, records, ours)), len(records))
        try:
            client.values(records._name, view_type, records, specification)
        except AccessError:
            if not ours:
                return  # a view of core's alone
            self.env.invalidate_all()  # nothing of ours stands in the cache
            core = {name: value for name, value in specification.items() if name not in ours}
            with self.assertRaises(AccessError, msg="core alone opens it"):
                client.values(records._name, view_type, records, core)

    def test_everyone_opens_the_invoices_and_bills_that_he_may_read(self):
        opened = {
            login: self._open(user, self.invoice | self.nok | self.bill | self.entry | self.sold_abroad)
            for login, user in self.users.items()
            if login not in ("employee", "portal")
        }
        without = {login for login, count in opened.items() if not count}
        self.assertLessEqual(without, {"cashier", "pos_manager"}, "they read the entries of their own sessions")

    def test_everyone_opens_partners_and_products(self):
        partners = self.customer | self.company.partner_id | self.american.partner_id
        for login, user in self.users.items():
            for records in (partners, self.product_a.product_tmpl_id, self.product_a) if login != "portal" else ():
                if records.with_user(user).has_access("read") or self._readable(user, records):
                    self._open(user, records)

    def test_a_purchaser_writes_a_bill_and_a_salesman_opens_send(self):
        arch, values = WebClient(self.users["purchaser"], default_move_type="in_invoice").new("account.move")
        self.assertEqual(values["move_type"], "in_invoice")
        for login in ("salesman", "sales_manager"):
            client = WebClient(self.users[login])
            action = client.call("account.move", "action_invoice_sent", self.invoice.ids)
            client.follow(action)

    def test_everyone_reads_the_fields_of_ours_that_he_is_shown(self):
        """Read each field that `fields_get` lists, as exports and views of one's own do; a customer his invoice's."""
        portal = self.users["portal"]
        mine = self._invoice(partner=portal.partner_id)
        for user in self.users.values():
            for record in self._readable(user, self.invoice | self.bill | mine):
                names = [name for name in record.fields_get() if name.startswith("l10n_ro_efactura")]
                names.remove("l10n_ro_efactura_message_ids")  # in no view; lists are searched by it
                record.search([("l10n_ro_efactura_spv", "=", "paired"), ("l10n_ro_efactura_seal", "=", False)], limit=1)
                for name in names:
                    with self.subTest(user=user.login, record=record, field=name):
                        record.read([name])
        self.assertTrue(self._readable(portal, mine))
