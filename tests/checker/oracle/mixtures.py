"""Random invoices around VAT: categories, schemes, registrations and amounts that fit or nearly fit."""

import random
import re

import checker_samples as samples

_STEPS = ("0.01", "-0.01", "0.99", "-0.99", "1", "-1", "1.01", "-1.01", "0.5", "0.005")
_RATES = {"S": ("21", "11", "9", "19.0", "5", "0", "0.4", "0.5"), "L": ("7", "0", "3"), "M": ("4", "0.5")}
_CODES = ("S", "S", "S", "S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B")


def mixtures(count, seed=16931):
    """(label, bytes) of ``count`` documents."""
    chance = random.Random(seed)
    for number in range(count):
        yield f"mixture {seed}/{number}", _spoil(chance, _build(chance))


def _tax(chance, codes):
    code = chance.choice(codes)
    return code, chance.choice(_RATES.get(code, ("0", "0", "0", "0.00", "19")))


def _price(chance):
    return f"{chance.randrange(-500, 90000) / 1000:.3f}".rstrip("0") + "1"


def _build(chance):
    codes = chance.sample(_CODES, chance.choice((1, 1, 2, 3)))
    lines = [
        dict(
            zip(("code", "rate"), _tax(chance, codes)),
            price=_price(chance).lstrip("-"),
            quantity=chance.choice(("1", "2", "-1", "3.5")),
        )
        for _line in range(chance.choice((1, 2, 3, 5)))
    ]
    sides = [
        (f"{chance.randrange(1, 3000) / 100:.2f}", chance.random() < 0.5, *_tax(chance, codes))
        for _side in range(chance.choice((0, 0, 1, 2, 3)))
    ]
    kind = chance.choice(("Invoice", "Invoice", "CreditNote"))
    country = chance.choice(("RO", "AT"))
    return samples.invoice(
        kind,
        lines=lines,
        sides=sides,
        seller=chance.choice(
            (
                {},
                {},
                dict(vat=None),
                dict(vat=None, tax_id="18547290"),
                dict(tax_id="1"),
                dict(vat=None, legal_id=None),
                dict(vat=None, legal_id=None, own_id="1"),
            )
        ),
        buyer=chance.choice(
            ({}, {}, dict(vat=None), dict(vat=None, legal_id="4221306"), dict(own_id="5", legal_id="1"))
        ),
        parties=chance.choice(
            (
                "",
                "",
                samples.tag(
                    "cac:TaxRepresentativeParty",
                    samples.tag("cac:PartyName", samples.tag("cbc:Name", "Repr SRL"))
                    + samples.address()
                    + samples.tag(
                        "cac:PartyTaxScheme",
                        samples.tag("cbc:CompanyID", "RO6859662")
                        + samples.tag("cac:TaxScheme", samples.tag("cbc:ID", "VAT")),
                    ),
                ),
            )
        ),
        references=chance.choice(("", "", samples.tag("cac:InvoicePeriod", samples.tag("cbc:DescriptionCode", "3")))),
        delivery=chance.choice(
            (
                "",
                samples.delivery(country),
                samples.tag("cac:Delivery", samples.tag("cbc:ActualDeliveryDate", "2026-01-14")),
            )
        ),
        prepaid=chance.choice((None, None, "5.00", "0")),
        rounding=chance.choice((None, None, "0.01", "-0.5")),
        currency=chance.choice(("RON", "RON", "EUR")),
        tax_currency=chance.choice((None, "RON", "RON", "EUR")),
        due=chance.choice(("2026-02-14", None)),
    )


def _spoil(chance, xml):
    text = xml.decode()
    for _change in range(chance.choice((0, 1, 1, 2, 3))):
        spoil = chance.choice((_category, _scheme, _amount, _amount, _reason, _indicator, _percent, _currency))
        text = spoil(chance, text)
    return text.encode()


def _one(chance, pattern, text, replacement):
    """Replace one random match; ``replacement``: text, or function of the match."""
    found = list(re.finditer(pattern, text))
    if not found:
        return text
    match = chance.choice(found)
    new = replacement(match) if callable(replacement) else replacement
    return text[: match.start()] + new + text[match.end() :]


def _category(chance, text):
    code = chance.choice((*_CODES, "s", " S", "L ", " M ", " O"))
    return _one(chance, r"(?<=TaxCategory><cbc:ID>)[A-Z]+(?=<)", text, code)


def _scheme(chance, text):
    return _one(chance, r"(?<=TaxScheme><cbc:ID>)VAT(?=<)", text, chance.choice(("vat", " VAT ", "FC", "Vat")))


def _amount(chance, text):
    def moved(match):
        places = max(2, len(match.group(0).partition(".")[2]))
        return f"{float(match.group(0)) + float(chance.choice(_STEPS)):.{places}f}"

    name = chance.choice(
        (
            "TaxableAmount",
            "TaxAmount",
            "TaxExclusiveAmount",
            "LineExtensionAmount",
            "PayableAmount",
            "TaxInclusiveAmount",
            "AllowanceTotalAmount",
            "ChargeTotalAmount",
            "Amount",
        )
    )
    return _one(chance, rf'(?<=<cbc:{name} currencyID="...">)[-0-9.]+', text, moved)


def _reason(chance, text):
    if chance.random() < 0.5:
        return _one(chance, r"<cbc:TaxExemptionReason(Code)?>[^<]*</cbc:TaxExemptionReason(Code)?>", text, "")
    return _one(
        chance,
        r"(?<=</cbc:Percent>)(?=<cac:TaxScheme>)",
        text,
        "<cbc:TaxExemptionReason>motiv</cbc:TaxExemptionReason>",
    )


def _indicator(chance, text):
    return _one(
        chance, r"(?<=ChargeIndicator>)(true|false)", text, chance.choice(("1", "0", "true", "false", " true "))
    )


def _percent(chance, text):
    if chance.random() < 0.4:
        return _one(chance, r"<cbc:Percent>[^<]*</cbc:Percent>", text, "")
    return _one(
        chance, r"(?<=<cbc:Percent>)[0-9.]+", text, chance.choice(("0", "21", "21.00", "11", "0.49", "-5", "7"))
    )


def _currency(chance, text):
    return _one(chance, r'(?<=currencyID=")[A-Z]+', text, chance.choice(("RON", "EUR", "USD", "XXX")))
