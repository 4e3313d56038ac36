"""Names and addresses of the register of taxpayers: as a contact holds them, and whether two mean the same."""

import re
import unicodedata

from .registry import RegisteredAddress

# Ways to write a word of a name or an address: without diacritics, in capitals, to its short form ('' leaves it out).
_SHORT = {
    "STRADA": "",
    "STR": "",
    "NR": "",
    "NUMARUL": "",
    "NUMAR": "",
    "BULEVARDUL": "BD",
    "BLD": "BD",
    "BDUL": "BD",
    "BVD": "BD",
    "BLVD": "BD",
    "SOSEAUA": "SOS",
    "ALEEA": "AL",
    "SPLAIUL": "SPL",
    "INTRAREA": "INTR",
    "PRELUNGIREA": "PREL",
    "PIATA": "PTA",
    "CALEA": "CAL",
    "BLOC": "BL",
    "BLOCUL": "BL",
    "SCARA": "SC",
    "ETAJ": "ET",
    "ETAJUL": "ET",
    "APARTAMENT": "AP",
    "APARTAMENTUL": "AP",
    "CAMERA": "CAM",
    "JUDETUL": "JUD",
}
# What stands before the name of a place, and between a village and what it belongs to.
_PLACE = r"(?:SAT|COM(?:UNA)?|MUN(?:ICIPIUL)?|ORAS(?:UL)?|ORS|LOC(?:ALITATEA)?)(?:\.\s*|\s+)"
_BEFORE = re.compile(rf"^{_PLACE}", re.IGNORECASE)
_WITHIN = re.compile(rf"\s+({_PLACE})(.+)$", re.IGNORECASE)


def city_name(address: RegisteredAddress) -> str:
    """Return the name of the place: 'Iași' of 'Mun. Iași', 'București' of 'Sector 1 Mun. București'.

    A village keeps its commune where that has another name: 'Carani, com. Sânandrei'.
    """
    if address.county_code == "B":
        return "București"
    text = address.city
    plain = _plain(text)
    within = _WITHIN.search(plain)
    # `plain` has as many letters as the text, so that positions hold for both
    place = text[: within.start()] if within else text
    before = _BEFORE.match(_plain(place))
    place = place[before.end() :] if before else place
    owner = text[within.start(2) :] if within else ""
    if within and within[1].upper().startswith("COM") and not same_words(owner, place):
        return f"{place}, com. {owner}"
    return place


def street_lines(address: RegisteredAddress) -> tuple[str, str]:
    """Return street with number, and the rest (block, floor, room), e.g. ('Str. Elena Doamna 20-22', 'Biroul 28')."""
    street = " ".join(filter(None, [address.street, address.number]))
    if address.number and not address.street:
        street = f"Nr. {address.number}"
    return street, address.details


def same_name(ours: str, theirs: str) -> bool:
    """Tell whether two names mean the same firm: capitals, diacritics, dots and a "SC" in front do not count."""
    return _name(ours) == _name(theirs)


def same_words(ours: str, theirs: str) -> bool:
    """Tell whether two texts hold the same words in the same order, abbreviations and diacritics aside."""
    return _words(ours) == _words(theirs)


def same_street(ours: str, theirs: tuple[str, str]) -> bool:
    """Tell whether our street is the register's; what it says of block, floor and room may be missing in ours.

    :param ours: all our lines of the street
    :param theirs: of :func:`street_lines`
    """
    mine, street, rest = (_words(text) for text in (ours, *theirs))
    return mine[: len(street)] == street and set(mine[len(street) :]) <= set(rest)


def same_place(ours: str, theirs: str) -> bool:
    """Tell whether two names of a place mean the same; 'Mun. Iași' is 'IASI'."""
    return _words(_BEFORE.sub("", _plain(ours).strip())) == _words(theirs)


def _plain(text: str) -> str:
    """Return `text` without diacritics, letter for letter."""
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in unicodedata.normalize("NFC", text))


def _words(text: str) -> list[str]:
    words = re.findall(r"[A-Z]+|\d+", _plain(text).upper())
    return [short for word in words if (short := _SHORT.get(word, word))]


def _name(text: str) -> str:
    plain = re.sub(r"[.,'\"]", "", _plain(text).upper())
    return "".join(re.findall(r"[A-Z0-9&+]+", re.sub(r"^\s*S\s?C\s+|\s+S\s?C\s*$", "", plain)))
