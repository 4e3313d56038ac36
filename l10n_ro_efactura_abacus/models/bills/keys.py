"""What a supplier's line is recognised by, and the parts of that. No ORM."""
import re
from decimal import Decimal

from odoo.tools import remove_accents

from ..codes.unit import normalized

#: more lines than these are booked as one line per VAT rate, the XML beside them
MOST_LINES = 5000
ALL = 'all'  # the key of a line that stands for all of one rate
ZERO = Decimal(0)


#: what changes from month to month in the name of the same service: dates, periods, years, months
_DATED = re.compile(
    r'\b\d{1,2}[./-]\d{1,2}[./-](?:20)?\d{2}\b|\b\d{1,2}[./-]20[1-4]\d\b|\b20[1-4]\d(?:[./-]\d{1,2}){0,2}\b|'
    r'\bluna mai\b|'
    r'\b(?:ianuarie|februarie|martie|aprilie|iunie|iulie|august|septembrie|octombrie|noiembrie|decembrie)\b')


def lasting(name):
    """A line's name without what is only about its month: ``'Chirie octombrie 2026'`` -> ``'chirie'``."""
    return normalized(_DATED.sub(' ', remove_accents(name or '').lower()))


def vat_of(part):
    """(category, rate) of a line, allowance or subtotal; a rate without a category is S."""
    rate = part.rate or ZERO
    return part.category or ('S' if rate else 'O'), rate


def line_key(category, rate, line):
    """What the learning recognises a line by: its VAT, and the supplier's code or else its name and unit.

    A code of one or two digits is mostly the line's place in the table: it names nothing. Dates and months in a name
    do not count. The unit is told beside.
    """
    code = normalized(line.seller_code)
    if len(code) > 2 or (code and not code.isdigit()):
        what = f'code:{code}'
    else:
        what = f'name:{lasting(line.name or line.description)[:200]}|{line.unit_code}'
    return vat_key(category, rate, what, line.unit_code)


def vat_key(category, rate, what, unit=''):
    return f'{category}:{(rate or ZERO).normalize():f}:{unit}:{what}'


def charge_key(charge):
    """The same for an allowance or charge of the whole document: by its reason."""
    return f'{"charge" if charge.is_charge else "discount"}:{normalized(charge.reason or charge.reason_code)[:200]}'


def line_keys(document):
    """What of line.map the lines of a document may find, without their VAT."""
    if document is None:
        return set()
    if len(document.lines) > MOST_LINES:
        keys = {ALL}
    else:
        keys = {split_key(line_key(*vat_of(line), line))[3] for line in document.lines}
    return keys | {charge_key(charge) for charge in document.allowances}


def split_key(key):
    """``'S:21:H87:code:abc'`` -> ``('S', 21.0, 'H87', 'code:abc')``"""
    category, rate, unit, what = key.split(':', 3)
    return category, round(float(rate), 2), unit, what
