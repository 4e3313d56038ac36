"""VAT of imported bills: by category, rate and nature; on payment where supplier or company use that scheme."""

from odoo.tests import tagged

from ...models.bills.proposal import Choice
from .import_common import ImportCase, line, supplier_xml


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportTaxes(ImportCase):
    def _taxes(self, *lines, **values):
        [proposal] = self._propose(supplier_xml(lines=list(lines), **values))
        return [(one.taxes.value, one.taxes.source) for one in proposal.lines]

    def _names(self, *lines, **values):
        return [self._name(tax) for tax, _source in self._taxes(*lines, **values)]

    def _name(self, tax):
        data = self.env["ir.model.data"].search([("model", "=", "account.tax"), ("res_id", "=", tax.id)])
        return data.name.partition("_")[2] if tax else False

    def test_by_category_and_rate(self):
        wanted = {
            ("S", "21"): "tvad_21",
            ("S", "11"): "tvad_11",
            ("S", "19"): "tvad_19",
            ("S", "9"): "tvad_09",
            ("AE", "0"): "tvatip21",
            ("E", "0"): "tvatiscdeda",
            ("Z", "0"): "tvad_00",
            ("O", ""): "tvatinea",
            ("K", "0"): "tvati_intrap21b",
            ("G", "0"): "tvati_extrap0b",
            ("S", "15"): False,
            ("L", "7"): False,
        }
        lines = [line("Marfă", category=category, rate=rate) for category, rate in wanted]
        self.assertEqual(self._names(*lines), list(wanted.values()))
        self.assertEqual([source for _tax, source in self._taxes(*lines)][-2:], ["none", "none"])
        self.assertEqual(self._names(line("Marfă", category="AE", rate="0"), date="2025-07-31"), ["tvatip19"])

    def test_an_ended_rate_has_its_archived_tax(self):
        """Newer charts bring 19, 9 and 5 % archived; an archived tax of a rate in force is still asked for."""
        chart = self.env["account.chart.template"].with_company(self.company)
        for name in ("tvad_19", "tvad_19_s", "tvad_11", "tvad_11_s"):
            chart.ref(name).active = False
        [proposal] = self._propose(
            supplier_xml(lines=[line("Marfă", rate="19"), line("Pâine", rate="11")], date="2025-06-30")
        )
        self.assertEqual([self._name(one.taxes.value) for one in proposal.lines][0], "tvad_19")
        self.assertNotEqual([self._name(one.taxes.value) for one in proposal.lines][1], "tvad_11")
        [bill] = self.importer._create_bills([proposal]).sudo()
        self.assertEqual(bill.invoice_line_ids[0].tax_ids, chart.ref("tvad_19"))

    def test_by_nature(self):
        service = self.env["product.product"].create({"name": "Montaj", "type": "service", "barcode": "5940000000024"})
        self.assertEqual(
            self._names(
                line("Cărămizi"),
                line("Servicii contabile"),
                line("Muncă", unit="HUR"),
                line("X", barcode=service.barcode),
                line("Chirie", rate="11"),
            ),
            ["tvad_21", "tvad_21_s", "tvad_21_s", "tvad_21_s", "tvad_11_s"],
        )

    def test_on_payment(self):
        for case, values in (
            ("the code", {"vat_point": "432"}),
            ("the note", {"notes": ["Factură cu TVA la încasare."]}),
            ("the exemption", {"exemptions": {"S": "TVA LA INCASARE"}}),
        ):
            with self.subTest(case):
                lines = [line("Marfă"), line("Lapte", rate="11"), line("X", category="AE", rate="0")]
                self.assertEqual(self._names(*lines, **values), ["tvaid_21", "tvaid_11", "tvatip21"])
        self.assertEqual(self._names(line("Marfă"), notes=["Nu se aplică TVA la încasare"]), ["tvad_21"])
        self.company.l10n_ro_efactura_vat_on_payment = True
        self.assertEqual(self._names(line("Marfă")), ["tvaid_21"])
        bill = self._bill(lines=[line("Marfă")])
        bill.action_post()
        self.assertEqual(
            bill.line_ids.filtered("tax_line_id").account_id, self._tax("tvaid_21").cash_basis_transition_account_id
        )

    def test_what_was_remembered_follows_the_scheme(self):
        half = self._tax("tva_ned_21_50")
        [first] = self._propose(supplier_xml(lines=[line("A"), line("B")], number="1", vat_point="432"))
        first.lines[1].taxes = Choice(half, "user")
        self.importer._remember([first])
        [second] = self._propose(supplier_xml(lines=[line("A"), line("B")], number="2"))
        self.assertEqual(second.lines[0].taxes, Choice(self._tax("tvad_21"), "xml"))
        self.assertEqual(second.lines[1].taxes, Choice(half, "remembered"))

    def test_reverse_charge_adds_nothing(self):
        bill = self._bill(lines=[line("Cereale", "10", "100", category="AE", rate="0")], exemptions={"AE": "art. 331"})
        self.assertEqual(bill.amount_tax, 0)
        vat = bill.line_ids.filtered("tax_line_id")
        self.assertEqual(sorted(vat.mapped("balance")), [-210, 210])

    def test_half_deductible(self):
        xml = supplier_xml(lines=[line("Combustibil", "33.33", "7.41")])
        [proposal] = self._propose(xml)
        proposal.lines[0].taxes = Choice(self._tax("tva_ned_21_50"), "user")
        bill = self.importer._create_bills([proposal]).sudo()
        self.assert_totals(bill, xml)
        self.assertEqual(len(bill.line_ids.filtered("tax_line_id")), 2)

    def test_who_is_not_registered_deducts_nothing(self):
        self.company.vat = self.company.vat.removeprefix("RO")
        bill = self._bill(lines=[line("Marfă"), line("Lapte", rate="11")])
        vat = bill.line_ids.filtered("tax_line_id")
        self.assertEqual(vat.account_id, bill.invoice_line_ids.account_id, "on the account of the goods")
        bill.action_post()
        self.assertEqual([source for _tax, source in self._taxes(line("Altă marfă"), number="2")], ["default"])

    def test_a_chart_of_another_kind(self):
        data = self.env["ir.model.data"].search(
            [("model", "=", "account.tax"), ("module", "=", "account"), ("name", "=like", f"{self.company.id}_%")]
        )
        data.unlink()
        self.company.chart_template = False
        self.assertEqual(
            [
                (tax.amount, tax.tax_exigibility, source)
                for tax, source in self._taxes(line("Marfă"), line("Lapte", rate="11"), line("Y", rate="3"))
            ],
            [(21, "on_invoice", "default"), (11, "on_invoice", "default"), (0, False, "none")],
        )
        self.assertTrue(self._taxes(line("X", category="AE", rate="0"))[0][0].has_negative_factor)
        self.assertEqual(self._taxes(line("X", category="E", rate="0"))[0][1], "none")
