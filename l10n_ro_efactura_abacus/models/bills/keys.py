"""Keys by which the lines of a supplier are recognised on the next invoice. No ORM."""

import re
from decimal import Decimal

from odoo.tools import remove_accents

from ..codes.unit import normalized

# Lines of a document above which it is booked as one line per VAT rate.
MOST_LINES = 5000
# Key of a bill line that stands for all lines of one VAT rate.
ALL = "all"
ZERO = Decimal(0)


# Parts of a name that change from month to month: dates, periods, years, months.
_DATED = re.compile(
    r"\b\d{1,2}[./-]\d{1,2}[./-](?:20)?\d{2}\b|\b\d{1,2}[./-]20[1-4]\d\b|\b20[1-4]\d(?:[./-]\d{1,2}){0,2}\b|"
    r"\bluna mai\b|"
    r"\b(?:ianuarie|februarie|martie|aprilie|iunie|iulie|august|septembrie|octombrie|noiembrie|decembrie)\b"
)


def lasting(name):
    """Normalize a line's name, without dates and months: ``'Chirie octombrie 2026'`` -> ``'chirie'``."""
    return normalized(_DATED.sub(" ", remove_accents(name or "").lower()))


def vat_of(part):
    """Return (category, rate) of a line, allowance or subtotal; a rate without a category counts as S."""
    rate = part.rate or ZERO
    return part.category or ("S" if rate else "O"), rate


def line_key(category, rate, line):
    """Build the key of a line: its VAT, then the supplier's code, or else its name and unit.

    A code of one or two digits is mostly the position in the table and is ignored, as are dates and months in the name.

    :return: text, see `split_key`
    """
    code = normalized(line.seller_code)
    if len(code) > 2 or (code and not code.isdigit()):
        what = f"code:{code}"
    else:
        what = f"name:{lasting(line.name or line.description)[:200]}|{line.unit_code}"
    return vat_key(category, rate, what, line.unit_code)


def vat_key(category, rate, what, unit=""):
    return f"{category}:{(rate or ZERO).normalize():f}:{unit}:{what}"


def charge_key(charge):
    """Build the key of a document-level allowance or charge: its VAT and reason."""
    return f"{'charge' if charge.is_charge else 'discount'}:{normalized(charge.reason or charge.reason_code)[:200]}"


def line_keys(document):
    """Return the set of keys, without VAT, under which line.map may know the lines of a document."""
    if document is None:
        return set()
    if len(document.lines) > MOST_LINES:
        keys = {ALL}
    else:
        keys = {split_key(line_key(*vat_of(line), line))[3] for line in document.lines}
    return keys | {charge_key(charge) for charge in document.allowances}


def split_key(key):
    """Split a key: ``'S:21:H87:code:abc'`` -> ``('S', 21.0, 'H87', 'code:abc')``."""
    category, rate, unit, what = key.split(":", 3)
    return category, round(float(rate), 2), unit, what
