from odoo import api, fields, models

from ...models.common.actions import close_dialog


class EfacturaNotAtAnaf(models.TransientModel):
    """Dialog in which an accountant decides about unclear submissions: another index, or not at ANAF."""

    _name = "l10n_ro_efactura.not.at.anaf"
    _description = "e-Factura not at ANAF"

    submission_ids = fields.Many2many("l10n_ro_efactura.submission", required=True, readonly=True)
    reason = fields.Char(required=True)
    upload_index = fields.Char(string="Upload Index", help="The index that the invoice has in SPV")
    is_single = fields.Boolean(compute="_compute_decidable")
    is_decidable = fields.Boolean(compute="_compute_decidable")
    decidable_at = fields.Datetime(string="Not at ANAF: from", compute="_compute_decidable")
    is_prod = fields.Boolean(compute="_compute_decidable")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "submission_ids" in fields and self.env.context.get("active_model") == "l10n_ro_efactura.submission":
            values.setdefault("submission_ids", [(6, 0, self.env.context.get("active_ids", []))])
        return values

    @api.depends("submission_ids")
    def _compute_decidable(self):
        now = fields.Datetime.now()
        for wizard in self:
            submissions = wizard.submission_ids
            moments = submissions.mapped("decidable_at")
            wizard.is_single = len(submissions) == 1
            wizard.is_prod = "prod" in submissions.mapped("environment")
            wizard.decidable_at = max(moments) if moments and all(moments) else False
            wizard.is_decidable = bool(wizard.decidable_at) and wizard.decidable_at <= now

    def action_decide(self):
        self.submission_ids.action_not_at_anaf(self.reason)
        return close_dialog()

    def action_correct(self):
        self.submission_ids.action_correct_index(self.upload_index, self.reason)
        return close_dialog()
