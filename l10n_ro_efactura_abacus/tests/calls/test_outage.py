"""ANAF's outages as evidence: from real failed calls to the simulator, whose times are moved into the past."""

from datetime import datetime, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.calls import call_log
from ...models.calls.outage import runs_of
from ..pipeline import PipelineCase

NOON = datetime(2026, 3, 2, 12)


def _call(minute, failed=True, seconds=1):
    start = NOON + timedelta(minutes=minute)
    return start, start + timedelta(seconds=seconds), failed


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOutage(PipelineCase):
    def setUp(self):
        super().setUp()
        call_log._writers.clear()
        self.log = self.env["l10n_ro_efactura.call.log"].sudo()
        self.log.search([]).unlink()
        self.outages = self.env["l10n_ro_efactura.outage"]

    def _pass(self, minutes):
        """Let time pass for ANAF's gates, for what waits, and for the calls that were made."""
        self._later(minutes=minutes)
        self.log._flush()
        if rows := self.log.search([]):
            self.env.cr.execute(
                "UPDATE l10n_ro_efactura_call_log SET started_at = started_at - %s * interval '1 minute'"
                " WHERE id IN %s",
                [minutes, tuple(rows.ids)],
            )
        for outage in self.outages.search([]):
            back = timedelta(minutes=minutes)
            self._set(
                outage,
                started_at=outage.started_at - back,
                last_failed_at=outage.last_failed_at - back,
                ended_at=outage.ended_at - back if outage.ended_at else None,
            )
            self.env.cr.execute(
                "UPDATE l10n_ro_efactura_outage_call SET started_at = started_at - %s * interval '1 minute'", [minutes]
            )
        self.env.invalidate_all()

    def _record(self):
        self.outages._cron_record()
        self.env.invalidate_all()
        return self.outages.search([])

    def _down(self, minutes, step=20, endpoint="any"):
        """Let ANAF be down for `minutes`, tried every `step` minutes."""
        self.sim.fault("http_503", endpoint, times=0)
        for _time in range(0, minutes, step):
            self._work()
            self._pass(step)

    def _work(self):
        self._upload()
        self.messages._cron_refresh_spv()

    def test_an_outage_of_over_an_hour_is_recorded_with_its_calls_and_its_end(self):
        self._queue(2)
        self._down(90)
        outage = self._record()
        self.assertEqual((len(outage), outage.environment, outage.scope), (1, "prod", "all"))
        self.assertEqual(outage.company_id, self.company)
        self.assertFalse(outage.ended_at)
        self.assertGreaterEqual(outage.hours, 0.99)
        self.assertTrue(outage.is_reached)
        failed = self.log.search([("outcome", "in", ("failed", "not_sent", "no_answer"))])
        self.assertEqual(outage.failed_count, len(failed))
        self.assertEqual(outage.call_ids.mapped("http_status"), failed.mapped("http_status"))
        self.assertEqual(set(outage.call_ids.mapped("http_status")), {503})
        self.assertTrue(outage.reason)
        self.assertEqual(self._record(), outage, "looking again changes nothing")
        self.assertEqual(len(outage.call_ids), len(failed))

        self.sim.clear_faults()
        self._work()
        self.assertEqual(self._record(), outage)
        self.assertLess(abs(outage.ended_at - fields.Datetime.now()), timedelta(minutes=2))
        self.assertGreaterEqual(outage.hours, 1.3)

    def test_what_is_shorter_than_an_hour_is_no_outage(self):
        self._queue()
        self._down(40)
        self.sim.clear_faults()
        self._work()
        self.assertFalse(self._record())

    def test_the_evidence_outlives_the_list_of_calls(self):
        self._queue()
        self._down(90)
        outage = self._record()
        count = len(outage.call_ids)
        self.assertGreater(count, 2)
        self.log.search([]).unlink()
        self._pass(60 * 24 * 5)
        self._record()
        self.assertEqual(len(outage.call_ids), count)
        self.assertEqual(outage.ended_at, outage.last_failed_at, "nothing is known after two hours without a call")

    def test_only_uploads_that_fail_are_an_outage_of_uploads(self):
        for minute in range(0, 100, 20):
            for call, outcome in (("upload", "failed"), ("list", "good")):
                self._row(call, outcome, 100 - minute)
        outage = self._record()
        self.assertEqual((outage.scope, outage.failed_count), ("upload", 5))
        self.assertEqual(set(outage.call_ids.mapped("call")), {"upload"})

    def _row(self, call, outcome, minutes_ago, company=None, environment="prod", code="http_error"):
        self.env.cr.execute(
            "INSERT INTO l10n_ro_efactura_call_log (call, outcome, started_at, duration, company_id, environment, code,"
            " http_status) VALUES (%s, %s, %s, 900, %s, %s, %s, 503)",
            [
                call,
                outcome,
                fields.Datetime.now() - timedelta(minutes=minutes_ago),
                (company or self.company).id,
                environment,
                code if outcome != "good" else None,
            ],
        )

    def test_environments_and_companies_have_outages_of_their_own(self):
        other = self.setup_other_company(name="Altă Firmă SRL")["company"]
        for minutes in (90, 60, 20):
            self._row("list", "failed", minutes, environment="test")
            self._row("list", "failed", minutes, company=other)
            self._row("list", "good", minutes)
        self.assertEqual(
            {(outage.company_id, outage.environment) for outage in self._record()},
            {(self.company, "test"), (other, "prod")},
        )

    def test_refusals_of_one_document_are_no_outage(self):
        for minutes, code in ((90, "waf_block"), (60, "technical_error"), (20, "internal")):
            self._row("upload", "failed", minutes, code=code)
        self.assertFalse(self._record())

    def test_runs(self):
        now = NOON + timedelta(hours=30)
        for calls, expected in [
            ([_call(0), _call(30), _call(70, failed=False)], [(2, 70, True)]),
            ([_call(0), _call(30), _call(50, failed=False)], [(2, 50, False)]),
            ([_call(0), _call(90, failed=False)], [(1, 90, False)]),  # one call shows little
            ([_call(0), _call(30), _call(1000), _call(1061)], [(2, 30, False), (2, 1061, True)]),  # silence between
            ([_call(0), _call(65), _call(700, failed=False)], [(2, 65, True)]),
        ]:
            runs = runs_of(calls, now)
            self.assertEqual(
                [(run.failed, (run.end - NOON).total_seconds() // 60, run.counts()) for run in runs], expected
            )
        (run,) = runs_of([_call(0), _call(61)], NOON + timedelta(minutes=100))
        self.assertIsNone(run.end)
        self.assertTrue(run.counts())

    def test_a_failure_of_our_own_network_is_told_from_anaf_s(self):
        self._queue()
        with self._api_url("http://127.0.0.1:1"):
            for _time in range(4):
                self._work()
                self._pass(25)
        outage = self._record()
        self.assertTrue(outage)
        self.assertFalse(outage.is_reached)

    def test_the_evidence_page_names_times_and_answers(self):
        self._queue()
        self._down(90)
        outage = self._record()
        reader = self._user("outage_reader", "account.group_account_readonly")
        page = (
            self.env["ir.actions.report"]
            .with_user(reader)
            ._render_qweb_html("l10n_ro_efactura_abacus.report_outage_document", outage.ids)[0]
            .decode()
        )
        self.assertIn(outage._moment(outage.started_at, "d MMMM y, HH:mm:ss"), page)
        self.assertIn("503", page)
        self.assertIn(self.company.vat, page)
        self.assertEqual(page.count("<td>503</td>"), len(outage.call_ids))

    def _user(self, login, groups, company=None):
        company = company or self.company
        return new_test_user(
            self.env, login, groups=groups, company_id=company.id, company_ids=[Command.set(company.ids)]
        )

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_the_people_of_the_company_read_outages_and_nobody_writes_them(self):
        self._queue()
        self._down(90)
        outage = self._record()
        other = self._create_company(name="Străină SRL")
        stranger = self._user("outage_stranger", "account.group_account_invoice", other)
        employee = self._user("outage_employee", "base.group_user")
        self.assertTrue(outage.with_user(self.biller).read(["reason"]))
        self.assertTrue(outage.call_ids.with_user(self.biller).read(["text"]))
        for user in (stranger, employee):
            for records in (outage, outage.call_ids):
                with self.assertRaises(AccessError):
                    records.with_user(user).read(["started_at"])
        for operation in ("write", "create", "unlink"):
            self.assertFalse(outage.with_user(self.biller).has_access(operation), operation)

    def test_the_home_says_since_when(self):
        self._queue()
        self._down(90)
        self._record()
        self._work()
        home = self.env["l10n_ro_efactura.home"].with_user(self.biller)
        (row,) = home.with_context(allowed_company_ids=self.company.ids).get_home()["connections"]
        self.assertEqual(row["health_tone"], "danger")
        self.assertIn("ANAF outage since", row["health"])
