"""The company's sector of Bucharest and its registration for VAT."""

from odoo import api, fields, models

from ..common.core import registry_number
from .res_partner_sector import sector_in


class ResCompany(models.Model):
    """A company with its sector, where it is in Bucharest, and its registration for VAT."""

    _inherit = "res.company"

    l10n_ro_efactura_sector = fields.Selection(
        string="Sector", related="partner_id.l10n_ro_efactura_sector", readonly=False
    )
    l10n_ro_efactura_is_bucharest = fields.Boolean("In Bucharest", compute="_compute_l10n_ro_efactura_is_bucharest")

    @api.depends("state_id")
    def _compute_l10n_ro_efactura_is_bucharest(self):
        bucharest = self.env["res.partner"]._l10n_ro_efactura_bucharest()
        for company in self:
            company.l10n_ro_efactura_is_bucharest = bool(bucharest) and company.state_id.id == bucharest

    @api.onchange("city", "state_id")
    def _onchange_l10n_ro_efactura_sector(self):
        if self.l10n_ro_efactura_is_bucharest and (sector := sector_in(self.city)):
            self.l10n_ro_efactura_sector = sector

    def _l10n_ro_efactura_is_vat_payer(self):
        """Return True where Tax ID or Company ID is "RO" and the CUI; a branch without CUI takes its parent's."""
        for company in self._l10n_ro_efactura_chain():
            if len((company.vat or "").strip()) > 1 or registry_number(company):
                return company.partner_id._l10n_ro_efactura_is_vat_payer()
        return True  # no CUI at all; other checks ask for that first
