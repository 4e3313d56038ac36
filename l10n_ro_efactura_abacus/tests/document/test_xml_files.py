import base64
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .xml_common import XmlCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestXmlFiles(XmlCommon, HttpCase):
    """Every XML that was generated stays listed, is judged, and is the same bytes on every path."""

    def _window(self, move):
        action = move.with_user(self.biller).action_l10n_ro_efactura_window()
        return self.env[action["res_model"]].with_user(self.biller).browse(action["res_id"])

    def _files(self, move):
        return self.env["l10n_ro_efactura.xml.file"].search([("move_id", "=", move.id)])

    def _spoiled(self, *replacements):
        """The document, with some bytes replaced, as a wrong builder would make it."""
        moves = type(self.env["account.move"])
        write = moves._l10n_ro_efactura_write

        def spoiled(this, *arguments):
            xml, errors = write(this, *arguments)
            for old, new in replacements:
                self.assertIn(old, xml)
                xml = xml.replace(old, new)
            return xml, errors

        return patch.object(moves, "_l10n_ro_efactura_write", spoiled)

    def test_without_connection(self):
        self.credential.sudo().active = False
        move = self._move()
        window = self._window(move)
        self.assertFalse(window.can_send)
        window.action_generate()
        file = self._files(move)
        self.assertEqual(window.file_id, file)
        self.assertEqual(file.verdict, "pass")
        self.assertIn("FCT/2026/00042", window.xml_text)
        self.assertEqual(file._xml_bytes(), move._l10n_ro_efactura_build_xml()[0])
        window.action_generate()
        self.assertEqual(self._files(move), file, "the same again is the same row")
        self.assertTrue(window.action_download()["url"].endswith(f"/{file.id}"))

    def test_same_bytes_everywhere(self):
        move = self._move()
        window = self._window(move)
        window.action_generate()
        file = window.file_id
        window.action_send()
        self.env["l10n_ro_efactura.submission"]._cron_upload()
        submission = move.l10n_ro_efactura_submission_ids
        self.env.invalidate_all()
        self.assertEqual(self._files(move), file)
        self.assertEqual(file.submission_id, submission)
        self.assertEqual(submission._xml_bytes(), file._xml_bytes())
        self.authenticate("efactura_biller", "efactura_biller")
        self.assertEqual(
            self.url_open(file.with_user(self.biller).action_download()["url"]).content, submission._xml_bytes()
        )

    def test_a_test_is_not_shown_as_a_report(self):
        """Production said nok, the test of the same bytes Ok: each in its own column, whichever came last."""
        move = self._move()
        self._window(move).action_generate()
        file = self._files(move)
        self.sim.fault("nok", "upload")
        self._send(move, "prod")
        self._send(move, "test")
        self.assertEqual((move.l10n_ro_efactura_state, move.l10n_ro_efactura_test_state), ("nok", "ok"))
        self.assertEqual(len(set(move.l10n_ro_efactura_submission_ids.mapped("sha256"))), 1)
        file.invalidate_recordset()
        self.assertEqual((file.submission_id.environment, file.submission_state), ("prod", "nok"))
        self.assertTrue(file.submission_failed)
        self.assertEqual((file.test_submission_id.environment, file.test_submission_state), ("test", "ok"))
        self.assertFalse(file.test_submission_failed)

    def test_a_file_that_was_only_tested_is_not_shown_as_reported(self):
        move = self._move()
        self._window(move).action_generate()
        self._send(move, "test")
        file = self._files(move)
        file.invalidate_recordset()
        self.assertEqual((file.submission_state, file.test_submission_state), (False, "ok"))

    def _send(self, move, environment):
        move._l10n_ro_efactura_send(environment)
        self.env["l10n_ro_efactura.submission"]._cron_upload()
        self.env["l10n_ro_efactura.submission"]._cron_settle()
        self.env["l10n_ro_efactura.message"]._cron_archive()
        self.env.invalidate_all()

    def test_the_worker_keeps_what_it_builds(self):
        move = self._move()
        move.action_l10n_ro_efactura_send()
        self.env["l10n_ro_efactura.submission"]._cron_upload()
        move.l10n_ro_efactura_submission_ids.invalidate_recordset()
        self.assertTrue(self._files(move))
        self.assertEqual(self._files(move).sha256, move.l10n_ro_efactura_submission_ids.sha256)

    def test_a_fatal_finding_stops_it(self):
        move = self._move()
        with self._spoiled((b">RO-BV<", b">RO-XX<")):
            action = move.with_user(self.biller).action_l10n_ro_efactura_send()
            window = self.env[action["res_model"]].with_user(self.biller).browse(action["res_id"])
        finding = window.finding_ids
        self.assertEqual(
            (finding.state, finding.bt, finding.model, finding.res_id),
            ("fatal", "BT-54", "res.partner", self.customer.id),
        )
        self.assertEqual(finding.action_open()["res_id"], self.customer.id)
        self.assertTrue(finding.rule.startswith("BR-RO-"))
        self.assertFalse(move.l10n_ro_efactura_submission_ids)
        self.assertIn(finding.rule, move.l10n_ro_efactura_missing[0])

    def test_in_romanian(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        move = self._move()
        with self._spoiled((b">RO-BV<", b">RO-XX<")):
            _xml, _errors, [finding] = move._l10n_ro_efactura_checked_xml("ro_RO")
        self.assertIn("nu este un județ", finding["text"])

    def test_the_worker_stops_it_too(self):
        move = self._move()
        move.action_l10n_ro_efactura_send()
        before = len(self.sim.uploads("prod"))
        with self._spoiled((b">RO-BV<", b">RO-XX<")):
            self.env["l10n_ro_efactura.submission"]._cron_upload()
        submission = move.l10n_ro_efactura_submission_ids
        submission.invalidate_recordset()
        self.assertEqual(submission.state, "refused")
        self.assertEqual(submission.errors[0]["code"], "check")
        self.assertIn("BT-54", submission.errors[0]["text"])
        self.assertEqual(len(self.sim.uploads("prod")), before)
        self.assertEqual(self._files(move).verdict, "fail", "kept, to look at")

    def test_anafs_opinion_without_connection(self):
        self.credential.sudo().active = False
        window = self._window(self._move())
        window.action_generate()
        window.action_validate()
        self.assertTrue(window.anaf_ok, window.anaf_answer)
        self._knob("public_url", "http://127.0.0.1:9", self.addCleanup)
        window.action_validate()
        self.assertFalse(window.anaf_ok)
        self.assertIn("says nothing about the document", window.anaf_answer)

    def test_check_a_file(self):
        xml = self._move()._l10n_ro_efactura_build_xml()[0]
        check = self.env["l10n_ro_efactura.file.check"].with_user(self.biller)
        good = check.create({"content": base64.b64encode(xml)})
        self.assertEqual(good.verdict, "pass")
        good.action_validate()
        self.assertTrue(good.anaf_ok, good.anaf_answer)
        self.assertIn("No problem was found", good.findings_html)
        self.assertFalse(check.new({}).findings_html)
        bad = check.create({"content": base64.b64encode(xml.replace(b">RO-BV<", b">RO-XX<"))})
        self.assertEqual(bad.verdict, "fail")
        self.assertIn("BT-54", bad.findings_html)
        self.assertEqual(check.create({"content": base64.b64encode(b"no XML")}).verdict, "fail")

    def test_nobody_changes_them(self):
        move = self._move()
        self._window(move).action_generate()
        with self.assertRaises(AccessError):
            self._files(move).with_user(self.biller).write({"number": "X"})
        with self.assertRaises(AccessError):
            self._files(move).with_user(self.biller).unlink()
