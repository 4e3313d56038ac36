"""Limits shared by all workers: budget per minute, daily quotas, circuit breaker."""

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from ...anaf import QuotaExceeded, Technical, next_day, today
from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBudgetAndCircuit(PipelineCase):
    # -- the minute -----------------------------------------------------------------------------------------------

    def test_the_minute(self):
        self.knob("calls_per_minute", 20)
        calls = self.env["l10n_ro_efactura.call"]
        self.assertEqual(calls._grant("a", 8), (8, 0.0))
        self.assertEqual(calls._grant("a", 8)[0], 8)
        self.assertEqual(calls._grant("a", 8)[0], 4)
        granted, wait = calls._grant("a", 8)
        self.assertEqual(granted, 0)
        self.assertTrue(55 < wait <= 61, wait)
        self.assertEqual(calls._grant("b", 8)[0], 8, "another connection has its own")
        self._later(seconds=62)
        self.assertEqual(calls._grant("a", 8)[0], 8)

    def test_no_call_beyond_the_budget(self):
        self.knob("calls_per_minute", 5)
        lane = self._lanes()[0]
        for _call in range(5):
            lane.list_page(*self._window())
        with self.assertRaisesRegex(Exception, "own_budget"):
            lane.list_page(*self._window())
        self.assertEqual(self.sim.calls()["list_paged"], 5)
        self.assertFalse(self.gates.search([]), "our own budget says nothing about ANAF")

    def test_an_unused_grant_does_not_keep(self):
        lane = self._lanes()[0]
        lane.grant(8)
        lane._granted_at -= 2
        self.assertEqual(lane.grant(1, block=1), (1, 0.0))
        self.assertEqual(lane._granted, 1)

    # -- the day --------------------------------------------------------------------------------------------------

    def test_status_20_a_day(self):
        self.sim.settings.processing_delay = 1000000
        submission = self._queue()
        self._upload()
        lane = self._lanes()[0]
        for _question in range(25):
            self._set(submission, next_attempt_at=None)
            submission._ask_statuses(lane)
        self.assertEqual(self.sim.calls()["status"], 20)
        self.assertEqual((submission.quota_day, submission.quota_count), (today(), 20))
        self._set(submission, quota_day="2026-01-01", next_attempt_at=None)
        submission._ask_statuses(lane)
        self.assertEqual((self.sim.calls()["status"], submission.quota_count), (21, 1))

    def test_status_is_counted_before_the_call(self):
        self.sim.settings.processing_delay = 1000000
        submission = self._queue()
        self._upload()
        self.sim.fault("drop_before", "status")
        submission._ask_statuses(self._lanes()[0])
        self.assertEqual(submission.quota_count, 1)
        self.assertGreater(submission.next_attempt_at, fields.Datetime.now())

    def test_anaf_s_own_word_on_the_quota(self):
        self.sim.settings.processing_delay = 1000000
        submission = self._queue()
        self._upload()
        self.sim.fault("quota", "status", malformed=True)
        submission._ask_statuses(self._lanes()[0])
        self.assertEqual((submission.state, self._codes(submission)), ("processing", ["daily_quota"]))
        self.assertEqual(submission.next_attempt_at, next_day())
        self.assertFalse(submission._due_for_status())

    def test_downloads_5_a_day(self):
        submission = self._queue()
        self._upload()
        self._settle()
        self.sim.fault("http_503", "download", times=0)
        for _try in range(9):
            self._set(submission.message_id, next_attempt_at=None)
            self.gates.search([]).unlink()
            self._archive()
        self.assertEqual(self.sim.calls()["download"], 5)
        self.assertEqual(submission.message_id.archive_state, "listed")
        self.assertTrue(submission.message_id.last_error)
        self.sim.clear_faults()
        self._set(submission.message_id, next_attempt_at=None, quota_day="2026-01-01")
        self.gates.search([]).unlink()
        self._archive()
        self.assertEqual((submission.message_id.archive_state, submission.message_id.last_error), ("archived", False))

    def test_lists_per_cif_and_day(self):
        self.knob("lists_per_day", 3)
        lane = self._lanes()[0]
        for _call in range(3):
            lane.list_page(*self._window())
        with self.assertRaises(QuotaExceeded):
            lane.list_page(*self._window())
        self.assertEqual(self.sim.calls()["list_paged"], 3)
        self.env.cr.execute("UPDATE l10n_ro_efactura_quota SET day = day - 1")
        lane.list_page(*self._window())
        self.env.cr.execute("SELECT count(*), sum(n) FROM l10n_ro_efactura_quota")
        self.assertEqual(self.env.cr.fetchone(), (1, 1), "yesterday's is gone")

    def test_lists_when_anaf_says_it_is_enough(self):
        lane = self._lanes()[0]
        self.sim.fault("quota", "list_paged")
        for _call in range(2):
            try:  # (assertRaises would roll the count back)
                lane.list_page(*self._window())
            except QuotaExceeded:
                continue
            self.fail("not stopped")
        self.assertEqual(self.sim.calls()["list_paged"], 1)

    def test_the_day_is_bucharest_s(self):
        with freeze_time("2026-07-13 20:59:00"):
            self.assertEqual(str(today()), "2026-07-13")
            self.assertEqual(str(next_day()), "2026-07-13 21:05:00")
        with freeze_time("2026-07-13 21:01:00"):
            self.assertEqual(str(today()), "2026-07-14")

    # -- the circuit ----------------------------------------------------------------------------------------------

    def test_two_bad_answers_close_the_gate(self):
        self.knob("pool", 1)  # one after the other
        submissions = self._queue(6)
        self.sim.fault("maintenance", "any", times=0)
        self._upload()
        self.assertEqual(self.sim.calls()["upload"], 2, "nothing new is dispatched")
        states = submissions.mapped("state")
        self.assertEqual((states.count("uncertain"), states.count("queued")), (2, 4))
        self.assertEqual(self._codes(submissions[-1]), ["maintenance"], "what waits says why")
        self._upload()
        self._settle()
        self.assertEqual((self.sim.calls()["upload"], self.sim.calls()["list_paged"]), (2, 0))
        # one probe; it fails; closed again
        self._later(seconds=31)
        self._upload()
        self.assertEqual((self.sim.calls()["upload"], self.sim.calls()["list_paged"]), (2, 1))
        self._upload()
        self.assertEqual(self.sim.calls()["list_paged"], 1)
        # ANAF is back: one probe, then the rest
        self.sim.clear_faults()
        self._later(seconds=31)
        self._upload()
        self.assertEqual((self.sim.calls()["upload"], self.sim.calls()["list_paged"]), (6, 2))
        states = submissions.mapped("state")
        self.assertEqual((states.count("uncertain"), states.count("processing")), (2, 4))
        self.assertFalse(submissions[-1].errors)

    def test_one_bad_answer_between_good_ones_closes_nothing(self):
        self.knob("pool", 1)
        submissions = self._queue(6)
        self.sim.fault("waf", "upload", every=2)
        self._upload()
        self.assertEqual(self.sim.calls()["upload"], 6)
        self.assertEqual(submissions.mapped("state").count("processing"), 3)

    def test_most_of_the_last_answers_close_the_gate(self):
        gates = self.gates
        error = Technical("maintenance", "maintenance")
        gates._failed("key", "prod", error, good=100)
        for _answer in range(4):
            gates._failed("key", "prod", error)
        self.assertEqual(gates._state("key", "prod"), "open", "5 of the last 10")
        gates._failed("key", "prod", error)
        self.assertEqual(gates._state("key", "prod"), "closed", "6 of the last 10")

    def test_every_fifth_answer_lost_closes_nothing(self):
        self.knob("pool", 1)
        self._queue(12)
        self.sim.fault("drop_after", "upload", every=5)
        self._upload()
        self.assertEqual(self.sim.calls()["upload"], 12)
        self.assertEqual(self.gates._state(self._lanes()[0].key, "prod"), "open")

    def test_a_good_answer_is_written_only_against_a_bad_one(self):
        self.assertFalse(self.gates._answered("key", "prod"))
        self.gates._failed("key", "prod", Technical("maintenance", "maintenance"))
        self.assertTrue(self.gates._answered("key", "prod", good=3))
        gate = self.gates.search([("key", "=", "key")])
        self.assertEqual((gate.answers, gate.failures), ("x...", 0))

    def test_only_one_worker_probes(self):
        gate, lane = self.gates, self._lanes()[0]
        gate._close(lane.key, "prod", -1, "server_error")
        self.assertEqual(gate._state(lane.key, "prod"), "probe")
        self.assertTrue(gate._take_probe(lane.key, "prod"))
        self.assertFalse(gate._take_probe(lane.key, "prod"))
        self.assertFalse(self._lanes()[0].is_open())

    def test_the_environments_are_apart(self):
        self.knob("pool", 1)
        prod, test = self._queue(3), self._queue(environment="test")
        self.sim.fault("http_503", "upload", times=0, environment="prod")
        self._upload()
        self.assertEqual(test.state, "processing")
        self.assertIn("queued", prod.mapped("state"))

    def test_429_stops_all_for_retry_after(self):
        self.knob("pool", 1)
        submissions = self._queue(4)
        self.sim.fault("too_many", "upload", retry_after=300, after=1)
        self._upload()
        self.assertEqual(self.sim.calls()["upload"], 2)
        self.assertEqual(submissions.mapped("state"), ["processing", "queued", "queued", "queued"])
        self.assertEqual(self._codes(submissions[3]), ["throttled"])
        lane = self._lanes()[0]
        lane.report(object())  # an answer to a call that left before
        self.assertFalse(lane.is_open(), "an answer that was under way opens nothing")
        self._settle()
        self._archive()
        self.messages._cron_refresh_spv()
        self.assertEqual((self.sim.calls()["status"], self.sim.calls()["list_paged"]), (0, 0))
        self._later(seconds=280)
        self._upload()
        self.assertEqual(self.sim.calls()["upload"], 2)
        self._later(seconds=25)
        self._upload()
        self.assertEqual(submissions.mapped("state"), ["processing"] * 4)

    def test_a_shorter_closing_never_shortens(self):
        lane = self._lanes()[0]
        self.gates._close(lane.key, "prod", 300, "throttled")
        self.gates._close(lane.key, "prod", 30, "server_error")
        self._later(seconds=60)
        self.assertFalse(lane.is_open())

    def test_the_statuses_of_a_batch_stop_with_the_gate(self):
        self.knob("pool", 1)
        self.sim.settings.processing_delay = 1000000
        self._queue(6)
        self._upload()
        self.sim.fault("http_502", "status", times=0)
        self._settle()
        self.assertEqual(self.sim.calls()["status"], 2)

    def _window(self):
        from datetime import datetime, timedelta, timezone

        now = datetime.now(timezone.utc)
        return now - timedelta(hours=2), now - timedelta(hours=1)
