from odoo import api, fields, models

from ...models.common.actions import close_dialog


class EfacturaNotAtAnaf(models.TransientModel):
    """Dialog in which an accountant decides that a submission with a lost answer did not reach ANAF."""

    _name = "l10n_ro_efactura.not.at.anaf"
    _description = "e-Factura not at ANAF"

    submission_ids = fields.Many2many("l10n_ro_efactura.submission", required=True, readonly=True)
    reason = fields.Char(required=True)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "submission_ids" in fields and self.env.context.get("active_model") == "l10n_ro_efactura.submission":
            values.setdefault("submission_ids", [(6, 0, self.env.context.get("active_ids", []))])
        return values

    def action_decide(self):
        self.submission_ids.action_not_at_anaf(self.reason)
        return close_dialog()
