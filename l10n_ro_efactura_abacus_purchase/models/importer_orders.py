"""Purchase orders of a supplier's invoice: by the reference on it, else by supplier and content."""

from odoo import api, models
from odoo.addons.l10n_ro_efactura_abacus.models.bills.proposal import Choice
from odoo.fields import Domain
from odoo.tools import date_utils

from .order_reference import last_number, names, numbers

# Days back to which fully billed orders are searched (a second delivery); open ones without limit.
BILLED_DAYS = 400
# Part of the invoice's value that an order has to explain to be found by content.
SHARE = 0.5
# Orders or bills named in one warning.
_NAMED_AT_MOST = 5


class EfacturaImporter(models.AbstractModel):
    _inherit = "l10n_ro_efactura.importer"

    @api.private
    def _propose_lines(self, proposal):
        # EXTENDS l10n_ro_efactura_abacus: the products are known now
        super()._propose_lines(proposal)
        self._propose_orders(proposal)

    @api.private
    def _propose_original(self, proposal):
        # EXTENDS l10n_ro_efactura_abacus: what a refund corrects says which orders it takes back
        super()._propose_original(proposal)
        if proposal.original:
            self._propose_orders(proposal)

    @api.private
    def _propose_orders(self, proposal):
        """Find the orders and link the lines; set `proposal.order` (orders) and `.bill` (their draft to fill)."""
        orders, proposal.order_reason = self._find_orders(proposal)
        self._use_orders(proposal, orders)

    @api.private
    def _use_orders(self, proposal, orders):
        """Set `orders` as the invoice's; a wizard calls it with the user's choice."""
        proposal.order = orders
        proposal.bill = self._draft_to_fill(proposal)
        linked = self._link_lines(proposal, orders.order_line) if orders else {}
        none = self.env["purchase.order.line"]
        for line_proposal in proposal.lines:
            if line_proposal.order_line.source == "user":
                continue
            line_proposal.order_line = Choice(linked.get(id(line_proposal), none), "order" if orders else "default")
            if line_proposal.order_line.value:
                self._propose_line(proposal, line_proposal)

    # -- the orders -----------------------------------------------------------------------------------------

    @api.private
    def _find_orders(self, proposal):
        """Return (orders, the reason in words); empty where nothing is certain, with a warning about the doubt."""
        none = self.env["purchase.order"]
        if not proposal.partner.value:
            return none, ""
        known = self._orders_of_suppliers(proposal).get(proposal.partner.value.commercial_partner_id, none)
        if proposal.original:
            orders = proposal.original.sudo().invoice_line_ids.purchase_line_id.order_id.sudo(self.env.su)
            return orders, self.env._("the order of the bill that it corrects") if orders else ""
        if not known or proposal.move_type == "in_refund":
            return none, ""
        texts = [text for text in (proposal.document.order, proposal.document.sales_order) if text]
        found = self._orders_by_reference(known, texts)
        if confirmed := found.filtered(lambda order: order.state == "purchase"):
            return confirmed, self.env._("named on the invoice: %s", ", ".join(texts))
        if found:
            self._warn_order(
                proposal,
                self.env._(
                    "Order %s is named on the invoice but not confirmed: nothing is linked to it.",
                    ", ".join(found.mapped("name")),
                ),
            )
            return none, ""
        return self._orders_by_content(proposal, known)

    @api.private
    def _orders_of_suppliers(self, proposal):
        """Return {commercial partner: orders} of all suppliers of the call, from one search."""
        lookup = proposal.lookup
        if "purchase_orders" not in vars(lookup):
            since = date_utils.subtract(self.env.cr.now(), days=BILLED_DAYS)
            domain = (
                Domain("company_id", "=", proposal.company.id)
                & Domain("state", "!=", "cancel")
                & Domain("partner_id", "child_of", lookup.suppliers.ids)
                & (Domain("invoice_status", "!=", "invoiced") | Domain("date_order", ">=", since))
            )
            orders = self.env["purchase.order"].sudo().search(domain) if lookup.suppliers else ()
            lookup.purchase_orders = (
                {
                    partner.sudo(self.env.su): some.sudo(self.env.su)
                    for partner, some in orders.grouped(lambda order: order.partner_id.commercial_partner_id).items()
                }
                if orders
                else {}
            )
        return lookup.purchase_orders

    @api.private
    def _orders_by_reference(self, orders, texts):
        """Return the orders whose name or supplier reference is in one of the texts."""
        orders = orders.sudo()
        found = orders.filtered(
            lambda order: any(
                names(text, number) for text in texts for number in (order.name, order.partner_ref) if number
            )
        )
        if not found:  # the text may hold only the digits of our number
            for text in texts:
                if len(digits := numbers(text)) == 1:
                    same = orders.filtered(lambda order, digits=digits: last_number(order.name) == digits[0])
                    if len(same) == 1:
                        found |= same
        return found.sudo(self.env.su)

    @api.private
    def _orders_by_content(self, proposal, orders):
        """Return the only open order that explains the invoice: all its products, and at least `SHARE` of its value."""
        ranks = {}
        total = sum(abs(float(line_proposal.net or 0)) for line_proposal in proposal.lines)
        with_product = {id(line) for line in proposal.lines if line.line is not None and line.product.value}
        nothing = self.env["account.move"]
        for order in orders:
            if order.sudo().state != "purchase":
                continue
            open_lines = order.order_line.filtered(
                lambda line: not line.display_type and line._l10n_ro_efactura_open_quantity(nothing) > 0
            )
            linked = self._link_lines(proposal, open_lines) if open_lines else {}
            explained = sum(abs(float(line.net or 0)) for line in proposal.lines if id(line) in linked)
            if linked and with_product <= set(linked) and explained >= SHARE * total:
                exact = sum(
                    not self._differences(proposal, line, linked[id(line)], nothing)
                    for line in proposal.lines
                    if id(line) in linked
                )
                ranks[order] = (round(explained, 2), exact)
        best = [order for order, rank in ranks.items() if rank == max(ranks.values())]
        if len(best) > 1:
            self._warn_order(
                proposal,
                self.env._(
                    "Several orders may be meant, none is linked: %s",
                    ", ".join(order.name for order in best[:_NAMED_AT_MOST]),
                ),
            )
        if len(best) != 1:
            return orders.browse(), ""
        return best[0], self.env._("same supplier and content")

    @api.private
    def _draft_to_fill(self, proposal):
        """Return the draft bill that was made from these orders; empty where there is none or several."""
        none = self.env["account.move"]
        if not proposal.order or proposal.move_type != "in_invoice":
            return none
        drafts = proposal.order.sudo().order_line.invoice_lines.move_id.filtered(
            lambda move: (
                move.state == "draft"
                and move.move_type == "in_invoice"
                and not move.posted_before
                and move.company_id == proposal.company
                and move.invoice_line_ids.purchase_line_id.order_id <= proposal.order.sudo()
            )
        )
        paired = self.env["l10n_ro_efactura.message"].sudo().search([("move_id", "in", drafts.ids)]).move_id
        drafts -= paired
        number = proposal.document.facts.number
        drafts = drafts.filtered(lambda move: move.ref == number) or drafts.filtered(lambda move: not move.ref)
        if len(drafts) > 1:
            self._warn_order(
                proposal,
                self.env._(
                    "The order has several draft bills, none is filled: %s",
                    ", ".join(drafts[:_NAMED_AT_MOST].mapped("display_name")),
                ),
            )
            return none
        return drafts.sudo(self.env.su)

    # -- what a draft to be filled changes ------------------------------------------------------------------

    @api.private
    def _guard_duplicates(self, proposal):
        # EXTENDS l10n_ro_efactura_abacus: the draft of the order is no second bill, it becomes this one
        before = len(proposal.refusals)
        super()._guard_duplicates(proposal)
        bill = proposal.bill
        if bill and bill in proposal.duplicates:
            proposal.duplicates -= bill
            if not proposal.duplicates:
                proposal.refusals[before:] = [
                    refusal for refusal in proposal.refusals[before:] if refusal["code"] != "duplicate"
                ]

    @api.private
    def _warn_order(self, proposal, text):
        proposal.order_warnings.append(text)
