"""Romanian identifiers: CIF/CUI of a company, CNP of a person. CIFs compare by digits."""

import re
from functools import lru_cache

from stdnum.ro import cnp, cui

#: What a B2C invoice carries when the buyer gives no CNP (OUG 138/2024).
NO_CNP = "0" * 13

_CIF = re.compile(r"(?:RO)?(\d+)", re.ASCII)


def cif_digits(text: object) -> str:
    """Return the digits of a CIF: ``'RO 123 '`` gives ``'123'``.

    ``''`` when the text is no Romanian CIF (a foreign VAT number, a name).
    """
    squeezed = re.sub(r"[\s.\-]+", "", str(text or "")).upper()
    match = _CIF.fullmatch(squeezed)
    return match.group(1) if match else ""


def valid_cui(text: object) -> bool:
    """Tell whether the control digit of a CUI holds (2 to 10 digits, with or without RO)."""
    digits = cif_digits(text)
    return bool(digits) and _control_digit_holds(digits)


@lru_cache(maxsize=4096)  # a batch of invoices asks for the same few again and again
def _control_digit_holds(digits: str) -> bool:
    return bool(cui.is_valid(digits))


def valid_cnp(text: object) -> bool:
    """Tell whether the control digit of a CNP holds (13 digits)."""
    return bool(cnp.is_valid(str(text or "").strip()))


def same_cif(a: object, b: object) -> bool:
    """Tell whether two texts name the same CIF. Two empty ones do not."""
    first, second = cif_digits(a), cif_digits(b)
    return bool(first and second) and (first.lstrip("0") or first) == (second.lstrip("0") or second)
