"""The SPV list as an Excel file, with the columns and rows that the user sees."""

import io
import json

from odoo import fields, http
from odoo.fields import Domain
from odoo.http import content_disposition, request

from ..models.common.excel import Workbook, field_value
from ..models.common.rights import check_bill

# Messages read at once.
BATCH = 1000
# Column widths in characters, by type of field, and by name where the type's width does not do.
WIDTHS = {"date": 11, "datetime": 16, "monetary": 13, "integer": 8, "many2one": 26, "boolean": 8}
WIDE = {"partner_name": 34, "details": 60, "number": 20, "upload_index": 13, "anaf_id": 13}


class EfacturaMessageList(http.Controller):
    """Export of SPV messages."""

    @http.route("/l10n_ro_efactura/messages.xlsx", type="http", auth="user", methods=["POST"], readonly=True)
    def messages(self, data):
        """Return the messages of a filter that the user may read, as an Excel file.

        :param data: JSON {domain, columns: [{name, label}], order: list, context}
        """
        asked = json.loads(data)
        check_bill(request.env["l10n_ro_efactura.message"])
        context = {**(asked.get("context") or {}), **request.env.context}
        messages = request.env["l10n_ro_efactura.message"].with_context(context)
        labels = {column["name"]: column["label"] for column in asked["columns"]}
        shown = messages.fields_get(list(labels), ["type", "selection"])
        names = [name for name in labels if name in shown and shown[name]["type"] != "binary"]
        order = ", ".join(asked.get("order") or []) or None
        content = self._workbook(messages.search(Domain(asked["domain"]), order=order), names, shown, labels)
        name = messages.env._("SPV messages %s.xlsx", fields.Date.context_today(messages))
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                ("Content-Disposition", content_disposition(name)),
            ],
        )

    def _workbook(self, messages, names, shown, labels):
        """Return the workbook as bytes.

        :param names: [field name] of the columns
        :param shown: {field name: dict of `fields_get`}
        :param labels: {field name: title}
        """
        stream = io.BytesIO()
        with Workbook(stream) as book:
            sheet = book.add_sheet("SPV")
            sheet.widths(*(WIDE.get(name) or WIDTHS.get(shown[name]["type"], 14) for name in names))
            companies = ", ".join(f"{company.name} ({company.vat or ''})" for company in messages.company_id)
            sheet.add([f"{messages.env._('SPV messages')} {companies}"], ["title"])
            sheet.add([])
            sheet.head([str(labels[name]) for name in names], height=30)
            for start in range(0, len(messages), BATCH):
                for message in messages[start : start + BATCH]:
                    cells = [self._cell(message, name, shown[name]) for name in names]
                    sheet.add([value for value, _style in cells], [style for _value, style in cells])
                messages.env.invalidate_all(flush=False)
            sheet.filter()
            sheet.for_print()
        return stream.getvalue()

    def _cell(self, message, name, field):
        """Return (value, style) of one field; an amount that is not known yet stays empty."""
        kind = field["type"]
        if (
            name == "days_left"
            and (message.archive_state != "listed" or not message.expires_on)
            or kind == "monetary"
            and not message.number
        ):
            return None, None
        value = field_value(message, name, field)
        if name == "days_left" and value <= 10:
            return value, "red"
        return value, kind if kind in ("date", "datetime", "monetary") else None
