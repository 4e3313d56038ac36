from odoo.tests import TransactionCase, tagged

from ..models.order_reference import last_number, names, numbers

NAMED = [
    ("P00012", "P00012"),
    ("p 00012", "P00012"),
    ("PO: P00012", "P00012"),
    ("P12", "P00012"),
    ("P-00012", "P00012"),
    ("Comanda nr. P00012/12.03.2026", "P00012"),
    ("Comenzile P00011, P00012", "P00012"),
    ("CMD 4500123", "4500123"),
    ("4500123", "4500123"),
    ("Comanda 77", "77"),
    ("comanda nr. 77 din 01.03.2026", "77"),
    ("SO/2026/0009", "so 2026-9"),
]
NOT_NAMED = [
    ("P00012", "P00013"),
    ("P000123", "P00012"),
    ("Comanda 12/77", "77"),
    ("77 bucati pentru 12", "77"),
    ("", "P00012"),
    ("telefonic", "P00012"),
    ("P00012", "telefonic"),
    ("P00012", ""),
    ("Contract 45001234", "4500123"),
]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOrderReference(TransactionCase):
    def test_as_people_write_it(self):
        for text, number in NAMED:
            with self.subTest(text=text, number=number):
                self.assertTrue(names(text, number))
        for text, number in NOT_NAMED:
            with self.subTest(text=text, number=number):
                self.assertFalse(names(text, number))

    def test_numbers(self):
        self.assertEqual(numbers("comanda 0012 din 12.03.2026"), ["12"])
        self.assertEqual(last_number("P/2026/00012"), "12")
