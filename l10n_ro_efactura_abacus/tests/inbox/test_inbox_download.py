"""Packages requested by users: a selection, the whole list; progress, quotas, priority, alerts of losses."""

import json
from datetime import timedelta
from io import BytesIO

import openpyxl
from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ...anaf import today
from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestInboxDownload(PipelineCase, HttpCase):
    def _received(self, count=3, days=30, **values):
        self.sim.generate_supplier_invoices(self.company.vat, count, days=days, **values)
        self.messages._cron_refresh_spv()
        return self.messages.search([("company_id", "=", self.company.id)], order="listed_at")

    def _as_user(self, messages):
        return messages.with_user(self.biller).with_company(self.company)

    def _text(self, action):
        return action["params"]["type"], action["params"]["message"]

    def _progress(self, messages):
        work = self.env["l10n_ro_efactura.progress"].sudo().search([("batch", "=", messages.batch)])
        self.assertEqual(work.user_id, self.biller)
        card, counts = work._card(), work._counts()
        return card["total"], card["done"], counts["ok"], counts["failed"]

    # -- asking -----------------------------------------------------------------------------------------------

    def test_a_selection(self):
        messages = self._received(5)
        kind, text = self._text(self._as_user(messages[:3]).action_download_packages())
        self.assertEqual((kind, text), ("info", "3 packages are being downloaded."))
        self.assertEqual(messages.mapped(lambda m: bool(m.batch)), [True] * 3 + [False] * 2)
        self.assertEqual(self._progress(messages[0]), (3, 0, 0, 0))
        self._archive()
        self.assertEqual(self._progress(messages[0]), (3, 3, 3, 0))
        self.assertEqual(
            self._text(self._as_user(messages).action_download_packages()), ("success", "All 5 packages are archived.")
        )

    def test_the_whole_list(self):
        messages = self._received(7)
        early = messages[:4]
        domain = [("listed_at", "<=", fields.Datetime.to_string(early[-1].listed_at))]
        action = (
            self._as_user(self.messages.browse())
            .with_context(active_domain=domain, active_ids=[])
            .action_download_all()
        )
        self.assertEqual(self._text(action)[1], "4 packages are being downloaded.")
        self.assertEqual(self.messages.search([("batch", "!=", False)], order="listed_at"), early)
        action = self._as_user(messages[5]).with_context(active_domain=domain).action_download_all()
        self.assertEqual(self._text(action)[1], "1 packages are being downloaded.", "what is selected goes first")
        self.assertEqual(self._text(self.messages.browse().action_download_all())[0], "warning")

    def test_nobody_else(self):
        messages = self._received(1)
        employee = new_test_user(self.env, "efactura_employee", groups="base.group_user")
        with self.assertRaises(AccessError):
            messages.with_user(employee).action_download_packages()
        self.credential.unlink()
        with self.assertRaises(UserError):
            self._as_user(messages).action_download_packages()

    # -- order, quotas, failures --------------------------------------------------------------------------------

    def test_the_most_urgent_first(self):
        self.knob("pool", 1)
        messages = self._received(12, days=55)
        self._as_user(messages).action_download_packages()
        self._archive()
        asked = [call["query"]["id"] for call in self.sim.log if call["path"].endswith("/descarcare")]
        self.assertEqual(asked, messages.mapped("anaf_id"))

    def test_a_failure_is_repeated_when_asked(self):
        message = self._received(1)
        self.sim.fault("garbage", "download", shape="truncated")
        self._as_user(message).action_download_packages()
        self._archive()
        self.assertEqual((message.archive_state, self._progress(message)), ("listed", (1, 1, 0, 1)))
        self._archive()
        self.assertEqual(self.sim.calls()["download"], 1, "it waits by itself")
        self._as_user(message).action_download_packages()
        self._archive()
        self.assertEqual((message.archive_state, self._progress(message)), ("archived", (1, 1, 1, 0)))

    def test_what_a_worker_has_in_hand_is_not_downloaded_twice(self):
        message = self._received(1)
        [lane] = self._lanes()
        self.assertEqual(len(self.messages._claim_downloads(lane, 8)), 1)
        self._as_user(message).action_download_packages()
        self.assertFalse(self.messages._claim_downloads(lane, 8))

    def test_a_day_s_quota(self):
        message = self._received(1)
        self._set(message, quota_day=today(), quota_count=5)
        kind, text = self._text(self._as_user(message).action_download_packages())
        self.assertEqual((kind, text), ("info", "1 were asked for too often today: they follow tomorrow."))
        self._archive()
        self.assertEqual(self.sim.calls()["download"], 0)
        self.sim.fault("quota", "download")
        self._set(message, quota_day=None, quota_count=0)
        self._archive()
        self.assertEqual(self.sim.calls()["download"], 1)
        self._as_user(message).action_download_packages()
        self._archive()
        self.assertEqual(self.sim.calls()["download"], 1, "ANAF said: not today")

    def test_what_cannot_be_read_is_asked_for_again(self):
        """Archived as it came after some tries; then daily while ANAF has it, or when somebody asks."""
        message = self._received(1)
        self.sim.fault("garbage", "download", shape="truncated", times=4)
        for _try in range(3):
            self._archive()
            self._later(hours=1)
        self.assertEqual((message.archive_state, self.sim.calls()["download"]), ("archived", 3))
        self.messages._cron_refresh_spv()
        self._archive()
        self.assertEqual(self.sim.calls()["download"], 3, "not the same day")
        self.assertIn("being downloaded", self._text(self._as_user(message).action_download_packages())[1])
        self._archive()
        self.assertEqual((message.archive_state, self.sim.calls()["download"]), ("archived", 4))
        self._set(message, quota_day=today() - timedelta(days=1))
        self._later(hours=1)
        self.messages._cron_refresh_spv()
        self._archive()
        self.assertEqual((message.archive_state, message.last_error), ("archived", False))
        self.assertTrue(message.number)

    def test_anaf_is_away(self):
        message = self._received(1)
        [lane] = self._lanes()
        self.gates._close(lane.key, "prod", 60, "maintenance")
        self.assertIn("do not answer", self._text(self._as_user(message).action_download_packages())[1])
        self._archive()
        self.assertEqual(message.archive_state, "listed")

    def test_gone_is_said(self):
        messages = self._received(2, days=5)
        self._archive()
        self._set(messages[0], archive_state="gone")
        kind, text = self._text(self._as_user(messages).action_download_packages())
        self.assertEqual(kind, "danger")
        self.assertEqual(text, "All 1 packages are archived. 1 were deleted by ANAF before they were downloaded.")

    # -- before anything is lost ----------------------------------------------------------------------------------

    def _activities(self, name):
        return self.env["mail.activity"].search(
            [("activity_type_id", "=", self.env.ref(f"l10n_ro_efactura_abacus.activity_type_package_{name}").id)]
        )

    def test_those_responsible_hear_of_it(self):
        accountant = new_test_user(
            self.env,
            "efactura_accountant",
            groups="account.group_account_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.company.l10n_ro_efactura_responsible_ids = accountant
        messages = self._received(6, days=59)
        soon = messages.filtered(lambda m: m.days_left <= 10)
        self.assertTrue(soon)
        self.messages._alert_before_loss()
        self.assertFalse(self._activities("soon"), "the workers have time first")
        self._set(messages, create_date=fields.Datetime.now() - timedelta(hours=3))
        self.messages._alert_before_loss()
        activity = self._activities("soon")
        self.assertEqual((activity.user_id, activity.date_deadline), (accountant, soon[0].expires_on))
        self.assertIn(str(len(soon)), activity.summary)
        self.assertIn(soon[0].anaf_id, activity.note)
        self.messages._alert_before_loss()
        self.assertEqual(self._activities("soon"), activity, "one, however often")
        self._archive()
        self.messages._alert_before_loss()
        self.assertFalse(self._activities("soon"), "all is here")

    def test_what_cannot_be_read_is_in_danger_too(self):
        message = self._received(1)
        self._archive()
        self._set(message, document_sha256=None, last_error="corrupt", expires_on=today() + timedelta(days=3))
        self.messages._alert_before_loss()
        self.assertIn("corrupt", self._activities("soon")[0].note)
        self._set(message, expires_on=today() - timedelta(days=1))
        self.messages._alert_before_loss()
        self.assertFalse(self._activities("soon"), "nothing can be done any more")

    def test_what_was_lost_is_said_once(self):
        messages = self._received(2, days=5)
        self.sim.advance(days=61)
        self.addCleanup(self.sim.advance, days=-61)
        self._archive()
        self.assertEqual(set(messages.mapped("archive_state")), {"gone"})
        self.messages._alert_before_loss()
        users = self._activities("gone").user_id
        self.assertTrue(users)
        self.assertTrue(all(self.company in user.company_ids for user in users))
        self._activities("gone").unlink()
        self.messages._alert_before_loss()
        self.assertFalse(self._activities("gone"))

    # -- Excel ------------------------------------------------------------------------------------------------------

    def _excel(self, **asked):
        self.authenticate("efactura_biller", "efactura_biller")
        return self.url_open(
            "/l10n_ro_efactura/messages.xlsx",
            data={"csrf_token": http.Request.csrf_token(self), "data": json.dumps(asked)},
        )

    def test_excel_of_what_is_shown(self):
        messages = self._received(3)
        messages[0].sudo().archive_state = "listed"
        (messages[1:])._archive_now(self._lanes()[0])
        names = [
            "listed_at",
            "type_text",
            "cif",
            "partner_name",
            "number",
            "issue_date",
            "amount_total",
            "amount_tax",
            "currency_id",
            "anaf_id",
            "archive_state",
            "days_left",
            "package",
        ]
        answer = self._excel(
            domain=[["kind", "=", "received"]],
            order=["listed_at asc"],
            columns=[{"name": name, "label": name.upper()} for name in names],
        )
        self.assertEqual(answer.status_code, 200)
        sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
        rows = list(sheet.iter_rows(min_row=3, values_only=True))
        self.assertEqual(len(rows), 4)
        self.assertEqual(list(rows[0]), [name.upper() for name in names[:-1]], "no binary")
        self.assertEqual([row[9] for row in rows[1:]], messages.mapped("anaf_id"))
        first, second = rows[1], rows[2]
        self.assertEqual((first[4], first[6], first[11]), (None, None, messages[0].days_left))
        self.assertEqual(
            (second[3], second[4], second[6], second[8], second[11]),
            (messages[1].partner_name, messages[1].number, messages[1].amount_total, "RON", None),
        )
        self.assertEqual(second[5].date(), messages[1].issue_date)

    def test_excel_is_not_for_everybody(self):
        new_test_user(self.env, "efactura_reader", groups="base.group_user")
        self.authenticate("efactura_reader", "efactura_reader")
        answer = self.url_open(
            "/l10n_ro_efactura/messages.xlsx",
            data={"csrf_token": http.Request.csrf_token(self), "data": '{"domain": [], "columns": []}'},
        )
        self.assertEqual(answer.status_code, 403)

    # -- badges -----------------------------------------------------------------------------------------------------

    def test_badges_on_invoices(self):
        submission, other = self._queue(), self._invoice()
        self._upload()
        self._settle()
        self._archive()
        moves = submission.move_id + other
        self.assertEqual(moves.mapped("l10n_ro_efactura_spv"), ["paired", False])
        self.assertEqual(moves.mapped("l10n_ro_efactura_seal"), ["unverified", False])
        mine = self.env["account.move"].with_user(self.biller)

        def found(field, operator, value):
            return mine.search([("id", "in", moves.ids), (field, operator, value)])

        self.assertEqual(found("l10n_ro_efactura_spv", "=", "paired"), submission.move_id)
        self.assertEqual(found("l10n_ro_efactura_spv", "=", False), other)
        self.assertEqual(found("l10n_ro_efactura_seal", "in", ["unverified", "invalid"]), submission.move_id)
        self.assertEqual(found("l10n_ro_efactura_seal", "!=", "valid"), moves)
        self.assertFalse(found("l10n_ro_efactura_seal", "=", "valid"))

    def test_the_journal_says_how_many_are_not_imported(self):
        messages = self._received(4)
        journal = self.company_data["default_journal_purchase"].with_user(self.biller).with_company(self.company)
        data = json.loads(journal.kanban_dashboard)
        self.assertEqual(data["l10n_ro_efactura_to_import"], 4)
        bill = self._invoice(move_type="in_invoice", post=False)
        self._set(messages[0], move_id=bill.id)
        journal.invalidate_recordset()
        self.assertEqual(json.loads(journal.kanban_dashboard)["l10n_ro_efactura_to_import"], 3)
        action = journal.action_l10n_ro_efactura_to_import()
        self.assertEqual(set(self.messages.search(action["domain"]).ids), set(messages[1:].ids))
