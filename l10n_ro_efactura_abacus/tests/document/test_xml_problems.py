from unittest.mock import patch

from lxml import etree
from odoo.tests import tagged

from .xml_common import XmlCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestXmlProblems(XmlCommon):
    """What stops an e-Factura is told at once and completely; texts that are too long are moved, not lost."""

    def _codes(self, move):
        return [problem["code"] for problem in move._l10n_ro_efactura_problems()]

    def _only(self, move, code, bt, record, field):
        """`move` has one problem, told on `field` of `record`."""
        [problem] = move._l10n_ro_efactura_problems()
        self.assertEqual(
            (problem["code"], problem["bt"], problem["model"], problem["res_id"], problem["field"]),
            (code, bt, record._name, record.id, field),
        )
        self.assertEqual(move._l10n_ro_efactura_build_xml(), (b"", [problem["text"]]))

    # -------------------------------------------------------------------------
    # ALL AT ONCE
    # -------------------------------------------------------------------------

    def test_many_mistakes(self):
        """An invoice with a dozen mistakes shows a dozen."""
        self.company.partner_id.street = False
        unit = self.env["uom.uom"].create({"name": "Cutie mare"})
        nobody = self._partner(name="Fără Cod SRL", vat=False, street=False, city=False, state_id=False)
        product = self._product("Fier vechi", l10n_ro_efactura_nc8="7204")
        move = self._move(
            self._line(product_uom_id=unit.id),
            self._line(tax=None),
            self._line(tax="tvac_00"),
            self._line(tax=self._tax("tvac_21") + self._tax("tvac_11")),
            self._line(product=product),
            partner=nobody,
            name="FĂRĂ CIFRE",
            ref="C" * 201,
            l10n_ro_efactura_contract="D" * 201,
            l10n_ro_efactura_payment_means="30",
            partner_bank_id=False,
            post=False,
        )
        move.partner_bank_id = False
        self.assertEqual(
            sorted(self._codes(move)),
            sorted(
                [
                    "number_digit",
                    "identifier_length",
                    "identifier_length",
                    "street",
                    "buyer_cui",
                    "street",
                    "city",
                    "county",
                    "bank_account",
                    "unit",
                    "tax_missing",
                    "tax",
                    "taxes",
                    "classification",
                ]
            ),
        )
        _xml, errors = move._l10n_ro_efactura_build_xml()
        self.assertEqual(len(errors), 14)

    def test_nothing(self):
        self.assertFalse(self._codes(self._move()))

    # -------------------------------------------------------------------------
    # ONE BY ONE
    # -------------------------------------------------------------------------

    def test_unit(self):
        unit = self.env["uom.uom"].create({"name": "Cutie mare"})
        move = self._move(self._line(product_uom_id=unit.id), self._line(product_uom_id=unit.id))
        self._only(move, "unit", "BT-130", unit, "code")
        self.env["l10n_ro_efactura.code.map"].create(
            {"kind": "uom", "uom_id": unit.id, "code": "XBX", "company_id": self.company.id}
        )
        self.assertEqual(self._texts(self._read(move), "//InvoicedQuantity/@unitCode"), ["XBX", "XBX"])

    def test_tax_asked(self):
        tax = self._tax("tvac_00")
        self._only(self._move(self._line(tax="tvac_00")), "tax", "BT-151", tax, "code")

    def test_seller_not_registered_charges_vat(self):
        self.company.vat = "1234567897"
        self._only(self._move(), "seller_vat", "BT-31", self.company.partner_id, "vat")

    def test_company_without_cui(self):
        nobody = self._partner(vat=False)
        self._only(self._move(partner=nobody), "buyer_cui", "BT-47", nobody, "vat")

    def test_wrong_digit_in_a_cui(self):
        wrong = self.customer.with_context(no_vat_validation=True)
        wrong.vat = "RO987654321"
        self._only(self._move(), "cui_invalid", "BT-48", self.customer, "vat")

    def test_foreign_company_without_number(self):
        self.american.vat = False
        self._only(
            self._move(self._line(tax="tvati_extra"), partner=self.american), "buyer_cui", "BT-47", self.american, "vat"
        )

    def test_foreign_person(self):
        self.american.write({"vat": False, "is_company": False})
        tree = self._read(self._move(partner=self.american))
        self.assertEqual(self._texts(tree, "//AccountingCustomerParty//PartyLegalEntity/CompanyID"), ["0000000000000"])

    def test_foreign_county_is_not_asked(self):
        self.assertFalse(self._codes(self._move(partner=self.german)))

    def test_intra_community_to_nobody(self):
        self.german.vat = False
        self.german.company_registry = "HRB 1"
        self._only(
            self._move(self._line(tax="tvati_intrab"), partner=self.german), "buyer_vat", "BT-48", self.german, "vat"
        )

    def test_delivery_address(self):
        depot = self._partner(name="Depozit", parent_id=self.customer.id, type="delivery", street=False)
        self._only(self._move(partner_shipping_id=depot.id), "street", "BT-75", depot, "street")

    def test_storno_without_origin(self):
        """Either kind of credit note says what it corrects, and why."""
        for storno, root in (("negative", "/Invoice"), ("credit_note", "/CreditNote")):
            with self.subTest(storno):
                self.company.l10n_ro_efactura_storno = storno
                refund = self._move(move_type="out_refund", name=f"STO/{storno}/1")
                self.assertEqual(self._codes(refund), ["origin", "origin_date", "reason"])
                refund.write({"l10n_ro_efactura_origin_number": "F 1", "l10n_ro_efactura_reason": "Retur"})
                self._only(refund, "origin_date", "BT-26", refund, "l10n_ro_efactura_origin_date")
                refund.l10n_ro_efactura_origin_date = "2026-08-01"
                tree = self._read(refund)
                self.assertEqual(self._texts(tree, "//BillingReference//ID"), ["F 1"])
                self.assertEqual(self._texts(tree, f"{root}/Note"), ["Motiv: Retur"])

    def test_the_date_of_an_invoice_of_ours(self):
        origin = self._move()
        refund = self._move(
            move_type="out_refund",
            name="STO/1",
            l10n_ro_efactura_reason="Retur",
            l10n_ro_efactura_origin_number=f" {origin.name} ",
        )
        self.assertEqual(self._texts(self._read(refund), "//BillingReference//IssueDate"), ["2026-09-15"])

    def test_a_rebate_over_a_period(self):
        """Only the user says that a credit note corrects no single invoice; then it tells the period."""
        refund = self._move(move_type="out_refund", l10n_ro_efactura_for_period=True)
        self.assertEqual(self._codes(refund), ["period", "period", "reason"])
        refund.write(
            {
                "l10n_ro_efactura_period_start": "2026-08-31",
                "l10n_ro_efactura_period_end": "2026-08-01",
                "l10n_ro_efactura_reason": "Bonus de volum",
            }
        )
        self._only(refund, "period", "BT-74", refund, "l10n_ro_efactura_period_end")
        refund.l10n_ro_efactura_period_start = "2026-07-01"
        tree = self._read(refund)
        self.assertEqual(self._texts(tree, "//BillingReference//ID"), [])
        self.assertEqual(self._texts(tree, "/CreditNote/InvoicePeriod/*"), ["2026-07-01", "2026-08-01"])
        self.assertEqual(self._texts(tree, "/CreditNote/Note"), ["Motiv: Bonus de volum"])
        _xml, errors, findings = refund._l10n_ro_efactura_checked_xml()
        self.assertEqual((errors, findings), ([], []))

    def test_the_checker_does_not_ask_for_the_origin(self):
        """ANAF takes a credit note without BT-25: a file made elsewhere is judged as ANAF judges it."""
        refund = self._move(
            move_type="out_refund",
            l10n_ro_efactura_for_period=True,
            l10n_ro_efactura_reason="Bonus",
            l10n_ro_efactura_period_start="2026-07-01",
            l10n_ro_efactura_period_end="2026-07-31",
        )
        tree = self._read(refund)
        for node in tree.xpath("*[local-name()='InvoicePeriod' or local-name()='Note']"):
            tree.remove(node)
        self.assertEqual(self.env["l10n_ro_efactura.xml.file"]._findings(etree.tostring(tree)), [])

    def test_a_plain_reversal_says_why_itself(self):
        origin = self._move()
        refund = self._reverse(origin, reason=False)
        refund.action_post()
        self.assertIn(f"Motiv: Storno {origin.name}", self._texts(self._read(refund), "/CreditNote/Note"))

    def test_type_of_another_kind(self):
        self._only(
            self._move(l10n_ro_efactura_type="381"),
            "type",
            "BT-3",
            self.env["account.move"].search([("name", "=", f"FCT/{self.number}")]),
            "l10n_ro_efactura_type",
        )

    def test_transfer_to_no_iban(self):
        bank = self.company.partner_id.bank_ids
        bank.allow_out_payment = False  # core lets no trusted account be renumbered
        bank.acc_number = "12345"
        bank.allow_out_payment = True
        move = self._move(l10n_ro_efactura_payment_means="30")
        self._only(move, "iban", "BT-84", self.company.partner_id.bank_ids, "acc_number")
        move.l10n_ro_efactura_payment_means = False
        self.assertEqual(self._texts(self._read(move), "//PaymentMeansCode"), ["42"])

    # -------------------------------------------------------------------------
    # STORNO
    # -------------------------------------------------------------------------

    def test_storno_of_one_credit_note(self):
        """The company sends 381; this one goes as an invoice with a minus, by another call."""
        refund = self._reverse(self._move())
        refund.l10n_ro_efactura_type = "380"
        refund.action_post()
        tree = self._read(refund)
        self.assertEqual(self._texts(tree, "/Invoice/InvoiceTypeCode"), ["380"])
        self.assertEqual(self._texts(tree, "//PayableAmount"), ["-121.00"])
        self.assertEqual(refund._l10n_ro_efactura_upload_params()["standard"], "UBL")
        refund.l10n_ro_efactura_type = "381"
        self.assertEqual(refund._l10n_ro_efactura_upload_params()["standard"], "CN")

    def test_storno_in_another_currency(self):
        self.company.l10n_ro_efactura_storno = "negative"
        refund = self._reverse(self._move(currency_id=self.eur.id))
        refund.action_post()
        self.assertEqual(self._texts(self._read(refund), "/Invoice/TaxTotal/TaxAmount"), ["-21.00", "-105.00"])

    def test_storno_of_discount_and_rounding(self):
        """Discounts of the document keep their sense, and the rounding its sign."""
        self.company.l10n_ro_efactura_storno = "negative"
        product = self._product("Reducere", type="service", l10n_ro_efactura_document_level=True)
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "Numerar",
                "rounding": 0.5,
                "strategy": "add_invoice_line",
                "rounding_method": "HALF-UP",
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
            }
        )
        refund = self._reverse(
            self._move(self._line(100.02), self._line(-20, product=product), invoice_cash_rounding_id=rounding.id)
        )
        refund.action_post()
        tree = self._read(refund)
        self.assertEqual(self._texts(tree, "/Invoice/AllowanceCharge/ChargeIndicator"), ["false"])
        self.assertEqual(self._texts(tree, "/Invoice/AllowanceCharge/Amount"), ["-20.00"])
        self.assertEqual(self._texts(tree, "//TaxInclusiveAmount"), ["-96.82"])
        self.assertEqual(self._texts(tree, "//PayableRoundingAmount"), ["-0.18"])
        self.assertEqual(self._texts(tree, "//PayableAmount"), ["-97.00"])

    def test_credit_note_over_a_discount_only(self):
        product = self._product("Reducere", type="service", l10n_ro_efactura_document_level=True)
        refund = self._move(
            self._line(20, product=product),
            move_type="out_refund",
            l10n_ro_efactura_reason="Bonus",
            l10n_ro_efactura_origin_number="F 1",
            l10n_ro_efactura_origin_date="2026-08-01",
        )
        tree = self._read(refund)
        self.assertEqual(self._texts(tree, "//CreditNoteLine/LineExtensionAmount"), ["20.00"])
        self.assertEqual(self._texts(tree, "/CreditNote/AllowanceCharge"), [])

    # -------------------------------------------------------------------------
    # TEXTS
    # -------------------------------------------------------------------------

    def test_cuts(self):
        product = self._product(" ".join(["Denumire"] * 30))
        move = self._move(self._line(product=product, name=" ".join(["Descriere"] * 80)))
        cuts = move._l10n_ro_efactura_cuts()
        self.assertEqual(
            [(cut["bt"], cut["to"]) for cut in cuts],
            [("BT-153", "BT-154"), ("BT-154", "BT-127"), ("BT-127", "BT-22"), ("BT-22", "BT-22")],
        )
        self.assertEqual(cuts[0]["res_id"], move.invoice_line_ids.id)
        self.assertEqual(cuts[0]["kept"], " ".join(["Denumire"] * 11))
        tree = self._read(move)
        words = " ".join(
            text
            for path in ("//Item/Name", "//Item/Description", "//InvoiceLine/Note", "/Invoice/Note")
            for text in self._texts(tree, path)
        ).split()
        self.assertEqual((words.count("Denumire"), words.count("Descriere")), (30, 80), "nothing is lost")
        self.assertFalse(self._move(name="FCT/2")._l10n_ro_efactura_cuts())

    def test_twenty_notes(self):
        move = self._move(narration=f"<p>{' '.join(['Observații'] * 1000)}</p>")
        notes = self._texts(self._read(move), "/Invoice/Note")
        self.assertEqual(len(notes), 20)
        self.assertLessEqual(max(map(len, notes)), 300)
        [cut] = move._l10n_ro_efactura_cuts()
        self.assertEqual((cut["bt"], cut["to"]), ("BT-22", ""))

    def test_language_of_the_user(self):
        """The bytes do not depend on who makes them."""
        self.env["res.lang"]._activate_lang("ro_RO")
        move = self._move(self._line(discount=10), self._line(tax="tvaic_21"))
        texts = {move.with_context(lang=lang)._l10n_ro_efactura_build_xml()[0] for lang in ("en_US", "ro_RO")}
        self.assertEqual(len(texts), 1)

    # -------------------------------------------------------------------------
    # ONE DOCUMENT ON EVERY PATH
    # -------------------------------------------------------------------------

    def test_the_door(self):
        """Core's exporter gives the same bytes, whether the company is connected or not."""
        move = self._move()
        builder = self.env["account.edi.xml.ubl_ro"]
        xml, _errors = move._l10n_ro_efactura_build_xml()
        self.assertEqual(builder._export_invoice(move), (xml, set()))
        self.assertEqual(builder._export_invoice_filename(move), f"FCT_{self.number.replace('/', '_')}_cius_ro.xml")
        self.credential.sudo().unlink()
        self.assertEqual(builder._export_invoice(move), (xml, set()))
        self.customer.street = False
        self.assertEqual(builder._export_invoice(move), (b"", {"Client Test SRL has no street."}))

    def test_a_draft_has_a_document_too(self):
        """The window shows what it will say; number and date come with posting."""
        move = self._move(post=False, name=False, invoice_date=False)
        tree = self._read(move)
        self.assertEqual(self._texts(tree, "/Invoice/ID"), ["/"])
        self.assertEqual(self.env["account.edi.xml.ubl_ro"]._export_invoice_filename(move), "document_cius_ro.xml")
        self.assertEqual(move._l10n_ro_efactura_checked_xml()[1:], ([], []))

    def test_odoos_own(self):
        """A company may keep Odoo's own XML, on every path; what is wrong with it is still told."""
        move = self._move()
        ours = move._l10n_ro_efactura_build_xml()[0]
        self.company.l10n_ro_efactura_core_xml = True
        self.company.city = "SECTOR1"
        xml, errors = self.env["account.edi.xml.ubl_ro"]._export_invoice(move)
        self.assertEqual((move._l10n_ro_efactura_build_xml(), errors), ((xml, []), set()))
        self.assertNotEqual(xml, ours)
        self.assertIn(b"PriceAmount", xml)
        self.assertEqual(move._l10n_ro_efactura_cuts(), [])
        line = self._line(product_uom_id=self.env["uom.uom"].create({"name": "Cutie mare"}).id)
        self.assertEqual(self._codes(self._move(line, name="FCT/2")), [], "Odoo asks for no unit")
        self.customer.street = False
        self.assertTrue(move._l10n_ro_efactura_build_xml()[1])

    def test_the_books_and_the_document(self):
        """A document that says another total than the books is not sent."""
        move = self._move(self._line(10), self._line(20))
        document = type(move)._l10n_ro_efactura_document_amounts

        def wrong(this, build):
            values = document(this, build)
            return {**values, "total": values["total"] + 1, "payable": values["payable"] + 1}

        with patch.object(type(move), "_l10n_ro_efactura_document_amounts", wrong):
            xml, [error] = move._l10n_ro_efactura_build_xml()
        self.assertEqual(xml, b"")
        self.assertIn("BT-112", error)

    def test_a_tax_that_was_changed_by_hand(self):
        """The VAT of the document is the one that is booked."""
        move = self._move(self._line(10.02), self._line(20.02), post=False)
        move.line_ids.filtered("tax_line_id").amount_currency -= 0.01
        move.action_post()
        self.assertEqual(self._texts(self._read(move), "/Invoice/TaxTotal/TaxAmount"), [f"{move.amount_tax:.2f}"])

    def test_withheld(self):
        """What the buyer withholds for the State is paid by him: BT-113, and a note."""
        tax = self.tax_21.copy({"name": "Reținere 10%", "amount": -10})
        move = self._move(self._line(tax=self._tax("tvac_21") + tax))
        self.assertEqual(move.amount_total, 111)
        tree = self._read(move)
        self.assertEqual(self._texts(tree, "//TaxTotal/TaxAmount"), ["21.00"])
        self.assertEqual(self._texts(tree, "//LegalMonetaryTotal/*"), ["100.00", "100.00", "121.00", "10.00", "111.00"])
        self.assertEqual(self._texts(tree, "/Invoice/Note"), ["Impozit reținut la sursă: 10.00 RON"])
        self.assertEqual(move._l10n_ro_efactura_checked_xml()[1:], ([], []))

    def test_a_charge_that_vat_is_reckoned_on(self):
        """A fixed tax in the base of the VAT is a charge of the line (BG-28)."""
        stamp = self.tax_21.copy(
            {"name": "Timbru verde", "amount_type": "fixed", "amount": 0.5, "include_base_amount": True, "sequence": 0}
        )
        move = self._move(self._line(10, 3, self._tax("tvac_21") + stamp, discount=10))
        tree = self._read(move)
        self.assertEqual(self._texts(tree, "//InvoiceLine/AllowanceCharge/ChargeIndicator"), ["false", "true"])
        self.assertEqual(self._texts(tree, "//InvoiceLine/AllowanceCharge/Amount"), ["3.00", "1.50"])
        self.assertEqual(self._texts(tree, "//InvoiceLine/LineExtensionAmount"), ["28.50"])
        self.assertEqual(self._texts(tree, "//PayableAmount"), [f"{move.amount_total:.2f}"])

    def test_a_gift_whose_price_has_vat_in_it(self):
        """The price without VAT, also where nothing is left of it."""
        included = self.tax_21.copy({"name": "21% inclus", "price_include_override": "tax_included"})
        tree = self._read(self._move(self._line(121, 2, included, discount=100), self._line(121, 0, included)))
        self.assertEqual(self._texts(tree, "//PriceAmount"), ["100.0", "100.0"])
        self.assertEqual(self._texts(tree, "//InvoiceLine/AllowanceCharge/Amount"), ["200.00"])

    def test_debit_note_is_an_invoice(self):
        if "debit_origin_id" not in self.env["account.move"]._fields:
            self.skipTest("account_debit_note is not installed")
        origin = self._move()
        move = self._move(name="FCT/2", debit_origin_id=origin.id)
        tree = self._read(move)
        self.assertEqual(self._texts(tree, "/Invoice/InvoiceTypeCode"), ["380"])
        self.assertEqual(self._texts(tree, "//BillingReference//ID"), [origin.name])

    def test_later_credit_note_is_no_payment(self):
        move = self._move()
        refund = self._reverse(move)
        refund.action_post()
        self.assertEqual(move.amount_residual, 0)
        self.assertEqual(self._texts(self._read(move), "//PayableAmount"), ["121.00"])

    def test_many_small_lines(self):
        """The document adds up whatever the rounding, mixed with taxes that allow no cent of difference."""
        lines = [
            self._line(0.333, quantity=7, discount=3.5, tax=tax)
            for tax in ("tvac_21", "tvac_11", "tvatiscnoded", "tvatine")
            for _number in range(9)
        ]
        self.same_xml("many_small_lines", self._read(self._move(*lines)))
