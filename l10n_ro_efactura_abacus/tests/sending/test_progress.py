"""Invoices sent together: how far they are, Cancel, and the summary, for the user who sent them only."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestProgress(PipelineCase):
    def setUp(self):
        super().setUp()
        self.works = self.env["l10n_ro_efactura.progress"].with_user(self.biller)

    def _send(self, count):
        """Send `count` new invoices together as the biller; return (work, submissions)."""
        moves = self.env["account.move"].concat(*(self._invoice() for _ in range(count))).with_user(self.biller)
        moves.action_l10n_ro_efactura_send()
        submissions = self.submissions.search([("move_id", "in", moves.ids)], order="id")
        return self.works.search([("batch", "=", submissions[0].batch)]), submissions

    def _card(self):
        [card] = self.works.open_cards()
        return card

    def test_a_batch_is_counted_from_the_click_to_the_summary(self):
        work, submissions = self._send(3)
        card = self._card()
        self.assertEqual((card["state"], card["done"], card["total"], card["bars"]), ("running", 0, 3, []))
        self.assertTrue(card["can_cancel"])
        self.sim.fault("nok", "upload")
        self._upload()
        self._settle()
        card = self._card()
        self.assertEqual((card["state"], card["done"], card["total"]), ("done", 3, 3))
        self.assertEqual({bar["style"]: bar["percent"] for bar in card["bars"]}, {"success": 66.7, "danger": 33.3})
        self.assertEqual(card["text"], "2 Ok, 1 not accepted")
        self.assertEqual([row["state"] for row in card["rows"]], ["Nok"])
        self.assertEqual([button["key"] for button in card["buttons"]], ["failed", "all"])
        action = work.action_open("failed")
        nok = submissions.filtered(lambda submission: submission.state == "nok")
        self.assertEqual(self.env["account.move"].search(action["domain"]), nok.move_id)
        self.assertFalse(work.action_open("uncertain"), "no button, no action")
        self.assertEqual(self._card()["id"], work.id, "it stays until it is closed")
        work.action_close()
        self.assertFalse(self.works.open_cards())

    def test_one_invoice_has_its_badge_only(self):
        self._send(1)
        self.assertFalse(self.works.open_cards())

    def test_cancel_withdraws_what_waits_and_finishes_what_is_under_way(self):
        work, submissions = self._send(6)
        self._set(submissions[3:], next_attempt_at="2100-01-01")
        self._upload()
        self.assertEqual(submissions.mapped("state"), ["processing"] * 3 + ["queued"] * 3)
        work.action_cancel()
        card = self._card()
        self.assertEqual((card["state"], card["done"], card["can_cancel"]), ("cancelling", 3, False))
        work.action_cancel()
        self._settle()
        card = self._card()
        self.assertEqual((card["state"], card["text"]), ("cancelled", "3 Ok, 3 withdrawn"))
        self.assertEqual(submissions.mapped("state"), ["ok"] * 3 + ["withdrawn"] * 3)
        self.assertEqual(submissions.move_id.mapped("l10n_ro_efactura_state"), ["ok"] * 3 + [False] * 3)
        self.assertEqual(self.sim.calls()["upload"], 3)
        withdrawn = self.env["account.move"].search(work.action_open("withdrawn")["domain"])
        self.assertEqual(withdrawn, submissions[3:].move_id)
        submissions.move_id.with_user(self.biller).action_l10n_ro_efactura_send()
        self._upload()
        self._settle()
        self.assertEqual(set(submissions.move_id.mapped("l10n_ro_efactura_state")), {"ok"}, "nothing is lost")
        self.assertEqual(self.sim.calls()["upload"], 6, "and nothing is sent twice")

    def test_users_see_their_own_works_only(self):
        work, submissions = self._send(2)
        other = new_test_user(self.env, "efactura_other", groups="account.group_account_invoice")
        reader = new_test_user(self.env, "efactura_reader", groups="account.group_account_readonly")
        for user in (other, reader):
            user.write({"company_ids": [(4, self.company.id)], "company_id": self.company.id})
            self.assertEqual(self.works.with_user(user).open_cards(), [])
            for method in (work.with_user(user).action_cancel, work.with_user(user).action_close):
                with self.assertRaises(AccessError):
                    method()
            with self.assertRaises(AccessError):
                work.with_user(user).action_open("all")
        self.assertEqual(set(submissions.mapped("state")), {"queued"})
        employee = new_test_user(self.env, "efactura_employee", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.works.with_user(employee).open_cards()

    def test_a_work_is_shown_while_another_company_is_chosen(self):
        work, _submissions = self._send(2)
        other = self.env["res.company"].create({"name": "Other SRL"})
        self.biller.company_ids += other
        elsewhere = work.with_context(allowed_company_ids=other.ids)
        self.assertEqual([card["id"] for card in elsewhere.open_cards()], work.ids)
        elsewhere.action_cancel()
        self.assertEqual(self._card()["state"], "cancelled")

    def test_what_is_sent_by_itself_shows_nobody_a_bar(self):
        moves = self._invoice() | self._invoice()
        moves.sudo().with_user(self.env.ref("base.user_root"))._l10n_ro_efactura_queue("prod")
        self.assertFalse(self.env["l10n_ro_efactura.progress"].sudo().search([]))

    def test_the_words_are_those_of_the_user(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.biller.lang = "ro_RO"
        self._send(2)
        self._upload()
        self._settle()
        self.env.cr.precommit.run()
        told = self.env["bus.bus"].sudo().search([("message", "like", "l10n_ro_efactura/progress")], order="id desc")
        self.assertIn('"state": "done"', told[0].message.replace('"state":"done"', '"state": "done"'))
