"""The page of a package: any supplier's XML, opened from the list, each part over HTTP."""

import base64
import hashlib
import re
from contextlib import suppress
from decimal import Decimal

from lxml import etree
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ...anaf import read_document, read_package
from ...models.common.file_names import safe_name
from ..common import EXPECTED
from .common import PackageCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPackagePage(PackageCase):
    def test_opening_downloads_what_is_not_here(self):
        message = self._received(archive=False).with_user(self.biller).sudo(False)
        self.assertEqual(message.archive_state, "listed")
        action = message.action_open_package()
        self.assertEqual((action["res_model"], action["res_id"]), (message._name, message.id))
        self.assertEqual(message.archive_state, "archived")
        message.action_open_package()
        self.assertEqual(self.sim.calls()["download"], 1, "once")

    def test_opening_counts_in_the_quota(self):
        message = self._received(archive=False)
        self.sim.fault("http_500", "download")
        with suppress(UserError):  # assertRaises would take back what was counted
            message.with_user(self.biller).sudo(False).action_open_package()
        self.assertEqual((message.archive_state, message.quota_count), ("listed", 1))
        with self.assertRaises(UserError):  # not asked again before its time
            message.with_user(self.biller).sudo(False).action_open_package()
        self.assertEqual(self.sim.calls()["download"], 1)

    def test_what_is_gone_is_said(self):
        message = self._received(archive=False)
        self._set(message, archive_state="gone", last_error="a trecut perioada de 60 de zile")
        with self.assertRaises(UserError) as raised:
            message.with_user(self.biller).sudo(False).action_open_package()
        self.assertIn("60 de zile", str(raised.exception))
        self.assertEqual(self.sim.calls()["download"], 0)

    def test_the_exact_document(self):
        message = self._received()
        package = read_package(message._package_bytes())
        self.assertEqual(message._document_bytes(), package.document)
        self.assertEqual(message._seal_bytes(), package.seal)
        self.assertTrue(message.package_xml.startswith("<"))
        self.assertIn("\n", message.package_xml)

    def test_a_readable_invoice(self):
        message = self._received()
        document = read_document(message._document_bytes())
        html = str(message.with_context(lang="en_US")._package_html())
        self.assertIn(document.seller.name, html)
        self.assertIn(message.number, html)
        for line in document.lines:
            self.assertIn(line.name, html)
        self.assertIn(message._number_of(2)(document.facts.payable), html)
        self.assertNotIn(">H87<", html, "units are words")

    def test_every_kind_of_invoice(self):
        files = sorted(EXPECTED.glob("*.xml"))
        self.assertGreater(len(files), 30)
        for file in files:
            with self.subTest(file=file.name):
                document = read_document(file.read_bytes())
                html = str(self.messages._readable_html(document))
                words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)
                self.assertNotRegex(words, r"\b(None|False|Decimal)\b")
                self.assertIn(document.facts.number, words)

    def test_numbers_as_people_write_them(self):
        write = self.messages.with_context(lang="en_US")._number_of(2)
        self.assertEqual(
            [write(Decimal(text)) for text in ("1234.5", "-0.1", "3", "0.12345", "1E+3", "-1234567.8900")],
            ["1,234.50", "−0.10", "3.00", "0.12345", "1,000.00", "−1,234,567.89"],
        )
        self.assertLess(len(write(Decimal("1e999999"))), 50)

    def test_nothing_a_supplier_writes_becomes_markup(self):
        message = self._received(self._hostile_xml())
        page = str(message._package_document_page(all_lines=True))
        self.assertIn("alert(1)", page, "shown as the text it is")
        for tag in ("<script", "<img", "<iframe", "<svg", "<link", "<object"):
            self.assertNotIn(tag, page.lower())
        self.assertFalse(re.search(r"<[^>]*\son\w+\s*=", page), "no event handler")
        self.assertFalse(re.search(r'(href|src)\s*=\s*["\']?\s*(javascript|http|//|data)', page, re.IGNORECASE))
        self.assertNotIn("49", re.sub(r"\d{3,}", "", "".join(re.findall(r"\{\{.*?\}\}", page))))

    def test_many_lines_are_cut_and_said(self):
        message = self._received()
        document = read_document(message._document_bytes())
        document.lines.extend(document.lines[:1] * 600)
        few = str(message._readable_html(document, message))
        self.assertIn("all_lines=1", few)
        self.assertGreater(len(str(message._readable_html(document, message, all_lines=True))), len(few))
        self.assertNotIn("all_lines", str(message._readable_html(document)), "no address where there is no package")

    def test_what_cannot_be_read_is_said(self):
        message = self._received()
        for content in (b"PK\x03\x04 rubbish", b""):
            message.package = base64.b64encode(content)
            self.assertIn("o_ro_einv_warning", str(message._package_html()))
            self.assertEqual((message._document_bytes(), message._seal_bytes()), (b"", b""))

    def test_errors_are_explained(self):
        submission = self._queue()
        self.sim.fault("nok", "upload", errors=["CUI cumparator incorect", "[BR-RO-110]-<b>judet</b>"])
        self._upload()
        self._settle()
        self._archive()
        message = submission.message_id.with_context(lang="en_US")
        self.assertEqual(message.kind, "error")
        html = str(message._package_html())
        self.assertIn("The buyer&#39;s CUI is wrong.", html)
        self.assertIn("&lt;b&gt;judet&lt;/b&gt;", html)
        self.assertIn(submission.number, html)
        self.assertEqual(len(message._error_lines()), 2)

    def test_who_may_open(self):
        message = self._received().sudo(False)
        portal = new_test_user(self.env, "efactura_portal", groups="base.group_portal")
        auditor = new_test_user(
            self.env,
            "efactura_auditor",
            groups="account.group_account_readonly",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        for name in (
            "action_open_package",
            "action_package_pdf",
            "action_package_page",
            "action_download_xml",
            "action_download_seal",
            "action_download_certificate",
            "action_verify_seal",
        ):
            with self.assertRaises(AccessError):
                getattr(message.with_user(portal), name)()
        self.assertTrue(message.with_user(auditor).action_open_package())
        self._set(message, archive_state="listed")
        with self.assertRaises(UserError):
            message.with_user(auditor).action_open_package()
        self.assertEqual(self.sim.calls()["download"], 1, "an auditor looks, he fetches nothing")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPackageRoutes(PackageCase, HttpCase):
    def test_parts(self):
        message = self._received()
        self.authenticate("efactura_biller", "efactura_biller")
        base = f"/l10n_ro_efactura/package/{message.id}"
        for part, kind, start in (
            ("", "application/zip", b"PK"),
            ("/zip", "application/zip", b"PK"),
            ("/xml", "application/xml", b"<?xml"),
            ("/seal", "application/xml", b"<?xml"),
            ("/certificate", "application/x-pem-file", b"-----BEGIN"),
            ("/certificate?der=1", "application/pkix-cert", b"0\x82"),
            ("/pdf", "application/pdf", b"%PDF"),
        ):
            with self.subTest(part=part):
                answer = self.url_open(base + part)
                self.assertEqual((answer.status_code, answer.headers["Content-Type"].partition(";")[0]), (200, kind))
                self.assertTrue(answer.content.startswith(start))
                self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
                self.assertTrue(answer.headers["Content-Disposition"].startswith("attachment"))
        archive = self.url_open(base + "/zip")
        self.assertEqual(archive.content, message._package_bytes())
        self.assertIn(safe_name(message.number), archive.headers["Content-Disposition"], "named after the invoice")
        for part in ("/errors", "/unlink", "/__class__", "/page"):
            self.assertEqual(self.url_open(base + part).status_code, 404, part)

    def test_the_xml_is_downloaded_as_it_was_sealed(self):
        """The seal covers exact bytes: nothing is formatted, and a long attachment is not cut."""
        [record] = self.sim.generate_supplier_invoices(self.company.vat, 1, days=2)
        pdf = base64.b64encode(b"%PDF-" + b"0" * 40000)
        inside = (
            b"<cac:AdditionalDocumentReference><cbc:ID>A 1</cbc:ID><cac:Attachment>"
            b'<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="factura.pdf">%s'
            b"</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
            b"<cac:AccountingSupplierParty>"
        ) % pdf
        message = self._received(record.xml.replace(b"<cac:AccountingSupplierParty>", inside))
        self.authenticate("efactura_biller", "efactura_biller")
        base = f"/l10n_ro_efactura/package/{message.id}"
        downloaded = self.url_open(base + "/xml").content
        self.assertEqual(downloaded, read_package(message._package_bytes()).document)
        self.assertIn(pdf, downloaded)
        seal = etree.fromstring(self.url_open(base + "/seal").content)
        [digest] = seal.xpath("//*[local-name()='DigestValue']/text()")
        self.assertEqual(base64.b64encode(hashlib.sha256(downloaded).digest()).decode(), digest)

    def test_a_file_inside_the_xml(self):
        [record] = self.sim.generate_supplier_invoices(self.company.vat, 1, days=2)
        content = b"<script>alert(1)</script>"
        inside = (
            b"<cac:AdditionalDocumentReference><cbc:ID>A 1</cbc:ID><cac:Attachment>"
            b'<cbc:EmbeddedDocumentBinaryObject mimeCode="text/html" filename="../../x.html">%s'
            b"</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
            b"<cac:AccountingSupplierParty>"
        ) % base64.b64encode(content)
        message = self._received(record.xml.replace(b"<cac:AccountingSupplierParty>", inside))
        self.assertIn("attachment?n=0", str(message._package_html()))
        self.authenticate("efactura_biller", "efactura_biller")
        base = f"/l10n_ro_efactura/package/{message.id}/attachment?n="
        answer = self.url_open(base + "0")
        self.assertEqual((answer.content, answer.headers["Content-Type"]), (content, "application/octet-stream"))
        self.assertTrue(answer.headers["Content-Disposition"].startswith("attachment"))
        self.assertNotIn("..", answer.headers["Content-Disposition"])
        for wrong in ("1", "-1", "99999999999999999999", "x", ""):
            self.assertIn(self.url_open(base + wrong).status_code, (200, 404))

    def test_the_page_runs_nothing(self):
        message = self._received(self._hostile_xml())
        self.authenticate("efactura_biller", "efactura_biller")
        answer = self.url_open(f"/l10n_ro_efactura/package/{message.id}/view")
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(answer.text.startswith("<!DOCTYPE html>"))
        policy = answer.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertIn("sandbox", policy)
        self.assertNotIn("script", policy)
        self.assertEqual(answer.headers["X-Frame-Options"], "SAMEORIGIN")

    def test_nobody_else(self):
        message = self._received()
        other = self.env["res.company"].create({"name": "Other SRL"})
        new_test_user(
            self.env,
            "efactura_stranger",
            groups="account.group_account_manager",
            company_id=other.id,
            company_ids=other.ids,
        )
        new_test_user(self.env, "efactura_employee", groups="base.group_user")
        for login in ("efactura_stranger", "efactura_employee"):
            self.authenticate(login, login)
            for part in ("zip", "xml", "seal", "certificate", "pdf", "view", "errors"):
                with self.subTest(login=login, part=part):
                    answer = self.url_open(f"/l10n_ro_efactura/package/{message.id}/{part}")
                    self.assertEqual(answer.status_code, 404)
        self.assertEqual(self.sim.calls()["transform"], 0)
