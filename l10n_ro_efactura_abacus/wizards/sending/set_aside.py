from odoo import api, fields, models

from ...models.common.actions import close_dialog


class EfacturaSetAside(models.TransientModel):
    """Dialog in which an accountant sets an unreadable package aside, with a reason."""

    _name = "l10n_ro_efactura.set.aside"
    _description = "e-Factura package set aside"

    message_ids = fields.Many2many("l10n_ro_efactura.message", required=True, readonly=True)
    reason = fields.Char(required=True)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "message_ids" in fields and self.env.context.get("active_model") == "l10n_ro_efactura.message":
            values.setdefault("message_ids", [(6, 0, self.env.context.get("active_ids", []))])
        return values

    def action_set_aside(self):
        self.message_ids.action_set_aside(self.reason)
        return close_dialog()
