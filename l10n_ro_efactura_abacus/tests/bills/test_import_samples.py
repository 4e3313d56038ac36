"""Import of sample invoices to the cent, under both of Odoo's methods of rounding taxes."""

from collections import defaultdict
from decimal import Decimal

from odoo.tests import tagged

from ...anaf import contradictions, read_document
from ...anaf.cius.check import check
from ..common import analyze_moves
from .import_common import ImportCase
from .import_samples import CONTRADICTIONS, SAMPLES, sample


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportSamples(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.EUR").active = True

    def _made(self, names):
        """{name: (document, bill)} of samples booked together, as a user imports them."""
        xmls = {name: sample(name, f"E {number}") for number, name in enumerate(names, start=1)}
        proposals = self._propose(*xmls.values())
        self.assertEqual([proposal.refusals for proposal in proposals], [[] for _name in names])
        bills = self.importer._create_bills(proposals).sudo()
        self.assertEqual(len(bills), len(xmls))
        return {name: (read_document(xml), bill) for (name, xml), bill in zip(xmls.items(), bills, strict=True)}

    def _assert_amounts(self, name, bill, document, amounts):
        sign = -1 if document.facts.total < 0 else 1
        self.assertEqual(
            [f"{amount:.2f}" for amount in (bill.amount_untaxed, bill.amount_tax, bill.amount_total)],
            [f"{sign * Decimal(amount):.2f}" for amount in amounts],
            name,
        )

    def _assert_like_its_xml(self, name, bill, document):
        """Every line's net, the VAT of every rate, and the VAT in RON."""
        sign = -1 if document.facts.total < 0 else 1
        nets = [line.net for line in document.lines] + [
            one.amount if one.is_charge else -one.amount for one in document.allowances
        ]
        self.assertEqual(
            [f"{line.price_subtotal:.2f}" for line in bill.invoice_line_ids],
            [f"{sign * net + 0:.2f}" for net in nets],
            name,
        )
        stated, booked, in_ron = defaultdict(Decimal), defaultdict(float), 0.0
        for one in document.subtotals:
            if one.category == "S" and one.amount:
                stated[float(one.rate)] += sign * one.amount
        for line in bill.line_ids.filtered("tax_line_id"):
            direction = -bill.direction_sign if bill.move_type == "in_refund" else bill.direction_sign
            booked[line.tax_line_id.amount] += line.amount_currency * (1 if bill.move_type == "in_invoice" else -1)
            in_ron += line.balance * direction
        if all(one.category == "S" for one in document.subtotals):
            self.assertEqual(
                {rate: f"{amount:.2f}" for rate, amount in booked.items() if round(amount, 2)},
                {rate: f"{amount:.2f}" for rate, amount in stated.items() if amount},
                name,
            )
        if document.vat_in_vat_currency:
            self.assertEqual(f"{abs(in_ron):.2f}", f"{document.vat_in_vat_currency:.2f}", name)

    def test_the_samples_are_what_they_say(self):
        for name, (_arguments, untaxed, vat, total) in SAMPLES.items():
            with self.subTest(name):
                xml = sample(name, "E 1")
                facts = read_document(xml).facts
                self.assertEqual(
                    (facts.untaxed, facts.tax_amount, facts.total), (Decimal(untaxed), Decimal(vat), Decimal(total))
                )
                self.assertEqual([found.rule for found in check(xml).findings if found.severity == "fatal"], [])
                self.assertEqual({found.code for found in contradictions(read_document(xml))} - {"BT-131"}, set())

    def test_to_the_cent(self):
        for method in ("round_globally", "round_per_line"):
            self.company.tax_calculation_rounding_method = method
            made = self._made(SAMPLES)
            for name, (document, bill) in made.items():
                with self.subTest(name, method=method):
                    self._assert_amounts(name, bill, document, SAMPLES[name][1:])
                    self._assert_like_its_xml(name, bill, document)
            bills = self.env["account.move"].union(*(bill for _document, bill in made.values()))
            analyze_moves(self.env)
            bills.action_post()
            self.assertEqual(set(bills.mapped("state")), {"posted"})
            for name, (document, bill) in made.items():
                with self.subTest(name, method=method, state="posted"):
                    self._assert_amounts(name, bill, document, SAMPLES[name][1:])
            bills.button_draft()
            bills.unlink()

    def test_a_rate_without_a_tax_is_cost_until_somebody_says_more(self):
        first, second = (
            self._propose(sample("a rate that Romania does not have", f"N {number}"))[0] for number in range(2)
        )
        second.accounting_date = "no date"  # fails, and the batch with it: the tax is made again for the first
        with self.assertLogs("odoo.addons.l10n_ro_efactura_abacus.models.bills.importer_bills"):
            bill = self.importer._create_bills([first, second]).sudo()
        self.assertEqual(len(bill), 1)
        self._assert_amounts("25 %", bill, first.document, SAMPLES["a rate that Romania does not have"][1:])
        vat = bill.line_ids.filtered(lambda line: line.tax_line_id.amount == 25)
        self.assertEqual(vat.account_id, bill.invoice_line_ids[0].account_id)
        self.assertFalse(vat.tax_tag_ids)
        self.assertIn("25 %", " ".join(bill.l10n_ro_efactura_import_warnings))
        self.assertEqual(first.lines[0].taxes.source, "none", "it stays yellow")
        third = self._propose(sample("a rate that Romania does not have", "N 3"))
        again = self.importer._create_bills(third).sudo()
        self.assertEqual(again.invoice_line_ids[0].tax_ids, bill.invoice_line_ids[0].tax_ids)

    def test_what_contradicts_itself_is_stated_on_the_bill(self):
        for name, (document, bill) in self._made(CONTRADICTIONS).items():
            _arguments, codes, amounts = CONTRADICTIONS[name]
            with self.subTest(name):
                self.assertEqual({found.code for found in contradictions(document) if found.counts}, codes)
                self._assert_amounts(name, bill, document, amounts)
                self.assertTrue(bill.l10n_ro_efactura_import_warnings)
