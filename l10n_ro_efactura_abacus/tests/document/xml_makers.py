"""The invoices of test_xml_kinds, each made as a user makes it."""

from odoo import Command


class Makers:
    """`_make_<kind>`: a posted invoice of that kind."""

    def _make_b2b(self):
        return self._move()

    def _make_b2b_no_ro(self):
        return self._move(partner=self._partner(vat="987654328"))

    def _make_b2b_registry(self):
        return self._move(partner=self._partner(vat=False, company_registry="RO 987654328"))

    def _make_b2g(self):
        city = self._partner(name="Municipiul Brașov", vat="4267117")
        product = self._product("Studiu de fezabilitate", l10n_ro_efactura_cpv="79411000-8")
        if "cpv_code_id" in product._fields:
            product.cpv_code_id = self.env["l10n_ro.cpv.code"].search([("code", "=", "79411000-8")])
        return self._move(
            self._line(product=product), partner=city, ref="COMANDA 17/2026", l10n_ro_efactura_contract="CTR 5/2026"
        )

    def _make_b2c_cnp(self):
        return self._move(partner=self._partner(name="Ion Popescu", is_company=False, vat="1800101221144"))

    def _make_b2c_zeros(self):
        return self._move(partner=self.person)

    def _make_not_vat_payer(self):
        self.company.vat = "1234567897"
        return self._move(self._line(tax=None))

    def _make_eur(self):
        return self._move(currency_id=self.eur.id)

    def _make_usd(self):
        return self._move(currency_id=self.usd.id)

    def _make_credit_note(self):
        refund = self._reverse(self._move(ref="COMANDA 17/2026"))
        refund.action_post()
        return refund

    def _make_credit_note_negative(self):
        self.company.l10n_ro_efactura_storno = "negative"
        refund = self._reverse(self._move(self._line(quantity=2, discount=10), self._line(50)))
        refund.action_post()
        return refund

    def _make_credit_note_period(self):
        return self._move(
            self._line(tax="tvaic_21"),
            move_type="out_refund",
            l10n_ro_efactura_for_period=True,
            l10n_ro_efactura_period_start="2026-07-01",
            l10n_ro_efactura_period_end="2026-08-31",
            l10n_ro_efactura_reason="Bonus de volum, contract 5/2026",
        )

    def _make_embedded_pdf(self):
        self.company.l10n_ro_efactura_embed_pdf = True
        move = self._move()
        self.env["ir.attachment"].create(
            {
                "name": "factura.pdf",
                "raw": b"%PDF-1.4\n%%EOF\n",
                "mimetype": "application/pdf",
                "res_model": move._name,
                "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        move.invalidate_recordset()
        return move

    def _make_corrected(self):
        return self._move(
            l10n_ro_efactura_type="384",
            l10n_ro_efactura_origin_number="VECHI-99",
            l10n_ro_efactura_origin_date="2026-08-01",
        )

    def _self_billed(self, tax):
        journal = self.env["account.journal"].create(
            {
                "name": "Autofacturi",
                "code": "AUTO",
                "type": "purchase",
                "is_self_billing": True,
                "company_id": self.company.id,
            }
        )
        self.env["res.partner.bank"].create({"acc_number": "RO09BCYP0000001234567890", "partner_id": self.customer.id})
        return self._move(self._line(tax=tax), move_type="in_invoice", journal_id=journal.id)

    def _make_self_billing(self):
        return self._self_billed("tvad_21")

    def _make_self_billing_reverse(self):
        return self._self_billed("tvatip21")

    def _make_accounting_purposes(self):
        return self._move(l10n_ro_efactura_type="751")

    def _make_line_discount(self):
        return self._move(self._line(quantity=2, discount=15))

    def _make_document_discount(self):
        product = self._product("Reducere", type="service", l10n_ro_efactura_document_level=True)
        return self._move(
            self._line(quantity=2),
            self._line(-20, product=product, name="Reducere de fidelitate"),
            self._line(15, product=product, name="Transport"),
        )

    def _make_discount_100(self):
        return self._move(self._line(discount=100), self._line(50))

    def _make_negative_line(self):
        return self._move(self._line(quantity=3), self._line(40, quantity=-1), self._line(-10, quantity=2))

    def _make_zero_line(self):
        return self._move(self._line(), self._line(25, quantity=0), self._line(0))

    def _make_mixed_rates(self):
        return self._move(*(self._line(tax=f"tvac_{rate}") for rate in ("21", "11", "09", "19", "05")))

    def _make_mixed_with_exempt(self):
        return self._move(
            self._line(0.07),
            self._line(0.07),
            self._line(0.07),
            self._line(0.33, tax="tvatine"),
            self._line(0.33, tax="tvatiscnoded"),
            self._line(0.33, tax="tvatine"),
        )

    def _make_reverse_charge(self):
        wheat = self._product("Grâu", uom_id=self.kg.id, l10n_ro_efactura_nc8="10019900")
        return self._move(self._line(0.25, quantity=1000, tax="tvati", product=wheat))

    def _make_exempt(self):
        return self._move(self._line(tax="tvatiscnoded"))

    def _make_intra_community(self):
        return self._move(self._line(tax="tvati_intrab"), partner=self.german, delivery_date="2026-09-12")

    def _make_services_abroad(self):
        return self._move(self._line(tax="tvati_intras"), partner=self.german)

    def _make_export(self):
        return self._move(self._line(tax="tvati_extra"), partner=self.american)

    def _make_sgr_deposit(self):
        deposit = self.env["account.tax"].create(
            {
                "name": "Garanție SGR",
                "amount_type": "fixed",
                "amount": 0.5,
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "country_id": self.env.ref("base.ro").id,
                "sequence": 99,
                "tax_group_id": self.tax_21.tax_group_id.id,
            }
        )
        self.env["l10n_ro_efactura.code.map"].create(
            {
                "kind": "tax",
                "tax_id": deposit.id,
                "company_id": self.company.id,
                "code": "E",
                "exemption_code": "VATEX-EU-79-C",
            }
        )
        water = self._product("Apă minerală 0,5 l")
        return self._move(self._line(2, quantity=24, product=water, tax=self._tax("tvac_21") + deposit))

    def _make_vat_on_payment(self):
        return self._move(self._line(tax="tvaic_21"))

    def _make_cash_rounding(self):
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
        return self._move(self._line(100.02), invoice_cash_rounding_id=rounding.id)

    def _make_prepaid(self):
        move = self._move()
        self._pay(move, 50)
        return move

    def _make_advance_deducted(self):
        advance = self._product("Avans", type="service")
        return self._move(
            self._line(1000),
            self._line(300, quantity=-1, product=advance, name="Avans conform facturii AVANS 3"),
            l10n_ro_efactura_origin_number="AVANS 3",
            l10n_ro_efactura_origin_date="2026-07-01",
        )

    def _make_delivery(self):
        depot = self._partner(
            name="Depozit Cluj",
            parent_id=self.customer.id,
            type="delivery",
            street="Strada Depozitului 9",
            city="Cluj-Napoca",
            state_id=self.env.ref("base.RO_CJ").id,
            zip="400001",
            vat=False,
            is_company=False,
        )
        return self._move(partner_shipping_id=depot.id, delivery_date="2026-09-14")

    def _make_cash(self):
        return self._move(l10n_ro_efactura_payment_means="10")

    def _make_card(self):
        return self._move(l10n_ro_efactura_payment_means="48")

    def _make_compensation(self):
        return self._move(l10n_ro_efactura_payment_means="97")

    def _make_base_quantity(self):
        included = self.tax_21.copy({"name": "21% inclus", "price_include_override": "tax_included"})
        return self._move(self._line(0.33, quantity=100000, tax=included))

    def _make_representative(self):
        self.company.partner_id.l10n_ro_efactura_representative_id = self._partner(
            name="Fiscal Expert SRL", vat="RO18547290", street="Strada Republicii 20"
        )
        return self._move()

    def _make_long_texts(self):
        product = self._product(" ".join(["Denumire"] * 30))
        partner = self._partner(name=" ".join(["Firma"] * 50), street=" ".join(["Strada"] * 40))
        return self._move(
            self._line(product=product, name=" ".join(["Descriere"] * 80)),
            partner=partner,
            narration=f"<p>{' '.join(['Observații'] * 80)}</p>",
        )

    def _make_diacritics(self):
        product = self._product("Șuruburi și țevi")
        name = "Șuruburi și țevi\ndin\x0b oțel, \uffffăâîșț ĂÂÎȘȚ"
        return self._move(
            self._line(product=product, name=name), narration="<p>Mulțumim! &amp; <b>&lt;toate&gt;</b> cele bune</p>"
        )

    def _make_early_payment(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2/7",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 7,
                "early_pay_discount_computation": "mixed",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )
        return self._move(invoice_payment_term_id=term.id)
