"""The purchase orders behind a supplier's invoice: by the reference on it, else by supplier and content."""
from odoo import api, models
from odoo.addons.l10n_ro_efactura_abacus.models.bills.proposal import Choice
from odoo.fields import Domain
from odoo.tools import date_utils

from .order_reference import last_number, names, numbers

#: what is not billed yet is looked at without end, what is billed only as far back as this (a second delivery)
BILLED_DAYS = 400
#: part of the invoice that an order has to explain to be found by its content alone
SHARE = 0.5
_NAMED_AT_MOST = 5


class EfacturaImporter(models.AbstractModel):
    _inherit = 'l10n_ro_efactura.importer'

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
        """Find the orders and link the lines. `proposal.order`: orders; `.bill`: their draft that is to be filled."""
        orders, proposal.order_reason = self._find_orders(proposal)
        self._use_orders(proposal, orders)

    @api.private
    def _use_orders(self, proposal, orders):
        """Take `orders` as the invoice's; a wizard calls it with those that the user chose."""
        proposal.order = orders
        proposal.bill = self._draft_to_fill(proposal)
        linked = self._link_lines(proposal, orders.order_line) if orders else {}
        none = self.env['purchase.order.line']
        for line_proposal in proposal.lines:
            if line_proposal.order_line.source == 'user':
                continue
            line_proposal.order_line = Choice(linked.get(id(line_proposal), none), 'order' if orders else 'default')
            if line_proposal.order_line.value:
                self._propose_line(proposal, line_proposal)

    # -- the orders -----------------------------------------------------------------------------------------

    @api.private
    def _find_orders(self, proposal):
        """(orders, why they); none where nothing is certain, the doubt is then a warning."""
        none = self.env['purchase.order']
        if not proposal.partner.value:
            return none, ''
        known = self._orders_of_suppliers(proposal).get(proposal.partner.value.commercial_partner_id, none)
        if proposal.original:
            orders = proposal.original.sudo().invoice_line_ids.purchase_line_id.order_id.sudo(self.env.su)
            return orders, self.env._("the order of the bill that it corrects") if orders else ''
        if not known or proposal.move_type == 'in_refund':
            return none, ''
        texts = [text for text in (proposal.document.order, proposal.document.sales_order) if text]
        found = self._orders_by_reference(known, texts)
        if confirmed := found.filtered(lambda order: order.state == 'purchase'):
            return confirmed, self.env._("named on the invoice: %s", ', '.join(texts))
        if found:
            self._warn_order(proposal, self.env._(
                "Order %s is named on the invoice but not confirmed: nothing is linked to it.",
                ', '.join(found.mapped('name'))))
            return none, ''
        return self._orders_by_content(proposal, known)

    @api.private
    def _orders_of_suppliers(self, proposal):
        """{commercial partner: orders} of all suppliers of the call, in one search."""
        lookup = proposal.lookup
        if 'purchase_orders' not in vars(lookup):
            since = date_utils.subtract(self.env.cr.now(), days=BILLED_DAYS)
            domain = Domain('company_id', '=', proposal.company.id) & Domain('state', '!=', 'cancel') & Domain(
                'partner_id', 'child_of', lookup.suppliers.ids) & (
                Domain('invoice_status', '!=', 'invoiced') | Domain('date_order', '>=', since))
            orders = self.env['purchase.order'].sudo().search(domain) if lookup.suppliers else ()
            lookup.purchase_orders = {
                partner.sudo(self.env.su): some.sudo(self.env.su)
                for partner, some in orders.grouped(lambda order: order.partner_id.commercial_partner_id).items()
            } if orders else {}
        return lookup.purchase_orders

    @api.private
    def _orders_by_reference(self, orders, texts):
        """Those whose name, or whose reference at the supplier, one of the texts names."""
        orders = orders.sudo()
        found = orders.filtered(lambda order: any(
            names(text, number) for text in texts for number in (order.name, order.partner_ref) if number))
        if not found:  # only the digits of our number were written down
            for text in texts:
                if len(digits := numbers(text)) == 1:
                    same = orders.filtered(lambda order, digits=digits: last_number(order.name) == digits[0])
                    if len(same) == 1:
                        found |= same
        return found.sudo(self.env.su)

    @api.private
    def _orders_by_content(self, proposal, orders):
        """The one open order that explains the invoice best: its products all there, at least half of its value."""
        ranks = {}
        total = sum(abs(float(line_proposal.net or 0)) for line_proposal in proposal.lines)
        with_product = {id(line) for line in proposal.lines if line.line is not None and line.product.value}
        nothing = self.env['account.move']
        for order in orders:
            if order.sudo().state != 'purchase':
                continue
            open_lines = order.order_line.filtered(
                lambda line: not line.display_type and line._l10n_ro_efactura_open_quantity(nothing) > 0)
            linked = self._link_lines(proposal, open_lines) if open_lines else {}
            explained = sum(abs(float(line.net or 0)) for line in proposal.lines if id(line) in linked)
            if linked and with_product <= set(linked) and explained >= SHARE * total:
                exact = sum(not self._differences(proposal, line, linked[id(line)], nothing)
                            for line in proposal.lines if id(line) in linked)
                ranks[order] = (round(explained, 2), exact)
        best = [order for order, rank in ranks.items() if rank == max(ranks.values())]
        if len(best) > 1:
            self._warn_order(proposal, self.env._(
                "Several orders may be meant, none is linked: %s",
                ', '.join(order.name for order in best[:_NAMED_AT_MOST])))
        if len(best) != 1:
            return orders.browse(), ''
        return best[0], self.env._("same supplier and content")

    @api.private
    def _draft_to_fill(self, proposal):
        """The draft bill that was made from these orders and waits for the invoice; empty where none or several."""
        none = self.env['account.move']
        if not proposal.order or proposal.move_type != 'in_invoice':
            return none
        drafts = proposal.order.sudo().order_line.invoice_lines.move_id.filtered(lambda move: (
            move.state == 'draft' and move.move_type == 'in_invoice' and not move.posted_before
            and move.company_id == proposal.company
            and move.invoice_line_ids.purchase_line_id.order_id <= proposal.order.sudo()))
        paired = self.env['l10n_ro_efactura.message'].sudo().search([('move_id', 'in', drafts.ids)]).move_id
        drafts -= paired
        number = proposal.document.facts.number
        drafts = drafts.filtered(lambda move: move.ref == number) or drafts.filtered(lambda move: not move.ref)
        if len(drafts) > 1:
            self._warn_order(proposal, self.env._(
                "The order has several draft bills, none is filled: %s",
                ', '.join(drafts[:_NAMED_AT_MOST].mapped('display_name'))))
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
                    refusal for refusal in proposal.refusals[before:] if refusal['code'] != 'duplicate']

    @api.private
    def _warn_order(self, proposal, text):
        proposal.order_warnings.append(text)
