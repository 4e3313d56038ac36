"""Sending from the Send dialog to the sealed package, with the simulator."""

from odoo.tests import tagged

from ..common import EfacturaCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSend(EfacturaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.submissions = cls.env["l10n_ro_efactura.submission"]
        cls.messages = cls.env["l10n_ro_efactura.message"]

    def _work(self):
        self.submissions._cron_upload()
        self.submissions._cron_settle()
        self.messages._cron_archive()

    def test_from_the_click_to_the_sealed_package(self):
        move = self._invoice()
        move.with_user(self.biller).action_l10n_ro_efactura_send()
        self.assertEqual(move.l10n_ro_efactura_state, "queued")
        self.assertFalse(self.sim.uploads(), "the click sends nothing")
        self._work()
        self.assertEqual(move.l10n_ro_efactura_state, "ok")
        submission = self.submissions.search([("move_id", "=", move.id)])
        [upload] = self.sim.uploads("prod")
        self.assertEqual(upload["index"], move.l10n_ro_efactura_upload_index)
        self.assertEqual(upload["xml"], submission._xml_bytes())
        self.assertEqual(submission.message_id.archive_state, "archived")
        self.assertEqual(submission.message_id.document_sha256, submission.sha256)
        self.assertEqual(submission.message_id.number, move.name)
