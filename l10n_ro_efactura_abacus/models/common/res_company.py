"""The company's people responsible for e-Factura, and the CIF that ANAF knows it by."""

from odoo import fields, models

from ...anaf.identifiers import cif_digits
from .core import registry_number


class ResCompany(models.Model):
    """A company that ANAF knows by its own CIF or, for a branch, by its parent's."""

    _inherit = "res.company"

    l10n_ro_efactura_responsible_ids = fields.Many2many(
        "res.users",
        "res_company_l10n_ro_efactura_responsible_rel",
        "company_id",
        "user_id",
        string="Responsible for e-Factura",
        groups="base.group_system",
        help="They are told when the connection to ANAF ends. Empty: the administrators.",
    )

    def _l10n_ro_efactura_chain(self):
        """Return the company and its parents, nearest first, as superuser."""
        self.ensure_one()
        return self.sudo().parent_ids[::-1] or self.sudo()

    def _l10n_ro_efactura_cif(self):
        """Return the company's CIF as digits, or ''; a branch without one has its parent's."""
        for company in self._l10n_ro_efactura_chain():
            digits = cif_digits(company.vat) or cif_digits(registry_number(company))
            if digits:
                return digits
        return ""
