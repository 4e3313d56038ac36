from odoo import api, models
from odoo.fields import Command


class EfacturaImporter(models.AbstractModel):
    """The importer with purchase orders: links bill lines, and fills the order's draft bill instead of a second one."""

    _inherit = "l10n_ro_efactura.importer"

    @api.private
    def _bill_values(self, proposal):
        # EXTENDS l10n_ro_efactura_abacus
        values = super()._bill_values(proposal)
        if warnings := self._order_warnings(proposal):
            proposal.to_check = True
            values["l10n_ro_efactura_import_warnings"] = [
                *(values.get("l10n_ro_efactura_import_warnings") or []),
                *warnings,
            ]
        if proposal.order:
            values["invoice_origin"] = ", ".join(proposal.order.sudo().mapped("name"))
        return values

    @api.private
    def _bill_line_values(self, proposal, line_proposal):
        # EXTENDS l10n_ro_efactura_abacus
        values = super()._bill_line_values(proposal, line_proposal)
        if line_proposal.order_line.value:
            values["purchase_line_id"] = line_proposal.order_line.value.id
        return values

    @api.private
    def _make_bills(self, Move, batch):
        # EXTENDS l10n_ro_efactura_abacus
        to_make = [proposal for proposal in batch if not proposal.bill]
        made = iter(super()._make_bills(Move, to_make))
        return Move.union(*(self._fill_bill(proposal) if proposal.bill else next(made) for proposal in batch))

    @api.private
    def _fill_bill(self, proposal):
        """Fill the draft bill that was made from the order with the invoice."""
        bill = proposal.bill.with_context(l10n_ro_efactura_import=True)
        values = self._bill_values(proposal)
        values["invoice_line_ids"] = [
            *(Command.delete(line.id) for line in bill.invoice_line_ids),
            *values["invoice_line_ids"],
        ]
        values.setdefault("date", values["invoice_date"])
        if bill.journal_id.id == values["journal_id"]:
            del values["journal_id"]
        for name in ("move_type", "company_id"):
            del values[name]
        bill.write(values)
        return bill
