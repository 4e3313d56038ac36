"""Invented supplier invoices that meet CIUS-RO: by the thousand, the same for the same seed, composed when needed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from xml.sax.saxutils import escape

from .clock import DAY, iso_day
from .rules import CIUS_RO

_FIRST = (
    "Carpat",
    "Dunărea",
    "Bucegi",
    "Someș",
    "Mureș",
    "Olt",
    "Transil",
    "Moldo",
    "Dobro",
    "Crișana",
    "Siret",
    "Prahova",
    "Retezat",
    "Ceahlău",
    "Timiș",
    "Argeș",
    "Iza",
    "Buzău",
    "Vrancea",
    "Bărăgan",
)
_SECOND = (
    "Construct",
    "Logistic",
    "Impex",
    "Distribuție",
    "Electro",
    "Mobila",
    "Agro",
    "Panificație",
    "Papetărie",
    "Instal",
    "Auto",
    "Software",
    "Termo",
    "Lemn",
    "Metal",
    "Consulting",
    "Curățenie",
    "Ambalaje",
    "Tipar",
    "Trans",
)
_PLACES = (  # county, city, postal code
    ("RO-CJ", "Cluj-Napoca", "400001"),
    ("RO-TM", "Timișoara", "300001"),
    ("RO-IS", "Iași", "700001"),
    ("RO-BV", "Brașov", "500001"),
    ("RO-CT", "Constanța", "900001"),
    ("RO-SB", "Sibiu", "550001"),
    ("RO-B", "SECTOR1", "010001"),
    ("RO-B", "SECTOR3", "030001"),
    ("RO-B", "SECTOR6", "060001"),
    ("RO-PH", "Ploiești", "100001"),
    ("RO-BH", "Oradea", "410001"),
    ("RO-AG", "Pitești", "110001"),
)
_STREETS = (
    "Str. Fabricii",
    "Str. Gării",
    "Bd. Independenței",
    "Str. Morii",
    "Calea Dorobanților",
    "Str. Teiului",
)
_ITEMS = (  # name, unit, net price in RON, reduced rate
    ("Hârtie copiator A4, 500 coli", "H87", "21.90", False),
    ("Toner imprimantă laser", "H87", "184.50", False),
    ("Servicii transport marfă", "KMT", "3.75", False),
    ("Ciment Portland 40 kg", "H87", "27.35", False),
    ("Cherestea rășinoase", "MTQ", "1150.00", False),
    ("Abonament internet", "MON", "85.00", False),
    ("Mentenanță software", "HUR", "160.00", False),
    ("Cafea boabe 1 kg", "KGM", "68.40", True),
    ("Apă plată 0,5 l, bax 12", "XBX", "19.80", True),
    ("Făină albă tip 000", "KGM", "3.15", True),
    ("Cablu electric CYY-F 3x2,5", "MTR", "7.62", False),
    ("Vopsea lavabilă interior 15 l", "H87", "142.00", False),
    ("Detergent pardoseli 5 l", "H87", "44.25", False),
    ("Cutii carton ondulat", "H87", "2.48", False),
    ("Motorină Euro 5", "LTR", "6.31", False),
    ("Închiriere utilaj", "DAY", "420.00", False),
)
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Company:
    cif: str
    name: str
    vat_payer: bool
    county: str
    city: str
    postal: str
    street: str
    registry: str


@dataclass(frozen=True)
class Planned:
    """One invoice not composed yet; `created` is the epoch of its list entry."""

    seller: Company
    buyer: Company
    number: str
    issue_date: str
    due_date: str
    created: float
    lines: tuple[tuple[int, int], ...]  # (place in _ITEMS, quantity)
    credit_note: bool
    seed: str = field(repr=False)

    @property
    def type_code(self) -> str:
        return "381" if self.credit_note else "380"

    def xml(self) -> bytes:
        return compose(self)


def with_check_digit(body: str) -> str:
    """Complete a CUI from its digits without the last."""
    total = sum(int(digit) * weight for digit, weight in zip(body.zfill(9), (7, 5, 3, 2, 1, 7, 5, 3, 2)))
    return body + str(total * 10 % 11 % 10)


@lru_cache(maxsize=4096)
def supplier(seed: int, number: int) -> Company:
    """Invent a company; its CUI starts with 9 and has nine digits, a range not given out."""
    rng = random.Random(f"company {seed} {number}")
    county, city, postal = rng.choice(_PLACES)
    name = f"{_FIRST[number % len(_FIRST)]} {_SECOND[(number // len(_FIRST) + number) % len(_SECOND)]} SRL"
    return Company(
        with_check_digit(f"9{number % 10_000:04d}{rng.randrange(1000):03d}"),
        name,
        number % 10 != 9,
        county,
        city,
        postal,
        f"{rng.choice(_STREETS)} nr. {rng.randint(1, 180)}",
        f"J{rng.randint(1, 40):02d}/{rng.randint(100, 9999)}/{rng.randint(1995, 2024)}",
    )


def plan(
    buyer_cif: str,
    count: int,
    now: float,
    days: int,
    suppliers: int,
    lines: int | tuple[int, int],
    seed: int,
    buyer_name: str,
) -> Iterator[Planned]:
    """Yield `count` Planned invoices spread evenly over the last `days`, oldest first; every 40th a credit note.

    `lines`: a number, or (fewest, most).
    """
    fewest, most = (lines, lines) if isinstance(lines, int) else lines
    buyer = Company(
        buyer_cif,
        buyer_name or f"Cumpărător {buyer_cif} SRL",
        True,
        "RO-B",
        "SECTOR2",
        "020001",
        "Str. Exemplului nr. 1",
        "",
    )
    rng = random.Random(f"plan {seed} {buyer_cif}")
    for number in range(count):
        seller = supplier(seed, rng.randrange(suppliers))
        created = now - days * DAY * (count - number) / (count + 1)
        chosen = tuple((rng.randrange(len(_ITEMS)), rng.randint(1, 40)) for _ in range(rng.randint(fewest, most)))
        yield Planned(
            seller,
            buyer,
            f"{seller.name[:3].upper().replace('Ș', 'S').replace('Ă', 'A')}-{seed}{number + 1:06d}",
            iso_day(created - DAY),
            iso_day(created + 29 * DAY),
            created,
            chosen,
            number % 40 == 39,
            str(seed),
        )


def _money(value: Decimal) -> str:
    return str(value.quantize(_CENT, ROUND_HALF_UP))


def _party(role: str, company: Company) -> str:
    vat = (
        (
            f"<cac:PartyTaxScheme><cbc:CompanyID>RO{company.cif}</cbc:CompanyID>"
            "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
        )
        if company.vat_payer
        else ""
    )
    form = f"<cbc:CompanyLegalForm>{company.registry}</cbc:CompanyLegalForm>" if company.registry else ""
    return (
        f"<cac:{role}><cac:Party><cac:PartyName><cbc:Name>{escape(company.name)}</cbc:Name></cac:PartyName>"
        f"<cac:PostalAddress><cbc:StreetName>{escape(company.street)}</cbc:StreetName>"
        f"<cbc:CityName>{company.city}</cbc:CityName><cbc:PostalZone>{company.postal}</cbc:PostalZone>"
        f"<cbc:CountrySubentity>{company.county}</cbc:CountrySubentity>"
        "<cac:Country><cbc:IdentificationCode>RO</cbc:IdentificationCode></cac:Country></cac:PostalAddress>"
        f"{vat}<cac:PartyLegalEntity><cbc:RegistrationName>{escape(company.name)}</cbc:RegistrationName>"
        f"<cbc:CompanyID>{company.cif}</cbc:CompanyID>{form if role == 'AccountingSupplierParty' else ''}"
        f"</cac:PartyLegalEntity></cac:Party></cac:{role}>\n"
    )


def _category(code: str, rate: int, breakdown: bool) -> str:
    tag = "TaxCategory" if breakdown else "ClassifiedTaxCategory"
    percent = f"<cbc:Percent>{rate}.00</cbc:Percent>" if code == "S" else ""
    reason = "<cbc:TaxExemptionReasonCode>VATEX-EU-O</cbc:TaxExemptionReasonCode>" if breakdown and code == "O" else ""
    return (
        f"<cac:{tag}><cbc:ID>{code}</cbc:ID>{percent}{reason}"
        f"<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:{tag}>"
    )


def compose(planned: Planned) -> bytes:
    """Write the UBL document.

    Rates 21 and 11 (19 and 9 before August 2025); a seller without VAT uses category O.
    """
    standard, reduced = (21, 11) if planned.issue_date >= "2025-08-01" else (19, 9)
    credit = planned.credit_note
    # category O allows no VAT id on either side (BR-O-02)
    buyer = planned.buyer if planned.seller.vat_payer else Company(**{**planned.buyer.__dict__, "vat_payer": False})
    line_tag, quantity_tag = ("CreditNoteLine", "CreditedQuantity") if credit else ("InvoiceLine", "InvoicedQuantity")
    lines: list[str] = []
    bases: dict[tuple[str, int], Decimal] = {}
    for number, (item, quantity) in enumerate(planned.lines, 1):
        name, unit, price, is_reduced = _ITEMS[item]
        net = (Decimal(price) * quantity).quantize(_CENT, ROUND_HALF_UP)
        category = ("S", reduced if is_reduced else standard) if planned.seller.vat_payer else ("O", 0)
        bases[category] = bases.get(category, Decimal(0)) + net
        lines.append(
            f'<cac:{line_tag}><cbc:ID>{number}</cbc:ID><cbc:{quantity_tag} unitCode="{unit}">{quantity}'
            f'</cbc:{quantity_tag}><cbc:LineExtensionAmount currencyID="RON">{_money(net)}</cbc:LineExtensionAmount>'
            f"<cac:Item><cbc:Name>{escape(name)}</cbc:Name>{_category(*category, False)}</cac:Item>"
            f'<cac:Price><cbc:PriceAmount currencyID="RON">{price}</cbc:PriceAmount></cac:Price></cac:{line_tag}>\n'
        )
    net = sum(bases.values(), Decimal(0))
    taxes = {key: (base * key[1] / 100).quantize(_CENT, ROUND_HALF_UP) for key, base in bases.items()}
    tax = sum(taxes.values(), Decimal(0))
    subtotals = "".join(
        f'<cac:TaxSubtotal><cbc:TaxableAmount currencyID="RON">{_money(base)}</cbc:TaxableAmount>'
        f'<cbc:TaxAmount currencyID="RON">{_money(taxes[key])}</cbc:TaxAmount>{_category(*key, True)}</cac:TaxSubtotal>'
        for key, base in bases.items()
    )
    totals = "".join(
        f'<cbc:{tag} currencyID="RON">{_money(value)}</cbc:{tag}>'
        for tag, value in (
            ("LineExtensionAmount", net),
            ("TaxExclusiveAmount", net),
            ("TaxInclusiveAmount", net + tax),
            ("PayableAmount", net + tax),
        )
    )
    root, type_tag = ("CreditNote", "CreditNoteTypeCode") if credit else ("Invoice", "InvoiceTypeCode")
    due = "" if credit else f"<cbc:DueDate>{planned.due_date}</cbc:DueDate>"
    document = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2" '
        'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
        'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">\n'
        f"<cbc:CustomizationID>{CIUS_RO}</cbc:CustomizationID><cbc:ID>{planned.number}</cbc:ID>"
        f"<cbc:IssueDate>{planned.issue_date}</cbc:IssueDate>{due}<cbc:{type_tag}>{planned.type_code}</cbc:{type_tag}>"
        "<cbc:DocumentCurrencyCode>RON</cbc:DocumentCurrencyCode>\n"
        f"{_party('AccountingSupplierParty', planned.seller)}{_party('AccountingCustomerParty', buyer)}"
        "<cac:PaymentMeans><cbc:PaymentMeansCode>42</cbc:PaymentMeansCode></cac:PaymentMeans>\n"
        f'<cac:TaxTotal><cbc:TaxAmount currencyID="RON">{_money(tax)}</cbc:TaxAmount>{subtotals}</cac:TaxTotal>\n'
        f"<cac:LegalMonetaryTotal>{totals}</cac:LegalMonetaryTotal>\n{''.join(lines)}</{root}>\n"
    )
    return document.encode()
