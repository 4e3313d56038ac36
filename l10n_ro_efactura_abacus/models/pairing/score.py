"""How far an SPV document and an entry of the books are the same invoice. Plain Python, no ORM."""
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date as Date
from decimal import Decimal

from ...anaf import compare_numbers, number_forms

CENT = Decimal('0.01')
#: points of each reason, 100 in all; a reason that is not here gives none
POINTS = {
    'cif': 30,
    'number_exact': 35, 'number_same': 35, 'number_part': 18, 'number_digits': 8,
    'date': 15, 'date_near': 8, 'date_month': 3,
    'total': 20, 'total_near': 8,
}
SIGN_LOSS = 30
WORTH_SHOWING = 35


@dataclass(frozen=True)
class Paper:
    """One side of a pair.

    :ivar cif: digits of the other party (the seller of what was received, the buyer of what was sent), '' for none
    :ivar total: with VAT, in `currency` (id); negative where it takes back (credit note)
    :ivar index: upload index, where the entry knows it
    :ivar free: not paired and, of a sale, not on its way to ANAF
    """
    id: int
    sale: bool
    cif: str
    number: str
    date: Date | None
    total: Decimal | None
    currency: int | None
    index: str = ''
    free: bool = True


@dataclass(frozen=True)
class Match:
    """:ivar certain: 'index', 'number' (with the date), 'total' (with the date), or '' where a person has to look"""
    score: int
    reasons: tuple
    certain: str = ''


def match(paper, entry):
    """Compare an SPV document with an entry. Whether a certain match is the only one is for the caller to see.

    A sale carries a number of our own, so it is certain by number, date, total and buyer together only.
    """
    if paper.index and paper.index == entry.index:
        return Match(100, ('index',), 'index')
    same_cif = paper.cif == entry.cif
    number = compare_numbers(paper.number, entry.number) if entry.number else ''
    turned = _turned(paper, entry)
    same_currency = paper.currency == entry.currency
    total = _total(paper, entry) if same_currency else 'currency'
    day = _day(paper, entry)
    known_cif = same_cif and bool(paper.cif)
    reasons = [
        'cif' if known_cif else 'no_cif' if not paper.cif or not entry.cif else 'other_cif',
        f'number_{number}' if number else 'no_number' if not entry.number else 'other_number', day, total]
    if turned:
        reasons.append('sign')
    score = max(sum(POINTS.get(reason, 0) for reason in reasons) - (SIGN_LOSS if turned else 0), 0)
    sure_number = number in ('exact', 'same') and day == 'date' and not turned
    if paper.sale:
        certain = 'number' if sure_number and same_cif and total == 'total' else ''
    elif not known_cif:
        certain = ''
    elif sure_number:
        certain = 'number'
    else:
        certain = 'total' if day == 'date' and total == 'total' else ''
    return Match(score, tuple(reasons), certain)


def _turned(paper, entry):
    """A credit note against an invoice."""
    return bool(paper.total and entry.total and (paper.total < 0) != (entry.total < 0))


def _total(paper, entry):
    if paper.total is None or entry.total is None:
        return 'other_total'
    difference = abs(paper.total - entry.total)
    if difference < CENT:
        return 'total'
    return 'total_near' if difference <= max(Decimal(1), abs(paper.total) / 100) else 'other_total'


def _day(paper, entry):
    if not paper.date or not entry.date:
        return 'no_date'
    days = abs((paper.date - entry.date).days)
    return 'date' if not days else 'date_near' if days <= 3 else 'date_month' if days <= 31 else 'other_date'


#: what tells pairs apart, the surest first; each is tried on what the ones before left over
RULES = (
    lambda compared: compared.certain == 'index',
    lambda compared: compared.certain == 'number' and 'number_exact' in compared.reasons,
    lambda compared: compared.certain == 'number',
    lambda compared: compared.certain and 'total' in compared.reasons,
)


def only_certain(papers, entries):
    """The pairs of one day and one party that are certain and the only ones of their kind, on both sides.

    What is paired already counts: two bills of the same day and sum are never told apart by their sum.

    :param papers, entries: lists of Paper
    :return: [(paper, entry, Match)] of free ones
    """
    found = [(paper, entry, compared) for paper, entry in _worth_comparing(papers, entries)
             if (compared := match(paper, entry)).certain]
    pairs, done_papers, done_entries = [], set(), set()
    for rule in RULES:
        chosen = [pair for pair in found if rule(pair[2])]
        of_paper = Counter(paper.id for paper, _entry, _compared in chosen)
        of_entry = Counter(entry.id for _paper, entry, _compared in chosen)
        for paper, entry, compared in chosen:
            if (paper.free and entry.free and of_paper[paper.id] == 1 and of_entry[entry.id] == 1
                    and paper.id not in done_papers and entry.id not in done_entries):
                done_papers.add(paper.id)
                done_entries.add(entry.id)
                pairs.append((paper, entry, compared))
    return pairs


def _worth_comparing(papers, entries):
    """(paper, entry) that have an index, a total or a form of the number in common."""
    shelves = defaultdict(list)
    for entry in entries:
        for key in _keys(entry):
            shelves[key].append(entry)
    for paper in papers:
        near = {entry.id: entry for key in _keys(paper) for entry in shelves.get(key, ())}
        for entry in near.values():
            yield paper, entry


def _keys(paper):
    yield 'total', paper.total, paper.currency
    if paper.index:
        yield 'index', paper.index
    for form in number_forms(paper.number):
        if form:
            yield 'number', form
