"""Import of random valid invoices: each becomes a bill with the same amounts."""

import random
from decimal import Decimal

from odoo.tests import tagged

from .import_common import ImportCase, line, supplier_xml
from .import_xml import cents

SEED = 20261122
COUNT = 40


def _amount(chance, most):
    return str(Decimal(chance.randint(1, most)) / 10 ** chance.choice((0, 2, 2, 2, 4, 6)))


def random_xml(chance, number):
    """An invoice whose sums agree; its VAT may be rounded in any way that BR-CO-17 lets pass."""
    minus = chance.random() < 0.15
    rates = chance.sample(["21", "11", "19", "9", "5"], chance.randint(1, 3))
    lines = []
    for _line in range(chance.choice((1, 1, 2, 3, 5, 8, 30))):
        free = chance.random() < 0.1
        quantity = Decimal(_amount(chance, 5000)) * (-1 if minus or chance.random() < 0.1 else 1)
        price = Decimal(_amount(chance, 100_000))
        base = chance.choice((None, None, None, "10", "1000", "3"))
        net = quantity * price / Decimal(base or 1)
        allowances = []
        if chance.random() < 0.3:
            allowances = [(chance.random() < 0.3, str(cents(abs(net) * Decimal(chance.random()))))]
            net += sum(Decimal(amount) * (1 if charge else -1) for charge, amount in allowances)
        if chance.random() < 0.2:  # the price is shown rounded
            net *= 1 + (Decimal(chance.random()) - Decimal("0.5")) / 1000
        lines.append(
            line(
                f"Articol {chance.randint(1, 9)}",
                str(quantity),
                str(price),
                net=cents(net),
                base=base,
                rate="0" if free else chance.choice(rates),
                category=chance.choice("E") if free else "S",
                unit=chance.choice(("H87", "KGM", "MTR", "HUR", "XBX")),
                allowances=allowances,
            )
        )
    charges = [
        (chance.random() < 0.5, str(cents(chance.random() * 20)), "Ajustare", ("S", chance.choice(rates)))
        for _charge in range(chance.choice((0, 0, 0, 1, 2)))
    ]
    vat = {}
    for rate in rates:
        base = sum((one["net"] for one in lines if one["rate"] == rate), Decimal(0)) + sum(
            Decimal(amount) * (1 if charge else -1) for charge, amount, _reason, tax in charges if tax[1] == rate
        )
        away = chance.choice((0, 0, 0, 1, -1, 7, -40, 99))
        vat["S", rate] = cents(base * Decimal(rate) / 100) + Decimal(away) / 100
    more = {}
    if chance.random() < 0.2:
        total = sum(vat.values())
        more = {"currency": "EUR", "vat_ron": str(cents(total * Decimal("5.0791"))) if total else None}
    return supplier_xml(
        lines=lines,
        charges=charges,
        vat=vat,
        number=f"R {number}",
        exemptions={"E": "Scutit"},
        root="CreditNote" if chance.random() < 0.15 else "Invoice",
        prepaid=chance.choice((None, None, "1.00")),
        rounding=chance.choice((None, None, "0.01")),
        **more,
    )


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportFuzz(ImportCase):
    def test_random_invoices(self):
        self.env.ref("base.EUR").active = True
        for method in ("round_globally", "round_per_line"):
            self.company.tax_calculation_rounding_method = method
            chance = random.Random(f"{SEED} {method}")
            xmls = [random_xml(chance, number) for number in range(COUNT)]
            proposals = self._propose(*xmls)
            self.assertEqual([proposal.refusals for proposal in proposals], [[]] * COUNT)
            bills = self.importer._create_bills(proposals).sudo()
            self.assertEqual(len(bills), COUNT)
            for number, (xml, bill) in enumerate(zip(xmls, bills, strict=True)):
                with self.subTest(number=number, method=method):
                    self.assert_totals(bill, xml)
            bills.unlink()
