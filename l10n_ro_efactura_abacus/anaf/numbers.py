"""Invoice numbers as people write them: is what somebody typed the number that the e-Factura carries?"""

import re
import unicodedata

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
_LONGEST = 200
_FEWEST_DIGITS = 3  # that say something where the rest is missing


def number_key(text):
    """The last run of digits without leading zeros, at most four of them, or ``''``: what two ways of writing a number
    share unless something stands behind it. For looking up, not for deciding."""
    digits = next((token for token in reversed(_TOKEN.findall(_plain(text))) if token.isdigit()), "")
    return digits[-4:].lstrip("0")


def number_forms(text):
    """What two texts need to share to be the same number at all (``exact`` or ``same``): a set of keys, for finding
    the few worth comparing among many."""
    runs = [_TOKEN.findall(reading) for reading in _readings(_plain(text))]
    return {"".join(_digits(run)).replace("0", "") or "0" if _digits(run) else "".join(run) for run in runs}


def compare_numbers(one, other):
    """How far two texts are the same invoice number. Only ``exact`` and ``same`` are certain.

    :return: ``exact``: the same characters but for case, blanks, signs and diacritics.
        ``same``: but for leading zeros, labels, a date behind it, the series left out or something before the series.
        ``part``: the digits of one end with those of the other (``2026/0012`` and ``12``).
        ``digits``: the same digits with another series: perhaps another invoice. ``''``: none of these.
    """
    grades = {_grade(a, b) for a in _readings(_plain(one)) for b in _readings(_plain(other))}
    return next((grade for grade in (EXACT, SAME, PART, DIGITS) if grade in grades), OTHER)


def _plain(text):
    decomposed = unicodedata.normalize("NFKD", str(text or "")[:_LONGEST])
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).upper()


def _readings(plain):
    """The text itself, and without the date behind it."""
    yield plain
    if dated := _DATE.match(plain):
        yield dated.group(1)


def _grade(first, second):
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
    if len(short) < len(long) and long[-len(short):] == short:
        return PART
    low, high = sorted(("".join(digits_one), "".join(digits_two)), key=len)
    return PART if _FEWEST_DIGITS <= len(low) < len(high) and high.endswith(low) else OTHER


def _unlabelled(tokens):
    return [token for token in tokens if token not in _LABELS] or tokens


def _short(tokens):
    """Without leading zeros."""
    return [token.lstrip("0") or "0" if token.isdigit() else token for token in tokens]


def _split(tokens):
    """The letters before the first digit (series, prefixes), and the rest."""
    start = next((place for place, token in enumerate(tokens) if token.isdigit()), len(tokens))
    return tokens[:start], tokens[start:]


def _digits(tokens):
    return [token for token in tokens if token.isdigit()]


def _same_run(one, two):
    """The same characters in a row, where one may be glued but not cut elsewhere: 20260012 is 2026-0012, and 1-23 is
    not 12-3."""
    if "".join(one) != "".join(two):
        return False
    cuts_one, cuts_two = _cuts(one), _cuts(two)
    return cuts_one <= cuts_two or cuts_two <= cuts_one


def _cuts(tokens):
    cuts, place = set(), 0
    for token in tokens:
        place += len(token)
        cuts.add(place)
    return cuts


def _left_out(one, two):
    """Are the letters before the number the same, missing in one, or does one only have more before them?"""
    short, long = sorted(("".join(one), "".join(two)), key=len)
    return not short or short == long or (long.endswith(short) and _same_end(one, two))


def _same_end(one, two):
    short, long = sorted((one, two), key=len)
    return len(short) < len(long) and long[-len(short):] == short
