"""A period's packages as one tree of files with an index: what an auditor is handed."""

import logging
import tempfile
import zipfile
from datetime import datetime

from odoo import api, models
from odoo.tools import split_every

from ..common.excel import Link, Workbook
from ..common.file_names import safe_name

_logger = logging.getLogger(__name__)
BATCH = 20  # messages whose packages are in memory at once
FOLDERS = {
    "received": "received",
    "sent": "sent",
    "error": "errors",
    "buyer_message": "buyer_messages",
    "other": "other",
}
WIDTHS = (11, 11, 14, 12, 34, 20, 12, 12, 12, 12, 9, 14, 14, 12, 12, 18, 60, 66, 50)


class EfacturaMessage(models.Model):
    _inherit = "l10n_ro_efactura.message"

    @api.private
    def _write_pack(self, file):
        """Write the packages of these messages to `file` (binary, open for writing) as a ZIP.

        `<month>/<kind>/<CIF>_<number>/`: the package as it came, its XML, a page to read; `index.xlsx` over all. What
        is not archived stands in the index only. Memory is bounded by a few packages, whatever the period.
        """
        with (
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack,
            tempfile.NamedTemporaryFile(suffix=".xlsx") as index,
        ):
            book, used = Workbook(index.name, constant_memory=True), set()
            sheet = book.add_sheet("SPV")
            sheet.widths(*WIDTHS)
            sheet.head(self._index_head())
            for ids in split_every(BATCH, self.ids):
                messages = self.browse(ids)
                for message in messages:
                    folder, remark = message._add_to_pack(pack, used)
                    sheet.add(message._index_row(folder, remark))
                messages.invalidate_recordset(flush=False)
            sheet.filter()
            book.close()
            pack.write(index.name, "index.xlsx")

    def _add_to_pack(self, pack, used):
        """``(folder, remark)`` of one message; the folder is '' where there is no package."""
        content = self._package_bytes() if self.archive_state != "listed" else b""
        if not content:
            return "", self.env._("Not downloaded") if self.archive_state == "listed" else self.env._("Gone at ANAF")
        folder, index = self._pack_folder(used), self.upload_index or self.anaf_id
        stored = zipfile.ZipInfo(f"{folder}/{index}.zip", max(self.listed_at, datetime(1980, 1, 1)).timetuple()[:6])
        pack.writestr(stored, content, zipfile.ZIP_STORED)
        package = self._open_zip(content)
        if not package:
            return folder, self.env._("The package cannot be read")
        if package.document:
            pack.writestr(f"{folder}/{index}.xml", package.document)
        try:
            page = self._package_document_page(package=package)
        except Exception:
            _logger.exception("The page of package %s could not be made", self.anaf_id)
            return folder, self.env._("The page to read could not be made")
        pack.writestr(f"{folder}/view.html", f"<!DOCTYPE html>\n{page}")
        return folder, ""

    def _pack_folder(self, used):
        day = self.issue_date or self.listed_at
        cif = self.buyer_cif if self.kind == "sent" else self.seller_cif
        name = safe_name("_".join(filter(None, (cif, self.number or self.upload_index or self.anaf_id))))
        folder = f"{day:%Y-%m}/{FOLDERS[self.kind]}/{name}"
        if folder.lower() in used:  # two documents with one number, or numbers that differ in signs only
            folder = f"{folder}_{safe_name(self.anaf_id)}"
        used.add(folder.lower())
        return folder

    # -- the index ------------------------------------------------------------------------------------------

    @api.model
    def _index_head(self):
        _ = self.env._
        return [
            _("SPV date"),
            _("Document date"),
            _("Type"),
            "CIF",
            _("Partner"),
            _("Number"),
            _("Due date"),
            _("Total without VAT"),
            _("VAT"),
            _("Total"),
            _("Currency"),
            _("Upload index"),
            _("Download index"),
            _("Archived on"),
            _("Seal"),
            _("Odoo document"),
            _("Folder"),
            _("SHA-256 of the package"),
            _("Remarks"),
        ]

    def _index_row(self, folder, remark):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        seals = dict(self._fields["seal_state"]._description_selection(self.env))
        return [
            self.listed_at,
            self.issue_date,
            kinds[self.kind],
            self.buyer_cif if self.kind == "sent" else self.seller_cif,
            self.partner_name or "",
            self.number,
            self.due_date,
            *(
                (amount if self.number else None)
                for amount in (self.amount_untaxed, self.amount_tax, self.amount_total)
            ),
            self.currency_id.name,
            self.upload_index,
            self.anaf_id,
            self.archived_at,
            seals[self.seal_state] if self.sha256 else "",
            self.sudo().move_id.display_name or "",
            folder and Link(f"external:{folder}/view.html", folder),
            self.sha256,
            " ".join(
                filter(
                    None,
                    (
                        remark,
                        self.seal_text if self.sha256 and self.seal_state != "valid" else "",
                        self.buyer_message,
                        "; ".join(self.error_texts or []),
                    ),
                )
            )[:2000],
        ]
