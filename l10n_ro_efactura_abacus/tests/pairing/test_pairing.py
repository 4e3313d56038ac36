"""Pairing by hand: the unique index, undoing, access rights."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .pairing_common import PairingCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPairing(PairingCase):
    def test_by_hand_and_back(self):
        message, bill = self._message(number="X 1", total=99), self._bill()
        message.with_user(self.biller)._pair(bill, "I have both on my desk")
        self.assertEqual((message.move_id, message.pairing_reason), (bill, "I have both on my desk"))
        for record in (message, bill):
            note = record.message_ids[0]
            self.assertIn("I have both on my desk", note.body)
            self.assertEqual(note.author_id, self.biller.partner_id)
        message.with_user(self.biller).action_unpair()
        self.assertFalse(message.move_id)
        self.assertEqual(message.refused_move_ids, bill)
        for record in (message, bill):
            self.assertEqual(record.message_ids[0].author_id, self.biller.partner_id)
            self.assertIn("undone", record.message_ids[0].body)
        message._auto_pair()
        self.assertFalse(message.move_id)
        message._pair(bill, "after all")  # by hand it may be made again
        self.assertEqual(message.move_id, bill)
        self.assertFalse(message.refused_move_ids)

    def test_one_package_a_bill(self):
        first, second, bill = self._message(), self._message(), self._bill()
        first._pair(bill, "one")
        with self.assertRaises(UserError):
            second._pair(bill, "two")
        with self.assertRaises(UserError):
            first._pair(self._bill(ref="ABC 0013"), "another")
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.env.cr.execute("UPDATE l10n_ro_efactura_message SET move_id = %s WHERE id = %s", [bill.id, second.id])
        self.env.invalidate_all()

    def test_what_cannot_be(self):
        bill, invoice = self._bill(), self._invoice()
        for message, move in (
            (self._message(kind="sent"), bill),
            (self._message(), invoice),
            (self._message(kind="error"), bill),
        ):
            with self.assertRaises(UserError):
                message._pair(move, "wrong way")
        bill.button_cancel()
        with self.assertRaises(UserError):
            self._message()._pair(bill, "cancelled")

    def test_the_answer_to_our_own_upload_stays(self):
        submission = self._queue()
        self._upload()
        self._settle()
        self.assertEqual(submission.state, "ok")
        with self.assertRaises(UserError):
            submission.message_id._unpair()

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_who_may(self):
        message = self._message()
        message._pair(self._bill(), "x")
        with self.assertRaises(AccessError):
            message.with_user(
                self.env.ref("base.user_admin").copy({"group_ids": [Command.set([self.env.ref("base.group_user").id])]})
            ).action_unpair()

    # -- Find in SPV --------------------------------------------------------------------------------------------

    def _find(self, action):
        return self.env[action["res_model"]].with_user(self.biller).browse(action["res_id"])

    def test_find_lists_what_is_free_by_score(self):
        bill = self._bill("ABC 12", price=100)
        best = self._message("ABC 12", date="2026-10-06")
        other = self._message("XX 1", date="2026-10-20", total=5)
        self._message("ABC 11", date="2026-08-20")  # another month
        taken = self._message("ABC 10", date="2026-10-08", total=9)
        taken._pair(self._bill("ABC 10", date="2026-10-09", price=3), "taken")
        before = self.sim.calls()
        find = self._find(bill.with_user(self.biller).action_l10n_ro_efactura_find())
        self.assertEqual(find.line_ids.message_id, best + other)
        self.assertGreater(find.line_ids[0].score, find.line_ids[1].score)
        self.assertIn("The same CIF", find.line_ids[0].reason)
        find.line_ids[0].action_pair()
        self.assertEqual(best.move_id, bill)
        self.assertEqual(find.line_ids.filtered("paired").message_id, best)
        find.line_ids.filtered("paired").action_undo()
        self.assertFalse(best.move_id)
        self.assertEqual(self.sim.calls(), before)

    def test_find_for_many_shows_what_is_worth_a_look(self):
        bills = self._bill("ABC 12") + self._bill("ABC 13", date="2026-10-07")
        near, far = self._message("ABC 12", date="2026-10-06"), self._message("XX 1", date="2026-10-20", total=5)
        paired = self._message("ABC 13", date="2026-10-08")
        paired._pair(bills[1], "by hand")
        find = self._find(bills.with_user(self.biller).action_l10n_ro_efactura_find())
        self.assertEqual(
            {(line.move_id, line.message_id, line.paired) for line in find.line_ids},
            {(bills[0], near, False), (bills[1], paired, True)},
        )
        self.assertNotIn(far, find.line_ids.message_id)

    def test_find_the_entry_of_a_package(self):
        message = self._message("ABC 12")
        bill = self._bill("ABC 12", date="2026-10-07")
        unlike = self._bill("77", date="2026-10-20", price=5)
        find = self._find(message.with_user(self.biller).action_find())
        self.assertEqual(find.line_ids.move_id, bill + unlike)
        find.line_ids[0].action_pair()
        self.assertEqual(message.move_id, bill)
