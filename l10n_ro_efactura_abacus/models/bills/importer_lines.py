"""Bill lines from XML lines: quantities, prices, document-level allowances and charges."""

from collections import defaultdict
from decimal import Decimal

from odoo import api, models

from .amounts import money, priced
from .keys import ALL, MOST_LINES, ZERO, charge_key, line_key, vat_key, vat_of
from .proposal import Choice, LineProposal


class EfacturaImporter(models.AbstractModel):
    _inherit = "l10n_ro_efactura.importer"

    @api.private
    def _propose_lines(self, proposal):
        """Build every bill line with its amounts, then its choices."""
        document = proposal.document
        factor = self._factor(proposal)
        if len(document.lines) > MOST_LINES:
            proposal.lines = self._lines_per_rate(proposal, factor)
            proposal.warnings.append(
                self.env._(
                    "The XML has %s lines: the bill has one for each VAT rate, and the XML is attached.",
                    len(document.lines),
                )
            )
        else:
            proposal.lines = [self._line(proposal, line, factor) for line in document.lines]
        proposal.lines += [self._document_line(proposal, charge, factor) for charge in document.allowances]
        for line_proposal in proposal.lines:
            self._propose_line(proposal, line_proposal)

    @api.private
    def _factor(self, proposal):
        """Return -1 where the XML has negative amounts and the bill is a refund with positive ones, else 1."""
        return -1 if (proposal.document.facts.total or 0) < 0 else 1

    @api.private
    def _line(self, proposal, line, factor):
        category, rate = vat_of(line)
        net, price, quantity = line.net, line.price, line.quantity
        base = line.base_quantity or Decimal(1)
        discounted = sum((allowance.amount * (-1 if allowance.is_charge else 1) for allowance in line.allowances), ZERO)
        if net is None:
            net = money(
                (quantity if quantity is not None else Decimal(1)) * (price or ZERO) / base - discounted,
                proposal.currency.decimal_places,
            )
            proposal.warnings.append(self.env._("Line %s has no amount: quantity by price is used.", line.id))
        name = "\n".join(dict.fromkeys(filter(None, (line.name, line.description)))) or line.id
        net *= factor
        if factor < 0:  # put the minus on the quantity where possible
            discounted = -discounted
            if quantity is not None and quantity < 0:
                quantity = -quantity
            elif price:
                price = -price
        made = priced(net, quantity, price, base, discounted, proposal.lookup.digits(proposal.currency))
        if not made.exact:
            proposal.warnings.append(self.env._("Line %(line)s: no price gives %(net)s.", line=line.id, net=net))
        elif not made.kept and quantity is not None:
            proposal.warnings.append(
                self.env._(
                    "Line %(line)s: the quantity %(quantity)s cannot be kept, it is %(kept)s on the bill.",
                    line=line.id,
                    quantity=f"{quantity.normalize():f}",
                    kept=f"{made.quantity:g}",
                )
            )
        return LineProposal(
            line=line,
            name=name,
            quantity=made.quantity,
            price_unit=made.price,
            discount=made.discount,
            net=net,
            category=category,
            rate=rate,
            key=line_key(category, rate, line),
        )

    @api.private
    def _document_line(self, proposal, charge, factor):
        """Return the line of a document-level allowance or charge (BG-20, BG-21), with its own VAT."""
        category, rate = vat_of(charge)
        net = charge.amount * (1 if charge.is_charge else -1) * factor
        default = self.env._("Charge") if charge.is_charge else self.env._("Discount")
        return LineProposal(
            line=None,
            name=charge.reason or default,
            quantity=1.0,
            price_unit=float(net),
            net=net,
            category=category,
            rate=rate,
            key=vat_key(category, rate, charge_key(charge)),
            uom=Choice(self.env["uom.uom"], "default"),
        )

    @api.private
    def _lines_per_rate(self, proposal, factor):
        sums, counts = defaultdict(Decimal), defaultdict(int)
        for line in proposal.document.lines:
            group = vat_of(line)
            sums[group] += line.net if line.net is not None else ZERO
            counts[group] += 1
        return [
            LineProposal(
                line=None,
                name=self.env._(
                    "%(count)s lines at %(category)s %(rate)s %%",
                    count=counts[group],
                    category=group[0],
                    rate=f"{group[1].normalize():f}",
                ),
                quantity=1.0,
                price_unit=float(net * factor),
                net=net * factor,
                category=group[0],
                rate=group[1],
                key=vat_key(*group, ALL),
                uom=Choice(self.env["uom.uom"], "default"),
            )
            for group, net in sums.items()
        ]
