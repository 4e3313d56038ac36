"""Lists, cards and filters of invoices and submissions: what stands in them, and that filters combine."""

from lxml import etree
from odoo.tests import tagged

from ..pipeline import PipelineCase
from ..web_client import WebClient

MODULE = "l10n_ro_efactura_abacus"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLists(PipelineCase):
    def _action(self, name):
        return self.env["ir.actions.actions"]._for_xml_id(f"{MODULE}.{name}")

    def test_the_list_to_send_has_no_button_to_upload_files(self):
        views = {kind: view_id for view_id, kind in self._action("account_move_action_to_send")["views"]}
        archs, _models = WebClient(self.biller).views("account.move", (views["list"], "list"))
        self.assertFalse(archs["list"].get("js_class"), "core's own class draws it")
        self.assertEqual(archs["list"].get("create"), "false")

    def test_to_send_and_sent_have_cards(self):
        move = self._invoice()
        submission = self._queue()
        client = WebClient(self.biller)
        for name, record in (("account_move_action_to_send", move), ("l10n_ro_efactura_submission_action", submission)):
            views = {kind: view_id for view_id, kind in self._action(name)["views"]}
            arch, rows = client.show(record._name, "kanban", record, views["kanban"])
            self.assertEqual(len(rows), 1)
            self.assertTrue(arch.xpath("//field[@name='l10n_ro_efactura_state' or @name='state']"))
        arch, _rows = client.show("account.move", "kanban", move, self.env.ref("account.view_account_move_kanban").id)
        self.assertTrue(arch.xpath("//field[@name='l10n_ro_efactura_state']"))

    def test_a_submission_names_its_customer_and_keeps_when_it_was_asked_for(self):
        submission = self._queue()
        asked = submission.create_date
        self.assertEqual(submission.with_user(self.biller).partner_id, self.customer)
        self.assertEqual(
            self.submissions.with_user(self.biller).search([("partner_id", "=", self.customer.id)]), submission
        )
        self._upload()
        self.assertEqual(submission.create_date, asked)
        self.assertTrue(submission.attempted_at)

    def test_late_and_to_send_are_filters_that_narrow_each_other(self):
        view = self.env.ref("account.view_account_invoice_filter")
        arch = etree.fromstring(view.get_combined_arch())
        groups, number = {}, 0
        for node in arch.xpath("//search/*"):
            number += node.tag == "separator"
            groups.setdefault(number, set()).add(node.get("name"))
        homes = {
            name: key for key, names in groups.items() for name in names if (name or "").startswith("l10n_ro_efactura")
        }
        self.assertNotEqual(homes["l10n_ro_efactura_to_send"], homes["l10n_ro_efactura_late"])
        self.assertNotEqual(homes["l10n_ro_efactura_to_send"], homes["l10n_ro_efactura_missing"])
        self.assertEqual(homes["l10n_ro_efactura_nok"], homes["l10n_ro_efactura_uncertain"], "one state or another")

    def test_the_list_says_what_stops_an_invoice(self):
        fine, lacking = self._invoice(), self._invoice()
        lacking.sudo().l10n_ro_efactura_missing = ["Client Test SRL has no street.", "Line 1 has no unit."]
        nok = self._queue()
        self._set(nok, state="nok", errors='[{"code": "BR-CO-15", "text": "[BR-CO-15]-total", "hint": false}]')
        self._set(nok.move_id, l10n_ro_efactura_state="nok")
        moves = (fine | lacking | nok.move_id).with_user(self.biller)
        self.assertFalse(moves[0].l10n_ro_efactura_problem)
        self.assertEqual(moves[1].l10n_ro_efactura_problem, "Client Test SRL has no street. (+1)")
        self.assertIn("BR-CO-15", moves[2].l10n_ro_efactura_problem)
