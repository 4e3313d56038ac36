"""Excel files: a workbook with our cell formats, and sheets that are written row by row."""

import json
from typing import NamedTuple

import xlsxwriter
from odoo import fields

# Options of xlsxwriter that keep every text a text, so that a supplier's text never becomes a formula or a link.
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# Cell formats by name.
FORMATS = {
    "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "bg_color": "#DDE3EA", "border": 1, "text_wrap": True, "valign": "vcenter"},
    "date": {"num_format": "dd.mm.yyyy", "align": "left"},
    "datetime": {"num_format": "dd.mm.yyyy hh:mm", "align": "left"},
    "monetary": {"num_format": "#,##0.00"},
    "total": {"num_format": "#,##0.00", "bold": True, "top": 1},
    "red": {"font_color": "#C00000", "bold": True},
    "link": {"font_color": "blue", "underline": 1},
}
# Characters of a sheet's name at most.
NAME_LENGTH = 31
# Characters of a cell at most; Excel takes 32 767.
TEXT_LENGTH = 32_000
# Rows whose links are kept, in each sheet; Excel takes 65 530 links.
LINKED_ROWS = 60_000


class Link(NamedTuple):
    """A cell that opens `url` and shows `text`."""

    url: str
    text: str


class Workbook(xlsxwriter.Workbook):
    """A workbook with our formats.

    :param target: a file name, or a binary stream
    :param constant_memory: True writes each row out when the next one begins; False makes no temporary files
    """

    def __init__(self, target, constant_memory=False):
        super().__init__(target, {**OPTIONS, "constant_memory": constant_memory, "in_memory": not constant_memory})
        self.styles = {name: self.add_format(values) for name, values in FORMATS.items()}

    def add_sheet(self, name):
        """Return a new :class:`Sheet`; characters that Excel forbids in `name` are left out."""
        plain = "".join(sign for sign in name if sign not in "[]:*?/\\")[:NAME_LENGTH]
        return Sheet(self.add_worksheet(plain), self.styles)


class Sheet:
    """A sheet that is written row by row; `row` is the next one, from 0."""

    def __init__(self, sheet, styles):
        self.sheet, self.styles = sheet, styles
        self.row = self._head_row = self._width = 0

    def widths(self, *widths):
        """Set the widths of the first columns, in characters."""
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def head(self, labels, height=None):
        """Write the row of titles, which stays in sight while scrolling; `filter` and `for_print` use it.

        :param height: of the row, in points
        """
        if height:
            self.sheet.set_row(self.row, height)
        self._head_row, self._width = self.row, len(labels)
        self.add(labels, ["head"] * len(labels))
        self.sheet.freeze_panes(self.row, 0)

    def add(self, values, styles=()):
        """Write one row.

        :param values: texts, numbers, dates, :class:`Link`; None, False and '' leave the cell empty
        :param styles: names of `FORMATS`; None takes the value's default (dates and floats have one)
        """
        for column, value in enumerate(values):
            style = styles[column] if column < len(styles) else None
            if value is not None and value is not False and value != "":
                self._write(column, value, style)
            elif style == "head":
                self.sheet.write_blank(self.row, column, None, self.styles[style])
        self.row += 1

    def _write(self, column, value, style):
        """Write one cell by the type of `value`; a Link after `LINKED_ROWS` becomes a text."""
        if isinstance(value, Link) and self.row < LINKED_ROWS:
            self.sheet.write_url(self.row, column, value.url, self.styles["link"], value.text)
        elif isinstance(value, Link):
            self.sheet.write_string(self.row, column, value.text)
        elif value is True:
            self.sheet.write_string(self.row, column, "✓")
        elif hasattr(value, "year"):
            self.sheet.write_datetime(self.row, column, value, self.styles[style or "date"])
        elif isinstance(value, (int, float)):
            style = style or ("monetary" if isinstance(value, float) else None)
            self.sheet.write_number(self.row, column, value, self.styles.get(style))
        else:
            self.sheet.write_string(self.row, column, str(value)[:TEXT_LENGTH], self.styles.get(style))

    def filter(self):
        """Add a filter over the rows from the titles to the last one written."""
        self.sheet.autofilter(self._head_row, 0, max(self.row - 1, self._head_row), max(self._width - 1, 0))

    def for_print(self):
        """Set up printing: landscape, one page wide, titles on every page."""
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(self._head_row)


def field_value(record, name, field):
    """Return the value of the field `name` as a cell shows it.

    :param field: the field's dict of `fields_get`, with 'type' and 'selection'
    """
    value, kind = record[name], field["type"]
    if kind == "selection":
        return dict(field["selection"]).get(value)
    if kind in ("many2one", "many2many", "one2many"):
        return ", ".join(value.mapped("display_name"))
    if kind == "datetime":
        return value and fields.Datetime.context_timestamp(record, value).replace(tzinfo=None)
    if kind == "json":
        return ", ".join(map(str, value)) if isinstance(value, list) else value and json.dumps(value)
    return value
