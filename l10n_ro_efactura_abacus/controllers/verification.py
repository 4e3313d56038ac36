"""A verification as an Excel file: the cards on the first sheet, then a sheet for each section."""

import io

from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request

from ..models.common.excel import Workbook, field_value
from ..models.common.rights import check_read_spv
from ..models.verification.verification import SECTIONS

# Fields of a verification's line that become columns, and the widths of some in characters.
COLUMNS = (
    "done",
    "partner_name",
    "number",
    "date",
    "currency_id",
    "amount_tax",
    "amount_total",
    "amount_company",
    "vat_company",
    "reason",
    "in_spv",
    "in_books",
    "move_id",
)
WIDTHS = {
    "partner_name": 34,
    "number": 20,
    "date": 11,
    "reason": 44,
    "in_spv": 22,
    "in_books": 22,
    "move_id": 26,
    "done": 9,
    "currency_id": 7,
}


class EfacturaVerificationFile(http.Controller):
    """Export of verifications."""

    @http.route(
        "/l10n_ro_efactura/verification/<int:verification_id>.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def excel(self, verification_id):
        """Return a verification as an Excel file; 404 without the right to read it."""
        verification = request.env["l10n_ro_efactura.verification"].browse(verification_id)
        try:
            check_read_spv(verification, "read")
        except AccessError:
            raise request.not_found() from None
        if not verification.exists():
            raise request.not_found()
        return request.make_response(
            self._workbook(verification),
            headers=[
                ("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                ("Content-Disposition", content_disposition(f"{verification.display_name}.xlsx")),
            ],
        )

    def _workbook(self, verification):
        stream = io.BytesIO()
        with Workbook(stream) as book:
            self._summary(book, verification)
            labels = dict(verification.line_ids._fields["section"]._description_selection(verification.env))
            by_section = verification.line_ids.grouped("section")
            for section, _label in SECTIONS:
                if lines := by_section.get(section):
                    self._section(book.add_sheet(labels[section]), lines.sorted())
        return stream.getvalue()

    def _summary(self, book, verification):
        _ = verification.env._
        sheet = book.add_sheet(_("Verification"))
        sheet.widths(44, 18, 18)
        sheet.add([f"{verification.company_id.name} {verification.company_id.vat or ''}"], ["title"])
        sheet.add([verification.display_name], ["title"])
        verified = fields.Datetime.context_timestamp(verification, verification.verified_at)
        sheet.add([_("Verified at %s", verified.strftime("%d.%m.%Y %H:%M"))])
        sheet.add([])
        sheet.add(["", _("Documents"), _("Lei")], ["head"] * 3)
        for text, count, amount in verification._card_rows():
            sheet.add([text, count, amount], [None, None, "monetary"])

    def _section(self, sheet, lines):
        shown = lines.fields_get(COLUMNS, ["string", "type", "selection"])
        sheet.widths(*(WIDTHS.get(name, 14) for name in COLUMNS))
        sheet.head([shown[name]["string"] for name in COLUMNS])
        for line in lines:
            sheet.add(
                [field_value(line, name, shown[name]) for name in COLUMNS],
                ["monetary" if shown[name]["type"] == "monetary" else None for name in COLUMNS],
            )
        sheet.filter()
        sheet.for_print()
        sums = {name: sum(lines.mapped(name)) for name in ("amount_company", "vat_company")}
        sheet.add([sums.get(name) for name in COLUMNS], ["total"] * len(COLUMNS))
