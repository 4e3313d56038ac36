from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.common.actions import close_dialog
from ...models.common.rights import check_manage


class EfacturaManualUpload(models.TransientModel):
    """Dialog that follows an invoice uploaded by hand on ANAF's portal, by its upload index."""

    _name = "l10n_ro_efactura.manual.upload"
    _description = "e-Factura uploaded by hand"

    move_id = fields.Many2one("account.move", string="Invoice", required=True, readonly=True)
    upload_index = fields.Char(string="Upload Index", required=True)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "move_id" in fields and self.env.context.get("active_model") == "account.move":
            values.setdefault("move_id", self.env.context.get("active_id"))
        return values

    def action_follow(self):
        self.ensure_one()
        check_manage(self.move_id, "write")
        reasons = self.move_id._l10n_ro_efactura_check_send("prod")
        if reasons:
            raise UserError("\n".join(reasons))
        self.env["l10n_ro_efactura.submission"]._adopt(self.move_id, "prod", self.upload_index)
        self.move_id._l10n_ro_efactura_mark_missing({})
        return close_dialog()
