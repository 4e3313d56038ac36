"""What a package holds, for people: opened, shown, downloaded. The bytes themselves are never changed."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...anaf import PackageError, UblError, explain, formatted, read_document, read_package
from ..calls.lane import lanes
from ..common.anaf_words import error_words, in_words
from ..common.file_names import safe_name
from ..common.rights import check_read_spv, may_bill

_logger = logging.getLogger(__name__)
FORMATTED_BYTES = 1_000_000  # shown on the form; a larger document is downloaded
RAW_SHOWN = 20_000  # characters of what is no document


class EfacturaMessage(models.Model):
    _inherit = "l10n_ro_efactura.message"

    package_page = fields.Char(string="To Look At", compute="_compute_package_page")
    package_xml = fields.Text(string="XML", compute="_compute_package_xml")
    package_kind = fields.Char(compute="_compute_package_page")

    # -- opening --------------------------------------------------------------------------------------------

    @api.private
    def _open_zip(self, content=None):
        """The :class:`anaf.Package` of this message, or None: not here, no ZIP, or of another index.

        :param content: the ZIP, where it was read already
        """
        self.ensure_one()
        try:
            package = read_package(content or self._package_bytes())
        except PackageError:
            return None
        if self.upload_index and package.upload_index not in (None, self.upload_index):
            return None
        return package

    @api.private
    def _document_bytes(self):
        """The exact bytes of the sealed file: the invoice, ANAF's errors or a buyer's message; b'' where none is."""
        package = self._open_zip()
        return package.document if package else b""

    @api.private
    def _attachment(self, position):
        """``(name, content)`` of a file inside the XML (BG-24), as the sender put it there; ('', b'') for none."""
        try:
            item = read_document(self._document_bytes()).attachments[position]
        except (UblError, IndexError):
            return "", b""
        return safe_name(item.name or item.description), item.content

    @api.private
    def _seal_bytes(self):
        """The exact bytes of the seal, or b''."""
        package = self._open_zip()
        return package and package.seal or b""

    def action_open_package(self):
        """Open the package; one that is not here yet is downloaded now, in the guarded way of the archive."""
        self.ensure_one()
        check_read_spv(self, "read")
        if self.archive_state == "listed":
            self._download_now()
        if self.archive_state == "gone":
            raise UserError(
                self.env._(
                    "ANAF no longer has this package (it keeps one for 60 days), and it was never "
                    "downloaded here. ANAF said: %s",
                    self.last_error or "?",
                )
            )
        self.sudo()._on_opened()
        return self._get_records_action(name=self.number or self.upload_index or self.anaf_id, context={})

    @api.private
    def _on_opened(self):
        """Called when a user opens packages. A hook."""

    def _download_now(self):
        """Download this package for the user who waits; UserError says why it is not here."""
        if not may_bill(self.env):
            raise UserError(self.env._("ANAF's package is not here yet."))
        message = self.sudo()
        for lane in lanes(message.env, [(message.company_id.id, message.environment)]):
            if not lane.is_open():
                held = lane.hold()
                raise UserError(held and held[1] or self.env._("ANAF cannot be used now."))
            message._archive_now(lane)
            break
        else:
            raise UserError(self.env._("%s is not connected to ANAF, or has no CIF.", message.company_id.name))
        self.invalidate_recordset()
        if self.archive_state == "listed":
            again = self.next_attempt_at
            raise UserError(
                "\n".join(
                    filter(
                        None,
                        [
                            self.env._("ANAF's package is not here yet."),
                            in_words(self.env, self.last_error, self.last_error_code),
                            again
                            and self.env._("It is asked for again by itself at %s.", format_datetime(self.env, again)),
                        ],
                    )
                )
            )

    # -- for the form ---------------------------------------------------------------------------------------

    @api.depends("archive_state", "kind")
    def _compute_package_page(self):
        for message in self:
            here = message.archive_state == "archived"
            message.package_page = here and f"/l10n_ro_efactura/package/{message.id}/view"
            message.package_kind = here and ("document" if message.kind in ("sent", "received") else message.kind)

    @api.depends("sha256")
    def _compute_package_xml(self):
        for message in self:
            document = message._document_bytes()
            if len(document) > FORMATTED_BYTES:
                message.package_xml = self.env._("The document is too large to be shown here: download it.")
            else:
                message.package_xml = document and formatted(document)

    @api.private
    def _package_name(self):
        """What files of this package are called, without an ending: number and index, safe everywhere."""
        self.ensure_one()
        return safe_name(f"{self.number or self.kind}_{self.upload_index or self.anaf_id}")

    # -- buttons --------------------------------------------------------------------------------------------

    def action_package_page(self):
        """The page in a window of its own, to print."""
        return self._part_action("view", "new")

    def action_package_pdf(self):
        """ANAF's PDF, or ours where ANAF makes none (it says so)."""
        return self._part_action("pdf", "new")

    def action_download_xml(self):
        """The XML, formatted for reading."""
        return self._part_action("xml")

    def action_download_seal(self):
        """The seal as it came."""
        return self._part_action("seal")

    def action_download_certificate(self):
        """The certificate of the seal, as text (PEM)."""
        return self._part_action("certificate")

    def action_download_certificate_der(self):
        """The certificate of the seal, as Windows opens it (DER)."""
        return self._part_action("certificate?der=1")

    def _part_action(self, part, target="download"):
        check_read_spv(self, "read")
        self.ensure_one()
        return {"type": "ir.actions.act_url", "target": target, "url": f"/l10n_ro_efactura/package/{self.id}/{part}"}

    # -- the page -------------------------------------------------------------------------------------------

    @api.private
    def _package_html(self, all_lines=False, package=None):
        """What the package holds as HTML to look at (Markup): an invoice, ANAF's errors, a message, or why nothing.

        :param package: where it is opened already
        """
        self.ensure_one()
        package = package or self._open_zip()
        if not package:
            return self._unknown_html(
                self.env._("The package is not here.")
                if not self.sha256
                else self.env._("The package cannot be read (%s). It is kept as it came.", self.last_error or "?")
            )
        if package.kind == "errors":
            return self._errors_html(package)
        if package.kind == "buyer_message":
            return self._buyer_message_html(package)
        if package.kind in ("invoice", "credit_note"):
            try:
                document = read_document(package.document)
                return self._readable_html(document, self, all_lines)
            except UblError:
                return self._unknown_html(
                    self.env._("This document is not UBL: it can only be read as XML."), package.document
                )
            except Exception:  # whatever a sender wrote, the rest of the form is there
                _logger.exception("The page of package %s could not be made", self.anaf_id)
                return self._unknown_html(self.env._("This document can only be read as XML."), package.document)
        return self._unknown_html(
            self.env._("ANAF sealed something that this program does not know."), package.document
        )

    @api.private
    def _error_lines(self):
        """ANAF's texts of an errors package, each after what it means."""
        package = self._open_zip()
        return [
            "\n".join(filter(None, (error["plain"], error["where"], error["text"])))
            for error in self._explained(package.errors if package else [])
        ]

    @api.model
    def _explained(self, texts):
        words = error_words(self.env)
        for text in texts:
            found = explain(text)
            yield {
                "plain": words.get(found.code, ""),
                "text": text,
                "where": " · ".join(filter(None, (found.rule, found.bt))),
            }

    def _errors_html(self, package):
        return self._page_part(
            "errors",
            errors=list(self._explained(package.errors)),
            facts=self._with_values(
                [
                    (self.env._("Upload index"), package.upload_index),
                    (self.env._("Document"), self.submission_id.sudo().number),
                ]
            ),
        )

    def _buyer_message_html(self, package):
        answered = self._answered_moves()
        return self._page_part(
            "buyer_message",
            text=package.message,
            facts=self._with_values(
                [
                    (self.env._("Upload index of the invoice"), package.answered_index),
                    (self.env._("Document"), ", ".join(answered.sudo().mapped("display_name"))),
                    (self.env._("SPV date"), self.listed_at and format_datetime(self.env, self.listed_at)),
                ]
            ),
        )

    def _unknown_html(self, why, document=b""):
        text = ""
        if document and len(document) <= FORMATTED_BYTES:
            text = formatted(document)[:RAW_SHOWN]
        return self._page_part("unknown", why=why, text=text)

    def _page_part(self, what, **values):
        return self.env["ir.qweb"]._render(
            f"l10n_ro_efactura_abacus.readable_{what}",
            {"seal": self.sha256 and self._seal_words(), "is_test": self.environment == "test", **values},
        )

    @api.private
    def _package_document_page(self, all_lines=False, warning="", package=None):
        """A whole HTML page, which prints well and needs nothing from outside.

        :param warning: a sentence above all, e.g. why this is not ANAF's own rendering
        """
        return self.env["ir.qweb"]._render(
            "l10n_ro_efactura_abacus.package_page",
            {
                "lang": (self.env.lang or "en").replace("_", "-"),
                "page_title": self._package_name(),
                "content": self._package_html(all_lines, package),
                "warning": warning,
                "sha256": self.sha256,
                "package_name": f"{self._package_name()}.zip",
            },
        )
