"""The SPV list as an Excel file: the columns and the rows that the user sees."""
import io
import json

import xlsxwriter
from odoo import fields, http
from odoo.fields import Domain
from odoo.http import content_disposition, request

from ..models.common.rights import check_bill

BATCH = 1000
WIDTHS = {'date': 11, 'datetime': 16, 'monetary': 13, 'integer': 8, 'many2one': 26, 'boolean': 8}
WIDE = {'partner_name': 34, 'details': 60, 'number': 20, 'upload_index': 13, 'anaf_id': 13}


class EfacturaMessageList(http.Controller):

    @http.route('/l10n_ro_efactura/messages.xlsx', type='http', auth='user', methods=['POST'], readonly=True)
    def messages(self, data):
        """Every message of a filter that the user may read.

        :param data: JSON {domain, columns: [{name, label}], order: list, context}
        """
        asked = json.loads(data)
        check_bill(request.env['l10n_ro_efactura.message'])
        context = {**(asked.get('context') or {}), **request.env.context}
        messages = request.env['l10n_ro_efactura.message'].with_context(context)
        labels = {column['name']: column['label'] for column in asked['columns']}
        shown = messages.fields_get(list(labels), ['type', 'selection'])
        names = [name for name in labels if name in shown and shown[name]['type'] != 'binary']
        order = ', '.join(asked.get('order') or []) or None
        content = self._workbook(messages.search(Domain(asked['domain']), order=order), names, shown, labels)
        name = messages.env._("SPV messages %s.xlsx", fields.Date.context_today(messages))
        return request.make_response(content, headers=[
            ('Content-Type', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'),
            ('Content-Disposition', content_disposition(name))])

    def _workbook(self, messages, names, shown, labels):
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {'in_memory': True, 'strings_to_formulas': False, 'strings_to_urls': False,
                                          'constant_memory': True}) as book:
            styles = {
                'title': book.add_format({'bold': True, 'font_size': 14}),
                'head': book.add_format({'bold': True, 'bg_color': '#DDE3EA', 'border': 1, 'text_wrap': True,
                                         'valign': 'vcenter'}),
                'date': book.add_format({'num_format': 'dd.mm.yyyy', 'align': 'left'}),
                'datetime': book.add_format({'num_format': 'dd.mm.yyyy hh:mm', 'align': 'left'}),
                'monetary': book.add_format({'num_format': '#,##0.00'}),
                'red': book.add_format({'font_color': '#C00000', 'bold': True}),
            }
            sheet = book.add_worksheet('SPV')
            for column, name in enumerate(names):
                sheet.set_column(column, column, WIDE.get(name) or WIDTHS.get(shown[name]['type'], 14))
            companies = ', '.join(f'{company.name} ({company.vat or ""})' for company in messages.company_id)
            sheet.write(0, 0, f"{messages.env._('SPV messages')} {companies}", styles['title'])
            sheet.set_row(2, 30)
            for column, name in enumerate(names):
                sheet.write(2, column, str(labels[name]), styles['head'])
            line = 3
            for start in range(0, len(messages), BATCH):
                for message in messages[start:start + BATCH]:
                    for column, name in enumerate(names):
                        self._write(sheet, line, column, message, name, shown[name], styles)
                    line += 1
                messages.env.invalidate_all(flush=False)
            sheet.freeze_panes(3, 0)
            sheet.autofilter(2, 0, max(line - 1, 2), max(len(names) - 1, 0))
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(2)
        return stream.getvalue()

    def _write(self, sheet, line, column, message, name, field, styles):
        value, kind = message[name], field['type']
        if name == 'days_left' and (message.archive_state != 'listed' or not message.expires_on):
            return
        if kind == 'selection':
            value = dict(field['selection']).get(value)
        elif kind in ('many2one', 'many2many', 'one2many'):
            value = ', '.join(value.mapped('display_name'))
        elif kind == 'datetime':
            value = value and fields.Datetime.context_timestamp(message, value).replace(tzinfo=None)
        elif kind == 'boolean':
            value = '✓' if value else None
        elif kind == 'json':
            value = ', '.join(map(str, value)) if isinstance(value, list) else value and json.dumps(value)
        if value is False or value is None or value == '' or kind == 'monetary' and not message.number:
            return  # an amount that is not known yet is no zero
        if kind in ('date', 'datetime'):
            sheet.write_datetime(line, column, value, styles[kind])
        elif kind in ('monetary', 'integer', 'float'):
            sheet.write_number(line, column, value, styles.get(kind) if name != 'days_left' or value > 10
                               else styles['red'])
        else:
            sheet.write_string(line, column, str(value))
