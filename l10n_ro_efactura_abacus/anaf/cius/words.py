"""The sentences of findings, Romanian and English, and the Odoo field to open for each business term."""

import csv
import functools
import re
from pathlib import Path

from .finding import FATAL, WARNING, Finding
from .model import Node

#: sentences shared by rules of one kind
_FORMS = {
    "missing": ("Lipsește {term_ro}.", "{Term_en} is missing."),
    "length": ("{Term_ro}: {length} caractere, cel mult {limit}.", "{Term_en}: {length} characters, {limit} at most."),
    "decimals": ("{Term_ro} are mai mult de două zecimale: {value}.", "{Term_en} has more than two decimals: {value}."),
    "code": ("{Term_ro}: codul „{value}” nu este în lista acceptată.", "{Term_en}: code '{value}' is not in the list."),
    "code_scheme": (
        "{Term_ro}: schema „{value}” nu este în lista acceptată.",
        "{Term_en}: scheme '{value}' is not in the list.",
    ),
    "scheme": ("{Term_ro} nu spune din ce schemă sau listă face parte.", "{Term_en} does not say its scheme or list."),
    "once": ("{Term_ro} apare de {count} ori; cel mult {limit}.", "{Term_en} stands {count} times; {limit} at most."),
    "date": ("{Term_ro} se scrie AAAA-LL-ZZ, nu „{value}”.", "{Term_en} is written YYYY-MM-DD, not '{value}'."),
    "sum": ("{Term_ro} este {value}, în loc de {expected}.", "{Term_en} is {value} instead of {expected}."),
    "sum_missing": ("Lipsește {term_ro}; ar fi {expected}.", "{Term_en} is missing; it would be {expected}."),
    "sum_unknown": (
        "{Term_ro} nu se poate verifica: lipsește o sumă din care se calculează.",
        "{Term_en} cannot be verified: an amount it follows from is missing.",
    ),
    "reason": ("Lipsește {term_ro} (text sau cod).", "{Term_en} is missing (text or code)."),
    "sector": (
        "{Term_ro} este „{value}”; în București trebuie SECTOR1 ... SECTOR6.",
        "{Term_en} is '{value}'; in Bucharest it must be SECTOR1 ... SECTOR6.",
    ),
    "county": (
        "{Term_ro}: „{value}” nu este un județ; se scrie ca RO-CJ sau RO-B.",
        "{Term_en}: '{value}' is no county; it is written like RO-CJ or RO-B.",
    ),
}
_CATEGORY = re.compile(r"BR-(S|Z|E|AE|IC|G|O|IG|IP)-([0-9]{2})")
#: prefix of the rule: key of the sentence, where the rule itself has none
_GROUPS = ("BR-DEC", "BR-RO-L", "BR-RO-DT", "UBL-SR", "UBL-CR", "UBL-DT")
_FATAL_UBL = {"UBL-CR-666", "UBL-CR-673", "UBL-DT-01", "UBL-DT-06", "UBL-DT-07"}


def _table(name: str) -> list[dict[str, str]]:
    with open(Path(__file__).parent / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="|", quoting=csv.QUOTE_NONE))


@functools.cache
def terms() -> dict[str, dict[str, str]]:
    """Read ``terms.csv``: {BT or BG: {ro, en, model, field, place}}."""
    return {row["bt"]: row for row in _table("terms.csv")}


@functools.cache
def _rules() -> dict[str, dict[str, str]]:
    return {row["rule"]: row for row in _table("rules.csv")}


def severity(rule: str) -> str:
    """Return the severity of ANAF's artefacts: all fatal except the card number and what EN 16931 does not use."""
    if rule == "BR-51" or (rule.startswith(("UBL-CR-", "UBL-DT-")) and rule not in _FATAL_UBL):
        return WARNING
    return FATAL


@functools.cache
def _row(rule: str, words: str | None) -> dict[str, str]:
    """Return the row of a rule; ``words`` is another row or form to speak with."""
    rules = _rules()
    if words in rules:
        return rules[words]
    row = rules.get(rule)
    if row is None and (match := _CATEGORY.fullmatch(rule)):
        family, number = match.groups()
        variant = ""
        if number == "10" and family in ("S", "Z", "IG", "IP"):
            variant = ".none"
        elif number in ("02", "03", "04") and family in ("AE", "IC"):
            variant = ".buyer"
        row = rules[f"VAT-{number}{variant}"]
    if row is None:
        row = next(
            (rules[prefix] for prefix in _GROUPS if rule.startswith(prefix)),
            {"rule": rule, "bt": "", "form": "", "ro": rule, "en": rule},
        )
    return {**row, "form": words} if words in _FORMS else row


def term_of(rule: str) -> str:
    """Return the business term or group that a rule is about, as BT-130; '' where it has none of its own."""
    return _row(rule, None)["bt"]


def sentence(rule: str, bt: str | None = None) -> tuple[str, str]:
    """Say a rule without the document that breaks it: (ro, en); ('', '') where the sentence needs a value.

    :param bt: business term, where it is not the rule's own
    """
    row = _row(rule, None)
    term = terms().get(bt or row["bt"]) or {}
    ro, en = _FORMS[row["form"]] if row["form"] else (row["ro"], row["en"])
    said = {f"term_{lang}": term[lang] for lang in ("ro", "en") if lang in term}
    said |= {key.capitalize(): _first_capital(text) for key, text in said.items()}
    try:
        return (ro.format_map(said), en.format_map(said)) if ro != rule else ("", "")
    except KeyError:
        return "", ""


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def finding(rule: str, node: Node | None, bt: str | None = None, words: str | None = None, **facts: object) -> Finding:
    """Build the Finding of a rule broken at a node; ``facts`` fill the sentence, ``words`` picks another sentence."""
    row = _row(rule, words)
    bt = bt or row["bt"]
    term = terms().get(bt) or {}
    element = str(node.element.tag).rpartition("}")[2] if node is not None else ""
    said = {
        "value": "",
        "expected": "",
        "count": "",
        "limit": "",
        "length": "",
        **{key: _shown(value) for key, value in facts.items()},
        "element": element,
        "term_ro": term.get("ro") or element,
        "term_en": term.get("en") or element,
    }
    said["Term_ro"], said["Term_en"] = _first_capital(said["term_ro"]), _first_capital(said["term_en"])
    form = row["form"]
    if form == "sum" and "" in (said["value"], said["expected"]):
        form = "sum_unknown" if not said["expected"] else "sum_missing"
    ro, en = _FORMS[form] if form else (row["ro"], row["en"])
    return Finding(
        rule=rule,
        severity=severity(rule),
        bt=bt,
        node=node.location() if node is not None else "/",
        text_ro=ro.format_map(said),
        text_en=en.format_map(said),
        source_line=node.element.sourceline if node is not None else None,
        odoo=(term["model"], term["field"]) if term.get("model") else None,
        place=term.get("place") or "document",
        line=node.line_number() if node is not None else None,
    )


def _shown(value: object) -> str:
    """Write a value as a sentence quotes it: short, and numbers without an exponent."""
    text = "" if value is None else format(value, "f") if hasattr(value, "as_tuple") else str(value)
    return text if len(text) <= 120 else text[:117] + "..."
