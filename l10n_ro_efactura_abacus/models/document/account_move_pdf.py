"""The PDF inside the XML (BG-24), where the company wants it: the buyer finds the printed invoice in SPV."""

import base64
import logging
from xml.sax.saxutils import escape, quoteattr

from odoo import fields, models

from ..common.file_names import safe_name
from .texts import plain

_logger = logging.getLogger(__name__)
UPLOAD_LIMIT = 10_000_000  # bytes of one upload (ANAF: "Marime fisier transmis mai mare de 10 MB")
FOLLOWS = b"<cac:AccountingSupplierParty>"  # in UBL 2.1, of what our documents hold
EMBEDDED = b"<cbc:EmbeddedDocumentBinaryObject"


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_ro_efactura_embed_pdf = fields.Boolean(
        string="Embed the PDF in the XML",
        help="The printed invoice goes along inside the e-Factura. An invoice whose PDF cannot be made, or would make "
        "the file larger than the 10 MB that ANAF takes, goes without it, and says so.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_ro_efactura_embed_pdf = fields.Boolean(related="company_id.l10n_ro_efactura_embed_pdf", readonly=False)
    l10n_ro_efactura_no_renderer = fields.Boolean(compute="_compute_l10n_ro_efactura_no_renderer")

    def _compute_l10n_ro_efactura_no_renderer(self):
        self.l10n_ro_efactura_no_renderer = not self.env["account.move"]._l10n_ro_efactura_can_render()


class AccountMove(models.Model):
    """One PDF per posted invoice: the one Odoo keeps. Once it is there, the XML is the same bytes on every path."""

    _inherit = "account.move"

    def _l10n_ro_efactura_can_render(self):
        return self.env["ir.actions.report"].get_wkhtmltopdf_state() not in ("install", "broken")

    def _l10n_ro_efactura_pdf(self):
        """The kept PDF; b'' where there is none."""
        self.ensure_one()
        content = self.sudo().invoice_pdf_report_id.raw or b""
        return content if b"%PDF-" in content[:1024] else b""

    def _l10n_ro_efactura_make_pdf(self):
        """Make and keep the PDF where the XML is to hold it; a failure is logged and never stops the invoice."""
        for move in self:
            if (
                not move.company_id.l10n_ro_efactura_embed_pdf
                or move.state != "posted"
                or move.sudo().invoice_pdf_report_id
                or not self._l10n_ro_efactura_can_render()
            ):
                continue
            try:
                with self.env.cr.savepoint():
                    move._l10n_ro_efactura_render_pdf()
            except Exception:
                _logger.exception("The PDF of %s could not be made; its e-Factura goes without", move.name)

    def _l10n_ro_efactura_render_pdf(self):
        """Render as core's Send does and keep the result as the invoice's PDF. The invoice itself is not written."""
        send = self.env["account.move.send"]
        data = {"pdf_report": send._get_default_pdf_report_id(self)}
        send._prepare_invoice_pdf_report({self: data})
        send._hook_invoice_document_after_pdf_report_render(self, data)
        self.env["ir.attachment"].sudo().create(data["pdf_attachment_values"])
        self.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])

    def _l10n_ro_efactura_with_pdf(self, xml, pdf=None):
        """`xml` with the PDF in it, where the company wants it, it is there and ANAF takes so much.

        :param pdf: bytes of the PDF that will be kept; None: the one that is
        """
        self.ensure_one()
        if not self.company_id.l10n_ro_efactura_embed_pdf:
            return xml
        pdf = self._l10n_ro_efactura_pdf() if pdf is None else pdf
        place = xml.find(FOLLOWS)
        if not pdf or place < 0:
            return xml
        node = self._l10n_ro_efactura_pdf_node(pdf)
        return xml if len(xml) + len(node) > UPLOAD_LIMIT else b"%b%b%b" % (xml[:place], node, xml[place:])

    def _l10n_ro_efactura_pdf_node(self, pdf):
        """BG-24 as bytes: BT-122 the number, BT-123, BT-125 with its type and its file name (BR-RO-L211)."""
        number = plain(self.name)
        name = safe_name(number, "_", 190)
        return (
            (
                f"<cac:AdditionalDocumentReference><cbc:ID>{escape(number)}</cbc:ID>"
                "<cbc:DocumentDescription>Factura în format PDF</cbc:DocumentDescription>"
                '<cac:Attachment><cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" '
                f"filename={quoteattr(name + '.pdf')}>"
            ).encode()
            + base64.b64encode(pdf)
            + (b"</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>")
        )

    def _l10n_ro_efactura_pdf_note(self, xml):
        """Why `xml` is without the PDF that the company wants in it; '' where nothing is to be said."""
        self.ensure_one()
        if not self.company_id.l10n_ro_efactura_embed_pdf or EMBEDDED in xml:
            return ""
        if self._l10n_ro_efactura_pdf():
            return self.env._("Without the PDF: with it the file would be larger than the 10 MB that ANAF takes.")
        if self.state != "posted":
            return self.env._("Without the PDF: it is made when the invoice is posted.")
        return self.env._("Without the PDF: it could not be made here (wkhtmltopdf).")

    def _l10n_ro_efactura_align_core_file(self, xml):
        """The XML that Odoo's Send attached to the invoice becomes the one that goes to ANAF, where they differ."""
        attachment = self.sudo().ubl_cii_xml_id
        if not attachment or attachment.raw == xml or b"CIUS-RO" not in (attachment.raw or b"")[:2000]:
            return
        if self.company_id.restrictive_audit_trail:  # what was attached stays, under its name
            values = {
                "name": attachment.name,
                "raw": xml,
                "mimetype": "application/xml",
                "res_model": self._name,
                "res_id": self.id,
                "res_field": "ubl_cii_xml_file",
            }
            attachment.res_field = False
            attachment.create(values)
        else:
            attachment.raw = xml
        self.invalidate_recordset(["ubl_cii_xml_id", "ubl_cii_xml_file"])
