from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...models.common.actions import close_dialog
from ...models.common.rights import check_bill


class EfacturaInventoryTransfer(models.TransientModel):
    """Dialog that transfers inventory objects of a posted bill to expense: 603 = 303."""

    _name = "l10n_ro_efactura.inventory.transfer"
    _description = "e-Factura transfer of inventory objects to expense"

    move_id = fields.Many2one("account.move", string="Bill", required=True, readonly=True)
    date = fields.Date(required=True, help="When they were given out. The bill's own date by default.")
    line_ids = fields.Many2many("account.move.line", string="Inventory Objects")
    available_line_ids = fields.Many2many("account.move.line", compute="_compute_available_line_ids")
    entry_text = fields.Char("Entry", compute="_compute_available_line_ids")

    @api.depends("move_id")
    def _compute_available_line_ids(self):
        for transfer in self:
            company = transfer.move_id.company_id
            expense = company._l10n_ro_efactura_inventory_expense_account()
            transfer.available_line_ids = transfer.move_id._l10n_ro_efactura_transferable_lines()
            accounts = transfer.available_line_ids.account_id.with_company(company)
            transfer.entry_text = " · ".join(
                filter(
                    None,
                    [
                        f"{expense.code or '603 ?'} = {', '.join(accounts.mapped('code'))}",
                        company._l10n_ro_efactura_inventory_journal().name,
                    ],
                )
            )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if move := self.env["account.move"].browse(self.env.context.get("default_move_id")):
            check_bill(move, "write")
            values["date"] = move.date
            values["line_ids"] = [Command.set(move._l10n_ro_efactura_transferable_lines().ids)]
        return values

    def action_transfer(self):
        """Create the entry of the chosen lines."""
        check_bill(self.move_id, "write")
        if self.move_id.state != "posted":
            raise UserError(self.env._("Post the bill first."))
        if not self.line_ids:
            raise UserError(self.env._("Choose at least one inventory object."))
        self.move_id._l10n_ro_efactura_transfer(self.line_ids, self.date)
        return close_dialog()
