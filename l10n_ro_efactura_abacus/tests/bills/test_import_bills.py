"""Bills from XML: amounts to the cent, lines as in the XML."""

from odoo.tests import Form, tagged

from .import_common import ImportCase, line


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportBills(ImportCase):
    def test_a_plain_invoice(self):
        bill = self._bill(lines=[line("Hârtie A4", "10", "23.45", unit="H87"), line("Toner", "2", "310.5")])
        self.assertEqual(bill.partner_id, self.supplier)
        self.assertEqual(
            (bill.move_type, bill.ref, str(bill.invoice_date), str(bill.invoice_date_due), bill.state),
            ("in_invoice", "FCT-1", "2026-10-15", "2026-11-14", "draft"),
        )
        self.assertEqual(bill.invoice_line_ids.mapped("tax_ids"), self._tax("tvad_21"))
        self.assertEqual(bill.invoice_line_ids.mapped("quantity"), [10, 2])
        self.assertEqual(bill.invoice_line_ids.mapped("price_unit"), [23.45, 310.5])
        bill.action_post()
        self.assertEqual(bill.state, "posted")

    def test_amounts(self):
        self._amounts("round_globally")

    def test_amounts_rounded_by_line(self):
        self._amounts("round_per_line")

    def test_amounts_of_a_company_that_types_prices_with_vat(self):
        self._amounts("round_globally", "tax_included")

    def _amounts(self, rounding, prices="tax_excluded"):
        self.company.write({"tax_calculation_rounding_method": rounding, "account_price_include": prices})
        for case, lines, more in (
            ("base quantity", [line(quantity="250", price="12.5", base="100")], {}),
            ("line discount", [line(quantity="3", price="19.99", allowances=[(False, "5.99")])], {}),
            ("line charge", [line(quantity="3", price="19.99", allowances=[(True, "1.00")])], {}),
            ("all of it", [line(price="80", allowances=[(False, "80")])], {}),
            ("six decimals", [line(quantity="1234", price="0.012345")], {}),
            ("odd product", [line(quantity="3", price="3.33", net="10.00")], {}),
            ("thirds", [line(quantity="3", price="33.333", net="100.00") for _number in range(10)], {}),
            ("zero line", [line(), line(quantity="0", price="15", net="0")], {}),
            ("zero quantity", [line(), line(quantity="0", price="15", net="15")], {}),
            ("gift", [line(), line(price="0")], {}),
            ("negative quantity", [line(), line(quantity="-1", price="30")], {}),
            ("negative price", [line(), line(price="-30")], {}),
            ("tiny quantity", [line(quantity="0.001", price="1000")], {}),
            ("many decimals", [line(quantity="12.3456", price="7.89")], {}),
            (
                "several rates",
                [line(price="10.05"), line(price="20.07", rate="11"), line(price="5", rate="0", category="E")],
                {"exemptions": {"E": "art. 292"}},
            ),
            ("document discount", [line(price="100")], {"charges": [(False, "10", "Rabat", ("S", "21"))]}),
            ("document charge", [line(price="100")], {"charges": [(True, "7.77", "Transport", ("S", "11"))]}),
            ("VAT by line", [line(price="0.33") for _number in range(7)], {"vat": {("S", "21"): "0.49"}}),
            ("VAT rounded down", [line(price="99.99"), line(price="0.07")], {"vat": {("S", "21"): "21.00"}}),
        ):
            with self.subTest(case):
                self._bill(lines=lines, number=case, **more)

    def test_amounts_hold_while_the_draft_is_worked_on(self):
        lines = [line(price="0.33") for _number in range(7)]
        bill = self._bill(lines=lines, vat={("S", "21"): "0.49"}, notes=["A & B"])
        self.assertIn("A &amp; B", bill.narration)
        other = self.env["account.account"].create({"name": "Alt cont", "code": "604299", "account_type": "expense"})
        bill.invoice_line_ids[3].account_id = other
        bill.invoice_line_ids[4].name = "Altceva"
        self.assertEqual((bill.amount_untaxed, bill.amount_tax), (2.31, 0.49))
        with Form(bill) as form, form.invoice_line_ids.edit(2) as edited:
            edited.name = "Altfel"
        bill.action_post()
        self.assertEqual((bill.amount_untaxed, bill.amount_tax), (2.31, 0.49))
        bill.button_draft()
        bill.invoice_line_ids[0].price_unit = 1.33  # what a user types counts
        self.assertEqual((bill.amount_untaxed, bill.amount_tax), (3.31, 0.7))

    def test_a_bill_is_reversed_to_the_cent(self):
        bill = self._bill(lines=[line(price="0.33") for _number in range(7)], vat={("S", "21"): "0.49"})
        bill.action_post()
        refund = bill._reverse_moves([{"invoice_date": bill.invoice_date}], cancel=True)
        self.assertEqual((refund.amount_untaxed, refund.amount_tax, bill.payment_state), (2.31, 0.49, "reversed"))
