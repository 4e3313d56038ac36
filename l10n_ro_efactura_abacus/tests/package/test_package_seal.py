"""The archive as evidence: seals and hashes are verified again, nothing is deleted."""

import base64
import re
import tempfile
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...anaf import seal
from .common import PackageCase

LOG = "odoo.addons.l10n_ro_efactura_abacus.models.inbox.archive_check"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPackageSeal(PackageCase):
    def _trust(self, *pems):
        file = self.enterContext(tempfile.NamedTemporaryFile("w", encoding="ascii", suffix=".pem"))  # noqa: SIM115
        file.write("".join(pems))
        file.flush()
        self.knob("trusted_certificates", file.name)

    def test_verified_again(self):
        self.knob("trusted_certificates", "")
        message = self._received()
        self.assertEqual((message.seal_state, message.seal_code), ("unverified", "untrusted_certificate"))
        self.assertIn("certificate", message.with_context(lang="en_US").seal_text)
        self._trust(self.sim.ca_pem)
        action = message.with_user(self.biller).sudo(False).action_verify_seal()
        self.assertEqual((message.seal_state, message.seal_code), ("valid", "ok"))
        self.assertEqual(action["params"]["type"], "success")
        self.assertTrue(message.seal_checked_at)

    def test_every_reason_has_words(self):
        source = Path(seal.__file__).read_text() + Path(seal.__file__).with_name("seal_trust.py").read_text()
        codes = set(re.findall(r'"(?:invalid|unverified|valid)",\s*"(\w+)"', source)) - {"reason_code"}
        self.assertGreater(len(codes), 8)
        self.assertLessEqual(codes, set(self.messages._seal_reasons()))

    def test_changed_bytes(self):
        self._trust(self.sim.ca_pem)
        self.sim.fault("bad_seal", "download")
        message = self._received()
        self.assertEqual((message.seal_state, message.seal_code), ("invalid", "digest_mismatch"))
        self.assertIn("o_ro_einv_invalid", str(message._package_html()))

    def test_the_certificate(self):
        message = self._received()
        self.assertIn("Ministerul Finantelor", message.certificate_subject)
        self.assertTrue(message.certificate_issuer)
        self.assertLess(message.certificate_from, message.certificate_until)
        self.assertEqual(len(message.certificate_fingerprint), 64)

    def test_a_bad_setting_is_said(self):
        message = self._received()
        self._trust("-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n")
        with self.assertRaises(UserError):
            message.action_verify_seal()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestArchiveCheck(PackageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.checks = cls.env["l10n_ro_efactura.archive.check"].sudo()

    def _archived(self, count):
        self.sim.generate_supplier_invoices(self.company.vat, count, days=5)
        self._refresh()
        return self.messages.search([("company_id", "=", self.company.id)])

    def _check(self):
        self.checks._cron_check_archive()
        return self.checks.search([("company_id", "=", self.company.id)], limit=1).with_context(lang="en_US")

    def test_all_intact(self):
        messages = self._archived(5)
        check = self._check()
        self.assertEqual((check.state, check.result), ("intact", f"{len(messages)} of {len(messages)} intact"))
        self.assertEqual(check.progress, 100)
        self.assertIn("intact (5 of 5 intact)", messages[0].with_context(lang="en_US").archive_check)
        self.assertEqual(self._check(), check, "once a month")

    def test_damage_is_found_and_somebody_told(self):
        messages = self._archived(6)
        content = bytearray(messages[0]._package_bytes())
        content[len(content) // 2] ^= 1
        self._set(messages[0], package=base64.b64encode(bytes(content)))
        self._set(messages[1], package=b"!!! no base64")
        self._set(messages[2], package=None)
        with self.assertLogs(LOG):
            check = self._check()
        self.assertEqual((check.state, check.damaged_ids.sorted("id")), ("damaged", messages[:3].sorted("id")))
        self.assertEqual(check.result, "3 of 6 intact")
        self.assertTrue(check.activity_ids)
        self.assertIn("DAMAGED", messages[0].with_context(lang="en_US").archive_check)
        self.assertNotIn("DAMAGED", messages[5].with_context(lang="en_US").archive_check)

    def test_it_goes_on_where_it_stopped(self):
        self._archived(5)
        check = self.checks._begin(self.company)
        check._check_batch()
        self._set(
            check,
            last_id=self.messages.search([("company_id", "=", self.company.id)], order="id")[2].id,
            checked=3,
            intact=3,
        )
        self.assertEqual(self._check(), check)
        self.assertEqual((check.state, check.checked), ("intact", 5))

    def test_by_hand(self):
        self._archived(1)
        with self.assertRaises(AccessError):
            self.checks.with_user(self.biller).sudo(False).action_check_now()
        self.env.user.group_ids += self.env.ref("account.group_account_manager")
        self.checks.with_company(self.company).sudo(False).action_check_now()
        self.assertEqual(self.checks.search([("company_id", "=", self.company.id)]).state, "running")

    @mute_logger("odoo.models.unlink")
    def test_packages_outlive_everything(self):
        message = self._received()
        bill = self.env["account.move"].create({"move_type": "in_invoice", "partner_id": self.customer.id})
        message._pair(bill, "by hand")
        content = message._package_bytes()
        bill.unlink()
        self.env.invalidate_all()
        self.assertTrue(message.exists())
        self.assertEqual((message._package_bytes(), message.move_id.id), (content, False))
        with self.assertRaises(AccessError):
            message.with_user(self.biller).sudo(False).unlink()
        with self.assertRaises(UserError):
            message.sudo().unlink()
