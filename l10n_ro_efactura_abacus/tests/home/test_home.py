"""The home of the app, the accounting dashboard, and the menus: each number is its list, for each kind of user."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.fields import Date, Datetime
from odoo.tests import new_test_user, tagged
from odoo.tools import file_path, mute_logger

from ..pipeline import PipelineCase

MODULE = "l10n_ro_efactura_abacus"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestHome(PipelineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = cls._user("reader", "account.group_account_readonly")
        cls.admin = cls._user("admin", "account.group_account_manager,base.group_system")

    @classmethod
    def _user(cls, login, groups):
        return new_test_user(
            cls.env,
            f"home_{login}",
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _home(self, user=None):
        home = self.env["l10n_ro_efactura.home"].with_user(user or self.biller)
        return home.with_context(allowed_company_ids=self.company.ids)

    def _cards(self, user=None):
        return {card["key"]: card for part in self._home(user).get_home()["parts"] for card in part["cards"]}

    def _message(self, **values):
        self.count = getattr(self, "count", 0) + 1
        return self.messages.create(
            {
                "anaf_id": f"77{self.count}",
                "environment": "prod",
                "company_id": self.company.id,
                "kind": "received",
                "listed_at": Datetime.now(),
                "expires_on": Date.today() + timedelta(days=60),
                **values,
            }
        )

    def _some_of_everything(self):
        ok, nok = self._invoice(), self._invoice()
        self._invoice(invoice_date=Date.today() - timedelta(days=30), price=50.0)
        ok.action_l10n_ro_efactura_send()
        self._upload()
        self._settle()
        self._set(nok, l10n_ro_efactura_state="nok")
        self._message()
        self._message(expires_on=Date.today() + timedelta(days=3))
        self._message(kind="sent", archive_state="archived")
        return ok, nok

    def test_each_card_counts_what_its_list_shows(self):
        self._some_of_everything()
        home = self._home()
        for key, card in self._cards().items():
            action = home.open_list(key)
            with self.subTest(card=key):
                listed = self.env[action["res_model"]].with_user(self.biller).search_count(action.get("domain") or [])
                self.assertEqual(card["count"], listed if key != "vat_at_risk" else 0)
        cards = self._cards()
        self.assertEqual(
            {key: card["count"] for key, card in cards.items() if card["count"]},
            {"to_send": 2, "late": 1, "nok": 1, "ok_today": 1, "to_import": 2, "unpaired": 1, "leaving": 1},
        )

    def test_what_is_to_be_sent_shows_its_amount_and_its_oldest(self):
        self._invoice(invoice_date=Date.today() - timedelta(days=30), price=50.0)
        self._invoice(price=100.0)
        hints = self._cards()["to_send"]["hints"]
        self.assertIn("181.50", hints[0])
        self.assertIn("days late", hints[2])

    def test_who_invoices_and_who_only_reads_see_the_same_numbers_and_open_every_list(self):
        self._some_of_everything()
        mine, read = self._cards(), self._cards(self.reader)
        self.assertEqual(mine, read)
        for key in read:
            action = self._home(self.reader).open_list(key)
            self.env[action["res_model"]].with_user(self.reader).search(action.get("domain") or [])
        self.assertFalse(self._home(self.reader).get_home()["may_bill"])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_who_may_not_read_spv_has_no_home(self):
        employee = self._user("employee", "base.group_user")
        with self.assertRaises(AccessError):
            self._home(employee).get_home()
        with self.assertRaises(AccessError):
            self._home(employee).open_list("to_send")

    def test_only_an_administrator_opens_the_connection(self):
        for user, may in ((self.biller, False), (self.reader, False), (self.admin, True)):
            (row,) = self._home(user).get_home()["connections"]
            self.assertEqual((row["state"], row["may_open"]), ("connected", may))
        self.assertEqual(self._home(self.admin).open_list("connection")["res_id"], self.credential.id)
        with self.assertRaises(AccessError):
            self._home(self.biller).open_list("connection")

    def test_a_company_that_is_not_on_the_home_opens_nothing(self):
        other = self.env["res.company"].create({"name": "Other SRL"})
        with self.assertRaises(AccessError):
            self._home().open_list("to_send", other.id)

    def test_anaf_that_does_not_answer_is_said_with_its_last_success(self):
        self.messages._cron_refresh_spv()
        (row,) = self._home().get_home()["connections"]
        self.assertEqual(row["health_tone"], "success")
        self.assertTrue(row["last_success"])
        self.gates._close(self.credential._gate_key(), "prod", 300, "html_answer")
        (row,) = self._home().get_home()["connections"]
        self.assertEqual(row["health_tone"], "danger")
        self.assertIn("a web page came instead of an answer", row["health"])
        self.assertIn(row["last_success"], row["health"])

    def test_a_company_without_a_connection_says_so(self):
        self.credential.sudo().active = False
        (row,) = self._home().get_home()["connections"]
        self.assertEqual((row["state"], row["health_tone"]), ("draft", "none"))
        self.assertIn("until the company is connected", row["health"])

    def test_weeks_count_what_spv_listed(self):
        self._message(listed_at=Datetime.now() - timedelta(days=7))
        self._message()
        self._message(kind="sent")
        self._message(listed_at=Datetime.now() - timedelta(days=300))
        weeks = self._home().get_home()["weeks"]
        self.assertEqual(len(weeks), 8)
        self.assertEqual([(week["sent"], week["received"]) for week in weeks[-2:]], [(0, 1), (1, 1)])
        self.assertEqual(sum(week["received"] for week in weeks), 2)

    def test_two_companies_are_added_up_and_told_apart(self):
        other = self.setup_other_company(name="Altă Firmă SRL", country_id=self.env.ref("base.ro").id)["company"]
        other.account_fiscal_country_id = self.env.ref("base.ro")
        self.biller.company_ids += other
        self._invoice()
        self._message(company_id=other.id)
        data = self._home().with_context(allowed_company_ids=(self.company + other).ids).get_home()
        counts = {row["id"]: row["counts"] for row in data["companies"]}
        self.assertEqual((counts[self.company.id]["to_send"], counts[other.id]["to_send"]), (1, 0))
        self.assertEqual((counts[self.company.id]["to_import"], counts[other.id]["to_import"]), (0, 1))
        self.assertEqual([row["company_id"] for row in data["connections"]], [self.company.id, other.id])

    def test_the_sales_card_counts_and_opens_what_is_to_be_sent(self):
        self._some_of_everything()
        journal = self.company_data["default_journal_sale"].with_user(self.biller)
        data = journal._get_journal_dashboard_data_batched()[journal.id]
        self.assertEqual(
            [data.get(f"l10n_ro_efactura_{key}") for key in ("to_send", "late", "nok", "uncertain")], [2, 1, 1, None]
        )
        action = journal.with_context(l10n_ro_efactura_key="nok").action_l10n_ro_efactura_list()
        self.assertEqual(self.env["account.move"].search_count(action["domain"]), 1)

    def test_core_s_buttons_ask_anaf(self):
        sale = self.company_data["default_journal_sale"].with_user(self.biller)
        purchase = self.company_data["default_journal_purchase"].with_user(self.biller)
        self.assertTrue(sale.show_refresh_out_einvoices_status_button)
        self.assertTrue(purchase.show_fetch_in_einvoices_button)
        self.assertFalse(sale.with_user(self.reader).show_refresh_out_einvoices_status_button)
        submission = self._queue()
        self._upload()
        self.assertEqual(submission.state, "processing")
        sale.button_refresh_out_einvoices_status()
        self.env.invalidate_all()
        self.assertEqual(submission.state, "ok")
        self.sim.generate_supplier_invoices(self.company.vat, 3, days=1)
        action = purchase.button_fetch_in_einvoices()
        self.assertEqual(self.env["l10n_ro_efactura.message"].search_count(action["domain"]), 3)

    def test_the_app_has_an_icon_and_three_parts(self):
        menu = self.env.ref(f"{MODULE}.l10n_ro_efactura_menu")
        self.assertFalse(menu.parent_id)
        self.assertTrue(file_path(f"{MODULE}/static/description/icon.png"))
        self.assertEqual(menu.web_icon, f"{MODULE},static/description/icon.png")
        parts = ("home_menu", "menu_sent", "menu_received", "menu_month", "menu_configuration")
        self.assertEqual(
            menu.child_id.sorted("sequence"),
            self.env["ir.ui.menu"].concat(*(self.env.ref(f"{MODULE}.l10n_ro_efactura_{part}") for part in parts)),
        )

    def test_nobody_sees_an_empty_part_of_the_menu(self):
        for user in (self.biller, self.reader, self.admin):
            visible = self.env["ir.ui.menu"].browse(self.env["ir.ui.menu"].with_user(user)._visible_menu_ids())
            for part in self.env.ref(f"{MODULE}.l10n_ro_efactura_menu").child_id & visible:
                with self.subTest(user=user.login, part=part.name):
                    self.assertTrue(part.action or part.child_id & visible)
