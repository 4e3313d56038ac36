"""Comparison of an SPV document with an entry of the books: score and reasons. No ORM."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date as Date
from decimal import Decimal

from ...anaf import compare_numbers, number_forms

# One cent, in the document's currency.
CENT = Decimal("0.01")
# Points of each reason, at most 100 in all; other reasons give none.
POINTS = {
    "cif": 30,
    "number_exact": 35,
    "number_same": 35,
    "number_part": 18,
    "number_digits": 8,
    "date": 15,
    "date_near": 8,
    "date_month": 3,
    "total": 20,
    "total_near": 8,
}
# Points taken off for a credit note against an invoice.
SIGN_LOSS = 30
# Score from which a pair is shown to users.
WORTH_SHOWING = 35


@dataclass(frozen=True)
class Paper:
    """One side of a pair: an SPV document or an entry.

    :ivar cif: digits of the other party (the seller of a received document, the buyer of a sent one), '' for none
    :ivar total: with VAT, in `currency` (id); negative for a credit note
    :ivar index: upload index, where the entry knows it
    :ivar free: not paired and, for a sale, not on its way to ANAF
    """

    id: int
    sale: bool
    cif: str
    number: str
    date: Date | None
    total: Decimal | None
    currency: int | None
    index: str = ""
    free: bool = True


@dataclass(frozen=True)
class Match:
    """Result of a comparison.

    :ivar certain: 'index', 'number' (with the date), 'total' (with the date), or '' where a user has to decide
    """

    score: int
    reasons: tuple
    certain: str = ""


def match(paper, entry):
    """Compare an SPV document with an entry. The caller checks that a certain match is the only one.

    A sale carries our own number: it is certain only by number, date, total and buyer together.

    :return: Match
    """
    if paper.index and paper.index == entry.index:
        return Match(100, ("index",), "index")
    same_cif = paper.cif == entry.cif
    number = compare_numbers(paper.number, entry.number) if entry.number else ""
    turned = _turned(paper, entry)
    same_currency = paper.currency == entry.currency
    total = _total(paper, entry) if same_currency else "currency"
    day = _day(paper, entry)
    known_cif = same_cif and bool(paper.cif)
    reasons = [
        "cif" if known_cif else "no_cif" if not paper.cif or not entry.cif else "other_cif",
        f"number_{number}" if number else "no_number" if not entry.number else "other_number",
        day,
        total,
    ]
    if turned:
        reasons.append("sign")
    score = max(sum(POINTS.get(reason, 0) for reason in reasons) - (SIGN_LOSS if turned else 0), 0)
    sure_number = number in ("exact", "same") and day == "date" and not turned
    if paper.sale:
        certain = "number" if sure_number and same_cif and total == "total" else ""
    elif not known_cif:
        certain = ""
    elif sure_number:
        certain = "number"
    else:
        certain = "total" if day == "date" and total == "total" else ""
    return Match(score, tuple(reasons), certain)


def _turned(paper, entry):
    """Return True for a credit note against an invoice."""
    return bool(paper.total and entry.total and (paper.total < 0) != (entry.total < 0))


def _total(paper, entry):
    if paper.total is None or entry.total is None:
        return "other_total"
    difference = abs(paper.total - entry.total)
    if difference < CENT:
        return "total"
    return "total_near" if difference <= max(Decimal(1), abs(paper.total) / 100) else "other_total"


def _day(paper, entry):
    if not paper.date or not entry.date:
        return "no_date"
    days = abs((paper.date - entry.date).days)
    return "date" if not days else "date_near" if days <= 3 else "date_month" if days <= 31 else "other_date"


# Kinds of certain matches, the most reliable first; each is tried on what the ones before have left.
RULES = (
    lambda compared: compared.certain == "index",
    lambda compared: compared.certain == "number" and "number_exact" in compared.reasons,
    lambda compared: compared.certain == "number",
    lambda compared: compared.certain and "total" in compared.reasons,
)


def only_certain(papers, entries):
    """Return the pairs of one day and one party that are certain and, on both sides, the only ones of their kind.

    Paired papers count too: two bills of the same day and total cannot be told apart by their total.

    :param papers, entries: lists of Paper
    :return: [(paper, entry, Match)] of free ones
    """
    found = [
        (paper, entry, compared)
        for paper, entry in _worth_comparing(papers, entries)
        if (compared := match(paper, entry)).certain
    ]
    pairs, done_papers, done_entries = [], set(), set()
    for rule in RULES:
        chosen = [pair for pair in found if rule(pair[2])]
        of_paper = Counter(paper.id for paper, _entry, _compared in chosen)
        of_entry = Counter(entry.id for _paper, entry, _compared in chosen)
        for paper, entry, compared in chosen:
            if (
                paper.free
                and entry.free
                and of_paper[paper.id] == 1
                and of_entry[entry.id] == 1
                and paper.id not in done_papers
                and entry.id not in done_entries
            ):
                done_papers.add(paper.id)
                done_entries.add(entry.id)
                pairs.append((paper, entry, compared))
    return pairs


def _worth_comparing(papers, entries):
    """Return the (paper, entry) that share an index, a total or a form of the number."""
    shelves = defaultdict(list)
    for entry in entries:
        for key in _keys(entry):
            shelves[key].append(entry)
    for paper in papers:
        near = {entry.id: entry for key in _keys(paper) for entry in shelves.get(key, ())}
        for entry in near.values():
            yield paper, entry


def _keys(paper):
    yield "total", paper.total, paper.currency
    if paper.index:
        yield "index", paper.index
    for form in number_forms(paper.number):
        if form:
            yield "number", form
