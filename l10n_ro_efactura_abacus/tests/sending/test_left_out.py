"""What is never sent, from wherever it is tried, and what is said about it."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import queries_of
from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLeftOut(PipelineCase):
    def _old(self):
        """Return a posted invoice from before the company's start date, which is today."""
        move = self._invoice(invoice_date=fields.Date.today() - timedelta(days=3))
        self.company.l10n_ro_efactura_start_date = fields.Date.today()
        return move

    def _send_wizard(self, move):
        wizard = self.env["account.move.send.wizard"].with_context(active_model="account.move", active_ids=move.ids)
        return wizard.create({"move_id": move.id})

    # -- before the start date ------------------------------------------------------------------------------

    def test_nothing_from_before_the_start_date_is_sent_from_anywhere(self):
        move = self._old()
        for name, way in {
            "the form": lambda: move.action_l10n_ro_efactura_send(),
            "the form, test": lambda: move.action_l10n_ro_efactura_send_test(),
            "RPC": lambda: self.submissions._enqueue(move, "prod"),
            "core's name": lambda: move._l10n_ro_edi_send_invoice(b""),
        }.items():
            with self.subTest(name):
                try:
                    errors = way()
                except UserError as error:
                    errors = [str(error)]
                self.assertIn("Issued before", str(errors))
        box = self._send_wizard(move).extra_edi_checkboxes["ro_edi"]
        self.assertEqual((box["checked"], box["readonly"]), (False, True))
        move.sending_data = {"author_user_id": self.biller.id}
        self.env["account.move.send"]._generate_and_send_invoices(
            move,
            from_cron=True,
            allow_raising=False,
            allow_fallback_pdf=False,
            sending_methods=[],
            extra_edis=["ro_edi"],
        )
        self._upload()
        self.assertFalse(move.l10n_ro_efactura_submission_ids)
        self.assertFalse(move.l10n_ro_efactura_missing, "nothing is missing on what is not concerned")
        self.assertFalse(self.sim.calls()["upload"])

    def test_a_selection_sends_what_is_due_and_names_what_is_older(self):
        old, due = self._old(), self._invoice()
        action = (old + due).with_context(l10n_ro_efactura_only_due=True).action_l10n_ro_efactura_send()
        self.assertEqual((old.l10n_ro_efactura_state, due.l10n_ro_efactura_state), (False, "queued"))
        params = action["params"]
        self.assertRegex(params["message"], f"1 not sent: {old.name}. Issued before")
        self.assertEqual(params["button"]["action"]["domain"], [("id", "in", old.ids)])
        self._upload()
        self.assertEqual(self.sim.calls()["upload"], 1)

    def test_posting_never_sends_what_is_older(self):
        self.company.l10n_ro_efactura_start_date = fields.Date.today()
        self.company_data["default_journal_sale"].l10n_ro_efactura_auto_send = True
        old = self._invoice(invoice_date=fields.Date.today() - timedelta(days=3))
        self.assertFalse(old.l10n_ro_efactura_submission_ids)

    def test_the_worker_refuses_what_a_later_start_date_leaves_out(self):
        submission = self._queue(invoice_date=fields.Date.today() - timedelta(days=3))
        self.company.l10n_ro_efactura_start_date = fields.Date.today()
        self._upload()
        self.assertEqual((submission.state, self._codes(submission)), ("refused", ["not_concerned"]))
        self.assertFalse(self.sim.calls()["upload"])
        with self.assertRaisesRegex(UserError, "Issued before"):
            submission.action_regenerate()

    def test_a_branch_has_its_parents_start_date(self):
        self.company.l10n_ro_efactura_start_date = fields.Date.today()
        branch = self.env["res.company"].create(
            {
                "name": "Filiala Cluj",
                "parent_id": self.company.id,
                "country_id": self.company.country_id.id,
                "account_fiscal_country_id": self.company.country_id.id,
            }
        )
        self.env.user.company_ids += branch
        moves = self.env["account.move"].with_context(allowed_company_ids=(branch + self.company).ids)
        old = moves.with_company(branch).create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": fields.Date.today() - timedelta(days=3),
            }
        )
        self.assertEqual(old.company_id, branch)
        self.assertEqual(old.l10n_ro_efactura_obligation, "none")
        found = moves.search([("id", "=", old.id), ("l10n_ro_efactura_obligation", "=", "none")])
        self.assertEqual(found, old)
        branch.l10n_ro_efactura_start_date = fields.Date.today() - timedelta(days=9)
        old.invalidate_recordset()
        self.assertEqual(old.l10n_ro_efactura_obligation, "due", "its own date comes first")

    # -- a number that is live already ----------------------------------------------------------------------

    def _same_number(self):
        """Return (an invoice on its way, a draft of another journal that will have its number)."""
        first = self._queue().move_id
        other = self.company_data["default_journal_sale"].copy({"code": "FIL"})
        second = self._invoice(post=False, journal_id=other.id)
        second.name = first.name
        return first, second

    def test_a_number_that_is_live_elsewhere_stops_only_its_invoice(self):
        first, second = self._same_number()
        second.action_post()
        third = self._invoice()
        action = (second + third).action_l10n_ro_efactura_send()
        self.assertEqual((second.l10n_ro_efactura_state, third.l10n_ro_efactura_state), (False, "queued"))
        self.assertIn(f"number {first.name}", action["params"]["message"])
        self.assertIn(self.company.name, action["params"]["message"])
        with self.assertRaisesRegex(UserError, first.name):
            second.action_l10n_ro_efactura_send()
        with self.assertRaisesRegex(UserError, first.name):
            self.submissions._enqueue(second, "prod")

    def test_a_number_that_is_live_elsewhere_does_not_stop_the_posting(self):
        _first, second = self._same_number()
        second.journal_id.l10n_ro_efactura_auto_send = True
        second.action_post()
        self.assertEqual((second.state, second.l10n_ro_efactura_state), ("posted", False))
        self.assertIn("give this invoice another one", second.l10n_ro_efactura_missing[0])
        self.assertIn("l10n_ro_efactura_missing", second._get_alerts())

    def test_of_two_with_one_number_in_a_batch_the_first_is_queued(self):
        moves = self._invoice() + self._invoice()
        rows = [self.submissions._values_of(move, "prod") for move in moves]
        rows[1]["number"] = rows[0]["number"]
        self.assertEqual(list(self.submissions._taken(rows)), moves[1].ids)
        # where another transaction was faster, the database says it, row by row
        with mute_logger("odoo.sql_db"):
            submissions, late = self.submissions._insert_queued(rows)
        self.assertEqual((submissions.move_id, list(late)), (moves[0], moves[1].ids))

    # -- the journal's delay --------------------------------------------------------------------------------

    def test_a_delay_ends_with_the_beginning_of_the_last_day_of_the_term(self):
        journal = self.company_data["default_journal_sale"]
        journal.write({"l10n_ro_efactura_auto_send": True, "l10n_ro_efactura_send_delay": "4"})
        with freeze_time("2026-11-24 10:00:00"):
            move = self._invoice(invoice_date="2026-11-18", invoice_date_due="2026-11-18")
            self.assertEqual(str(move.l10n_ro_efactura_deadline), "2026-11-25")
            waiting = move.l10n_ro_efactura_submission_ids
            self.assertEqual(str(waiting.next_attempt_at), "2026-11-24 22:00:00", "midnight in Bucharest")
            early = self._invoice(invoice_date="2026-11-24", invoice_date_due="2026-11-24")
            self.assertEqual(str(early.l10n_ro_efactura_submission_ids.next_attempt_at), "2026-11-28 10:00:00")
        with freeze_time("2026-11-25 10:00:00"):
            last = self._invoice(invoice_date="2026-11-18", invoice_date_due="2026-11-18")
            self.assertFalse(last.l10n_ro_efactura_submission_ids.next_attempt_at, "on the last day at once")

    # -- the click ------------------------------------------------------------------------------------------

    def test_the_queries_of_the_click_do_not_grow_with_the_invoices(self):
        moves = self.env["account.move"].concat(*(self._invoice() for _ in range(26)))

        def click(some):
            with self.env.cr.savepoint() as savepoint:
                some.action_l10n_ro_efactura_send()
                savepoint.rollback()

        few, many = queries_of(self, click, moves[:2]), queries_of(self, click, moves)
        self.assertLess(many - few, 24, "less than one for each of 24 more invoices")

    def test_opening_send_for_many_builds_no_document(self):
        moves = self._invoice() + self._invoice()
        bad = self._invoice(self._partner(name="Fara Oras SRL", city=False))
        built = []
        with self._noting_builds(built):
            wizard = (
                self.env["account.move.send.batch.wizard"]
                .with_context(active_model="account.move", active_ids=(moves + bad).ids)
                .create({"move_ids": [Command.set((moves + bad).ids)]})
            )
            alert = wizard.alerts["l10n_ro_efactura_missing"]
        self.assertIn("Fara Oras SRL has no city.", alert["message"])
        self.assertFalse(built)

    def _noting_builds(self, built):
        """Note in `built` each invoice whose document is built by the addon."""
        model = type(self.env["account.move"])
        original = model._l10n_ro_efactura_checked_xml

        def noted(move, *arguments):
            built.append(move.id)
            return original(move, *arguments)

        return patch.object(model, "_l10n_ro_efactura_checked_xml", noted)
