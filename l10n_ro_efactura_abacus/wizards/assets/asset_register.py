from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...models.common.actions import soft_reload
from ...models.common.rights import check_bill


class EfacturaAssetRegister(models.TransientModel):
    """Dialog that registers the fixed assets of bills: number and date, or the linked asset."""

    _name = "l10n_ro_efactura.asset.register"
    _description = "e-Factura register of fixed assets"

    move_ids = fields.Many2many("account.move", string="Bills", required=True, readonly=True)
    then_post = fields.Boolean()
    line_ids = fields.One2many("l10n_ro_efactura.asset.register.line", "register_id", string="Fixed Assets")
    has_assets = fields.Boolean(compute="_compute_has_assets")
    many = fields.Boolean(compute="_compute_has_assets")

    @api.depends("move_ids")
    def _compute_has_assets(self):
        installed = bool(self.env["account.move.line"]._selection_l10n_ro_efactura_asset())
        for register in self:
            register.has_assets = installed
            register.many = len(register.move_ids) > 1

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        move_ids = self.env.context.get("default_move_ids")
        if "line_ids" in fields and move_ids:
            moves = self.env["account.move"].browse(move_ids)
            check_bill(moves, "write")
            lines = moves._l10n_ro_efactura_unregistered_lines()
            lines = lines or moves.invoice_line_ids._l10n_ro_efactura_with_treatment("asset")
            values["move_ids"] = [Command.set(moves.ids)]
            values["line_ids"] = [
                Command.create(
                    {
                        "move_line_id": line.id,
                        "register_number": line.l10n_ro_efactura_register_number,
                        "register_date": line.l10n_ro_efactura_register_date or line.move_id.invoice_date,
                        "asset": line.l10n_ro_efactura_asset
                        and f"{line.l10n_ro_efactura_asset._name},{line.l10n_ro_efactura_asset.id}",
                    }
                )
                for line in lines
            ]
        return values

    def action_save(self):
        """Write the register values on the bill lines."""
        check_bill(self.move_ids, "write")
        for line in self.line_ids:
            line._save()
        return soft_reload()

    def action_save_and_post(self):
        """Write the register values and post the bills."""
        check_bill(self.move_ids, "write")
        self.action_save()
        drafts = self.move_ids.filtered(lambda move: move.state == "draft")
        return drafts.action_post() or soft_reload()


class EfacturaAssetRegisterLine(models.TransientModel):
    """A fixed asset of the dialog."""

    _name = "l10n_ro_efactura.asset.register.line"
    _description = "e-Factura fixed asset to register"

    register_id = fields.Many2one("l10n_ro_efactura.asset.register", required=True, ondelete="cascade")
    move_line_id = fields.Many2one("account.move.line", required=True, readonly=True, ondelete="cascade")
    move_id = fields.Many2one(related="move_line_id.move_id", related_sudo=False)
    name = fields.Char(related="move_line_id.name", related_sudo=False)
    account_id = fields.Many2one(related="move_line_id.account_id", related_sudo=False)
    currency_id = fields.Many2one(related="move_line_id.currency_id", related_sudo=False)
    price_subtotal = fields.Monetary(related="move_line_id.price_subtotal", related_sudo=False, string="Value")
    register_number = fields.Char("Register No.")
    register_date = fields.Date("Registered On")
    asset = fields.Reference(
        selection=lambda self: self.env["account.move.line"]._selection_l10n_ro_efactura_asset(), string="Asset"
    )

    def _save(self):
        """Write one line with the user's own rights; an empty line is skipped.

        :raise UserError: only one of number and date is filled in
        """
        self.ensure_one()
        number = (self.register_number or "").strip()
        if not number and not self.asset:
            return  # nothing filled in
        if number and not self.register_date:
            raise UserError(self.env._("%s: the date is missing.", self.name))
        self.move_line_id.check_access("write")
        self.move_line_id.write(
            {
                "l10n_ro_efactura_register_number": number,
                "l10n_ro_efactura_register_date": self.register_date,
                "l10n_ro_efactura_asset": self.asset and f"{self.asset._name},{self.asset.id}",
            }
        )
