"""Exactly one document at ANAF per invoice: the queue, the claim and the attempt guard."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from ...anaf import NotSent, Receipt, Uncertain
from ...models.calls.outgoing import in_time
from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestExactlyOnce(PipelineCase):
    def test_the_click_sends_nothing_and_twice_is_harmless(self):
        move = self._invoice()
        for _click in range(3):
            move.with_user(self.biller).action_l10n_ro_efactura_send()
        self.assertEqual(len(move.l10n_ro_efactura_submission_ids), 1)
        self.assertFalse(self.sim.calls()["upload"])
        for _run in range(3):
            self._upload()
        self.assertEqual(self.sim.calls()["upload"], 1)

    def test_the_database_refuses_a_second_live_submission(self):
        submission = self._queue()
        row = self.submissions._values_of(submission.move_id, "prod")
        for changes in ({}, {"move_id": self._invoice().id}):  # the same invoice; another with the same number
            with self.subTest(changes=changes), mute_logger("odoo.sql_db"):
                with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
                    self.submissions.create({**row, **changes})
                with self.assertRaises(UserError):
                    self.submissions._create_queued([{**row, **changes}])
        self._set(submission, state="nok")
        self.assertTrue(self.submissions.create(row), "a rejected one is not in the way")

    def test_only_the_claim_of_this_attempt_is_answered(self):
        submission = self._queue()
        self._set(submission, state="uploading", attempt=2)
        self.assertFalse(submission._keep_answer(1, Receipt("6000000001", None, "")), "an answer to attempt 1")
        self.assertEqual((submission.state, submission.upload_index), ("uploading", False))
        self.assertFalse(submission._keep_answer(1, NotSent("dns_failure", "x")))
        self.assertFalse(submission._keep_answer(1, Uncertain("timeout", "x")))
        self.assertEqual(submission.state, "uploading")
        self.assertTrue(submission._keep_answer(2, Receipt("6000000002", None, "")))
        self.assertEqual((submission.state, submission.upload_index), ("processing", "6000000002"))

    def test_a_late_answer_counts_while_nobody_else_acted(self):
        for state in ("uncertain", "queued"):
            with self.subTest(state=state):
                submission = self._queue()
                self._set(submission, state=state, attempt=1, uncertain_since=fields.Datetime.now())
                self.assertTrue(submission._keep_answer(1, Receipt("6000000003", None, "")))
                self.assertEqual((submission.state, submission.uncertain_since), ("processing", False))
        submission = self._queue()
        self._set(submission, state="uncertain", attempt=1)
        submission._keep_answer(1, NotSent("dns_failure", "x"))
        self.assertEqual(submission.state, "queued", "it never left: no need to look for it")
        for state in ("ok", "nok", "refused", "processing"):
            with self.subTest(final=state):
                self._set(submission, state=state, attempt=1, upload_index="1")
                self.assertFalse(submission._keep_answer(1, Receipt("6000000004", None, "")))
                self.assertEqual(submission.upload_index, "1")

    def test_a_claim_is_one_attempt_with_a_lease(self):
        submission = self._queue()
        [lane] = self._lanes()
        self.submissions._prepare(lane)
        self.assertEqual(len(self.submissions._claim(lane, 8)), 1)
        self.assertEqual((submission.state, submission.attempt), ("uploading", 1))
        left = (submission.lease_until - fields.Datetime.now()).total_seconds()
        self.assertGreater(left, lane.deadline + 30, "the lease outlives the whole call")
        self.assertFalse(self.submissions._claim(lane, 8))

    def test_a_claim_takes_no_more_than_it_may(self):
        """The planner may run a subquery of IN once for each row; with SKIP LOCKED each run picks other rows."""
        submissions = self._queue(6)
        lane = self._lanes()[0]
        self.submissions._prepare(lane, limit=6)
        self.env.cr.execute(
            "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;"
            "SET LOCAL enable_hashagg = off; SET LOCAL enable_sort = off;"
            "SET LOCAL enable_material = off; SET LOCAL enable_indexscan = off;"
            "SET LOCAL enable_bitmapscan = off"
        )
        self.assertEqual(len(self.submissions._claim(lane, 2)), 2)
        self._set(submissions, state="processing")
        for number, submission in enumerate(submissions):
            submission._message_of(str(3000000001 + number), "sent")
        self.assertEqual(len(self.messages._claim_downloads(lane, 2)), 2)

    def test_what_waited_too_long_for_its_thread_does_not_leave(self):
        submission = self._queue()
        [lane] = self._lanes()
        self.submissions._prepare(lane)
        [row] = self.submissions._claim(lane, 1)
        with self.assertRaises(NotSent):
            in_time(self.submissions._call_of(row), -1)(lane.client)
        self.assertFalse(self.sim.calls()["upload"])
        submission._keep_answer(row["attempt"], NotSent("lease_over", "x"))
        self.assertEqual(submission.state, "queued")

    def test_the_xml_is_frozen(self):
        submission = self._queue()
        self.submissions._prepare(self._lanes()[0])
        xml, digest = submission._xml_bytes(), submission.sha256
        self.customer.street = "Another street"
        self.assertFalse(self.submissions._prepare(self._lanes()[0]), "built once")
        self.sim.fault("technical_1814", "upload")
        self._upload()
        self._later(minutes=2)
        self._upload()
        self.assertEqual(self.sim.uploads("prod")[0].xml, xml)
        self.assertEqual(submission.sha256, digest)

    def test_send_again_and_regenerate(self):
        submission = self._queue()
        self.sim.fault("nok", "upload")
        self._upload()
        self._settle()
        old = submission._xml_bytes()
        self.customer.street = "Another street"
        same = submission._again(same_bytes=True)
        self.assertEqual((same._xml_bytes(), same.sha256), (old, submission.sha256))
        with self.assertRaises(UserError):
            submission.action_send_again()  # one is on its way
        self.sim.fault("nok", "upload")
        self._upload()
        self._settle()
        new = same._again(same_bytes=False)
        self._upload()
        self.assertIn(b"Another street", new._xml_bytes())

    def test_scheduled(self):
        move = self._invoice()
        submission = self.submissions._enqueue(move, "prod", at=fields.Datetime.now() + timedelta(minutes=30))
        self._upload()
        self.assertEqual(submission.state, "queued")
        self._later(minutes=31)
        self._upload()
        self.assertEqual(submission.state, "processing")

    def test_a_draft_is_not_sent(self):
        submission = self._queue()
        self._set(submission.move_id, state="draft")
        self._upload()
        self.assertEqual((submission.state, self._codes(submission)), ("refused", ["not_posted"]))
        self.assertFalse(self.sim.calls()["upload"])

    def test_the_test_environment_is_apart(self):
        submission = self._queue(environment="test")
        self._upload()
        self._settle()
        move = submission.move_id
        self.assertEqual((submission.state, move.l10n_ro_efactura_test_state), ("ok", "ok"))
        self.assertFalse(move.l10n_ro_efactura_state)
        self.assertFalse(move.l10n_ro_edi_state)
        self.assertFalse(self.sim.uploads("prod"))
        move.action_l10n_ro_efactura_send_test()
        self.assertEqual(len(move.l10n_ro_efactura_submission_ids), 2, "a test may be repeated")
        move.action_l10n_ro_efactura_send()
        self._upload()
        self._settle()
        self.assertEqual(move.l10n_ro_efactura_state, "ok")

    def test_history_is_never_deleted(self):
        submission = self._queue()
        self._upload()
        self._settle()
        for record in (submission, submission.message_id):
            with self.assertRaises(UserError):
                record.unlink()
