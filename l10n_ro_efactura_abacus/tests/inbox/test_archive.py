"""Archive of packages: stored unchanged, and accepted only where their parts agree."""

import tempfile

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ...anaf import read_package
from ...models.inbox.message_archive import Archived
from ..common import zipped
from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestArchive(PipelineCase):
    def _settled(self, environment="prod"):
        submission = self._queue(environment=environment)
        self._upload()
        self._settle()
        self.assertEqual((submission.state, submission.message_id.archive_state), ("ok", "listed"))
        return submission

    def _keep(self, content, submission=None, package=None):
        submission = submission or self._settled()
        message = submission.message_id
        error = None if package else "not_a_zip"
        message._keep_package(Archived(content, package, None, None, error), {"quota_count": 5})
        return message

    def test_the_untouched_package(self):
        submission = self._settled()
        self._archive()
        message = submission.message_id
        package = read_package(message._package_bytes())
        self.assertEqual((package.upload_index, package.document), (submission.upload_index, submission._xml_bytes()))
        self.assertEqual(
            (message.number, message.seller_cif, message.move_id),
            (submission.number, submission.seller_cif, submission.move_id),
        )
        self.assertAlmostEqual(message.amount_total, submission.amount_total)
        self.assertEqual(message.partner_id, self.customer)

    def test_seals(self):
        for fault, environment, trusted, state in (
            (None, "prod", True, "valid"),
            (None, "test", True, "valid"),
            ("bad_seal", "prod", True, "invalid"),
            (None, "prod", False, "unverified"),
        ):
            with self.subTest(fault=fault, environment=environment, trusted=trusted):
                file = self.enterContext(tempfile.NamedTemporaryFile("w", encoding="ascii", suffix=".pem"))  # noqa: SIM115
                file.write(self.sim.ca_pem + self.sim.seal_pem("test"))
                file.flush()
                self.knob("trusted_certificates", file.name if trusted else "")
                submission = self._settled(environment)
                if fault:
                    self.sim.fault(fault, "download")
                self._archive()
                message = submission.message_id
                self.assertEqual((message.archive_state, message.seal_state), ("archived", state), message.seal_reason)

    def test_a_cut_package_is_asked_for_again(self):
        submission = self._settled()
        message = submission.message_id
        self.sim.fault("garbage", "download", shape="truncated")
        self._archive()
        self.assertEqual((message.archive_state, submission.state), ("listed", "ok"))
        self.assertTrue(message.last_error)
        self.assertTrue(message._package_bytes(), "kept all the same")
        self.assertFalse(message.document_sha256)
        self._later(minutes=2)
        self._archive()
        self.assertEqual((message.archive_state, message.last_error), ("archived", False))
        self.assertEqual(message.document_sha256, submission.sha256)

    def test_what_is_no_package_is_kept_and_not_believed(self):
        message = self._keep(b"PK\x03\x04 rubbish")
        self.assertEqual((message.archive_state, message.seal_state), ("archived", "unverified"))
        self.assertEqual(message._package_bytes(), b"PK\x03\x04 rubbish")
        self.assertEqual((message.last_error, message.document_sha256, message.number), ("not_a_zip", False, False))

    def test_a_bomb(self):
        submission = self._settled()
        self.sim.stores["prod"].uploads[submission.upload_index].content = b"0" * (80 * 2**20)
        for _try in range(3):
            self._archive()
            self._later(hours=1)
        message = submission.message_id
        self.assertIn("too_large", message.last_error)
        self.assertEqual((message.archive_state, message.document_sha256), ("archived", False))
        self.assertLess(len(message._package_bytes()), 2**20)
        self.assertEqual(submission.state, "ok")

    def test_the_package_of_another_index(self):
        submission = self._settled()
        content = zipped({"1.xml": submission._xml_bytes(), "semnatura_1.xml": b"<x/>"})
        message = self._keep(content, submission, read_package(content))
        self.assertFalse(message.document_sha256)
        self.assertIn("1", message.last_error)

    def test_a_sealed_document_that_is_not_ours_is_said(self):
        submission = self._settled()
        name = submission.upload_index
        content = zipped({f"{name}.xml": submission._xml_bytes() + b" ", f"semnatura_{name}.xml": b"<x/>"})
        self._keep(content, submission, read_package(content))
        self.assertEqual(self._codes(submission), ["other_document"])

    def test_an_amount_that_is_none(self):
        submission = self._settled()
        record = self.sim.stores["prod"].uploads[submission.upload_index]
        record.content = record.content.replace(
            b">121.00</cbc:TaxInclusiveAmount>", b">1e999999</cbc:TaxInclusiveAmount>"
        )
        self.assertIn(b"1e999999", record.content)
        self._archive()
        message = submission.message_id
        self.assertTrue(message._package_bytes())
        self.assertEqual((message.archive_state, message.amount_total), ("archived", 0))

    def test_gone(self):
        submission = self._settled()
        self.sim.advance(days=61)
        self.addCleanup(self.sim.advance, days=-61)
        self._archive()
        self.assertEqual(submission.message_id.archive_state, "gone")
        self.assertIn("60 de zile", submission.message_id.last_error)
        self._archive()
        self.assertEqual(self.sim.calls()["download"], 1)

    def test_errors_come_before_the_rest(self):
        good, bad = self._queue(), self._queue()
        self._upload()
        self._settle()
        self._set(bad.message_id, kind="error")
        rows = self.messages._claim_downloads(self._lanes()[0], 1)
        self.assertEqual([row["id"] for row in rows], bad.message_id.ids)
        self.assertTrue(good.message_id)

    def test_one_bad_download_in_many(self):
        submissions = self._queue(12)
        self._upload()
        self._settle()
        self.sim.fault("http_500", "download", after=4)
        self._archive()
        states = submissions.message_id.mapped("archive_state")
        self.assertEqual((states.count("archived"), states.count("listed")), (11, 1))

    def test_401_in_the_pool(self):
        submissions = self._queue(4)
        self._upload()
        self._settle()
        tokens = self.sim.issue_tokens("director")
        self.credential.set_tokens(tokens["access_token"], tokens["refresh_token"])
        self.sim.revoke(tokens["access_token"])
        self._archive()
        self.assertEqual(set(submissions.message_id.mapped("archive_state")), {"archived"})
        self.assertEqual(self.sim.calls()["token"], 1)

    def test_who_may_download(self):
        submission = self._settled()
        with self.assertRaises(UserError):
            submission.message_id.with_user(self.biller).action_download_package()
        self._archive()
        message = submission.message_id.sudo(False)
        action = message.with_user(self.biller).action_download_package()
        self.assertIn(str(message.id), action["url"])
        portal = new_test_user(self.env, "efactura_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            message.with_user(portal).action_download_package()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPackageController(PipelineCase, HttpCase):
    def test_download(self):
        submission = self._queue()
        self._upload()
        self._settle()
        self._archive()
        message = submission.message_id
        url = f"/l10n_ro_efactura/package/{message.id}"
        self.authenticate("efactura_biller", "efactura_biller")
        answer = self.url_open(url)
        self.assertEqual((answer.status_code, answer.content), (200, message._package_bytes()))
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        self.assertEqual(self.url_open("/l10n_ro_efactura/package/999999999").status_code, 404)
        new_test_user(self.env, "efactura_stranger", groups="base.group_user")
        self.authenticate("efactura_stranger", "efactura_stranger")
        self.assertEqual(self.url_open(url).status_code, 404)
