from odoo import models

from ...anaf import cif_digits, valid_cui


class ResPartner(models.Model):
    _name = 'res.partner'
    _inherit = ['res.partner', 'l10n_ro_efactura.exemption.mixin']

    def _commercial_fields(self):
        # EXTENDS 'base'
        return [*super()._commercial_fields(), 'l10n_ro_efactura_exempt', 'l10n_ro_efactura_exempt_reason']

    def _l10n_ro_efactura_cui(self):
        """The digits of the partner's Romanian CUI, '' where it has none (a person, a foreigner)."""
        partner = self.commercial_partner_id
        vat = (partner.vat or '').strip().upper()
        abroad = partner._l10n_ro_efactura_is_abroad()
        digits = cif_digits(vat) if vat.startswith('RO') or not abroad else ''
        if 2 <= len(digits) <= 10:  # 13 digits are a CNP
            return digits
        registry = '' if abroad else cif_digits(partner.company_registry)
        return registry if valid_cui(registry) else ''

    def _l10n_ro_efactura_is_abroad(self):
        country = self.country_id
        return bool(country) and country.code != 'RO'

    def _l10n_ro_efactura_is_foreign(self):
        """A buyer from abroad without a Romanian CUI or VAT number."""
        return self.commercial_partner_id._l10n_ro_efactura_is_abroad() and not self._l10n_ro_efactura_cui()
