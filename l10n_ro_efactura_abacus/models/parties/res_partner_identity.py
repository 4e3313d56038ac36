import re

from odoo import fields, models

from ...anaf.identifiers import NO_CNP

#: countries whose VAT numbers begin with something else than their code
PREFIXES = {'GR': ('EL',), 'GB': ('GB', 'XI')}


class ResPartner(models.Model):
    _inherit = 'res.partner'

    l10n_ro_efactura_representative_id = fields.Many2one(
        comodel_name='res.partner',
        string="Fiscal Representative",
        help="Who represents this firm for VAT in Romania (BG-11 of its e-Factura).",
    )

    def _l10n_ro_efactura_vat(self):
        """The VAT number with its country's letters; '' where the partner is not registered for VAT.

        A Romanian firm says so by RO before its CUI, in the Tax ID or in the Company ID.
        """
        partner = self.commercial_partner_id
        cui = partner._l10n_ro_efactura_cui()
        texts = [re.sub(r'[\s.\-/]', '', text or '').upper() for text in (partner.vat, partner.company_registry)]
        if cui:
            return f'RO{cui}' if f'RO{cui}' in texts else ''
        country = partner.country_code or ''
        known = texts[0].startswith(PREFIXES.get(country, (country,)))
        return texts[0] if country and country != 'RO' and known and len(texts[0]) > 3 else ''

    def _l10n_ro_efactura_legal_id(self):
        """The identifier beside or instead of the VAT number; '' for a firm that has none.

        :return: the CUI, a foreign number, the CNP of a person, or 13 zeros where the person gave none
        """
        partner = self.commercial_partner_id
        kind, code = partner._l10n_ro_efactura_buyer_code()
        if kind == 'foreign' and not code:
            code = (partner.company_registry or '').strip()
            return code or ('' if partner.is_company else NO_CNP)
        return code
