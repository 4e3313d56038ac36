"""The decoder of e-invoices that arrive by mail or are attached to a draft bill, in place of core's."""

import hashlib

from odoo import api, models

from ...anaf import PackageError, read_package
from ..common.rights import may_bill
from .proposal import Choice

# Core's `import_file_type` of the files that our importer decodes: CIUS-RO XML, ANAF's ZIP.
FILE_TYPES = ("account.edi.xml.ubl_ro", "l10n_ro_efactura.package")


class EfacturaMessage(models.Model):
    _inherit = "l10n_ro_efactura.message"

    @api.model
    @api.private
    def _holding(self, company, xml):
        """Return the received message of `company` whose package holds exactly the bytes `xml`."""
        return self.search(
            [
                ("document_sha256", "=", hashlib.sha256(xml).hexdigest()),
                ("company_id", "=", company.id),
                ("kind", "=", "received"),
            ],
            limit=1,
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _get_import_file_type(self, file_data):
        # EXTENDS 'account': ANAF's ZIP of an invoice
        raw = file_data["raw"] or b""
        if raw[:2] == b"PK" and file_data["name"].lower().endswith(".zip") and _document_in(raw):
            return "l10n_ro_efactura.package"
        return super()._get_import_file_type(file_data)

    def _get_edi_decoder(self, file_data, new=False):
        # EXTENDS 'account'
        decoder = super()._get_edi_decoder(file_data, new)
        ours = (
            file_data["import_file_type"] in FILE_TYPES
            and len(self) == 1
            and self.is_purchase_document(include_receipts=True)
            and self.company_id.account_fiscal_country_id.code == "RO"
            and may_bill(self.env)
        )
        return {"priority": 30, "decoder": type(self)._l10n_ro_efactura_decode} if ours else decoder

    def _l10n_ro_efactura_decode(self, file_data, new=False):  # noqa: ARG002  core's signature
        """Fill this draft with the e-invoice of `file_data`.

        :param dict file_data: core's description of the file
        :return: why it cannot be filled, translated, or None
        """
        if reason := self._reason_cannot_decode_has_invoice_lines():
            return reason
        xml = file_data["raw"]
        if xml[:2] == b"PK":
            xml = _document_in(xml)
        importer = self.env["l10n_ro_efactura.importer"].with_company(self.company_id)
        message = self.env["l10n_ro_efactura.message"]._holding(self.company_id, xml)
        [proposal] = importer._propose(self.company_id, [(xml, message)])
        if proposal.refusals:
            return "\n".join(refusal["text"] for refusal in proposal.refusals)
        proposal.bill = self
        proposal.journal = Choice(self.journal_id, "user")
        importer._create_bills([proposal])
        self._l10n_ro_efactura_drop_twin(file_data.get("attachment"))
        return None

    def _l10n_ro_efactura_drop_twin(self, attachment):
        """Delete `attachment` where the importer has attached the same bytes already."""
        if attachment:
            self.env["ir.attachment"].sudo().search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("id", "!=", attachment.id),
                    ("checksum", "=", attachment.sudo().checksum),
                ]
            ).unlink()


def _document_in(content):
    """Return the invoice XML in ANAF's ZIP, b'' where there is none."""
    try:
        package = read_package(content)
    except PackageError:
        return b""
    return package.document if package.kind in ("invoice", "credit_note") else b""
