from odoo import models
from odoo.exceptions import UserError

from ...anaf import cius
from .document_build import Build


class AccountMove(models.Model):
    """Build the XML of an invoice and check it against CIUS-RO before it is sent."""

    _inherit = "account.move"

    def _l10n_ro_efactura_is_written_here(self):
        """Return True where the XML is this addon's: of a Romanian company that did not choose Odoo's own."""
        return self.country_code == "RO" and not self.company_id.l10n_ro_efactura_core_xml

    def _l10n_ro_efactura_build_xml(self):
        """Build the CIUS-RO document, without any attachment being made; with its PDF, where that is wanted and kept.

        :return: (bytes, [error, ...]); the bytes are b'' when there are errors
        """
        self.ensure_one()
        try:
            if not self.company_id.l10n_ro_efactura_core_xml:
                build = Build(self)
                errors = [problem["text"] for problem in self._l10n_ro_efactura_problems(build)]
                xml, errors = (b"", errors) if errors else self._l10n_ro_efactura_write(build)
            else:
                xml, errors = self.env["account.edi.xml.ubl_ro"]._l10n_ro_efactura_export_core(self)
        except UserError as error:  # an invalid tax, for one: data to fix, not a crash
            return b"", [str(error)]
        return (b"", [str(error) for error in errors]) if errors else (self._l10n_ro_efactura_with_pdf(xml), [])

    def _l10n_ro_efactura_checked_xml(self, lang=None):
        """Build the document and judge it.

        :param lang: language of the findings, the user's otherwise
        :return: (bytes, [error, ...], [finding, ...]); the bytes are b'' when there are errors. A finding is a dict of
            rule, severity ('fatal' or 'warning'), bt, text, node, line, model, res_id, field
        """
        self.ensure_one()
        xml, errors = self._l10n_ro_efactura_build_xml()
        return xml, errors, [] if errors else self._l10n_ro_efactura_findings(xml, lang)

    def _l10n_ro_efactura_findings(self, xml, lang=None):
        """What the checker finds in `xml`, with the record of this invoice where each is mended."""
        findings = self.env["l10n_ro_efactura.xml.file"]._findings(xml, lang)
        if not self._l10n_ro_efactura_is_numbered():
            findings = [
                finding for finding in findings if finding["bt"] not in ("BT-1", "BT-2") and finding["rule"] != "XSD"
            ]
        for finding in findings:
            record, field = self._l10n_ro_efactura_finding_record(finding)
            finding.update(model=record._name, res_id=record.id, field=field)
        return findings

    def _l10n_ro_efactura_is_numbered(self):
        """Return True once number and date are assigned, which posting does."""
        return self.state == "posted" or bool(self.name and self.name != "/" and self.invoice_date)

    def _l10n_ro_efactura_finding_record(self, finding):
        """(record, field) to open for a finding: who is meant is told by the place, or by the business term."""
        term = cius.terms().get(finding["bt"]) or {}
        place = term.get("place") if finding["place"] == "document" else finding["place"]
        partners = {
            "seller": self._l10n_ro_efactura_seller(),
            "buyer": self._l10n_ro_efactura_buyer(),
            "agent": self._l10n_ro_efactura_representative(),
            "delivery": self._l10n_ro_efactura_delivery_address(),
        }
        model, field = finding["odoo"] or (term.get("model"), term.get("field"))
        if model == "res.partner" and partners.get(place):
            return partners[place], field
        if finding["line"]:
            lines = self.invoice_line_ids.filtered(
                lambda line: line.display_type == "product" and not line._l10n_ro_efactura_is_document_level()
            )
            line = lines[finding["line"] - 1 : finding["line"]]
            if model == "product.product" and line.product_id:
                return line.product_id, field
            if line:
                return line, field if model == line._name else ""
        return self, field if model == self._name else ""


def finding_text(finding):
    """A finding as one line: its sentence, then its term and its rule."""
    return f"{finding['text']} [{', '.join(filter(None, (finding['bt'], finding['rule'])))}]"
