from odoo import api, fields, models
from odoo.exceptions import ValidationError
from stdnum.ro import cnp

from ...anaf import valid_cnp
from ...anaf.identifiers import NO_CNP

BILLING = 'account.group_account_invoice,account.group_account_readonly'


class ResPartner(models.Model):
    """Whom an e-invoice is for: a business by its CUI, a person by a CNP or thirteen zeros."""
    _inherit = 'res.partner'

    l10n_ro_efactura_cnp = fields.Char(
        string="CNP", groups=BILLING, copy=False, size=13, exportable=False,  # personal: not in lists of contacts
        help="Personal code of a private customer. Optional: without it the invoice carries thirteen zeros.")

    @api.constrains('l10n_ro_efactura_cnp')
    def _check_l10n_ro_efactura_cnp(self):
        for partner in self.sudo():
            if partner.l10n_ro_efactura_cnp and not valid_cnp(partner.l10n_ro_efactura_cnp):
                raise ValidationError(self.env._(
                    "The CNP of %(partner)s is not valid: a digit is wrong or missing.", partner=partner.display_name))

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._l10n_ro_efactura_clean_cnp(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._l10n_ro_efactura_clean_cnp(vals))

    @api.model
    def _l10n_ro_efactura_clean_cnp(self, vals):
        """Without blanks; thirteen zeros are what stands where there is no CNP."""
        if not vals.get('l10n_ro_efactura_cnp'):
            return vals
        digits = cnp.compact(vals['l10n_ro_efactura_cnp'])
        return {**vals, 'l10n_ro_efactura_cnp': digits if digits != NO_CNP else False}

    def _l10n_ro_efactura_buyer_code(self):
        """Who the buyer is to ANAF.

        A CUI makes a business, of a sole trader (PFA, II) too, typed with or without RO as Tax ID or Company ID.
        A company without one is asked for it, never sent with zeros.

        :return: ('cui', digits) | ('cnp', 13 digits) | ('zeros', 13 zeros) | ('foreign', VAT number or '')
            | (False, '') where it must be asked
        """
        partner = self.commercial_partner_id.sudo()
        if cui := partner._l10n_ro_efactura_cui():
            return 'cui', cui
        vat = (partner.vat or '').strip().strip('/')
        if partner._l10n_ro_efactura_is_foreign():
            return 'foreign', vat
        if partner.is_company:
            return False, ''
        digits = partner.l10n_ro_efactura_cnp or (cnp.compact(vat) if valid_cnp(cnp.compact(vat)) else '')
        return ('cnp', digits) if digits else ('zeros', NO_CNP)

    def _l10n_ro_efactura_is_vat_payer(self):
        """Registered for VAT, as its Tax ID or Company ID says: with the letters of the country."""
        return bool(self._l10n_ro_efactura_vat())
