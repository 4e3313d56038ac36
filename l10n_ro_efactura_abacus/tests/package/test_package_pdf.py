"""The official PDF and its faults, and our own rendering, which is always marked as ours."""

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import config

from ...models.package.package_pdf import TRANSFORM_BYTES
from ..common import EXPECTED
from .common import PackageCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPackagePdf(PackageCase, HttpCase):
    def _spoiled(self, old, new):
        [record] = self.sim.generate_supplier_invoices(self.company.vat, 1, days=2)
        self.assertIn(old, record.xml)
        return self._received(record.xml.replace(old, new))

    def _calls(self):
        return [entry["path"].rpartition("/rest/")[2] for entry in self.sim.log if "transformare" in entry["path"]]

    def test_the_official_one(self):
        message = self._received()
        pdf, maker, why = message._package_pdf()
        self.assertEqual((pdf[:5], maker, why), (b"%PDF-", "anaf", ""))
        self.assertEqual(self._calls(), ["transformare/FACT1"])

    def test_a_credit_note_has_its_own_standard(self):
        xml = (EXPECTED / "credit_note.xml").read_bytes()
        message = self._received(xml)
        self.assertEqual(message._package_pdf()[1][:4], "anaf")
        self.assertEqual({call.split("/")[1] for call in self._calls()}, {"FCN"})
        self.assertIn("o_ro_einv_credit", str(message._package_html()))

    def test_what_todays_rules_refuse_is_made_without_them(self):
        message = self._spoiled(b"<cbc:InvoiceTypeCode>380<", b"<cbc:InvoiceTypeCode>999<")
        pdf, maker, _why = message._package_pdf()
        self.assertEqual((pdf[:5], maker), (b"%PDF-", "anaf_unchecked"))
        self.assertEqual(self._calls(), ["transformare/FACT1", "transformare/FACT1/DA"])

    def test_a_firewall_that_refuses_one_way(self):
        message = self._received()
        self.sim.fault("waf", "transform")
        pdf, maker, _why = message._package_pdf()
        self.assertEqual((pdf[:5], maker), (b"%PDF-", "anaf_unchecked"))

    def test_relative_schema_locations_are_left_out(self):
        message = self._spoiled(
            b"<Invoice ",
            b'<Invoice xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            b'xsi:schemaLocation="urn:oasis:names ../../UBL-2.1(1)/xsd/maindoc/x.xsd" ',
        )
        self.assertIn(b"schemaLocation", message._document_bytes(), "the archive keeps it")
        self.assertEqual(message._package_pdf()[1], "anaf")

    def test_no_service(self):
        message = self._received()
        for fault, options in (
            ("http_503", {}),
            ("maintenance", {}),
            ("technical_1814", {}),
            ("drop_before", {}),
            ("garbage", {"shape": "html"}),
            ("waf", {"times": 5}),
        ):
            with self.subTest(fault=fault):
                self.sim.clear_faults()
                self.sim.fault(fault, "transform", **options)
                pdf, maker, why = message._package_pdf()
                self.assertEqual(maker, "odoo")
                self.assertTrue(why)
                self.assertEqual(pdf, b"", "this machine has no wkhtmltopdf") if not self._prints() else None

    def test_no_connection(self):
        message = self._received()
        config["l10n_ro_efactura_public_url"] = "http://127.0.0.1:9"
        self.addCleanup(config.__setitem__, "l10n_ro_efactura_public_url", self.sim.url)
        self.assertEqual(message._package_pdf()[1], "odoo")

    def test_too_large_is_not_even_asked(self):
        message = self._spoiled(b"</Invoice>", b"<!-- " + b"x" * TRANSFORM_BYTES + b" --></Invoice>")
        _pdf, maker, why = message._package_pdf()
        self.assertEqual((maker, self._calls()), ("odoo", []))
        self.assertIn("5 MB", why)

    def test_only_of_invoices(self):
        submission = self._queue()
        self.sim.fault("nok", "upload", errors=["Eroare"])
        self._upload()
        self._settle()
        self._archive()
        with self.assertRaises(UserError):
            submission.message_id._package_pdf()

    def _prints(self):
        return self.env["ir.actions.report"].get_wkhtmltopdf_state() not in ("install", "broken")

    def test_which_of_the_two_over_http(self):
        message = self._received()
        self.authenticate("efactura_biller", "efactura_biller")
        url = f"/l10n_ro_efactura/package/{message.id}/pdf"
        answer = self.url_open(url)
        self.assertIn("_ANAF.pdf", answer.headers["Content-Disposition"])
        self.sim.fault("http_503", "transform")
        answer = self.url_open(url)
        if self._prints():
            self.assertIn("_Odoo.pdf", answer.headers["Content-Disposition"])
        else:
            self.assertEqual(answer.headers["Content-Type"], "text/html; charset=utf-8")
            self.assertIn("This is not ANAF", answer.text)
            self.assertIn(message.number, answer.text)
