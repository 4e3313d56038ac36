"""Documents of any content that agree with themselves, for hypothesis: any field filled, every total following."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import strategies as st

import anaf

ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CENT = Decimal("0.01")
RATES = {"S": ["21", "11.00", "9", "5.5"], "E": ["0", "0.00"], "AE": ["0"], "K": ["0"], "Z": ["0"]}

#: what is awkward in XML or in its reader
AWKWARD = [
    "A", "0", "-0.0", "1e3", "true", "Ș ț â î", "a<b&c>\"d'", "]]>", "<!-- -->", "&amp;", "two  blanks", "a\nb", "a\tb",
    "a\r\nb", "a\u00a0b", "a\u2028b", "\U0001f600", "e\u0301", "\u202eabc", "x" * 300, "#AAI#text", ", ", "RO 123",
]  # fmt: skip
#: texts as a Document holds them: legal in XML and stripped
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(
    lambda text: ILLEGAL.sub("", text).strip()
)
words = st.sampled_from([text.strip() for text in AWKWARD])
texts = st.sampled_from(["", "", *(text.strip() for text in AWKWARD)])
#: names of files, without folders
names = st.sampled_from(["deviz.pdf", "Ofertă (2).xlsx", "a&b.png", "\U0001f600.jpg"])
days = st.dates(min_value=date(1000, 1, 1))
amounts = st.decimals(-100_000, 100_000, places=2)
numbers = st.decimals(0, 100_000, places=6)


def maybe(strategy):
    return st.none() | strategy


def with_scheme(scheme=texts):
    """A text and its scheme, both empty where there is none."""
    return st.just(("", "")) | st.tuples(words, scheme)


@st.composite
def periods(draw):
    start, end = draw(maybe(days)), draw(maybe(days))
    return (end, start) if start and end and end < start else (start, end)


@st.composite
def addresses(draw):
    return anaf.Address(*(draw(texts) for _ in range(6)), country=draw(words))


@st.composite
def parties(draw):
    endpoint, endpoint_scheme = draw(with_scheme(words))
    tax, tax_scheme = draw(with_scheme(texts.filter(lambda text: text.upper() != "VAT")))
    registration, registration_scheme = draw(with_scheme())
    return anaf.Party(
        legal_name=draw(words), trading_name=draw(words), vat=draw(words), address=draw(addresses()),
        identifiers=draw(st.lists(st.tuples(words, texts), max_size=2)), tax_registration=tax,
        tax_registration_scheme=tax_scheme, registration=registration, registration_scheme=registration_scheme,
        legal_form=draw(texts), endpoint=endpoint, endpoint_scheme=endpoint_scheme, contact=draw(texts),
        phone=draw(texts), contact_email=draw(texts),
    )  # fmt: skip


@st.composite
def allowances(draw, category="", rate=None):
    return anaf.AllowanceCharge(
        draw(st.booleans()), draw(amounts), draw(maybe(amounts)), draw(maybe(numbers)), draw(words), draw(texts),
        category, rate, draw(texts) if category else "", draw(texts) if category else "",
    )  # fmt: skip


@st.composite
def vat(draw):
    category = draw(st.sampled_from(sorted(RATES)))
    return category, Decimal(draw(st.sampled_from(RATES[category])))


@st.composite
def lines(draw):
    category, rate = draw(vat())
    start, end = draw(periods())
    classes = draw(st.lists(st.tuples(words, words), max_size=2))
    versioned = draw(st.lists(st.sampled_from(classes), max_size=1)) if classes else []
    object_id, object_scheme = draw(with_scheme())
    standard, standard_scheme = draw(with_scheme(words))
    discount = draw(maybe(numbers))
    return anaf.DocumentLine(
        id=draw(words), name=draw(anything.filter(bool)), description=draw(texts), note=draw(anything),
        quantity=draw(st.decimals(-1000, 1000, places=5)), unit_code=draw(words), price=draw(numbers),
        base_quantity=draw(st.just(Decimal(1)) | st.integers(1, 1000).map(Decimal)), base_unit=draw(texts),
        gross_price=None if discount is None else draw(maybe(numbers)), price_discount=discount, net=draw(amounts),
        allowances=draw(st.lists(allowances(), max_size=2)), category=category, rate=rate,
        exemption_text=draw(texts), exemption_code=draw(texts), seller_code=draw(texts), buyer_code=draw(texts),
        standard_code=standard, standard_scheme=standard_scheme, classifications=classes,
        classification_versions={one: draw(words) for one in versioned}, origin=draw(texts),
        attributes=draw(st.lists(st.tuples(words, words), max_size=2)), order_line=draw(texts),
        accounting_cost=draw(texts), period_start=start, period_end=end, object_id=object_id,
        object_scheme=object_scheme,
    )  # fmt: skip


@st.composite
def attachments(draw):
    name = draw(names)
    if draw(st.booleans()):
        return anaf.Attachment(name, "", b"", draw(texts), draw(words))
    return anaf.Attachment(
        name, draw(words), draw(st.binary(max_size=20)), draw(texts), draw(texts),
        draw(texts.filter(lambda text: text != name)),
    )  # fmt: skip


@st.composite
def payments(draw):
    return anaf.PaymentMeans(draw(words), *(draw(texts) for _ in range(10)))


@st.composite
def deliveries(draw):
    location, scheme = draw(with_scheme())
    return anaf.Delivery(draw(maybe(days)), draw(texts), location, scheme, draw(maybe(addresses())))


@st.composite
def documents(draw):
    """A Document with a few lines whose totals follow from them."""
    written = draw(st.lists(lines(), min_size=1, max_size=3))
    sides = [draw(allowances(*draw(vat()))) for _ in range(draw(st.integers(0, 2)))]
    bases = {}
    for category, rate, amount in (
        *((line.category, line.rate, line.net) for line in written),
        *((one.category, one.rate, one.amount if one.is_charge else -one.amount) for one in sides),
    ):
        key = (category, rate.normalize())
        bases[key] = bases.get(key, Decimal(0)) + amount
    subtotals = [
        anaf.TaxSubtotal(
            category, rate, base, (base * rate / 100).quantize(CENT, ROUND_HALF_UP), draw(texts), draw(texts))
        for (category, rate), base in bases.items()
    ]  # fmt: skip
    kinds = {one.is_charge for one in sides}
    less = sum((one.amount for one in sides if not one.is_charge), Decimal(0))
    more = sum((one.amount for one in sides if one.is_charge), Decimal(0))
    nets = sum((line.net for line in written), Decimal(0))
    tax = sum((one.amount for one in subtotals), Decimal(0))
    prepaid, rounding = draw(maybe(amounts)), draw(maybe(amounts))
    currency, (vat_currency, in_vat_currency) = draw(
        st.tuples(st.just("RON"), st.sampled_from([("", None), ("RON", None)]))
        | st.tuples(st.just("EUR"), st.tuples(st.sampled_from(["", "RON"]), amounts) | st.just(("", None)))
    )
    (start, end), (object_id, object_scheme) = draw(periods()), draw(with_scheme())
    root = draw(st.sampled_from(["Invoice", "CreditNote"]))
    means = draw(st.lists(payments(), max_size=2))
    point = draw(st.tuples(texts, st.none()) | st.tuples(st.just(""), days))
    return anaf.Document(
        root=root, type_code=draw(words), number=draw(words), issue_date=draw(days), currency=currency,
        due_date=draw(maybe(days)) if root == "Invoice" or means else None, seller=draw(parties()),
        buyer=draw(parties()), lines=written, allowances=sides, subtotals=subtotals, untaxed=nets - less + more,
        tax_amount=tax, total=nets - less + more + tax,
        payable=nets - less + more + tax - (prepaid or 0) + (rounding or 0),
        attachments=draw(st.lists(attachments(), max_size=2)),
        supporting=draw(st.lists(st.tuples(words, texts), max_size=1)),
        notes=draw(st.lists(anything.filter(bool), max_size=2)),
        preceding=draw(st.lists(st.tuples(words, maybe(days)), max_size=2)), vat_currency=vat_currency,
        vat_in_vat_currency=in_vat_currency, vat_point_code=point[0], vat_point_date=point[1], line_total=nets,
        allowance_total=less if False in kinds else None, charge_total=more if True in kinds else None,
        prepaid=prepaid, rounding=rounding, order=draw(texts), sales_order=draw(texts), contract=draw(texts),
        project=draw(texts), buyer_reference=draw(texts), despatch=draw(texts), receipt=draw(texts),
        tender=draw(texts), object_id=object_id, object_scheme=object_scheme, accounting_cost=draw(texts),
        delivery=draw(maybe(deliveries())), period_start=start, period_end=end, payments=means,
        payment_terms=draw(texts), payee=draw(maybe(parties())), tax_representative=draw(maybe(parties())),
        customization=draw(words), profile=draw(texts),
    )  # fmt: skip
