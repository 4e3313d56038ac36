from odoo import models

from ..package.package import safe_name


class AccountEdiXmlUblRo(models.AbstractModel):
    """The door of core's exporter: every path that asks core for a CIUS-RO file gets this addon's document."""

    _inherit = "account.edi.xml.ubl_ro"

    def _export_invoice(self, invoice):
        """Return (bytes, {error, ...}) of the e-Factura of `invoice`; the bytes are b'' where there are errors."""
        # OVERRIDE 'account_edi_ubl_cii'
        if self._name != "account.edi.xml.ubl_ro" or not invoice._l10n_ro_efactura_is_written_here():
            return super()._export_invoice(invoice)
        xml, errors = invoice._l10n_ro_efactura_build_xml()
        return xml, set(errors)

    def _l10n_ro_efactura_export_core(self, invoice):
        """Return (bytes, {error, ...}) of core's own e-Factura of `invoice`, for a company that switched it back."""
        return self._export_invoice(invoice)

    def _export_invoice_filename(self, invoice):
        """Return a name that every system takes, also where `invoice` has no number yet."""
        # OVERRIDE 'l10n_ro_edi'
        if not invoice._l10n_ro_efactura_is_written_here():
            return super()._export_invoice_filename(invoice)
        return f"{safe_name((invoice.name or '').replace('/', '_'))}_cius_ro.xml"
