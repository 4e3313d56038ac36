"""Does a text of an invoice name an order? Numbers are compared as people write them."""
import re

from odoo.addons.l10n_ro_efactura_abacus.models.codes.unit import normalized

_DATE = re.compile(r'\b(\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{1,2}-\d{1,2})\b')
_PARTS = re.compile(r'\d+|[^\W\d_]+')
#: digits that are enough to name an order alone
_LONG = 4


def parts(text):
    """Letters and numbers in their order, without leading zeros: ``'P00012/A'`` -> ``['p', '12', 'a']``."""
    found = _PARTS.findall(normalized(text).replace('/', ' ').replace('%', ' '))
    return [part.lstrip('0') or '0' if part.isdigit() else part for part in found]


def names(text, number):
    """``'Comanda nr. P 00012 / 12.03.2026'`` names ``'P00012'``; a short number of digits only has to stand alone."""
    wanted, there = parts(number), parts(text)
    if not wanted or not any(part.isdigit() for part in wanted):
        return False
    if len(wanted) == 1 and len(wanted[0]) < _LONG:
        return numbers(text) == wanted
    return any(there[start:start + len(wanted)] == wanted for start in range(len(there) - len(wanted) + 1))


def numbers(text):
    """The numbers of a text, its dates left out: ``'comanda 12 din 12.03.2026'`` -> ``['12']``."""
    return [part for part in parts(_DATE.sub(' ', text or '')) if part.isdigit()]


def last_number(number):
    """``'P00012'`` -> ``'12'``; '' where there is none."""
    return next((part for part in reversed(parts(number)) if part.isdigit()), '')
