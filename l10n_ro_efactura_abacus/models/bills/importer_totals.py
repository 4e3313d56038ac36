"""Untaxed, VAT and total amount of a bill, equal to those of its XML to the cent."""

from collections import defaultdict
from decimal import Decimal

from odoo import api, models

from .amounts import RATED, money, spread
from .keys import vat_of

ZERO = Decimal(0)


class EfacturaImporter(models.AbstractModel):
    _inherit = "l10n_ro_efactura.importer"

    @api.private
    def _forced_amounts(self, proposal):
        """Return the amounts to force where Odoo's arithmetic would differ from the XML.

        Core keeps them as long as quantity, price, discount and taxes of the line stay unchanged. The VAT of a rate is
        BT-117, shared among its lines; the VAT in RON of a foreign invoice is BT-111.

        :return: {index of the line: `extra_tax_data`}
        """
        digits = proposal.currency.decimal_places
        groups = defaultdict(list)
        for index, line in enumerate(proposal.lines):
            groups[line.category, line.rate or ZERO].append(index)
        targets = self._vat_targets(proposal, groups)
        charged = {
            index: tax for index, line in enumerate(proposal.lines) if (tax := self._charging_tax(line)) is not None
        }
        amounts = {}
        for group, indexes in groups.items():
            own = [index for index in indexes if index in charged]
            if not own:
                continue
            raw = [proposal.lines[index].net * group[1] / 100 for index in own]
            total = targets[group]
            if len(own) != len(indexes):  # a user gave one of the lines another tax
                total = money(sum(raw, ZERO), digits)
            amounts.update(zip(own, spread(total, raw, digits), strict=True))
        local = self._vat_in_company_currency(proposal, amounts)
        if not local and self._is_natural(proposal, charged, amounts):
            return {}
        return {
            index: self._extra_tax_data(proposal, proposal.lines[index], charged[index], amount, local.get(index))
            for index, amount in amounts.items()
        }

    @api.private
    def _vat_targets(self, proposal, groups):
        """Return {(category, rate): VAT of the XML with the bill's sign}; subtotals of one rate are added."""
        targets, factor, digits = defaultdict(Decimal), self._factor(proposal), proposal.currency.decimal_places
        for tax in proposal.document.subtotals:
            if tax.amount is not None:
                targets[vat_of(tax)] += tax.amount * factor
        for group, indexes in groups.items():
            if group not in targets:
                base = sum((proposal.lines[index].net for index in indexes), ZERO)
                targets[group] = base * (group[1] if group[0] in RATED else 0) / 100
        targets = {group: money(targets[group], digits) for group in groups}
        taxed = [group for group in groups if group[0] in RATED]
        facts, stated = proposal.document.facts, proposal.document.facts.tax_amount
        breakdown = [tax.amount or ZERO for tax in proposal.document.subtotals]
        if breakdown and None not in (facts.untaxed, facts.total) and facts.total - facts.untaxed == sum(breakdown):
            stated = sum(breakdown)  # BT-109 and BT-112 confirm the breakdown, whatever BT-110 is
        if taxed and stated is not None:  # BT-110 counts where the breakdown does not come to it
            heaviest = max(taxed, key=lambda group: abs(targets[group]))
            targets[heaviest] += money(stated * factor, digits) - sum(targets.values(), ZERO)
        return targets

    @api.private
    def _charging_tax(self, line):
        """Return the only tax of a line where it has the XML's rate (or none) and can hold its VAT, else None."""
        taxes = line.taxes.value
        if not taxes or len(taxes) != 1 or taxes.amount_type != "percent" or taxes.has_negative_factor:
            return None
        rate = line.rate if line.category in RATED else ZERO
        return taxes if Decimal(repr(taxes.amount)) == (rate or ZERO) else None

    @api.private
    def _is_natural(self, proposal, charged, amounts):
        """Return True where Odoo computes the same amounts by itself."""
        digits = proposal.currency.decimal_places
        per_line = proposal.company.tax_calculation_rounding_method == "round_per_line"
        raw, given, off = (defaultdict(Decimal) for _number in range(3))
        for index, line in enumerate(proposal.lines):
            tax = charged.get(index) or self.env["account.tax"]
            gross = (
                Decimal(repr(line.quantity)) * Decimal(repr(line.price_unit)) * (1 - Decimal(repr(line.discount)) / 100)
            )
            if tax.price_include:
                return False
            rate = Decimal(repr(tax.amount)) / 100
            raw[tax] += money(money(gross, digits) * rate, digits) if per_line else gross * rate
            off[tax] += gross - line.net
            given[tax] += amounts.get(index, ZERO)
        near = Decimal("0.4").scaleb(-digits)  # of the whole too: core rounds the bases of all taxes together
        return abs(sum(off.values())) < near and all(
            money(raw[tax], digits) == given[tax] and abs(off[tax]) < near for tax in raw
        )

    @api.private
    def _extra_tax_data(self, proposal, line, tax, amount, local):
        """Return the line's amounts as core's tax engine exports them (`_export_base_line_extra_tax_data`)."""
        vat = {"base_amount_currency": float(line.net), "tax_amount_currency": float(amount)}
        if local is not None:
            vat["tax_amount"] = float(local)
        return {
            "currency_id": proposal.currency.id,
            "price_unit": line.price_unit,
            "discount": line.discount,
            "quantity": line.quantity,
            "rate": proposal.extra.get("invoice_currency_rate", 1.0),
            "manual_total_excluded_currency": float(line.net),
            "manual_tax_amounts": {str(tax.id): vat},
        }

    @api.private
    def _propose_rate(self, proposal):
        """Set the rate of a foreign invoice so that its VAT in RON is BT-111; without it, keep the day's."""
        company = proposal.company
        if proposal.currency == company.currency_id:
            return
        document, vat = proposal.document, proposal.document.facts.tax_amount
        known = self.env["res.currency"]._get_conversion_rate(
            company.currency_id, proposal.currency, company, document.facts.issue_date
        )
        in_ron = document.vat_in_vat_currency
        if not vat or not in_ron or company.currency_id.name != (document.vat_currency or "RON"):
            if vat:
                proposal.warnings.append(
                    self.env._(
                        "The XML does not say its VAT in %(currency)s (BT-111): the rate of the day is used.",
                        currency=company.currency_id.name,
                    )
                )
            return
        rate = float(vat / in_ron)
        if rate <= 0:
            return
        proposal.extra["invoice_currency_rate"] = rate
        if known and proposal.currency.active and abs(rate / known - 1) > 0.02:
            proposal.warnings.append(
                self.env._(
                    "The rate of the XML is %(rate).4f, that of the day is %(known).4f.", rate=1 / rate, known=1 / known
                )
            )

    @api.private
    def _vat_in_company_currency(self, proposal, amounts):
        """Return {index: VAT in the company's currency}, in sum BT-111; {} where core's conversion gives it."""
        rate = proposal.extra.get("invoice_currency_rate")
        if not rate:
            return {}
        company = proposal.company.currency_id
        total = money(proposal.document.vat_in_vat_currency * self._factor(proposal), company.decimal_places)
        vat = (proposal.document.facts.tax_amount or ZERO) * self._factor(proposal)
        if sum(amounts.values(), ZERO) != money(vat, proposal.currency.decimal_places):
            return {}
        raw = [amount / Decimal(repr(rate)) for amount in amounts.values()]
        return dict(zip(amounts, spread(total, raw, company.decimal_places), strict=True))
