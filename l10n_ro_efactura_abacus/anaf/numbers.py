"""Invoice numbers as people write them: is what somebody typed the number that the e-Factura carries?"""

import re
import unicodedata
from collections.abc import Iterator

#: what `compare_numbers` answers, best first
EXACT, SAME, PART, DIGITS, OTHER = "exact", "same", "part", "digits", ""
#: words before a number that are no series
_LABELS = {"FACTURA", "FACTURII", "FISCALA", "SERIA", "SERIE", "NR", "NUMAR", "NUMARUL", "NO"}
_TOKEN = re.compile(r"[A-Z]+|[0-9]+", re.ASCII)
#: the date that people write behind the number: "ABC 12 / 15.10.2026", "ABC 12 din 15.10.26"
_DATE = re.compile(
    r"^(.*[0-9].*?)(?:\s*/\s*|\s+DIN\s+|\s+)(?:\d{1,2}[./-]\d{1,2}[./-]20\d{2}|\d{1,2}\.\d{1,2}\.\d{2})\s*$",
    re.ASCII,
)
# Characters that are compared; no invoice number is longer (BR-RO-L155).
_LONGEST = 200
# Digits it takes to call two numbers partly the same where the rest of one is missing.
_FEWEST_DIGITS = 3


def number_key(text: object) -> str:
    """Return the last run of digits without leading zeros, at most four of them, or ``''``.

    Two ways of writing a number share it unless something stands behind the number. For looking up, not for deciding.
    """
    digits = next((token for token in reversed(_TOKEN.findall(_plain(text))) if token.isdigit()), "")
    return digits[-4:].lstrip("0")


def number_forms(text: object) -> set[str]:
    """Return the keys of which two texts must share one to be ``exact`` or ``same``: a set of texts.

    For finding the few numbers worth comparing among many.
    """
    runs = [_TOKEN.findall(reading) for reading in _readings(_plain(text))]
    return {"".join(_digits(run)).replace("0", "") or "0" if _digits(run) else "".join(run) for run in runs}


def compare_numbers(one: object, other: object) -> str:
    """Grade how far two texts are the same invoice number. Only ``exact`` and ``same`` are certain.

    :return: ``exact``: the same characters but for case, blanks, signs and diacritics.
        ``same``: but for leading zeros, labels, a date behind it, the series left out or something before the series.
        ``part``: the digits of one end with those of the other (``2026/0012`` and ``12``).
        ``digits``: the same digits with another series: perhaps another invoice. ``''``: none of these.
    """
    grades = {_grade(a, b) for a in _readings(_plain(one)) for b in _readings(_plain(other))}
    return next((grade for grade in (EXACT, SAME, PART, DIGITS) if grade in grades), OTHER)


def _plain(text: object) -> str:
    """Return the text in capitals without diacritics, cut to ``_LONGEST`` characters."""
    decomposed = unicodedata.normalize("NFKD", str(text or "")[:_LONGEST])
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).upper()


def _readings(plain: str) -> Iterator[str]:
    """Yield the text itself, and the text without the date behind it."""
    yield plain
    if dated := _DATE.match(plain):
        yield dated.group(1)


def _grade(first: str, second: str) -> str:
    """Grade two readings as :func:`compare_numbers` does."""
    one, two = _TOKEN.findall(first), _TOKEN.findall(second)
    if not one or not two:
        return OTHER
    if _same_run(one, two):
        return EXACT
    one, two = _unlabelled(one), _unlabelled(two)
    (series_one, rest_one), (series_two, rest_two) = _split(one), _split(two)
    if not rest_one or not rest_two:
        return SAME if one == two else OTHER
    glued = _same_run(_short(rest_one[:1]) + rest_one[1:], _short(rest_two[:1]) + rest_two[1:])
    if glued or _short(rest_one) == _short(rest_two):
        return SAME if _left_out(series_one, series_two) else DIGITS
    digits_one, digits_two = _digits(_short(one)), _digits(_short(two))
    if digits_one == digits_two:
        return DIGITS
    if series_one and series_two and not _left_out(series_one, series_two):
        return OTHER
    short, long = sorted((digits_one, digits_two), key=len)
    if len(short) < len(long) and long[-len(short) :] == short:
        return PART
    low, high = sorted(("".join(digits_one), "".join(digits_two)), key=len)
    return PART if _FEWEST_DIGITS <= len(low) < len(high) and high.endswith(low) else OTHER


def _unlabelled(tokens: list[str]) -> list[str]:
    """Drop the words before a number that are no series; keep all where nothing else is there."""
    return [token for token in tokens if token not in _LABELS] or tokens


def _short(tokens: list[str]) -> list[str]:
    """Return the tokens without leading zeros."""
    return [token.lstrip("0") or "0" if token.isdigit() else token for token in tokens]


def _split(tokens: list[str]) -> tuple[list[str], list[str]]:
    """Part tokens into the letters before the first digit (series, prefixes), and the rest."""
    start = next((place for place, token in enumerate(tokens) if token.isdigit()), len(tokens))
    return tokens[:start], tokens[start:]


def _digits(tokens: list[str]) -> list[str]:
    return [token for token in tokens if token.isdigit()]


def _same_run(one: list[str], two: list[str]) -> bool:
    """Tell whether two texts have the same characters in a row, where one may be glued but not cut elsewhere.

    20260012 is 2026-0012, and 1-23 is not 12-3.
    """
    if "".join(one) != "".join(two):
        return False
    cuts_one, cuts_two = _cuts(one), _cuts(two)
    return cuts_one <= cuts_two or cuts_two <= cuts_one


def _cuts(tokens: list[str]) -> set[int]:
    cuts: set[int] = set()
    place = 0
    for token in tokens:
        place += len(token)
        cuts.add(place)
    return cuts


def _left_out(one: list[str], two: list[str]) -> bool:
    """Tell whether the letters before the number are the same, missing in one, or only more in one."""
    short, long = sorted(("".join(one), "".join(two)), key=len)
    return not short or short == long or (long.endswith(short) and _same_end(one, two))


def _same_end(one: list[str], two: list[str]) -> bool:
    short, long = sorted((one, two), key=len)
    return len(short) < len(long) and long[-len(short) :] == short
