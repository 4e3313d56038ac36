"""Every answer to an upload and its effect on the invoice (anaf-api.md 9b)."""

import time
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..common import COMPANY_CIF
from ..pipeline import PipelineCase

MINUTE, HOUR = 60, 3600
#: (fault, its options): state, code of the error, registered at ANAF, next attempt in seconds (at least, at most)
ANSWERS = {
    ("waf", ()): ("uncertain", "waf_block", 0, None),
    ("maintenance", ()): ("uncertain", "maintenance", 0, None),
    ("http_500", ()): ("uncertain", "html_answer", 0, None),
    ("http_502", ()): ("uncertain", "html_answer", 0, None),
    ("http_503", (("registered", True),)): ("uncertain", "html_answer", 1, None),
    ("drop_before", ()): ("uncertain", "connection_lost", 0, None),
    ("drop_after", ()): ("uncertain", "connection_lost", 1, None),
    ("garbage", (("shape", "bytes"),)): ("uncertain", "unknown_answer", 0, None),
    ("garbage", (("shape", "truncated"),)): ("uncertain", "unknown_answer", 1, None),
    ("garbage", (("shape", "html"),)): ("uncertain", "html_answer", 0, None),
    ("garbage", (("shape", "cut"),)): ("uncertain", "connection_lost", 1, None),
    ("too_many", (("retry_after", 90),)): ("queued", "throttled", 0, (80, 95)),
    ("technical_1814", ()): ("queued", "technical_error", 0, (50, 65)),
    ("quota", ()): ("queued", "daily_quota", 0, (5 * MINUTE, 25 * HOUR)),
    ("forbidden", ()): ("queued", "forbidden", 0, (50, 65)),
    ("no_content", ()): ("queued", "throttled", 0, (50, 65)),
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestUploadAnswers(PipelineCase):
    def test_table(self):
        for (kind, options), (state, code, registered, wait) in ANSWERS.items():
            with self.subTest(fault=kind, options=options):
                self.gates.search([]).unlink()
                submission = self._queue()
                calls, uploads = self.sim.calls()["upload"], len(self.sim.uploads("prod"))
                self.sim.fault(kind, "upload", **dict(options))
                self._upload()
                self.assertEqual(submission.state, state)
                self.assertEqual(submission.move_id.l10n_ro_efactura_state, state)
                self.assertIn(code, self._codes(submission))
                self.assertTrue(submission.errors[0]["text"])
                self.assertEqual(len(self.sim.uploads("prod")), uploads + registered)
                self.assertEqual(self.sim.calls()["upload"], calls + 1, "nothing goes out twice in a run")
                self.assertFalse(submission.lease_until)
                if wait:
                    seconds = (submission.next_attempt_at - fields.Datetime.now()).total_seconds()
                    self.assertTrue(wait[0] <= seconds <= wait[1], seconds)
                    self._upload()
                    self.assertEqual(self.sim.calls()["upload"], calls + 1, "not before its time")
                if kind == "waf":
                    self.assertTrue(submission.support_id)
                self._set(submission, state="refused")  # out of the way of the next one

    def test_index(self):
        submission = self._queue()
        self._upload()
        self.assertEqual((submission.state, submission.attempt), ("processing", 1))
        self.assertEqual(submission.upload_index, self.sim.uploads("prod")[0].index)
        self.assertTrue(submission.uploaded_at)

    def test_technical_error_goes_again_with_the_same_bytes(self):
        submission = self._queue()
        self.sim.fault("technical_1814", "upload")
        self._upload()
        sent = submission.sha256
        self._later(minutes=2)
        self._upload()
        self.assertEqual((submission.state, submission.attempt, submission.errors), ("processing", 2, False))
        self.assertEqual(self.sim.uploads("prod")[0].sha256, sent)

    def test_not_an_xml_for_anaf(self):
        submission = self._queue()
        self._upload()  # builds, sends
        self._set(submission, state="nok")
        submission._sync_moves()
        again = submission._again(same_bytes=True)
        self._set(again, xml=b"bm90IHhtbA==")
        self._upload()
        self.assertEqual((again.state, self._codes(again)), ("refused", ["invalid_document"]))
        self.assertIn("SAXParseException", again.errors[0]["text"])
        self.assertEqual(again.move_id.l10n_ro_efactura_state, "refused")

    def test_refused_parameters(self):
        submission = self._queue()
        self.submissions._prepare(self._lanes()[0])
        self._set(submission, cif="")
        self._upload()
        self.assertEqual((submission.state, self._codes(submission)), ("refused", ["missing_cif"]))
        self.assertFalse(self.sim.calls()["upload"])

    def test_no_right_pauses_the_cif_and_is_shown(self):
        self._drop_certificates()
        first, second = self._queue(), self._queue()
        self._set(second, next_attempt_at=fields.Datetime.now() + timedelta(seconds=3))
        self._upload()
        self.assertEqual((first.state, self._codes(first)), ("refused", ["no_spv_right"]))
        self.assertIn(COMPANY_CIF, first.errors[0]["text"])
        [lane] = self._lanes()
        self.assertIn("Nu aveti drept", lane.hold()[1])
        self.assertTrue(self._alarms())
        self._set(second, next_attempt_at=None)
        self._upload()
        self.assertEqual(self.sim.calls()["upload"], 1, "paused: the second does not run into the same wall")
        self.assertEqual((second.state, self._codes(second)), ("queued", ["no_spv_right"]))
        self.sim.add_certificate("director", [COMPANY_CIF])
        self._later(minutes=61)
        self._settle()  # it waited over an hour: it is looked for in SPV first
        self._later(minutes=16)
        self._settle()
        self._upload()
        self.assertEqual((second.state, second.errors), ("processing", False))

    def test_rejection_keeps_every_reason(self):
        submission = self._queue()
        self.sim.fault("nok", "upload", errors=["[BR-RO-100]-prima", "[BR-27]-a doua"])
        self._upload()
        self._settle()
        self.assertEqual(submission.state, "nok")
        self.assertEqual([row["text"] for row in submission.errors], ["[BR-RO-100]-prima", "[BR-27]-a doua"])
        self.assertEqual([row["hint"] for row in submission.errors], ["bucharest_sector", "negative_price"])
        self.assertEqual(submission.message_id.archive_state, "archived")
        # corrected: a new submission with a new XML; the old one stays
        new = submission._again(same_bytes=False)
        self._upload()
        self._settle()
        self.assertEqual((submission.state, new.state), ("nok", "ok"))
        self.assertEqual(new.move_id.l10n_ro_efactura_state, "ok")
        self.assertEqual(new.move_id.l10n_ro_efactura_upload_index, new.upload_index)

    # -- the token ----------------------------------------------------------------------------------------------

    def test_401_is_refreshed_once_and_repeated_once(self):
        tokens = self.sim.issue_tokens("director")
        self.credential.set_tokens(tokens["access_token"], tokens["refresh_token"])
        self.sim.revoke(tokens["access_token"])
        submissions = self._queue(5)
        self._upload()
        self.assertEqual(set(submissions.mapped("state")), {"processing"})
        self.assertEqual(self.sim.calls()["token"], 1, "one refresh for all")
        self.assertEqual(len(self.sim.uploads("prod")), 5)
        self.assertFalse(self._alarms())

    def test_401_after_the_refresh(self):
        submissions = self._queue(3)
        self.sim.fault("unauthorized", "any", times=0)
        self._upload()
        self.assertEqual(set(submissions.mapped("state")), {"queued"})
        self.assertIn("unauthorized", self._codes(submissions[0]))
        self.assertTrue(self._alarms())
        calls, tokens = self.sim.calls()["upload"], self.sim.calls()["token"]
        self._later(minutes=10)
        self._upload()
        self.assertEqual((self.sim.calls()["upload"], self.sim.calls()["token"]), (calls, tokens), "no loop")
        # connected again by a human: what waits goes
        self.sim.clear_faults()
        tokens = self.sim.issue_tokens("director")
        self.credential.set_tokens(tokens["access_token"], tokens["refresh_token"])
        self._upload()
        self.assertEqual(set(submissions.mapped("state")), {"processing"})

    def test_403_raises_one_alarm_and_no_loop(self):
        submissions = self._queue(3)
        self.sim.fault("forbidden", "any", times=0)
        for _run in range(4):
            self._upload()
            self._later(minutes=6)
        self.assertEqual(set(submissions.mapped("state")), {"queued"})
        self.assertLessEqual(self.sim.calls()["upload"], 3)
        self.assertEqual(len(self._alarms()), len(self._alarms().user_id), "one per user")
        self.assertTrue(self._alarms())
        self.assertIn("forbidden", self._codes(submissions[-1]))

    # -- nobody there -------------------------------------------------------------------------------------------

    def test_nobody_there(self):
        submission = self._queue()
        with self._api_url("http://127.0.0.1:1"):
            self._upload()
        self.assertEqual((submission.state, self._codes(submission)), ("queued", ["connection_refused"]))
        self.assertGreater(submission.next_attempt_at, fields.Datetime.now())
        self._later(minutes=2)
        self._upload()
        self.assertEqual((submission.state, submission.errors), ("processing", False))

    def test_no_answer_in_time(self):
        self.knob("lease_seconds", 2)  # the deadline of a call is half of it
        submission = self._queue()
        self.sim.fault("slow", "upload", seconds=3)
        self._upload()
        self.assertEqual((submission.state, self._codes(submission)), ("uncertain", ["timeout"]))

    def test_one_bad_answer_in_fifty(self):
        submissions = self._queue(50)
        self.sim.fault("waf", "upload", after=20)
        self._upload()
        self._settle()
        states, shown = submissions.mapped("state"), submissions.move_id.mapped("l10n_ro_efactura_state")
        self.assertEqual((states.count("ok"), states.count("uncertain")), (49, 1), states)
        self.assertEqual((shown.count("ok"), shown.count("uncertain")), (49, 1), shown)

    def test_several_bad_answers_in_a_batch(self):
        submissions = self._queue(12)
        self.sim.fault("technical_1814", "upload", after=2)
        self.sim.fault("nok", "upload", after=4)
        self.sim.fault("drop_after", "upload", after=6)
        self._upload()
        self.assertEqual(submissions.mapped("state").count("uncertain"), 1)
        time.sleep(1.1)  # the lists are read to a second ago
        self._settle()
        states = submissions.mapped("state")
        self.assertEqual(
            (states.count("ok"), states.count("nok"), states.count("queued")),
            (10, 1, 1),
            "the lost answer was found in SPV by its bytes",
        )
