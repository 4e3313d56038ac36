from odoo import api, fields, models
from odoo.addons.l10n_ro_efactura_abacus.models.bills.proposal import Choice
from odoo.fields import Command


class EfacturaImport(models.TransientModel):
    """The import page with the purchase orders of the invoice beside the lines that bill them."""

    _inherit = "l10n_ro_efactura.import"

    purchase_order_ids = fields.Many2many(
        "purchase.order",
        string="Orders",
        check_company=True,
        domain="[('partner_id', 'child_of', partner_id), ('state', '=', 'purchase')]",
    )
    order_reason = fields.Char("Found By", readonly=True)
    fill_bill_id = fields.Many2one("account.move", string="Fills the Draft", readonly=True)

    def _page_values(self, proposal):
        # EXTENDS l10n_ro_efactura_abacus
        values = super()._page_values(proposal)
        return values | {
            "purchase_order_ids": [Command.set(proposal.order.ids if proposal.order else [])],
            "order_reason": proposal.order_reason,
            "fill_bill_id": proposal.bill.id if proposal.bill else False,
            "warnings": self._all_warnings(proposal),
        }

    def _all_warnings(self, proposal):
        return "\n".join([*proposal.warnings, *self._importer()._order_warnings(proposal)]) or False

    def _look(self):
        # EXTENDS l10n_ro_efactura_abacus
        result = super()._look()
        for page in self:
            page._note_differences()
        return result

    def _write_back(self, proposal):
        # EXTENDS l10n_ro_efactura_abacus: the user's orders first, then the rows with their links
        if self.purchase_order_ids != proposal.order:
            self._choose_orders(proposal, self.purchase_order_ids)
        super()._write_back(proposal)

    @api.onchange("purchase_order_ids")
    def _onchange_purchase_order_ids(self):
        """Link the lines to the new orders; the user's own links stay."""
        page = self._origin
        if not page or self.move_id:
            return
        orders = self.purchase_order_ids._origin
        [(_page, proposal, error)] = page._proposals()
        if error:
            return
        rows = self.line_ids.sorted("sequence")
        for row, line_proposal in zip(rows, proposal.lines, strict=True):
            if row.product_source == "user":
                line_proposal.product = Choice(row.product_id._origin, "user")
        self._choose_orders(proposal, orders)
        for row, line_proposal in zip(rows, proposal.lines, strict=True):
            if row.order_line_source == "user" and row.purchase_line_id.order_id._origin <= orders:
                continue
            link = line_proposal.order_line
            row.purchase_line_id, row.order_line_source = link.value, link.source
            if row.product_source in ("none", "default", "order") and line_proposal.product.value:
                row.product_id, row.product_source = line_proposal.product.value, line_proposal.product.source
            if row.uom_source in ("none", "order") and line_proposal.uom.value:
                row.product_uom_id, row.uom_source = line_proposal.uom.value, line_proposal.uom.source
        self.fill_bill_id = proposal.bill
        self.order_reason = self.env._("chosen by hand") if orders else False
        self.warnings = self._all_warnings(proposal)
        self._note_differences()

    def _choose_orders(self, proposal, orders):
        """Use the user's orders instead of the found ones, and drop the doubts about those."""
        proposal.order_warnings = []
        self._importer()._use_orders(proposal, orders)

    def _note_differences(self):
        """Note on each row how it differs from its order line."""
        self.ensure_one()
        bill = self.fill_bill_id._origin
        orders = self.purchase_order_ids._origin
        wholes = {}
        for row in self.line_ids:
            line = row.purchase_line_id._origin
            wholes[line] = wholes.get(line, 0) + row._in_order_unit()
        for row in self.line_ids:
            line = row.purchase_line_id._origin
            if not line:
                row.order_note = self.env._("not on the order") if orders and row.unit_code else False
            elif self.move_type == "in_refund":
                row.order_note = False
            else:
                row.order_note = (
                    ", ".join(
                        line._l10n_ro_efactura_differences(
                            self.currency_id,
                            self.company_id,
                            self.invoice_date or fields.Date.today(),
                            row.quantity,
                            row.net,
                            row.product_uom_id._origin,
                            bill,
                            wholes[line],
                        )
                    )
                    or False
                )

    def _importer(self):
        return self.env["l10n_ro_efactura.importer"]
