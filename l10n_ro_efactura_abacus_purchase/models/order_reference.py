"""Comparison of texts of an invoice with order numbers, as people write them."""

import re

from odoo.addons.l10n_ro_efactura_abacus.models.codes.unit import normalized

_DATE = re.compile(r"\b(\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{1,2}-\d{1,2})\b")
_PARTS = re.compile(r"\d+|[^\W\d_]+")
# Digits from which a plain number names an order anywhere in a text.
_LONG = 4


def parts(text):
    """Split into letters and numbers, without leading zeros: ``'P00012/A'`` -> ``['p', '12', 'a']``."""
    found = _PARTS.findall(normalized(text).replace("/", " ").replace("%", " "))
    return [part.lstrip("0") or "0" if part.isdigit() else part for part in found]


def names(text, number):
    """Return True where the text names the order: ``'Comanda nr. P 00012 / 12.03.2026'`` names ``'P00012'``.

    A short number of digits only has to stand alone.
    """
    wanted, there = parts(number), parts(text)
    if not wanted or not any(part.isdigit() for part in wanted):
        return False
    if len(wanted) == 1 and len(wanted[0]) < _LONG:
        return numbers(text) == wanted
    return any(there[start : start + len(wanted)] == wanted for start in range(len(there) - len(wanted) + 1))


def numbers(text):
    """Return the numbers of a text, without its dates: ``'comanda 12 din 12.03.2026'`` -> ``['12']``."""
    return [part for part in parts(_DATE.sub(" ", text or "")) if part.isdigit()]


def last_number(number):
    """Return the last number: ``'P00012'`` -> ``'12'``; '' where there is none."""
    return next((part for part in reversed(parts(number)) if part.isdigit()), "")
