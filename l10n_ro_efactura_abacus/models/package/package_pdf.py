"""A package's invoice as PDF: ANAF's own through its public service, else a rendering of ours, and which it is."""

import logging
import time

from odoo import api, models
from odoo.exceptions import UserError

from ...anaf import AnafClient, AnafError, Refused
from ..common.knobs import WAIT_SECONDS

_logger = logging.getLogger(__name__)
TRANSFORM_BYTES = 5 * 2**20  # what ANAF's transformare takes
PAUSE = 1.0  # seconds between two calls that ANAF's public host is used to
PAPER = {
    "data-report-margin-top": 12,
    "data-report-margin-bottom": 14,
    "data-report-header-spacing": 0,
    "data-report-dpi": 96,
}


class EfacturaMessage(models.Model):
    _inherit = "l10n_ro_efactura.message"

    @api.private
    def _package_pdf(self):
        """The invoice of this package as PDF.

        :return: ``(pdf, maker, why)``: maker ``anaf``, ``anaf_unchecked`` (made without ANAF's validation) or
            ``odoo`` (`why` ANAF made none); pdf is b'' where nothing here can print
        """
        self.ensure_one()
        package = self._open_zip()
        if not package or package.kind not in ("invoice", "credit_note"):
            raise UserError(self.env._("This package holds no invoice: ANAF makes a PDF of invoices only."))
        pdf, maker, why = self._official_pdf(package)
        if pdf:
            return pdf, maker, ""
        return self._own_pdf(why), "odoo", why

    @api.model
    def _official_pdf(self, package):
        """``(pdf, maker, '')``, or ``(b'', '', why)``. It needs no connection of ours, only the network.

        The firewall knows some texts and refuses them on one of the two ways only, and the rules of today may refuse
        what was accepted then: each way is tried once.
        """
        document = package.document
        if b"CrossIndustryInvoice" in document[:2000]:
            return b"", "", self.env._("ANAF makes a PDF of UBL documents only.")
        if len(document) > TRANSFORM_BYTES:
            return b"", "", self.env._("The document is larger than the 5 MB that ANAF's service takes.")
        endpoints = self.env["l10n_ro_efactura.credential"].sudo()._endpoints()
        client = AnafClient(endpoints, "prod", "public", deadline=WAIT_SECONDS)  # no token goes along
        client.observer = self.env["l10n_ro_efactura.call.log"]._observer(self.env.company, "none")
        standard = "FCN" if package.kind == "credit_note" else "FACT1"
        try:
            return client.render_pdf(document, standard), "anaf", ""
        except AnafError as error:
            first = error
        if isinstance(first, Refused) or first.code == "waf_block":
            time.sleep(PAUSE)
            try:
                return client.render_pdf(document, standard, skip_validation=True), "anaf_unchecked", ""
            except AnafError as error:
                _logger.info("No PDF of package %s from ANAF: %s", package.upload_index, error)
        if isinstance(first, Refused):
            return b"", "", self.env._("ANAF makes no PDF of it: %s", "; ".join(first.texts) or first.code)
        return b"", "", self.env._("ANAF's service gave no answer that can be used (%s).", first.code)

    def _own_pdf(self, why):
        """Our page printed by Odoo's report engine; b'' where this server has none."""
        reports = self.env["ir.actions.report"].sudo()
        if reports.get_wkhtmltopdf_state() in ("install", "broken"):
            return b""
        page = f"<!DOCTYPE html>\n{self._package_document_page(all_lines=True, warning=self._own_words(why))}"
        try:
            return reports._run_wkhtmltopdf([page], landscape=False, specific_paperformat_args=PAPER)
        except (UserError, OSError) as error:
            _logger.warning("The page of package %s could not be printed: %s", self.upload_index, error)
            return b""

    @api.private
    def _own_words(self, why):
        """Said above our rendering: it is not ANAF's, and why."""
        own = self.env._("This is not ANAF's PDF but this program's own rendering of the same XML.")
        return f"{own} {why}".strip()
