"""Import of e-Facturi that arrive as files: dropped, uploaded, by mail."""

import base64
import io
import zipfile

from odoo.exceptions import UserError
from odoo.tests import tagged

from .import_page import ImportPageCase, line, supplier_xml


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportUpload(ImportPageCase):
    def _upload(self, *files, model="l10n_ro_efactura.message", **context):
        attachments = (
            self.env["ir.attachment"]
            .with_user(self.biller)
            .create([{"name": name, "raw": content} for name, content in files])
        )
        action = (
            self.env[model]
            .with_user(self.biller)
            .with_context(**context)
            .create_document_from_attachment(attachments.ids)
        )
        return self.env[action["res_model"]].with_user(self.biller).browse(action.get("res_id")), attachments

    def test_dropped_xml(self):
        page, attachments = self._upload(("factura.xml", supplier_xml("X 1", line("Hârtie A4"))))
        self.assertFalse(attachments.exists())
        self._fill(page)
        page.action_import()
        self.assertEqual(page.move_id.ref, "X 1")
        self.assertIn("X 1.xml", page.move_id.attachment_ids.mapped("name"))

    def test_dropped_package(self):
        message = self._messages(supplier_xml("Z 1", line("Hârtie A4")))
        package = message._package_bytes()
        page, _attachments = self._upload(("4000.zip", package))
        self.assertEqual(page.message_id, message, "what is in SPV is paired with its message")
        self._fill(page)
        page.action_import()
        self.assertEqual(message.move_id, page.move_id)
        # one that SPV no longer has stays with its bill
        with io.BytesIO() as buffer:
            with zipfile.ZipFile(buffer, "w") as archive:
                archive.writestr("4200.xml", supplier_xml("Z 2", line("Hârtie A4")))
                archive.writestr("semnatura_4200.xml", b"<Signature/>")
            old = buffer.getvalue()
        page, _attachments = self._upload(("4200.zip", old))
        self.assertFalse(page.message_id)
        self._fill(page)
        page.action_import()
        kept = page.move_id.attachment_ids.filtered(lambda file: file.name == "4200.zip")
        self.assertEqual(base64.b64decode(kept.datas), old)

    def test_what_is_wrong_with_a_file_is_said_in_words(self):
        xml = supplier_xml("X 2", line("Hârtie A4"))
        for content, words in (
            (xml[: xml.index(b"<cac:InvoiceLine>")], "as a file that was cut"),
            (b"Bun ziua", "does not begin as an XML does"),
            (xml.replace(b"</cbc:ID>", b"</cbc:Id>", 1), "closed by another one, line "),
            (xml.replace("â".encode(), "â".encode("cp1250")), "not of the encoding that it declares"),
        ):
            with self.subTest(words=words):
                page, _attachments = self._upload(("factura.xml", content))
                self.assertIn(words, page.refusals[0]["text"])
        with self.assertRaisesRegex(UserError, "pachet.zip cannot be opened: it is damaged or cut$"):
            self._upload(("pachet.zip", self._messages(supplier_xml("X 3", line("A")))._package_bytes()[:300]))

    def test_dropped_zip_of_many(self):
        """XML files, and ANAF's packages, in one ZIP: what is no invoice is left out."""
        message = self._messages(supplier_xml("Q 1", line("Hârtie A4")))
        with io.BytesIO() as buffer:
            with zipfile.ZipFile(buffer, "w") as archive:
                archive.writestr("luna/2.xml", supplier_xml("Q 2", line("Hârtie A4")))
                archive.writestr("luna/3.xml", supplier_xml("Q 3", line("Hârtie A4")))
                archive.writestr("luna/4000.zip", message._package_bytes())
                archive.writestr("citeste.txt", b"nimic")
            content = buffer.getvalue()
        batch, _attachments = self._upload(("luna.zip", content))
        self.assertEqual(batch.import_ids.mapped("number"), ["Q 2", "Q 3", "Q 1"])
        self.assertEqual(batch.import_ids.mapped("message_id"), message)

    def test_thousands_of_lines(self):
        """They are made by the cron, with the answers given here."""
        message = self._messages(supplier_xml("B 1", *(line("Șurub", 1, "0.10", code=f"S{n}") for n in range(2001))))
        page = self._open(message)
        action = page.action_import()
        self.assertEqual((action["tag"], message.import_due, page.state), ("display_notification", "draft", "done"))
        self.assertFalse(message.move_id)

    def test_mail(self):
        """An e-Factura sent to the journal's address, or attached to a draft bill, is read by our importer."""
        for number, (name, content) in enumerate(
            (
                ("factura.xml", supplier_xml("E 0", line("Hârtie A4", 3, "0.13"))),
                ("4000.zip", self._messages(supplier_xml("E 1", line("Hârtie A4", 3, "0.13")))._package_bytes()),
            )
        ):
            with self.subTest(name):
                bill = (
                    self.env["account.move"]
                    .with_user(self.biller)
                    .create({"move_type": "in_invoice", "journal_id": self.journal.id})
                )
                attachment = (
                    self.env["ir.attachment"]
                    .with_user(self.biller)
                    .create({"name": name, "raw": content, "res_model": bill._name, "res_id": bill.id})
                )
                self.assertTrue(bill._extend_with_attachments(bill._to_files_data(attachment), new=True))
                self.assertEqual(
                    (bill.ref, bill.amount_total, str(bill.invoice_date)), (f"E {number}", 0.47, "2026-11-10")
                )
                self.assertTrue(bill.invoice_line_ids.l10n_ro_efactura_line_key)
                self.assertEqual(len(bill.attachment_ids.filtered(lambda file: file.name.endswith("xml"))), 1)
                self.assertEqual(bool(bill.l10n_ro_efactura_message_ids), bool(number))
                self.assertFalse(bill._extend_with_attachments(bill._to_files_data(attachment)), "it has lines")

    def test_dropped_rubbish(self):
        for content in (b"", b"%PDF-1.4", b"PK\3\4 nothing", b"<a/>", b"\xff\xfe<"):
            try:
                page, _attachments = self._upload(("x.zip", content))
            except UserError:
                continue
            self.assertEqual(page.state, "refused", content)
            self.assertTrue(page.note)

    def test_core_upload(self):
        """Odoo's own button and drop zone on bills: an e-Factura goes through our import, the rest through core."""
        page, _attachments = self._upload(
            ("factura.xml", supplier_xml("C 1", line("Hârtie A4"))),
            model="account.journal",
            default_journal_id=self.journal.id,
            default_move_type="in_invoice",
        )
        self.assertEqual((page._name, page.number), ("l10n_ro_efactura.import", "C 1"))
        self.assertEqual(page.journal_id, self.journal)
        moves, _attachments = self._upload(
            ("scan.pdf", b"%PDF-1.4"),
            model="account.journal",
            default_journal_id=self.journal.id,
            default_move_type="in_invoice",
        )
        self.assertEqual(moves._name, "account.move")
