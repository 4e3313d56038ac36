"""Discounts and charges on the whole Document (BG-20, BG-21), its VAT breakdown (BG-23) and totals (BG-22)."""

from decimal import Decimal

from odoo import models

from ...anaf import AllowanceCharge, TaxSubtotal
from .document_build import EARLY_PAYMENT

DISCOUNT_CODE, EARLY_PAYMENT_CODE = "95", "64"  # UNTDID 5189
_ZERO = Decimal(0)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _l10n_ro_efactura_document_amounts(self, build):
        """Return the lines, allowances, VAT and totals of a Document.

        Nets and VAT are those of the journal items, so that BT-109, BT-117 and BT-112 are what is booked, whatever
        the rounding method; everything else follows from them.
        """
        products, on_document = build.items["product"], build.on_document
        lines = self._l10n_ro_efactura_document_lines(build, [line for line in products if line.id not in on_document])
        allowances = [
            *self._l10n_ro_efactura_early_payment(build),
            *(
                line._l10n_ro_efactura_document_allowance(build)
                for line in products
                if line.id in on_document and not build.currency.is_zero(line.amount_currency)
            ),
        ]
        subtotals = self._l10n_ro_efactura_subtotals(build, lines, allowances)
        line_total = sum((line.net for line in lines), _ZERO)
        taken = [one.amount for one in allowances if not one.is_charge]
        added = [one.amount for one in allowances if one.is_charge]
        untaxed = line_total - sum(taken) + sum(added)
        tax_amount = sum((one.amount for one in subtotals), _ZERO)
        total = untaxed + tax_amount
        prepaid = build.amount(self._l10n_ro_efactura_prepaid(build.items["payment_term"])) + build.withheld_total
        rounding = sum((build.booked(item.amount_currency) for item in build.items["rounding"]), _ZERO)
        return {
            "lines": lines,
            "allowances": allowances,
            "subtotals": subtotals,
            "line_total": line_total,
            "allowance_total": sum(taken) if taken else None,
            "charge_total": sum(added) if added else None,
            "untaxed": untaxed,
            "tax_amount": tax_amount,
            "total": total,
            "prepaid": prepaid or None,
            "rounding": rounding or None,
            "payable": total - prepaid + rounding,
            **self._l10n_ro_efactura_accounting_vat(build),
        }

    def _l10n_ro_efactura_accounting_vat(self, build):
        """Return BT-6 and BT-111 of an invoice in another currency than the accounts: its VAT as it is booked."""
        currency = self.company_currency_id
        if build.currency == currency:
            return {}
        booked = build.direction * sum(item.balance for item in build.items["vat"])
        return {
            "vat_currency": currency.name,
            "vat_in_vat_currency": Decimal(format(booked, f".{currency.decimal_places}f")),
        }

    def _l10n_ro_efactura_early_payment(self, build):
        """Return BG-20 and BG-21 of an early payment discount that reduces the VAT, one for each VAT category."""
        amounts = {}
        for item in build.items["epd"]:
            key = build.category(build.taxes(item).vat, early=True)
            amounts[key] = amounts.get(key, _ZERO) + build.booked(item.amount_currency)
        return [
            _allowance(build, amount, category, rate, EARLY_PAYMENT, EARLY_PAYMENT_CODE)
            for (category, rate), amount in amounts.items()
            if amount
        ]

    def _l10n_ro_efactura_subtotals(self, build, lines, allowances):
        """Return BG-23, one for each category and rate: the base is what the document shows, the VAT what is booked."""
        found = {}
        for line in lines:
            key = line.category, line.rate
            found[key] = found.get(key, _ZERO) + line.net
        for one in allowances:
            key = one.category, one.rate
            found[key] = found.get(key, _ZERO) + (one.amount if one.is_charge else -one.amount)
        booked = dict.fromkeys(found, _ZERO)
        for item in build.items["vat"]:
            key = build.category(item.tax_line_id)
            booked[key] = booked.get(key, _ZERO) + build.booked(item.amount_currency)
        subtotals = []
        for (category, rate), amount in booked.items():
            text, code = build.exemption(category)
            subtotals.append(
                TaxSubtotal(
                    category=category,
                    rate=rate,
                    taxable=found.get((category, rate), _ZERO),
                    amount=amount,
                    exemption_text=text,
                    exemption_code=code,
                )
            )
        return subtotals


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _l10n_ro_efactura_document_allowance(self, build):
        """Return a line that stands for a discount or a charge on the whole document as BG-20 or BG-21."""
        category, rate = build.category(build.taxes(self).vat)
        amount = build.booked(self.amount_currency)
        discount = amount * build.sign < 0
        reason = build.fit(
            "BT-97" if discount else "BT-104",
            self,
            self.name or self.product_id.name,
            100,
            "Reducere" if discount else "Taxă suplimentară",
        )
        return _allowance(build, amount, category, rate, reason, DISCOUNT_CODE)


def _allowance(build, amount, category, rate, reason, code):
    """Return `amount` as a charge, or as an allowance with `code` where it takes away.

    In a credit note that is sent as an invoice with a minus, a discount is one of minus so much. A charge needs no
    code beside its text (BR-38).
    """
    discount = amount * build.sign < 0
    return AllowanceCharge(
        is_charge=not discount,
        amount=-amount if discount else amount,
        reason=reason,
        reason_code=code if discount else "",
        category=category,
        rate=rate,
    )
