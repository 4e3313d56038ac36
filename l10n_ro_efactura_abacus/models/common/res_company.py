from odoo import models

from ...anaf.identifiers import cif_digits
from .core import registry_number


class ResCompany(models.Model):
    _inherit = 'res.company'

    def _l10n_ro_efactura_chain(self):
        """The company and its parents, nearest first."""
        self.ensure_one()
        return self.sudo().parent_ids[::-1] or self.sudo()

    def _l10n_ro_efactura_cif(self):
        """The CIF that e-Factura knows the company by: digits, or ''. A branch without one has its parent's."""
        for company in self._l10n_ro_efactura_chain():
            digits = cif_digits(company.vat) or cif_digits(registry_number(company))
            if digits:
                return digits
        return ''
