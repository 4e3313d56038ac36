"""What ANAF's rejection texts are about: stable codes the models translate (anaf-api.md §3.5, §5.2, §7)."""

import re
from dataclasses import dataclass

from .cius.words import term_of, terms

_RULE = re.compile(
    r"\b(BR-RO-[A-Z]*\d+(?:[_-]\w+)?|BR-DEC-RO-\d+"
    r"|BR-DEC-\d+|BR-[A-Z]{1,3}-\d+|BR-\d+|UBL-[A-Z]{2}-\d+|R\d\.\d+)\b"
)
_BT = re.compile(r"\b(B[TG]-\d{1,3})\b")


@dataclass(frozen=True)
class Explanation:
    """What a text is about; None where it does not say.

    :ivar code: stable hint, :ivar rule: e.g. BR-RO-110, :ivar bt: business term or group
    :ivar field: seller, buyer, number, currency, street, city, county, tax, totals, text, lines, dates
    """

    code: str | None = None
    rule: str | None = None
    bt: str | None = None
    field: str | None = None


#: sentences: (pattern, code, bt, field)
_TEXTS: list[tuple[re.Pattern[str], str, str | None, str | None]] = [
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), code, bt, field)
    for pattern, code, bt, field in (
        (r"a mai fost transmisa", "duplicate", None, None),
        (r"eroare tehnica", "technical", None, None),
        (r"s-au (facut|incarcat) deja", "quota", None, None),
        (r"nu aveti drept(ul)?\b|nu exista niciun cif", "no_spv_right", None, "seller"),
        (r"cif-ul vanzatorului nu figureaza|\bR6\.1\b", "seller_unknown", "BT-31", "seller"),
        (r"cui vanzator incorect", "seller_cui_invalid", "BT-31", "seller"),
        (r"cnp sau nif cumparator incorect", "buyer_cnp_invalid", "BT-47", "buyer"),
        (r"cui cumparator incorect", "buyer_cui_invalid", "BT-48", "buyer"),
        (r"nu a fost identificat cui cumparator", "buyer_not_identified", "BT-48", "buyer"),
        (r"nu este inregistrat in registrul", "not_in_register", None, "seller"),
        (r"marime fisier transmis mai mare", "too_large", None, None),
    )
]

#: CIUS-RO codes as they stand in the message text: code, bt, field
_RULES: dict[str, tuple[str, str, str | None]] = {
    "BR-RO-001": ("customization_id", "BT-24", None),
    "BR-RO-010": ("number_without_digit", "BT-1", "number"),
    "BR-RO-020": ("type_code", "BT-3", None),
    "BR-RO-030": ("vat_total_in_ron", "BT-6", "currency"),
    "BR-RO-040": ("vat_point_code", "BT-8", "dates"),
    "BR-RO-065": ("seller_vat_missing", "BT-31", "seller"),
    "BR-RO-080": ("street_missing", "BT-35", "street"),
    "BR-RO-090": ("city_missing", "BT-37", "city"),
    "BR-RO-100": ("bucharest_sector", "BT-37", "city"),
    "BR-RO-110": ("county_code", "BT-39", "county"),
    "BR-RO-120": ("buyer_not_identified", "BT-47", "buyer"),
    "BR-RO-140": ("street_missing", "BT-64", "street"),
    "BR-RO-150": ("city_missing", "BT-66", "city"),
    "BR-RO-160": ("bucharest_sector", "BT-66", "city"),
    "BR-RO-170": ("county_code", "BT-68", "county"),
    "BR-RO-180": ("street_missing", "BT-75", "street"),
    "BR-RO-200": ("bucharest_sector", "BT-77", "city"),
    "BR-RO-210": ("county_code", "BT-79", "county"),
    "BR-27": ("negative_price", "BT-146", "lines"),
    "BR-16": ("no_lines", "BG-25", "lines"),
}
#: families of rules: (prefix, code, field)
_FAMILIES: tuple[tuple[str, str, str | None], ...] = (
    ("BR-RO-L", "text_too_long", "text"),
    ("BR-RO-A", "too_many", None),
    ("BR-RO-DT", "date_format", "dates"),
    ("BR-DEC", "too_many_decimals", "totals"),
    ("BR-CO-09", "vat_number_prefix", "seller"),
    ("BR-CO-25", "due_date_missing", "dates"),
    ("BR-CO-", "totals", "totals"),
    ("BR-CL-", "code_list", None),
    *(
        (f"BR-{category}-", "tax_category", "tax")
        for category in ("S", "Z", "E", "AE", "IC", "G", "O", "IG", "IP", "B")
    ),
    ("BR-RO-", "business_rule", None),
    ("BR-", "business_rule", None),
    ("UBL-", "business_rule", None),
    ("R", "business_rule", None),
)

#: `Explanation.field` of an address: field of its terms in ``terms.csv``
_PARTY_FIELDS = {"street": "street", "city": "city", "county": "state_id"}


def explain(text: str | None) -> Explanation:
    """Say what one text of ANAF's is about: an Explanation, all None when it says nothing we know."""
    text = text or ""
    rule = _first(_RULE, text)
    bt = _first(_BT, text)
    for pattern, code, usual, field in _TEXTS:
        if pattern.search(text):
            return Explanation(code, rule, bt or usual, field)
    if rule:
        known = _RULES.get(rule) or _RULES.get(_code_of(rule))
        if known:
            code, usual, field = known
            return Explanation(code, rule, _meant(text, usual, field) or bt or usual, field)
        code, field = next((code, field) for prefix, code, field in _FAMILIES if rule.startswith(prefix))
        return Explanation(code, rule, bt or term_of(rule) or None, field)
    if re.search(r"fisierul transmis nu este valid|SAXParse|\bcvc-", text, re.IGNORECASE):
        return Explanation("xsd_invalid", None, bt, None)
    return Explanation(None, None, bt, None)


def _code_of(assertion: str) -> str:
    """Return the code in the message of an assertion: BR-RO-111 and BR-RO-020_2 belong to BR-RO-110 and BR-RO-020."""
    return re.sub(r"^(BR-RO-\d\d)\d(?:_\d)?$", r"\g<1>0", assertion)


def _meant(text: str, usual: str, field: str | None) -> str | None:
    """Return the term of `text` that the rule is about: its own, else the first of the same kind of field."""
    named = _BT.findall(text)
    if usual in named:
        return usual
    kind = _PARTY_FIELDS.get(field or "")
    return next((bt for bt in named if kind and (terms().get(bt) or {}).get("field") == kind), None)


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match.group(1) if match else None
