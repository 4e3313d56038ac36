"""e-Factura shows only where a Romanian company is in sight."""

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import EfacturaCommon
from .web_client import WebClient

# Models of others into whose views we put columns, buttons, pages and settings.
EXTENDED = ("account.move", "res.partner", "product.template", "account.journal", "res.config.settings", "res.company")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestInSight(EfacturaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.abroad = cls.setup_other_company(name="Abacus Ohio Inc")["company"]
        cls.abroad.account_fiscal_country_id = cls.env.ref("base.us")
        groups = "account.group_account_manager,account.group_account_readonly,base.group_system"
        cls.romanian = cls._user("romanian", groups, cls.company)
        cls.both = cls._user("both", groups, cls.company | cls.abroad)
        cls.foreigner = cls._user("foreigner", groups, cls.abroad)

    @classmethod
    def _user(cls, login, groups, companies):
        return new_test_user(
            cls.env,
            f"efactura_{login}",
            groups=groups,
            company_id=companies[-1:].id,
            company_ids=[Command.set(companies.ids)],
        )

    def _ours_in_views(self, user, companies=None):
        """Return {model: number of nodes of ours that the user's views show} over all views of others' models."""
        client, found = WebClient(user), {}
        if companies:
            client.env = client.env(context={**client.env.context, "allowed_company_ids": companies.ids})
        for model in EXTENDED:
            views = self.env["ir.ui.view"].search(
                [("model", "=", model), ("mode", "=", "primary"), ("type", "in", ("form", "list", "kanban", "search"))]
            )
            for view in views:
                archs, _models = client.views(model, (view.id, view.type))
                nodes = archs[view.type].xpath(
                    "//*[starts-with(@name, 'l10n_ro_efactura') or starts-with(@name, 'action_l10n_ro_efactura')"
                    " or starts-with(@id, 'l10n_ro_efactura')][not(@invisible='True' or @column_invisible='True')]"
                )
                found[model] = found.get(model, 0) + len(nodes)
        return found

    def _menus(self, user):
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        return [menu for menu in menus.values() if (menu.get("xmlid") or "").startswith("l10n_ro_efactura_abacus")]

    def test_views_have_nothing_of_ours_for_companies_abroad(self):
        for user in (self.romanian, self.both):
            found = self._ours_in_views(user)
            self.assertTrue(all(found.values()), found)
        self.assertEqual(set(self._ours_in_views(self.foreigner).values()), {0})
        self.assertEqual(
            set(self._ours_in_views(self.both, self.abroad).values()), {0}, "only the company abroad is selected"
        )

    def test_forms_of_companies_abroad_keep_what_core_shows(self):
        """Check that what we remove takes nothing of core's with it."""
        for model in EXTENDED:
            with self.subTest(model=model):
                ours, _models = WebClient(self.romanian).views(model, (False, "form"))
                theirs, _models = WebClient(self.foreigner).views(model, (False, "form"))
                names = [
                    {
                        (node.tag, node.get("name"))
                        for node in arch["form"].iter()
                        if isinstance(node.tag, str)
                        and node.get("name")
                        and node.get("invisible") not in ("True", "1")  # such a field serves our own expressions, too
                        and "l10n_ro_efactura"
                        not in " ".join(
                            [one.get("name") or "" for one in [node, *node.iterancestors()]]
                            + [one.get("id") or "" for one in [node, *node.iterancestors()]]
                        )
                    }
                    for arch in (ours, theirs)
                ]
                self.assertEqual(names[0] - names[1], set())

    def test_menus_show_to_users_of_a_romanian_company(self):
        self.assertTrue(self._menus(self.romanian))
        self.assertTrue(self._menus(self.both))
        self.assertEqual(self._menus(self.foreigner), [])

    def test_menus_follow_the_users_companies(self):
        self.assertEqual(self._menus(self.foreigner), [])
        self.foreigner.company_ids += self.company
        self.assertTrue(self._menus(self.foreigner))
        self.foreigner.company_ids -= self.company
        self.assertEqual(self._menus(self.foreigner), [])
        self.abroad.account_fiscal_country_id = self.env.ref("base.ro")
        self.assertTrue(self._menus(self.foreigner))

    def test_the_action_menu_offers_nothing_of_ours_abroad(self):
        def names(user):
            bindings = self.env["ir.actions.actions"].with_user(user).get_bindings("account.move")
            return {action["id"] for actions in bindings.values() for action in actions}

        ours = self.env.ref("l10n_ro_efactura_abacus.account_move_action_window").id
        self.assertIn(ours, names(self.romanian))
        self.assertNotIn(ours, names(self.foreigner))
