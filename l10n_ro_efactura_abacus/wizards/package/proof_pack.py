from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...models.common.environment import ENVIRONMENTS
from ...models.common.rights import check_read_spv


class EfacturaProofPack(models.TransientModel):
    _name = "l10n_ro_efactura.proof.pack"
    _description = "ANAF packages of a period"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    date_from = fields.Date(
        string="From", required=True, default=lambda self: fields.Date.context_today(self).replace(day=1)
    )
    date_to = fields.Date(
        string="To", required=True, default=lambda self: fields.Date.context_today(self) + relativedelta(day=31)
    )
    kind = fields.Selection(
        [("received", "Received"), ("sent", "Sent"), ("error", "Errors"), ("buyer_message", "Buyer messages")],
        help="Empty: all of them",
    )
    environment = fields.Selection(ENVIRONMENTS, required=True, default="prod")
    count = fields.Integer(string="Documents", compute="_compute_count")
    missing = fields.Integer(string="Not downloaded yet", compute="_compute_count")

    @api.depends("company_id", "date_from", "date_to", "kind", "environment")
    def _compute_count(self):
        messages = self.env["l10n_ro_efactura.message"]
        for wizard in self:
            domain = wizard._domain() if wizard.date_from and wizard.date_to and wizard.company_id else [(0, "=", 1)]
            wizard.count = messages.search_count(domain)
            wizard.missing = (
                messages.search_count(domain & fields.Domain("archive_state", "=", "listed")) if wizard.count else 0
            )

    def _domain(self):
        return self.env["l10n_ro_efactura.message"]._period_domain(
            self.company_id, self.date_from, self.date_to, self.kind, self.environment
        )

    @api.private
    def _messages(self):
        """Return the messages of the pack that the user may read, oldest first."""
        self.ensure_one()
        self._check_may()
        return self.env["l10n_ro_efactura.message"].search(self._domain(), order="issue_date, listed_at, id")

    @api.private
    def _pack_name(self):
        cif = self.company_id._l10n_ro_efactura_cif()
        return f"eFactura_{cif}_{self.date_from:%Y%m%d}-{self.date_to:%Y%m%d}{'_' + self.kind if self.kind else ''}.zip"

    def _check_may(self):
        check_read_spv(self.env["l10n_ro_efactura.message"], "read")
        if self.company_id not in self.env.companies and self.company_id not in self.env.user.company_ids:
            raise AccessError(self.env._("Choose the company first."))

    def action_download(self):
        """Download the pack."""
        self._check_may()
        self.ensure_one()
        if self.date_from > self.date_to:
            raise UserError(self.env._("The period ends before it begins."))
        if not self.count:
            raise UserError(self.env._("There is nothing in this period."))
        return {"type": "ir.actions.act_url", "target": "download", "url": f"/l10n_ro_efactura/proof_pack/{self.id}"}
