"""ANAF's "a mai fost transmisa anterior cu index=N": followed, and Ok only where N holds our bytes."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import COMPANY_CIF
from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDuplicates(PipelineCase):
    def _prepared(self):
        submission = self._queue()
        [lane] = self._lanes()
        self.submissions._prepare(lane)
        return submission

    def test_the_same_bytes_are_ours(self):
        submission = self._prepared()
        first = self._client().upload(submission._xml_bytes(), standard="UBL", cif=COMPANY_CIF).upload_index
        self._upload()
        own = submission.upload_index
        self.assertNotEqual(own, first)
        self._settle()
        self.assertEqual((submission.state, submission.upload_index, submission.duplicate_index), ("ok", first, own))
        self.assertEqual(submission.message_id.document_sha256, submission.sha256)
        self.assertEqual(submission.move_id.l10n_ro_efactura_upload_index, first)
        self.assertEqual(len(self.sim.accepted("prod")), 1)

    def test_another_document_under_our_number_is_nok(self):
        submission = self._prepared()
        other = submission._xml_bytes().replace(b"Serviciu", b"Altceva", 1)
        first = self._client().upload(other, standard="UBL", cif=COMPANY_CIF).upload_index
        self._upload()
        self._settle()
        self.assertEqual(submission.state, "nok")
        self.assertIn(first, submission.errors[0]["text"])
        self.assertEqual(submission.errors[0]["hint"], "duplicate")
        self.assertIn(first, submission.errors[1]["text"])

    def test_the_first_is_still_in_work(self):
        submission = self._prepared()
        self.sim.fault("stuck", "upload", seconds=600)
        self._client().upload(submission._xml_bytes(), standard="UBL", cif=COMPANY_CIF)
        self._upload()
        self._set(submission, next_attempt_at=None)
        self._settle()
        self.assertEqual((submission.state, self._codes(submission)), ("processing", ["duplicate"]))
        self.sim.finish()
        self._later(minutes=10)
        self._settle()
        self.assertEqual((submission.state, submission.errors), ("ok", False))

    def test_following_stays_within_the_daily_quota(self):
        submission = self._prepared()
        self.sim.fault("stuck", "upload", seconds=1000000)
        self._client().upload(submission._xml_bytes(), standard="UBL", cif=COMPANY_CIF)
        self._upload()
        for _round in range(25):
            self._set(submission, next_attempt_at=None)
            self.submissions.browse(submission.id)._ask_statuses(self._lanes()[0])
        self.assertLessEqual(self.sim.calls()["status"], 20)
        self.assertEqual(submission.state, "processing")

    # -- an index from elsewhere ----------------------------------------------------------------------------------

    def _by_hand(self, xml=None):
        """(submission of an index that a user typed, the index): `xml` is what ANAF holds under it."""
        other = self._prepared()
        move = other.move_id
        xml = xml or other._xml_bytes()
        self._set(other, state="refused")
        other._sync_moves()
        index = self._client().upload(xml, standard="UBL", cif=COMPANY_CIF).upload_index
        return self.submissions._adopt(move, "prod", index), index

    def test_uploaded_by_hand(self):
        submission, index = self._by_hand()
        self.assertEqual(submission.state, "processing")
        self._settle()
        self.assertEqual((submission.state, submission.errors), ("ok", False))
        self.assertEqual(submission.message_id.number, submission.move_id.name)
        self.assertEqual(submission.message_id.archive_state, "archived")
        self.assertEqual(self.sim.calls()["upload"], 1)

    def test_uploaded_by_hand_another_invoice(self):
        other = self._prepared()
        submission, index = self._by_hand(other._xml_bytes())
        self._settle()
        self.assertEqual((submission.state, self._codes(submission)), ("refused", ["other_document"]))
        self.assertIn(other.number, submission.errors[0]["text"])
        self.assertEqual(submission.move_id.l10n_ro_efactura_state, "refused", "it can still be sent")

    def test_uploaded_by_hand_package_not_yet_readable(self):
        submission, index = self._by_hand()
        self.sim.fault("http_503", "download", times=0)
        self._set(submission, next_attempt_at=None)
        self._settle()
        self.assertEqual((submission.state, self._codes(submission)), ("processing", ["no_package"]))
        self.sim.clear_faults()
        self._later(minutes=10)
        self._settle()
        self.assertEqual((submission.state, submission.errors), ("ok", False))

    def test_uploaded_by_hand_typing_errors(self):
        submission, index = self._by_hand()
        move = self._invoice()
        for wrong in ("", "abc", index):
            with self.subTest(wrong=wrong), self.assertRaises(UserError):
                self.submissions._adopt(move, "prod", wrong)

    def test_an_index_that_anaf_does_not_know(self):
        move = self._invoice()
        submission = self.submissions._adopt(move, "prod", "4000000001")
        self._settle()
        self.assertEqual((submission.state, self._codes(submission)), ("processing", ["unknown_upload_index"]))
        asked = self.sim.calls()["status"]
        for _hour in range(24):
            self._later(hours=1)
            self._settle()
        self.assertLessEqual(self.sim.calls()["status"] - asked, 12, "some retries, then rarely")

    def _client(self):
        return self.credential._client("prod")
