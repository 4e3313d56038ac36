"""Links of invoice lines to order lines: matching, what a linked line takes over, differences."""

from collections import defaultdict

from odoo import api, models
from odoo.addons.l10n_ro_efactura_abacus.models.bills.proposal import Choice
from odoo.addons.l10n_ro_efactura_abacus.models.codes.unit import normalized
from odoo.tools import float_compare

# Sources of a product that an order may replace.
WEAK = ("none", "default", "name")
PRODUCT, NAME, PRICE, QUANTITY = 8, 4, 2, 1


class EfacturaImporter(models.AbstractModel):
    _inherit = "l10n_ro_efactura.importer"

    # -- linking --------------------------------------------------------------------------------------------

    @api.private
    def _link_lines(self, proposal, order_lines):
        """Link the lines, best pairs first; an order line is used twice only where no other is left.

        :return: {id(line proposal): order line}
        """
        order_lines = order_lines.filtered(lambda line: not line.display_type)
        facts = [(line, self._order_line_facts(proposal, line)) for line in order_lines]
        pairs = []
        for position, line_proposal in enumerate(proposal.lines):
            if line_proposal.line is None:
                continue
            line = line_proposal.line
            called = {normalized(line.name), normalized(line.description)} - {""}
            code = normalized(line.buyer_code)
            scores = [(self._score(line_proposal, called, code, known), line) for line, known in facts]
            strong = [(score, line) for score, line in scores if score >= NAME]
            # neither product nor name: only where price and quantity allow a single pair
            same = [(score, line) for score, line in scores if score == PRICE + QUANTITY]
            pairs += [
                (score, -position, line_proposal, line) for score, line in strong or (same if len(same) == 1 else [])
            ]
        pairs.sort(key=lambda pair: pair[:2], reverse=True)
        linked, used = {}, set()
        for reuse in (False, True):
            for score, _position, line_proposal, line in pairs:
                if id(line_proposal) in linked or (line in used and not (reuse and score >= NAME)):
                    continue
                linked[id(line_proposal)] = line
                used.add(line)
        return linked

    @api.private
    def _order_line_facts(self, proposal, order_line):
        line = order_line.sudo()
        product = line.product_id
        day = proposal.document.facts.issue_date or self.env.cr.now().date()
        return {
            "product": product.sudo(self.env.su),
            "names": {
                normalized(text) for text in (line.name, (line.name or "").partition("\n")[0], product.name) if text
            }
            - {""},
            "codes": {normalized(product.default_code)} - {""},
            "price": order_line._l10n_ro_efactura_price(proposal.currency, proposal.company, day),
            "quantities": {line.product_qty, line.qty_received, line.product_qty - line.qty_invoiced},
        }

    @api.private
    def _score(self, line_proposal, called, code, known):
        """Return the score of a pair, 0 for none; two certain but different products exclude it."""
        product, score = line_proposal.product.value, 0
        if product and product == known["product"]:
            score += PRODUCT
        elif product and known["product"] and line_proposal.product.source not in WEAK:
            return 0
        elif code and code in known["codes"]:
            score += PRODUCT
        if called & known["names"]:
            score += NAME
        quantity = line_proposal.quantity
        price = float(line_proposal.net or 0) / quantity if quantity else 0
        score += PRICE * (not float_compare(price, known["price"], precision_digits=2))
        score += QUANTITY * any(not float_compare(quantity, other, precision_digits=4) for other in known["quantities"])
        return score

    # -- what a linked line takes ---------------------------------------------------------------------------

    @api.private
    def _propose_line(self, proposal, line_proposal):
        # EXTENDS l10n_ro_efactura_abacus
        super()._propose_line(proposal, line_proposal)
        order_line = line_proposal.order_line.value
        if not order_line:
            return
        line = order_line.sudo()
        if line_proposal.analytic.source not in ("user", "remembered") and line.analytic_distribution:
            line_proposal.analytic = Choice(line.analytic_distribution, "order")
        if (
            line_proposal.taxes.source == "none"
            and line.tax_ids
            and len(line.tax_ids) == 1
            and line.tax_ids.amount == float(line_proposal.rate or 0)
        ):
            line_proposal.taxes = Choice(line.tax_ids.sudo(self.env.su), "order")
        warehouse = line.order_id.picking_type_id.warehouse_id if "picking_type_id" in line.order_id._fields else None
        if warehouse and line_proposal.warehouse.source not in ("user", "remembered"):
            line_proposal.warehouse = Choice(warehouse.sudo(self.env.su), "order")

    @api.private
    def _find_product(self, proposal, line_proposal, row):
        # EXTENDS l10n_ro_efactura_abacus
        found = super()._find_product(proposal, line_proposal, row)
        order_line = line_proposal.order_line.value
        if order_line and (product := order_line.sudo().product_id) and (not found.value or found.source in WEAK):
            return Choice(product.sudo(self.env.su), "order")
        return found

    @api.private
    def _propose_uom(self, proposal, line_proposal, row):
        # EXTENDS l10n_ro_efactura_abacus
        super()._propose_uom(proposal, line_proposal, row)
        order_line = line_proposal.order_line.value
        if order_line and line_proposal.uom.source == "none" and (uom := order_line.sudo().product_uom_id):
            line_proposal.uom = Choice(uom.sudo(self.env.su), "order")

    # -- where they differ ----------------------------------------------------------------------------------

    @api.private
    def _differences(self, proposal, line_proposal, order_line, bill, whole_quantity=None):
        """Return [text], the differences of one line from one order line."""
        day = proposal.document.facts.issue_date or self.env.cr.now().date()
        return order_line._l10n_ro_efactura_differences(
            proposal.currency,
            proposal.company,
            day,
            line_proposal.quantity,
            float(line_proposal.net or 0),
            line_proposal.uom.value,
            bill,
            whole_quantity,
        )

    @api.private
    def _order_notes(self, proposal):
        """Return {id(line proposal): text}: differences of price and quantity, and lines that are on no order."""
        notes, wholes = {}, defaultdict(float)
        linked = [line for line in proposal.lines if line.order_line.value]
        for line_proposal in linked:
            uom, order_uom = line_proposal.uom.value, line_proposal.order_line.value.sudo().product_uom_id
            quantity = line_proposal.quantity
            if uom and order_uom and uom._has_common_reference(order_uom):
                quantity = uom._compute_quantity(quantity, order_uom, round=False)
            wholes[line_proposal.order_line.value] += quantity
        if proposal.move_type == "in_refund":
            return notes  # a refund may be smaller than the order
        for line_proposal in linked:
            order_line = line_proposal.order_line.value
            if texts := self._differences(proposal, line_proposal, order_line, proposal.bill, wholes[order_line]):
                notes[id(line_proposal)] = ", ".join(texts)
        for line_proposal in proposal.lines:
            if proposal.order and line_proposal.line is not None and not line_proposal.order_line.value:
                notes[id(line_proposal)] = self.env._("not on the order")
        return notes

    @api.private
    def _order_warnings(self, proposal):
        """Return the bill's warnings about its orders."""
        if not proposal.order:
            return list(proposal.order_warnings)
        notes = self._order_notes(proposal)
        return [
            *proposal.order_warnings,
            *(
                self.env._(
                    "%(order)s, %(line)s: %(difference)s",
                    line=(line.name or "").partition("\n")[0][:60],
                    order=(line.order_line.value.sudo().order_id or proposal.order.sudo())[:1].name,
                    difference=notes[id(line)],
                )
                for line in proposal.lines
                if id(line) in notes
            ),
        ]
