import base64
import io
from unittest.mock import patch

from lxml import etree
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileWriter

from ...models.document.account_move_pdf import UPLOAD_LIMIT
from .xml_common import XmlCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestXmlPdf(XmlCommon):
    """The PDF inside the XML, one choice of the company: shown, downloaded, attached and sent are the same bytes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        writer = PdfFileWriter()
        writer.add_blank_page(200, 200)
        buffer = io.BytesIO()
        writer.write(buffer)
        cls.pdf = buffer.getvalue()
        cls.company.l10n_ro_efactura_embed_pdf = True

    def _keep_pdf(self, move, content=None):
        self.env["ir.attachment"].create(
            {
                "name": "invoice.pdf",
                "raw": content or self.pdf,
                "mimetype": "application/pdf",
                "res_model": move._name,
                "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        move.invalidate_recordset()

    def _renderer(self, content=None):
        """wkhtmltopdf, which no test has: the renderer of invoices gives `content`."""
        send = self.env["account.move.send"]

        def prepare(this, invoices_data):
            for invoice, data in invoices_data.items():
                data["pdf_attachment_values"] = {
                    "name": "invoice.pdf",
                    "raw": content or self.pdf,
                    "mimetype": "application/pdf",
                    "res_model": invoice._name,
                    "res_id": invoice.id,
                    "res_field": "invoice_pdf_report_file",
                }

        self.startPatcher(patch.object(type(send), "_prepare_invoice_pdf_report", prepare))
        moves = type(self.env["account.move"])
        self.startPatcher(patch.object(moves, "_l10n_ro_efactura_can_render", lambda move: True))

    def _embedded(self, xml):
        return [
            base64.b64decode(text)
            for text in self._texts(
                etree.fromstring(xml), "/*/AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject"
            )
        ]

    def _upload(self, move):
        self.env["l10n_ro_efactura.submission"]._cron_upload()
        self.env.invalidate_all()
        return move.l10n_ro_efactura_submission_ids[:1]._xml_bytes()

    def _file(self, move):
        return self.env["l10n_ro_efactura.xml.file"].search([("move_id", "=", move.id)])

    def _core_send(self, move, **settings):
        self.env["account.move.send"]._generate_and_send_invoices(
            move, sending_methods=["manual"], extra_edis={"ro_edi"}, **settings
        )
        self.env.invalidate_all()
        return move.ubl_cii_xml_id.raw

    # -------------------------------------------------------------------------

    def test_off(self):
        self.company.l10n_ro_efactura_embed_pdf = False
        self._renderer()
        move = self._move()
        attached = self._core_send(move, invoice_edi_format="ciusro")
        self.assertTrue(move.invoice_pdf_report_id)
        self.assertEqual(self._embedded(attached), [])
        self.assertEqual(attached, self._upload(move))
        self.assertFalse(self._file(move).note)

    def test_every_path(self):
        """Core's Send attaches what the window shows and what the worker sends, for both kinds of document."""
        self._renderer()
        for move in (self._move(), self._reverse(self._move(name="FCT/2026/00043"))):
            with self.subTest(move.move_type):
                if move.state == "draft":
                    move.action_post()
                attached = self._core_send(move, invoice_edi_format="ciusro")
                self.assertEqual(self._embedded(attached), [self.pdf])
                window = self.env["l10n_ro_efactura.window"].browse(move.action_l10n_ro_efactura_window()["res_id"])
                window.action_generate()
                self.assertEqual(window.file_id._xml_bytes(), attached)
                self.assertEqual(self._upload(move), attached)
                self.assertEqual(self.env["account.edi.xml.ubl_ro"]._export_invoice(move)[0], attached)
                _xml, errors, findings = move._l10n_ro_efactura_checked_xml()
                self.assertEqual((errors, findings), ([], []))
                self.assertEqual(self._file(move).verdict, "pass")
                self.assertFalse(self._file(move).note)
                [name] = self._texts(etree.fromstring(attached), "//EmbeddedDocumentBinaryObject/@filename")
                self.assertEqual(name, f"{move.name.replace('/', '_')}.pdf")

    def test_anaf_takes_it(self):
        move = self._move(name="FCT/2026/00077")
        self._keep_pdf(move)
        move.action_l10n_ro_efactura_send()
        self.assertEqual(self._embedded(self._upload(move)), [self.pdf])
        self.sim.finish()
        self.env["l10n_ro_efactura.submission"]._cron_settle()
        self.env.invalidate_all()
        self.assertEqual(move.l10n_ro_efactura_state, "ok")

    def test_the_worker_makes_and_keeps_it(self):
        self._renderer()
        move = self._move()
        move.action_l10n_ro_efactura_send()
        self.assertFalse(move.invoice_pdf_report_id, "the click renders nothing")
        sent = self._upload(move)
        self.assertEqual(self._embedded(sent), [self.pdf])
        self.assertEqual(move.invoice_pdf_report_id.raw, self.pdf)
        self.assertFalse(move.is_move_sent, "to keep its PDF is not to send it to the customer")
        self.assertEqual(move._l10n_ro_efactura_build_xml()[0], sent)

    def test_without_a_renderer_it_goes_all_the_same(self):
        move = self._move()
        move.action_l10n_ro_efactura_send()
        self.assertEqual(self._embedded(self._upload(move)), [])
        self.assertEqual(move.l10n_ro_efactura_submission_ids.state, "processing")
        self.assertIn("could not be made", self._file(move).note)
        self.assertIn("could not be made", " ".join(move.message_ids.mapped("body")))
        window = self.env["l10n_ro_efactura.window"].browse(move.action_l10n_ro_efactura_window()["res_id"])
        window.action_generate()
        self.assertIn("could not be made", window.file_note)

    def test_a_failing_renderer_stops_nothing(self):
        self._renderer()
        self.startPatcher(
            patch.object(
                type(self.env["account.move"]), "_l10n_ro_efactura_render_pdf", side_effect=ValueError("no fonts")
            )
        )
        move = self._move()
        move.action_l10n_ro_efactura_send()
        with self.assertLogs("odoo.addons.l10n_ro_efactura_abacus.models.document.account_move_pdf", "ERROR"):
            sent = self._upload(move)
        self.assertEqual(self._embedded(sent), [])
        self.assertEqual(move.l10n_ro_efactura_submission_ids.state, "processing")

    def test_too_large(self):
        move = self._move()
        plain, errors = move._l10n_ro_efactura_build_xml()
        self.assertEqual(errors, [])
        room = UPLOAD_LIMIT - len(plain) - len(move._l10n_ro_efactura_pdf_node(b""))
        largest = self.pdf.ljust(room // 4 * 3, b"\n")
        self._keep_pdf(move, largest)
        xml, errors = move._l10n_ro_efactura_build_xml()
        self.assertEqual(
            (
                errors,
                self._embedded(etree.tostring(etree.fromstring(xml, etree.XMLParser(huge_tree=True)))) == [largest],
            ),
            ([], True),
        )
        self.assertTrue(UPLOAD_LIMIT - 4 < len(xml) <= UPLOAD_LIMIT)
        move.sudo().invoice_pdf_report_id.raw = largest + b"\n\n\n"
        move.invalidate_recordset()
        self.assertEqual(move._l10n_ro_efactura_build_xml(), (plain, []))
        self.assertIn("10 MB", move._l10n_ro_efactura_pdf_note(plain))

    def test_a_large_one_is_checked_and_shown(self):
        move = self._move()
        self._keep_pdf(move, self.pdf.ljust(3_000_000, b"\n"))
        window = self.env["l10n_ro_efactura.window"].browse(move.action_l10n_ro_efactura_window()["res_id"])
        window.action_generate()
        self.assertEqual(window.file_id.verdict, "pass")
        self.assertLess(len(window.xml_text), 20_000, "the screen does not show the file inside")

    def test_what_core_attached_follows_what_is_sent(self):
        """Data mended between Send and the worker: the attachment is not another document than ANAF's."""
        for strict in (False, True):
            with self.subTest(strict=strict):
                move = self._move(name=f"FCT/2026/{100 + strict}")
                self._keep_pdf(move)
                before = self._core_send(move, invoice_edi_format="ciusro")
                self.company.restrictive_audit_trail = strict
                self.customer.street = f"Strada Nouă {100 + strict}"
                sent = self._upload(move)
                self.assertNotEqual(sent, before)
                self.assertEqual(move.ubl_cii_xml_id.raw, sent)

    def test_without_connection(self):
        """A company that is not connected has the same document, with its PDF or without."""
        self._renderer()
        self.credential.sudo().active = False
        for embedded in (False, True):
            self.company.l10n_ro_efactura_embed_pdf = embedded
            move = self._move(name=f"FCT/2026/{200 + embedded}")
            attached = self._attached(move)
            self.assertEqual(attached, move._l10n_ro_efactura_build_xml()[0])
            self.assertEqual(self._embedded(attached), [self.pdf] * embedded)

    def test_odoos_own(self):
        """A company that chose Odoo's own XML has what Odoo makes of it, the PDF included."""
        self._renderer()
        self.company.write({"city": "SECTOR1", "l10n_ro_efactura_core_xml": True})
        self.assertEqual(self._embedded(self._attached(self._move())), [self.pdf])

    def _attached(self, move):
        self.env["account.move.send"]._generate_and_send_invoices(
            move, sending_methods=["manual"], invoice_edi_format="ciusro", extra_edis=set()
        )
        self.env.invalidate_all()
        return move.ubl_cii_xml_id.raw
