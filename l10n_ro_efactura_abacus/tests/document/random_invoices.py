"""Random invoices of every kind, the same for the same seed, made and posted as a user makes them."""

from collections import defaultdict
from decimal import Decimal
from random import Random

from odoo import Command

from ...anaf import read_document

#: share of the invoices that are made at all with each feature
SOMETIMES, RARELY = 0.25, 0.08


class RandomInvoices:
    """`_random_invoice(seed)`: for :class:`XmlCommon`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "sale.order" in cls.env:
            cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.env["decimal.precision"].search([("name", "=", "Product Price")]).digits = 6
        cls.env["decimal.precision"].search([("name", "=", "Product Unit")]).digits = 3
        cls.goods = [
            cls.article,
            cls._product("Grâu de panificație", uom_id=cls.kg.id, l10n_ro_efactura_nc8="10019900", default_code="GR-1"),
            cls._product(" ".join(["Denumire foarte lungă"] * 8), barcode="5941234567899", default_code="LUNG"),
            cls._product("Apă minerală 0,5 l", description_sale="la sticlă"),
        ]
        cls.on_document = cls._product("Reducere", type="service", l10n_ro_efactura_document_level=True)
        cls.domestic = [cls._tax(f"tvac_{rate}") for rate in ("21", "11", "09", "19", "05")] + [
            cls._tax(name) for name in ("tvatiscnoded", "tvatine", "tvati", "tvaic_21")
        ]
        cls.odd = [cls._sale_tax("7,35%", amount=7.35)]
        cls.included = [
            cls._sale_tax(f"{rate}% cu TVA", amount=rate, price_include_override="tax_included")
            for rate in (21, 11, 7.35)
        ]
        cls.charge = cls._sale_tax(
            "Timbru verde", amount_type="fixed", amount=0.37, include_base_amount=True, sequence=0
        )
        cls.deposit = cls._sale_tax("Ambalaj SGR", amount_type="fixed", amount=0.5, sequence=99)
        cls.withheld = cls._sale_tax("Reținere 10%", amount=-10, sequence=90)
        cls.env["l10n_ro_efactura.code.map"].create(
            {
                "kind": "tax",
                "tax_id": cls.deposit.id,
                "company_id": cls.company.id,
                "code": "E",
                "exemption_code": "VATEX-EU-79-C",
            }
        )
        cls.cash = cls.env["account.cash.rounding"].create(
            [
                {
                    "name": f"Numerar {strategy}",
                    "rounding": 0.1,
                    "strategy": strategy,
                    "rounding_method": "HALF-UP",
                    "profit_account_id": cls.company_data["default_account_revenue"].id,
                    "loss_account_id": cls.company_data["default_account_expense"].id,
                }
                for strategy in ("add_invoice_line", "biggest_tax")
            ]
        )
        cls.early = cls.env["account.payment.term"].create(
            {
                "name": "3/7",
                "early_discount": True,
                "discount_percentage": 3,
                "discount_days": 7,
                "note": "<p>3/7</p>",
                "early_pay_discount_computation": "mixed",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )

    @classmethod
    def _sale_tax(cls, name, **values):
        return cls.env["account.tax"].create(
            {
                "name": name,
                "amount_type": "percent",
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                "country_id": cls.env.ref("base.ro").id,
                "tax_group_id": cls.tax_21.tax_group_id.id,
                **values,
            }
        )

    def _random_invoice(self, seed):
        """Make and post one invoice or credit note.

        :return: the account.move, whose e-Factura has no problems
        """
        random = Random(seed)
        self.company.write(
            {
                "tax_calculation_rounding_method": random.choice(["round_per_line", "round_globally"]),
                "l10n_ro_efactura_storno": random.choice(["credit_note", "negative"]),
            }
        )
        if "sale.order" in self.env and random.random() < SOMETIMES:
            return self._random_sale(random, seed)
        partner, taxes = random.choice(
            [
                *[(self.customer, self.domestic + self.odd)] * 5,
                (self.person, self.domestic[:5]),
                (self.german, [self._tax("tvati_intrab")]),
                (self.german, [self._tax("tvati_intras")]),
                (self.american, [self._tax("tvati_extra")]),
            ]
        )
        lines = self._random_lines(random, taxes, odd=partner == self.customer)
        values = {}
        if random.random() < SOMETIMES:
            values["currency_id"] = self.eur.id
        if random.random() < RARELY:
            values["invoice_cash_rounding_id"] = random.choice(self.cash).id
        elif random.random() < RARELY and partner == self.customer:
            values["invoice_payment_term_id"] = self.early.id
        if random.random() < SOMETIMES:
            values["narration"] = f"<p>{' '.join(['Observații'] * random.choice([3, 60]))}</p>"
        if random.random() < RARELY:
            values["delivery_date"] = "2026-09-14"
        self.number = f"R/{seed:05}"
        if refund := random.random() < SOMETIMES / 2:
            values.update(
                move_type="out_refund",
                l10n_ro_efactura_reason="Retur",
                l10n_ro_efactura_origin_number="F 1",
                l10n_ro_efactura_origin_date="2026-08-01",
            )
        move = self._move(*lines, partner=partner, post=False, **values)
        if move.amount_total < 0:  # Odoo posts none
            move.invoice_line_ids = [self._line(10 - move.amount_total, tax=random.choice(taxes))]
        move.action_post()
        if refund:
            return move
        if random.random() < SOMETIMES / 2:
            refund = self._reverse(move)
            refund.action_post()
            return refund
        return move

    def _random_lines(self, random, taxes, odd):
        """Return commands of lines; at least one is an ordinary line of goods."""
        lines = [self._random_line(random, random.choice(taxes))]
        chosen = random.sample(taxes, min(len(taxes), random.choice([1, 2, 4])))
        for _number in range(random.choice([0, 1, 2, 3, 5, 12])):
            kind = random.random()
            if kind < 0.1:
                lines.append(
                    Command.create({"display_type": random.choice(["line_section", "line_note"]), "name": "Secțiune"})
                )
            elif kind < 0.2:
                price = random.choice([-1, -1, 1]) * round(random.uniform(0.01, 9), 2)
                lines.append(self._line(price, tax=random.choice(chosen), product=self.on_document, name="Fidelitate"))
            else:
                tax = random.choice(chosen)
                if odd and kind > 0.7:
                    tax = random.choice(self.included)
                if odd and kind > 0.85:
                    tax = random.choice(self.domestic[:2]) + random.choice(
                        [self.charge, self.deposit, self.charge + self.deposit, self.withheld]
                    )
                lines.append(self._random_line(random, tax))
        return lines

    def _random_line(self, random, tax):
        digits = random.choice([0, 2, 2, 2, 6])
        price = round(random.choice([0.5, 7, 90, 1200]) * random.uniform(0.1, 1.5), digits)
        quantity = random.choice([1, 1, 2, 3, 7, 24, 0.5, 1.333, 12.345, 1000])
        sign = random.random()
        if sign < RARELY:
            quantity = -quantity
        elif sign < 2 * RARELY:
            price = -price / 3
        elif sign < 2.3 * RARELY:
            quantity = 0
        product = random.choice([*self.goods, self.env["product.product"]])
        return self._line(
            price,
            quantity,
            tax,
            product,
            name=random.choice(["Lucrare\nconform devizului 7", product.name or "Marfă", " ".join(["Descriere"] * 40)]),
            discount=random.choice([0, 0, 0, 5, 12.5, 33.33, 100]),
        )

    def _random_sale(self, random, seed):
        """Return an invoice of a sale order: of an advance, or the final one that deducts it."""
        self.article.invoice_policy = "order"
        order = (
            self.env["sale.order"]
            .with_company(self.company)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.article.id,
                                "product_uom_qty": random.choice([1, 3, 7]),
                                "price_unit": round(random.uniform(5, 900), 2),
                                "discount": random.choice([0, 0, 10]),
                                "tax_ids": [Command.set(random.choice(self.domestic[:5] + self.included).ids)],
                            }
                        )
                        for _number in range(random.choice([1, 2, 4]))
                    ],
                }
            )
        )
        if random.random() < SOMETIMES:
            self.env["sale.order.discount"].create(
                {
                    "sale_order_id": order.id,
                    "discount_type": "so_discount",
                    "discount_percentage": 0.07,
                }
            ).action_apply_discount()
        order.action_confirm()
        advance = self._invoiced(
            order, f"A/{seed:05}", advance_payment_method="percentage", amount=random.choice([10, 33, 50])
        )
        if random.random() < 0.3:
            return advance
        return self._invoiced(order, f"S/{seed:05}", advance_payment_method="delivered")

    def _invoiced(self, order, number, **values):
        before = order.invoice_ids
        self.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids).create(
            values
        ).create_invoices()
        move = order.invoice_ids - before
        move.write({"invoice_date": "2026-09-15", "name": f"FCT/{number}"})
        move.action_post()
        return move

    # -------------------------------------------------------------------------
    # CHECKING
    # -------------------------------------------------------------------------

    def _check_books(self, move):
        """Build the e-Factura of `move`, which nobody has paid; what it says is what is booked, to the cent."""
        xml, errors, findings = move._l10n_ro_efactura_checked_xml()
        self.assertEqual((errors, findings), ([], []), move.name)  # the schema is one of the rules
        document = read_document(xml)
        sign = move.direction_sign * (-1 if move.move_type == "out_refund" and document.root == "Invoice" else 1)
        untaxed, vat, in_ron, total = Decimal(0), defaultdict(Decimal), Decimal(0), Decimal(0)
        for item in move.line_ids:
            amount, tax = _cents(sign * item.amount_currency), item.tax_line_id
            if item.display_type == "payment_term":
                total -= amount
            elif tax and tax.amount_type == "percent" and tax.amount > 0:
                vat[Decimal(str(tax.amount))] += amount
                in_ron += _cents(sign * item.balance)
            elif item.display_type == "product" or tax.amount_type == "fixed":
                untaxed += amount
        stated = defaultdict(Decimal)
        for subtotal in document.subtotals:
            if subtotal.category == "S":
                stated[subtotal.rate] += subtotal.amount
            else:
                self.assertFalse(subtotal.amount)
        self.assertEqual(document.untaxed, untaxed, "BT-109")
        self.assertEqual(
            {rate: amount for rate, amount in stated.items() if amount},
            {rate: amount for rate, amount in vat.items() if amount},
            "BT-117",
        )
        self.assertEqual(document.tax_amount, sum(vat.values()), "BT-110")
        self.assertEqual(document.payable, total, "BT-115")
        if document.currency == "RON":
            self.assertIsNone(document.vat_in_vat_currency)
        else:
            self.assertEqual(document.vat_in_vat_currency, in_ron, "BT-111")
        return document


def _cents(value):
    return Decimal(f"{value:.2f}")
