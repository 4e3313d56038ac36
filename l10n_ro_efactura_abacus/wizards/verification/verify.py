"""Dialogs: the period to verify, and the reason why a supplier sends no e-Factura."""

from odoo import fields, models
from odoo.exceptions import AccessError

from ...models.common.actions import soft_reload
from ...models.common.rights import check_bill, check_read_spv
from ...models.verification.res_partner import REASONS


class EfacturaVerify(models.TransientModel):
    _name = "l10n_ro_efactura.verify"
    _description = "Verify SPV against the books"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    date_from = fields.Date(
        required=True, default=lambda self: self.env["l10n_ro_efactura.verification"]._previous_month()[0]
    )
    date_to = fields.Date(
        required=True, default=lambda self: self.env["l10n_ro_efactura.verification"]._previous_month()[1]
    )

    def action_verify(self):
        """Verify the period and open the result. ANAF is not asked."""
        check_read_spv(self)
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("Choose the company first."))
        verification = self.env["l10n_ro_efactura.verification"]._of_period(
            self.company_id, self.date_from, self.date_to
        )
        return verification._get_records_action(name=verification.display_name)


class EfacturaNotExpected(models.TransientModel):
    _name = "l10n_ro_efactura.not.expected"
    _description = "No e-Factura expected from a supplier"

    partner_ids = fields.Many2many("res.partner", required=True, string="Suppliers")
    verification_id = fields.Many2one("l10n_ro_efactura.verification")
    reason = fields.Selection(REASONS, required=True)
    note = fields.Char()

    def action_remember(self):
        """Remember the reason; the suppliers' bills are no longer reported."""
        check_bill(self.partner_ids, "read")
        self.partner_ids.sudo()._l10n_ro_efactura_expect(self.reason, self.note)
        if self.verification_id:
            self.verification_id.action_verify_again()
        return soft_reload()
