"""Whoever sees a button may press it: all buttons of ours, in all views, as every kind of accounting user."""

from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .buttons_case import ButtonsCase

GROUPS = {
    "billing": "account.group_account_invoice",
    "reader": "account.group_account_readonly",
    "bookkeeper": "account.group_account_user",
    "accountant": "account.group_account_manager",
    "administrator": "account.group_account_manager,base.group_system",
    "system": "base.group_system",
    "employee": "base.group_user",
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestButtons(ButtonsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            login: new_test_user(
                cls.env,
                f"buttons_{login}",
                groups=groups,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for login, groups in GROUPS.items()
        }

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_no_visible_button_answers_with_an_access_error(self):
        records = self._make_records()
        pressed = {}
        for login, user in self.users.items():
            pressed[login], refused = self._press_everything(user, records)
            with self.subTest(user=login):
                self.assertEqual(refused, [], "\n" + "\n".join(f"{where}: {error}" for where, error in refused))
        self.assertGreater(len(pressed["billing"]), 25, pressed["billing"])
        self.assertGreater(len(pressed["accountant"]), len(pressed["reader"]))
