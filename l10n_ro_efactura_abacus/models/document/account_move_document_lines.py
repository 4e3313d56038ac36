"""Lines (BG-25) of the Document of an invoice: quantity, price, discounts and charges, names and codes."""

from decimal import Decimal

from odoo import models

from ...anaf import AllowanceCharge, DocumentLine
from .document_build import number, tidy
from .texts import cut, plain

DISCOUNT = "Reducere"
SURCHARGE = "Majorare de preț"
DISCOUNT_CODE = "95"  # UNTDID 5189
RECYCLING_CODE = "AEO"  # UNTDID 7161: what a fixed amount on goods mostly is ("timbru verde")
GTIN = "0160"  # ISO 6523
#: quantities that a price finer than 6 decimals is told for (BT-149)
BASES = tuple(Decimal(10) ** power for power in range(7))
_ZERO = Decimal(0)
_HUNDRED = Decimal(100)
_CENT, _HALF_CENT = Decimal("0.01"), Decimal("0.005")


class AccountMove(models.Model):
    _inherit = "account.move"

    def _l10n_ro_efactura_document_lines(self, build, lines):
        """Return the list of DocumentLine of `lines` and of the deposits on any line of the invoice."""
        found = [line._l10n_ro_efactura_document_line(build, str(place)) for place, line in enumerate(lines, start=1)]
        deposits = {}
        for line in build.items["product"]:
            if build.taxes(line).deposits:
                line._l10n_ro_efactura_add_deposits(build, deposits)
        for tax, (unit, quantity, net) in deposits.items():
            if net:  # what was sold and taken back has no line
                found.append(self._l10n_ro_efactura_deposit_line(build, str(len(found) + 1), tax, unit, quantity, net))
        return found

    def _l10n_ro_efactura_deposit_line(self, build, place, tax, unit, quantity, net):
        """Return the DocumentLine of a fixed tax outside the base of the VAT, over all lines that have it."""
        category, rate = build.category(tax)
        price = tidy(net / quantity) if quantity else number(abs(tax.amount))
        if price < 0:
            price, quantity = -price, -quantity
        name, description, note = _item_texts(build, place, tax, plain(tax.name), "")
        return DocumentLine(
            id=place,
            name=name,
            description=description,
            note=note,
            quantity=tidy(quantity),
            unit_code=unit,
            price=price,
            net=net,
            category=category,
            rate=rate,
        )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _l10n_ro_efactura_document_line(self, build, place):
        """Return the DocumentLine of a line of an invoice.

        :param place: BT-126
        """
        taxes = build.taxes(self)
        category, rate = build.category(taxes.vat)
        quantity, price, gross = self._l10n_ro_efactura_priced(build, taxes)
        charges = self._l10n_ro_efactura_charges(build) if taxes.charges else []
        untaxed = build.booked(self.amount_currency)
        discounts = self._l10n_ro_efactura_discount(build, gross, untaxed) if self.discount else []
        unit = build.unit(self.product_uom_id)
        price, base_quantity = _told_for(price, quantity, gross)
        product = build.product(self.product_id)
        name, description, note = _item_texts(build, place, self, *product.names(self.name or ""))
        return DocumentLine(
            id=place,
            name=name,
            description=description,
            note=note,
            quantity=quantity,
            unit_code=unit,
            price=price,
            base_quantity=base_quantity,
            base_unit=unit if base_quantity != 1 else "",
            net=untaxed + sum(one.amount for one in charges),
            allowances=discounts + charges,
            category=category,
            rate=rate,
            seller_code=product.code,
            standard_code=product.gtin,
            standard_scheme=GTIN if product.gtin else "",
            classifications=product.classifications,
            attributes=[
                (
                    build.fit("BT-160", value, value.attribute_id.name, 50, f"Poziția {place}"),
                    build.fit("BT-161", value, value.name, 100, f"Poziția {place}"),
                )
                for value in product.attributes
            ],
            **self._l10n_ro_efactura_deferral(),
        )

    def _l10n_ro_efactura_deferral(self):
        """Return BT-134 and BT-135, which Odoo Enterprise keeps on a line."""
        if "deferred_start_date" not in self._fields:
            return {}
        return {"period_start": self.deferred_start_date or None, "period_end": self.deferred_end_date or None}

    # -------------------------------------------------------------------------
    # QUANTITY, PRICE
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_priced(self, build, taxes):
        """Return (BT-129, price of one unit without VAT and discount, their product); a minus stands on the quantity.

        :param taxes: the :class:`LineTaxes` of this line
        """
        quantity, discount = number(self.quantity), self.discount
        if taxes.simple:
            price = number(self.price_unit)
            gross = Decimal(repr(self.price_unit)) * quantity
        elif not quantity or discount == 100:
            price = build.undiscounted(self)
            gross = price * quantity
        else:
            total = Decimal(repr(build.details[self.id]["raw_total_excluded_currency"]))
            gross = tidy(total / (1 - number(discount) / 100) if discount else total)
            price = tidy(gross / quantity)
        if price < 0:  # BR-27
            price, quantity = -price, -quantity
        return (quantity, price, gross) if build.sign > 0 else (-quantity, price, -gross)

    # -------------------------------------------------------------------------
    # DISCOUNTS, CHARGES
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_discount(self, build, gross, untaxed):
        """Return [BG-27], or [BG-28] for a discount below zero; [] where it comes to nothing.

        On a line with a minus the discount has one, too: what it takes away is between the price and the books.
        """
        percent, base = number(self.discount), build.rounded(gross)
        amount = base - untaxed
        if not amount or (amount < 0) != (base * percent < 0):
            return []
        charge = percent < 0
        return [
            AllowanceCharge(
                is_charge=charge,
                amount=-amount if charge else amount,
                base=base,
                percent=abs(percent),
                reason=SURCHARGE if charge else DISCOUNT,
                reason_code="" if charge else DISCOUNT_CODE,
            )
        ]

    def _l10n_ro_efactura_charges(self, build):
        """Return a BG-28 for each fixed tax that VAT is reckoned on; it stays a charge on a line with a minus."""
        charges = build.taxes(self).charges
        return [
            AllowanceCharge(
                is_charge=True,
                amount=build.amount(data["tax_amount_currency"]),
                reason_code=RECYCLING_CODE if data["tax"].amount_type == "fixed" else "",
                reason=build.fit("BT-144", data["tax"], data["tax"].name, 100, "Taxă"),
            )
            for data in build.details[self.id]["taxes_data"]
            if data["tax"] in charges
        ]

    def _l10n_ro_efactura_add_deposits(self, build, found):
        """Add the deposits on this line to `found`, {tax: [unit code, quantity, amount]}."""
        quantity = number(self.quantity) * build.sign * (-1 if self.price_unit < 0 else 1)
        deposits = build.taxes(self).deposits
        for data in build.details[self.id]["taxes_data"]:
            if data["tax"] in deposits:
                values = found.setdefault(data["tax"], [build.unit(self.product_uom_id), _ZERO, _ZERO])
                values[1] += quantity
                values[2] += build.amount(data["tax_amount_currency"])


def _told_for(price, quantity, gross):
    """Return (BT-146, BT-149): a price that 6 decimals do not hold is told for 10, 100... units."""
    if not quantity or abs(price * quantity - gross) < _CENT:
        return price, BASES[0]
    exact = gross / quantity
    for base in BASES:
        told = tidy(exact * base)
        if abs(told / base * quantity - gross) < _HALF_CENT:
            break
    return told, base


def _item_texts(build, place, record, name, more):
    """Return (BT-153, BT-154, BT-127): name 100 -> description 200 -> note of the line 300 -> notes of the invoice.

    :param record: the line or tax that the texts are of, :param more: what is to be said beside the name
    """
    if len(name) <= 100 and len(more) <= 200:
        return name, more, ""
    full = name
    name, rest = cut(full, 100)
    if rest:
        build.moved("BT-153", record, full, name, "BT-154")
    wanted = " ".join(filter(None, (rest, more)))
    description, rest = cut(wanted, 200)
    note = ""
    if rest:
        build.moved("BT-154", record, wanted, description, "BT-127")
        note = build.fit("BT-127", record, rest, 300, f"Poziția {place}")
    return name, description, note
