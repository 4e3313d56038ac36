"""A verification as an Excel file: a sheet for each section, the cards first."""
import io

import xlsxwriter
from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request

from ..models.common.rights import check_read_spv
from ..models.verification.verification import SECTIONS

COLUMNS = ('done', 'partner_name', 'number', 'date', 'currency_id', 'amount_tax', 'amount_total', 'amount_company',
           'vat_company', 'reason', 'in_spv', 'in_books', 'move_id')
WIDTHS = {'partner_name': 34, 'number': 20, 'date': 11, 'reason': 44, 'in_spv': 22, 'in_books': 22, 'move_id': 26,
          'done': 9, 'currency_id': 7}
SHEET_NAME = 31  # characters that Excel takes


class EfacturaVerificationFile(http.Controller):

    @http.route('/l10n_ro_efactura/verification/<int:verification_id>.xlsx', type='http', auth='user', methods=['GET'],
                readonly=True)
    def excel(self, verification_id):
        """The verification that the user may read."""
        verification = request.env['l10n_ro_efactura.verification'].browse(verification_id)
        try:
            check_read_spv(verification, 'read')
        except AccessError:
            raise request.not_found() from None
        if not verification.exists():
            raise request.not_found()
        return request.make_response(self._workbook(verification), headers=[
            ('Content-Type', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'),
            ('Content-Disposition', content_disposition(f'{verification.display_name}.xlsx'))])

    def _workbook(self, verification):
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {'in_memory': True, 'strings_to_formulas': False,
                                          'strings_to_urls': False}) as book:
            styles = {
                'title': book.add_format({'bold': True, 'font_size': 14}),
                'head': book.add_format({'bold': True, 'bg_color': '#DDE3EA', 'border': 1, 'text_wrap': True}),
                'date': book.add_format({'num_format': 'dd.mm.yyyy', 'align': 'left'}),
                'money': book.add_format({'num_format': '#,##0.00'}),
                'total': book.add_format({'num_format': '#,##0.00', 'bold': True, 'top': 1}),
                'bold': book.add_format({'bold': True}),
            }
            self._summary(book, verification, styles)
            labels = dict(verification.line_ids._fields['section']._description_selection(verification.env))
            by_section = verification.line_ids.grouped('section')
            for section, _label in SECTIONS:
                if lines := by_section.get(section):
                    self._section(book, labels[section], lines.sorted(), styles)
        return stream.getvalue()

    def _summary(self, book, verification, styles):
        _ = verification.env._
        sheet = book.add_worksheet(_("Verification")[:SHEET_NAME])
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 2, 18)
        sheet.write(0, 0, f'{verification.company_id.name} {verification.company_id.vat or ""}', styles['title'])
        sheet.write(1, 0, verification.display_name, styles['title'])
        verified = fields.Datetime.context_timestamp(verification, verification.verified_at)
        sheet.write(2, 0, _("Verified at %s", verified.strftime('%d.%m.%Y %H:%M')))
        for column, text in enumerate(('', _("Documents"), _("Lei"))):
            sheet.write(4, column, text, styles['head'])
        for row, (text, count, amount) in enumerate(verification._card_rows(), 5):
            sheet.write(row, 0, text)
            sheet.write_number(row, 1, count)
            if amount is not None:
                sheet.write_number(row, 2, amount, styles['money'])

    def _section(self, book, label, lines, styles):
        sheet = book.add_worksheet(''.join(sign for sign in label if sign not in '[]:*?/\\')[:SHEET_NAME])
        shown = lines.fields_get(COLUMNS, ['string', 'type'])
        for column, name in enumerate(COLUMNS):
            sheet.set_column(column, column, WIDTHS.get(name, 14))
            sheet.write(0, column, shown[name]['string'], styles['head'])
        for row, line in enumerate(lines, 1):
            for column, name in enumerate(COLUMNS):
                self._write(sheet, row, column, line[name], shown[name]['type'], styles)
        for name in ('amount_company', 'vat_company'):
            column = COLUMNS.index(name)
            sheet.write_number(len(lines) + 1, column, sum(lines.mapped(name)), styles['total'])
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(lines), len(COLUMNS) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _write(self, sheet, row, column, value, kind, styles):
        if kind == 'boolean':
            value = '✓' if value else ''
        if kind == 'monetary':
            sheet.write_number(row, column, value, styles['money'])
        elif kind == 'date' and value:
            sheet.write_datetime(row, column, fields.Datetime.to_datetime(value), styles['date'])
        elif kind == 'many2one':
            sheet.write_string(row, column, value.display_name or '')
        elif value:
            sheet.write_string(row, column, str(value))
