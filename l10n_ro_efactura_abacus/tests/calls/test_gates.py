"""Whose gate an answer closes: the application's, which companies may share, or one connection's."""

from datetime import datetime, timedelta, timezone

from odoo.tests import tagged

from ...anaf import Unauthorized
from ...models.calls.lane import lanes
from ..pipeline import PipelineCase

OTHER_CIF = "44556670"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGates(PipelineCase):
    """Two companies, each with its own connection of one registered application."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_company(name="Alt Client SRL", vat=f"RO{OTHER_CIF}")
        cls.sim.add_certificate("other", [OTHER_CIF])
        cls.other_credential = cls._connect(cls.other, "other")

    def _both(self):
        return lanes(self.submissions.env, [(self.company.id, "prod"), (self.other.id, "prod")])

    def _window(self):
        now = datetime.now(timezone.utc)
        return now - timedelta(hours=2), now - timedelta(hours=1)

    def _kill(self, credential, certificate="director", refresh=True):
        """Let ANAF refuse the tokens of `credential`."""
        tokens = self.sim.issue_tokens(certificate)
        credential.set_tokens(tokens["access_token"], tokens["refresh_token"])
        self.sim.revoke(tokens["access_token"])
        if refresh:
            self.sim.revoke(tokens["refresh_token"])

    def _refused(self, lane):
        try:  # (assertRaises would roll the gate back)
            lane.list_page(*self._window())
        except Unauthorized:
            return
        self.fail("not refused")

    def test_a_refused_token_closes_only_its_own_connection(self):
        mine, other = self._both()
        self.assertEqual(mine.key, other.key, "one application")
        self._kill(self.credential)
        self._refused(self._both()[0])
        mine, other = self._both()
        self.assertFalse(mine.is_open())
        self.assertTrue(other.is_open())
        self.assertTrue(other.list_page(*self._window()))
        self.assertIsNone(other.hold())
        self.assertEqual(mine.hold()[0], "not_connected")

    def test_new_tokens_open_the_connection_s_gate_at_once(self):
        self._kill(self.credential)
        self._refused(self._both()[0])
        tokens = self.sim.issue_tokens("director")
        self.credential.set_tokens(tokens["access_token"], tokens["refresh_token"])
        self.assertTrue(self._both()[0].is_open())

    def test_403_closes_only_its_own_connection_and_says_whose(self):
        self.sim.fault("forbidden", "list_paged")
        mine, other = self._both()
        try:
            mine.list_page(*self._window())
        except Exception as error:
            self.assertEqual(error.code, "forbidden")
        mine, other = self._both()
        self.assertIsNone(other.hold())
        code, text = mine.hold()
        self.assertEqual(code, "forbidden")
        self.assertIn(self.company.name, text)

    def test_anaf_s_limit_closes_all_of_one_application(self):
        self.sim.fault("too_many", "list_paged", retry_after=300)
        mine, other = self._both()
        try:
            mine.list_page(*self._window())
        except Exception as error:
            self.assertEqual(error.code, "throttled")
        self.assertFalse(other.is_open())

    def test_a_company_without_a_connection_takes_no_probe(self):
        self._kill(self.credential)
        self._refused(self._both()[0])
        mine, other = self._both()
        self.gates._close(mine.key, "prod", -1, "server_error")
        self.sim.reset()
        for _round in range(6):
            self._later(minutes=31)  # its own gate is due too
            mine, other = self._both()
            self.assertFalse(mine.is_open())
            self.assertEqual(self.gates._state(mine.key, "prod"), "probe", "left for who can call")
        self.assertTrue(other.is_open())
        self.assertEqual(self.sim.calls()["list_paged"], 1)

    def test_a_probe_that_is_answered_401_opens_the_application_for_the_others(self):
        mine, other = self._both()
        self._kill(self.credential)
        self.gates._close(mine.key, "prod", -1, "server_error")
        mine, other = self._both()
        self.assertFalse(mine.is_open())
        self.assertEqual(self.gates._state(mine.key, "prod"), "open", "ANAF works")
        self.assertEqual(self.gates._state(mine.own_key, "prod"), "closed")
        self.assertTrue(other.is_open())

    def test_a_probe_without_a_call_is_given_back(self):
        mine, other = self._both()
        self.knob("lists_per_day", 1)
        mine.list_page(*self._window())  # no other list may be asked for today
        self.gates._close(mine.key, "prod", -1, "server_error")
        self.sim.reset()
        self.assertFalse(mine.is_open())
        self.assertEqual(self.sim.calls()["list_paged"], 0)
        self.assertEqual(self.gates._state(mine.key, "prod"), "probe")
        self.knob("lists_per_day", 100)
        self.assertTrue(other.is_open())

    def test_a_missing_right_pauses_one_connection_s_cif(self):
        mine, other = self._both()
        self._drop_certificates()
        submission = self._queue()
        self._upload()
        self.assertEqual(submission.state, "refused")
        self.assertTrue(self.gates.search([("key", "=like", f"{mine.own_key} CIF %"), ("closed_until", "!=", False)]))
