"""The list of calls to ANAF, and ANAF's answers on the document they were about."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ...models.calls import call_log
from ..common import CLIENT_SECRET
from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCallLog(PipelineCase):
    def setUp(self):
        super().setUp()
        call_log._writers.clear()
        self.log = self.env["l10n_ro_efactura.call.log"].sudo()
        self.log.search([]).unlink()

    def _rows(self, *calls):
        self.log._flush()
        return self.log.search([("call", "in", calls)] if calls else [], order="id")

    def test_every_call_has_a_row(self):
        submission = self._queue()
        self._upload()
        self._settle()
        self._archive()
        self.credential.action_test_connection()
        self.credential.action_refresh_now()
        rows = self._rows()
        calls = self.sim.calls()
        for call, name in (("upload", "upload"), ("status", "status"), ("download", "download"), ("token", "token")):
            self.assertEqual(len(rows.filtered(lambda row, call=call: row.call == call)), calls[name], call)
        self.assertEqual(len(rows.filtered(lambda row: row.call == "list")), calls["list_paged"])
        self.assertEqual(len(rows.filtered(lambda row: row.call == "hello")), 1)
        self.assertEqual(set(rows.mapped("outcome")), {"good"})
        self.assertEqual(set(rows.mapped("http_status")), {200})
        self.assertEqual(rows.company_id, self.company)
        upload = rows.filtered(lambda row: row.call == "upload")
        self.assertEqual((upload.res_model, upload.res_id), (submission._name, submission.id))
        self.assertEqual(upload.sent_bytes, len(submission._xml_bytes()))
        self.assertGreater(upload.received_bytes, 100)
        self.assertEqual(upload.environment, "prod")
        self.assertEqual(rows.filtered(lambda row: row.call == "token").environment, "none")
        self.assertLess(abs(upload.started_at - fields.Datetime.now()), timedelta(minutes=5))
        download = rows.filtered(lambda row: row.call == "download")
        self.assertEqual((download.res_model, download.res_id), ("l10n_ro_efactura.message", submission.message_id.id))
        self.assertEqual(download.about, submission.download_id)
        self.assertEqual(upload.action_open_record()["res_id"], submission.id)

    def test_the_firewall_s_support_id_stands_in_the_list_and_on_the_document(self):
        submission = self._queue()
        self.sim.fault("waf", "upload")
        self._upload()
        row = self._rows("upload")
        self.assertEqual((row.outcome, row.code, row.http_status), ("failed", "waf_block", 200))
        self.assertTrue(row.support_id)
        self.assertEqual(submission.support_id, row.support_id)
        self.assertIn("Request Rejected", submission.raw_answer)
        self.assertIn("waf_block", submission.raw_answer)

    def test_a_support_id_of_a_status_stands_on_the_document_too(self):
        self.sim.settings.processing_delay = 1000000
        submission = self._queue()
        self._upload()
        self.sim.fault("waf", "status")
        submission._ask_statuses(self._lanes()[0])
        self.assertEqual(submission.support_id, self._rows("status").support_id)
        self.assertTrue(submission.support_id)

    def test_every_answer_is_kept_word_for_word_the_newest_first(self):
        submission = self._queue()
        self._upload()
        self._settle()
        status, upload = submission.raw_answer.split("\n\n")
        self.assertRegex(upload, r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d upload\n")
        self.assertIn(f'index_incarcare="{submission.upload_index}"', upload)
        self.assertIn(" status\n", status)
        self.assertIn('stare="ok"', status)

    def test_kept_answers_are_bounded_and_storable(self):
        submission = self._queue()
        error = self._error("x\0" * 6000)
        for _answer in range(8):
            submission._keep_raw("upload", error)
        self.assertEqual(len(submission.raw_answer), 32000)
        self.assertNotIn("\0", submission.raw_answer)

    def _error(self, raw):
        from ...anaf import Technical

        return Technical("technical", "x", raw=raw)

    def test_a_lost_answer_is_told_from_a_bad_one(self):
        self.knob("pool", 1)
        self._queue(2)
        self.sim.fault("drop_after", "upload")
        self._upload()
        lost = self._rows("upload")[0]
        self.assertEqual((lost.outcome, lost.code, lost.http_status), ("no_answer", "connection_lost", 0))

    def test_no_token_secret_or_code_is_in_any_row(self):
        pair = self.sim.issue_tokens("director")
        secrets = [pair["access_token"], pair["refresh_token"], CLIENT_SECRET]
        self.credential.set_tokens(pair["access_token"], pair["refresh_token"])
        submission = self._queue()
        self._upload()
        self._settle()
        self.credential.action_test_connection()  # ANAF's greeting quotes the request's headers
        self.credential.action_refresh_now()
        renewed = self.credential._client()._bearer.removeprefix("Bearer ")
        self.sim.revoke(renewed)
        self.credential._refresh(self.credential.sudo().token_version)
        rows = self._rows()
        self.assertGreater(len(rows), 4)
        self.env.flush_all()
        for table in ("l10n_ro_efactura_call_log", submission._table):
            for secret in (*secrets, renewed):
                self.env.cr.execute(f'SELECT count(*) FROM "{table}" AS t WHERE strpos(t::text, %s) > 0', [secret])
                self.assertEqual(self.env.cr.fetchone()[0], 0, table)

    def test_administrators_of_the_company_read_the_list_and_nobody_writes_it(self):
        self.credential.action_test_connection()
        row = self._rows("hello")
        with self.assertRaises(AccessError):
            row.with_user(self.biller).read(["call"])
        admin = new_test_user(
            self.env,
            "efactura_admin",
            groups="base.group_system",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        other = self._create_company(name="Străină SRL")
        stranger = new_test_user(
            self.env,
            "efactura_other_admin",
            groups="base.group_system",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertEqual(row.with_user(admin).read(["call"])[0]["call"], "hello")
        self.assertFalse(self.log.with_user(stranger).sudo(False).search([("id", "=", row.id)]))
        for operation in ("write", "create", "unlink"):
            self.assertFalse(row.with_user(admin).has_access(operation), operation)

    def test_billing_and_administrators_read_answers_and_readers_of_the_books_do_not(self):
        submission = self._queue()
        self._upload()
        self.assertTrue(submission.with_user(self.biller).read(["raw_answer"])[0]["raw_answer"])
        reader = new_test_user(
            self.env,
            "efactura_reader",
            groups="account.group_account_readonly",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            submission.with_user(reader).read(["raw_answer"])
        views = submission.with_user(reader).get_views([(False, "form")])
        self.assertNotIn("raw_answer", views["views"]["form"]["arch"])

    def test_calls_are_kept_for_60_days(self):
        self.credential.action_test_connection()
        rows = self._rows()
        old, young = rows[0], rows[1:]
        self._set(old, started_at=fields.Datetime.now() - timedelta(days=61))
        self._set(young, started_at=fields.Datetime.now() - timedelta(days=59))
        self.log._gc_calls()
        self.assertEqual(self._rows(), young)
