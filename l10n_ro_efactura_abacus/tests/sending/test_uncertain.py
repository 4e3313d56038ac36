"""Uploads with a lost answer: found by content, sent again only when the lists prove their absence."""

import time
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import COMPANY_CIF
from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestUncertain(PipelineCase):
    def _lost(self, fault="drop_after"):
        """A submission whose answer was lost: with `drop_after` ANAF has it, with `waf` not."""
        submission = self._queue()
        self.sim.fault(fault, "upload")
        self._upload()
        self.assertEqual(submission.state, "uncertain")
        time.sleep(1.1)  # the lists are read to a second ago
        return submission

    def _settle_again(self):
        self._later(seconds=31)
        self._settle()

    def test_found_by_its_bytes(self):
        submission = self._lost()
        self._settle()
        [upload] = self.sim.uploads("prod")
        self.assertEqual((submission.state, submission.upload_index, submission.errors), ("ok", upload.index, False))
        self.assertEqual(submission.message_id.document_sha256, submission.sha256)
        self.assertEqual(submission.message_id.submission_id, submission)
        self.assertEqual(submission.move_id.l10n_ro_efactura_state, "ok")
        self.assertEqual(submission.origin, "odoo")

    def test_found_by_number_date_buyer_and_total(self):
        submission = self._lost("waf")
        other = submission._xml_bytes().replace(b"</cbc:ID>", b"</cbc:ID><!-- another program -->", 1)
        self._client().upload(other, standard="UBL", cif=COMPANY_CIF)
        time.sleep(1.1)
        self._settle()
        self.assertEqual((submission.state, submission.origin), ("ok", "elsewhere"))
        self.assertEqual(self._codes(submission), ["found_by_content"])
        self.assertEqual(submission.upload_index, self.sim.uploads("prod")[0].index)

    def test_another_total_or_buyer_is_not_it(self):
        submission = self._lost("waf")
        self._set(submission, amount_total=submission.amount_total + 1)
        other = submission._xml_bytes().replace(b"</cbc:ID>", b"</cbc:ID><!-- x -->", 1)
        self._client().upload(other, standard="UBL", cif=COMPANY_CIF)
        time.sleep(1.1)
        self._settle()
        self.assertEqual(submission.state, "uncertain")
        self._set(submission, amount_total=submission.amount_total - 1, buyer_cif="14399840")
        self._settle_again()
        self.assertEqual(submission.state, "uncertain")

    def test_not_sent_again_before_the_quiet_period(self):
        submission = self._lost("waf")
        for hours in (0, 1, 3):
            self._later(hours=hours)
            self._settle()
            self._upload()
            self.assertEqual(submission.state, "uncertain")
        self.assertEqual(self.sim.calls()["upload"], 1)
        self._later(hours=2, minutes=1)
        self._settle()
        self.assertEqual(submission.state, "queued")
        sent = submission.sha256
        self._upload()
        self.assertEqual((submission.state, submission.attempt), ("processing", 2))
        self.assertEqual(self.sim.uploads("prod")[0].sha256, sent, "the same bytes")

    def test_a_witness_shortens_the_wait(self):
        submission = self._lost("waf")
        witness = self._queue()
        self._upload()
        self._settle()
        self.assertEqual((submission.state, witness.state), ("uncertain", "ok"))
        self._later(minutes=10)
        self._settle()
        self.assertEqual(submission.state, "uncertain", "lists lag up to a quarter of an hour")
        self._later(minutes=6)
        self._set(witness, uploaded_at=fields.Datetime.now() - timedelta(minutes=2))
        self._settle()
        self.assertEqual(submission.state, "queued")
        self._upload()
        self._settle()
        self.assertEqual(len(self.sim.accepted("prod")), 2)

    def test_an_earlier_upload_is_no_witness(self):
        witness = self._queue()
        self._upload()
        submission = self._lost("waf")
        self._settle()
        self.assertEqual(witness.state, "ok")
        self._later(minutes=20)
        self._settle()
        self.assertEqual(submission.state, "uncertain")

    def test_nothing_is_decided_on_half_a_reading(self):
        submission = self._lost("waf")
        self._later(hours=7)
        self.sim.fault("http_503", "list_paged")
        self._settle()
        self.assertEqual(submission.state, "uncertain")
        # read, but one sent package of the window could not be opened: it may be the one
        self._client().upload(
            submission._xml_bytes().replace(b"</cbc:ID>", b"X</cbc:ID>", 1), standard="UBL", cif=COMPANY_CIF
        )
        time.sleep(1.1)
        self.sim.fault("garbage", "download", times=0, shape="bytes")
        self._settle_again()
        self.assertEqual(submission.state, "uncertain")
        self.sim.clear_faults()
        self._later(hours=3)
        self._settle()
        self.assertEqual(submission.state, "queued")

    def test_an_unreadable_package_of_the_window_blocks(self):
        submission = self._lost("waf")
        self._client().upload(
            submission._xml_bytes().replace(b"</cbc:ID>", b"X</cbc:ID>", 1), standard="UBL", cif=COMPANY_CIF
        )
        time.sleep(1.1)
        self._settle()
        [message] = self.messages.search([])
        self._set(message, document_sha256=None, number=None)  # as one that cannot be opened
        self._later(hours=7)
        self._settle()
        self.assertEqual(submission.state, "uncertain")

    def test_late_in_the_lists(self):
        self.sim.settings.list_lag = 600
        submission = self._lost()
        self._settle()
        self.assertEqual(submission.state, "uncertain")
        self.sim.finish()
        time.sleep(1.1)
        self._settle_again()
        self.assertEqual(submission.state, "ok")
        self.assertEqual(self.sim.calls()["upload"], 1)

    def test_sent_again_although_anaf_had_it(self):
        """Lists lag longer than the quiet period: ANAF's "sent before" leads to the first upload."""
        self.sim.settings.list_lag = 100000
        submission = self._lost()
        self._later(hours=7)
        self._settle()
        self._upload()
        self.assertEqual((submission.state, len(self.sim.uploads("prod"))), ("processing", 2))
        first, second = self.sim.uploads("prod")
        self._settle()
        self.assertEqual((submission.state, submission.upload_index), ("ok", first.index))
        self.assertEqual(submission.duplicate_index, second.index)
        self.assertEqual(len(self.sim.accepted("prod")), 1)

    def test_suspects_set_no_state(self):
        submission = self._lost("waf")
        self._client().upload(submission._xml_bytes().replace(b">RO", b">R0", 1), standard="UBL", cif=COMPANY_CIF)
        time.sleep(1.1)
        self._settle()
        suspect = self.messages.search([("kind", "=", "error")])
        self.assertTrue(suspect)
        self.assertEqual(submission.suspect_ids, suspect)
        self.assertEqual(submission.state, "uncertain")

    def test_an_accountant_decides_after_three_days(self):
        submission = self._lost("waf")
        accountant = self.biller.copy(
            {"login": "accountant", "group_ids": [(4, self.env.ref("account.group_account_manager").id)]}
        )
        with self.assertRaises(AccessError):
            submission.with_user(self.biller).action_not_at_anaf("Not in the portal")
        with self.assertRaisesRegex(UserError, "3 days"):
            submission.with_user(accountant).action_not_at_anaf("Not in the portal")
        self._later(days=3, hours=1)
        with self.assertRaisesRegex(UserError, "reason"):
            submission.with_user(accountant).action_not_at_anaf(" ")
        submission.with_user(accountant).action_not_at_anaf("Not in the portal")
        self.assertEqual((submission.state, submission.decision_reason), ("refused", "Not in the portal"))
        self.assertEqual(submission.move_id.l10n_ro_efactura_state, "refused")
        self.assertIn("Not in the portal", "".join(submission.move_id.message_ids.mapped("body")))

    def test_an_expired_lease_is_uncertain(self):
        submission = self._queue()
        self._upload()
        self._set(submission, state="uploading", upload_index=None, lease_until=fields.Datetime.now())
        self._settle()
        self.assertEqual((submission.state, self._codes(submission)), ("uncertain", ["lease_over"]))
        time.sleep(1.1)
        self._settle_again()
        self.assertEqual(submission.state, "ok", "ANAF had it: found by its bytes")

    def test_a_lease_that_runs_is_left_alone(self):
        submission = self._queue()
        self._upload()
        self._set(submission, state="uploading", lease_until=fields.Datetime.now() + timedelta(seconds=60))
        self._settle()
        self._upload()
        self.assertEqual(submission.state, "uploading")
        self.assertEqual(self.sim.calls()["upload"], 1)

    # -- what waited long -----------------------------------------------------------------------------------------

    def test_what_waited_long_is_looked_up_first(self):
        submission = self._queue()
        self.submissions._prepare(self._lane())
        self._client().upload(submission._xml_bytes(), standard="UBL", cif=COMPANY_CIF)  # by the original database
        time.sleep(1.1)
        self._later(minutes=61)
        self._upload()
        self.assertEqual((submission.state, self.sim.calls()["upload"]), ("queued", 1), "not without looking")
        self._settle()
        self._upload()
        self.assertEqual((submission.state, self.sim.calls()["upload"]), ("ok", 1))

    def test_what_waited_long_and_is_not_there(self):
        submission = self._queue()
        self._later(minutes=61)
        self._upload()
        self.assertEqual(submission.state, "queued")
        self._settle()
        self._upload()
        self.assertEqual(submission.state, "queued", "ANAF's lists lag up to a quarter of an hour")
        self._later(minutes=16)
        self._settle()
        self.assertTrue(submission.looked_up_at)
        self._upload()
        self.assertEqual(submission.state, "processing")

    def test_a_copied_database_is_held_until_confirmed(self):
        guard = self.env["l10n_ro_efactura.guard"].sudo()
        self.env["ir.config_parameter"].sudo().set_param("l10n_ro_efactura.database", "the_original")
        submission, test = self._queue(), self._queue(environment="test")
        self._upload()
        self.assertEqual((submission.state, self._codes(submission)), ("queued", ["held"]))
        self.assertIn("the_original", submission.errors[0]["text"])
        self.assertEqual(test.state, "processing", "tests go on")
        with self.assertRaises(AccessError):
            guard.with_user(self.biller).sudo(False).confirm_database()
        guard.confirm_database()
        self._upload()
        self.assertEqual(submission.state, "queued", "the original may have sent it a minute ago: looked up first")
        self._settle()
        self._later(minutes=16)
        self._settle()
        self._upload()
        self.assertEqual((submission.state, submission.errors), ("processing", False))

    def _client(self):
        return self.credential._client("prod")

    def _lane(self):
        from ...models.calls.lane import lanes

        return lanes(self.submissions.env, [(self.company.id, "prod")])[0]
