"""Bad answers on every endpoint: a clear state and text, nothing lost, nothing resent blindly."""

import time

from odoo.tests import tagged

from ..pipeline import PipelineCase

#: fault, options, the code that says what happened
FAULTS = (
    ("waf", {}, "waf_block"),
    ("maintenance", {}, "maintenance"),
    ("http_500", {}, "html_answer"),
    ("http_503", {}, "html_answer"),
    ("too_many", {"retry_after": 5}, "throttled"),
    ("drop_before", {}, "connection_lost"),
    ("garbage", {"shape": "bytes"}, "unknown_answer"),
    ("garbage", {"shape": "html"}, "html_answer"),
    ("garbage", {"shape": "cut"}, "connection_lost"),
)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestWireFaults(PipelineCase):
    def _each(self, endpoint, faults=FAULTS):
        for kind, options, code in faults:
            with self.subTest(endpoint=endpoint, fault=kind, **options):
                self.gates.search([]).unlink()
                self.sim.clear_faults()
                self.sim.fault(kind, endpoint, **options)
                yield code
        self.sim.clear_faults()

    def test_status(self):
        submission = self._queue()
        self._upload()
        lane = self._lanes()[0]
        self.sim.settings.processing_delay = 0
        for code in self._each("status"):
            self._set(submission, next_attempt_at=None, quota_count=0)
            submission._ask_statuses(lane)
            self.assertEqual((submission.state, self._codes(submission)), ("processing", [code]))
            self.assertTrue(submission.errors[0]["text"])
        self.gates.search([]).unlink()
        self._set(submission, next_attempt_at=None, quota_count=0)
        self._settle()
        self.assertEqual((submission.state, submission.errors), ("ok", False))
        self.assertEqual(self.sim.calls()["upload"], 1)

    def test_status_with_a_text_nobody_described(self):
        submission = self._queue()
        self._upload()
        self.sim.fault("technical_1814", "status")
        submission._ask_statuses(self._lanes()[0])
        self.assertEqual((submission.state, self._codes(submission)), ("processing", ["technical_error"]))

    def test_list(self):
        submission = self._queue()
        self.sim.fault("drop_after", "upload")
        self._upload()
        time.sleep(1.1)
        box = self.boxes._for_lane(self._lanes()[0])
        for code in self._each("list_paged"):
            self._later(seconds=31)
            self._settle()
            self.assertEqual(submission.state, "uncertain", "nothing is decided without the lists")
            self.assertTrue(box.last_error, code)
        self._later(seconds=31)
        self.gates.search([]).unlink()
        self._settle()
        self.assertEqual((submission.state, box.last_error), ("ok", False))
        self.assertEqual(self.sim.calls()["upload"], 1)

    def test_list_json_as_text(self):
        self.sim.generate_supplier_invoices(self.company.vat, 2, days=3)
        self.sim.fault("json_as_text", "list_paged")
        self.messages._cron_refresh_spv()
        self.assertEqual(self.messages.search_count([]), 2)

    def test_list_cut_in_the_middle(self):
        self.sim.generate_supplier_invoices(self.company.vat, 9, days=3)
        self.sim.fault("garbage", "list_paged", shape="truncated")
        self.messages._cron_refresh_spv()
        self.assertFalse(self.messages.search_count([]))
        box = self.boxes._for_lane(self._lanes()[0])
        self.assertTrue(box.last_error)
        self.assertFalse(box.listed_until)
        self._later(minutes=2)
        self.messages._cron_refresh_spv()
        self.assertEqual(self.messages.search_count([]), 9)

    def test_download(self):
        submission = self._queue()
        self._upload()
        self._settle()
        message = submission.message_id
        for _code in self._each("download"):
            self._set(message, next_attempt_at=None, quota_count=0)
            before = self.sim.calls()["download"]
            self._archive()
            self._archive()
            self.assertEqual(self.sim.calls()["download"], before + 1, "never repeated blindly")
            self.assertEqual((message.archive_state, message.package), ("listed", False))
            self.assertTrue(message.last_error)
        self.gates.search([]).unlink()
        self._set(message, next_attempt_at=None, quota_count=0)
        self._archive()
        self.assertEqual((message.archive_state, message.last_error), ("archived", False))

    def test_download_quota_with_a_brace_too_many(self):
        submission = self._queue()
        self._upload()
        self._settle()
        self.sim.fault("quota", "download", malformed=True)
        self._archive()
        self.assertIn("S-au facut deja", submission.message_id.last_error)
        self._later(hours=1)
        before = self.sim.calls()["download"]
        self.assertEqual(before, 1)

    def test_token(self):
        """The access token is no longer taken and its refresh fails: invoices wait and say why, none is lost."""
        for _code in self._each("token", [fault for fault in FAULTS if fault[0] != "too_many"]):
            tokens = self.sim.issue_tokens("director")
            self.credential.set_tokens(tokens["access_token"], tokens["refresh_token"])
            self.sim.revoke(tokens["access_token"])
            uploads = len(self.sim.uploads("prod"))
            submission = self._queue()
            self._upload()
            self.assertEqual((submission.state, self._codes(submission)), ("queued", ["unauthorized"]))
            self.assertEqual(len(self.sim.uploads("prod")), uploads)
            self.assertTrue(self.credential.last_error)
            self._set(submission, state="refused")

    def test_nobody_there(self):
        submissions = self._queue(2)
        self._upload()
        self._settle()
        more = self._queue(2)
        self._upload()
        with self._api_url("http://127.0.0.1:1"):
            self._settle()
            self._archive()
            self.messages._cron_refresh_spv()
        self.assertEqual(set(more.mapped("state")), {"processing"})
        self.assertEqual(self._codes(more[0]), ["connection_refused"])
        self.gates.search([]).unlink()
        self._later(minutes=10)
        self._settle()
        self._archive()
        self.assertEqual(set((submissions | more).message_id.mapped("archive_state")), {"archived"})
