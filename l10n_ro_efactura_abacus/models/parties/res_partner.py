"""The codes by which ANAF knows a partner: CUI, VAT number, CNP."""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from stdnum.ro import cnp

from ...anaf import cif_digits, valid_cnp, valid_cui
from ...anaf.identifiers import NO_CNP
from ..common.core import registry_number

# Groups that see a person's CNP, and on an invoice its submissions and SPV messages.
BILLING = "account.group_account_invoice,account.group_account_readonly"
# Prefixes of VAT numbers, for the countries where they differ from the country code.
PREFIXES = {"GR": ("EL",), "GB": ("GB", "XI")}


class ResPartner(models.Model):
    """A partner as ANAF knows it: a firm by its CUI, a person by a CNP or 13 zeros, or a firm from abroad."""

    _name = "res.partner"
    _inherit = ["res.partner", "l10n_ro_efactura.exemption.mixin"]

    # a decision about this partner, which only an accounting administrator takes: copies of a contact do not have it
    l10n_ro_efactura_exempt = fields.Boolean(copy=False)
    l10n_ro_efactura_exempt_reason = fields.Char(copy=False)
    l10n_ro_efactura_cnp = fields.Char(
        string="CNP",
        groups=BILLING,
        copy=False,
        size=13,
        exportable=False,  # personal: not in lists of contacts
        help="Personal code of a private customer. Optional: without it the invoice carries thirteen zeros.",
    )
    l10n_ro_efactura_representative_id = fields.Many2one(
        comodel_name="res.partner",
        string="Fiscal Representative",
        help="Who represents this firm for VAT in Romania (BG-11 of its e-Factura).",
    )

    @api.constrains("l10n_ro_efactura_cnp")
    def _check_l10n_ro_efactura_cnp(self):
        for partner in self.sudo():
            if partner.l10n_ro_efactura_cnp and not valid_cnp(partner.l10n_ro_efactura_cnp):
                raise ValidationError(
                    self.env._(
                        "The CNP of %(partner)s is not valid: a digit is wrong or missing.",
                        partner=partner.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._l10n_ro_efactura_clean_cnp(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._l10n_ro_efactura_clean_cnp(vals))

    @api.model
    def _l10n_ro_efactura_clean_cnp(self, vals):
        """Return `vals` with the CNP without blanks; 13 zeros, which mean "no CNP", become False."""
        if not vals.get("l10n_ro_efactura_cnp"):
            return vals
        digits = cnp.compact(vals["l10n_ro_efactura_cnp"])
        return {**vals, "l10n_ro_efactura_cnp": digits if digits != NO_CNP else False}

    def _commercial_fields(self):
        # EXTENDS 'base'
        return [*super()._commercial_fields(), "l10n_ro_efactura_exempt", "l10n_ro_efactura_exempt_reason"]

    def _l10n_ro_efactura_cui(self):
        """Return the digits of the partner's Romanian CUI; '' where it has none (a person, a firm from abroad)."""
        partner = self.commercial_partner_id
        vat = (partner.vat or "").strip().upper()
        abroad = partner._l10n_ro_efactura_is_abroad()
        digits = cif_digits(vat) if vat.startswith("RO") or not abroad else ""
        if 2 <= len(digits) <= 10:  # 13 digits are a CNP
            return digits
        registry = "" if abroad else cif_digits(registry_number(partner))
        return registry if valid_cui(registry) else ""

    def _l10n_ro_efactura_is_abroad(self):
        country = self.country_id
        return bool(country) and country.code != "RO"

    def _l10n_ro_efactura_is_foreign(self):
        """Return True for a partner from abroad without a Romanian CUI or VAT number."""
        return self.commercial_partner_id._l10n_ro_efactura_is_abroad() and not self._l10n_ro_efactura_cui()

    def _l10n_ro_efactura_buyer_code(self):
        """Return the kind of buyer and the code that identifies it at ANAF.

        A partner with a CUI is a business, sole traders (PFA, II) included; the CUI may stand in Tax ID or Company ID,
        with or without RO. A company without a CUI is never sent with zeros.

        :return: ('cui', digits) | ('cnp', 13 digits) | ('zeros', 13 zeros) | ('foreign', VAT number or '')
            | (False, '') for a company whose CUI is missing
        """
        partner = self.commercial_partner_id.sudo()
        if cui := partner._l10n_ro_efactura_cui():
            return "cui", cui
        vat = (partner.vat or "").strip().strip("/")
        if partner._l10n_ro_efactura_is_foreign():
            return "foreign", vat
        if partner.is_company:
            return False, ""
        digits = partner.l10n_ro_efactura_cnp or (cnp.compact(vat) if valid_cnp(cnp.compact(vat)) else "")
        return ("cnp", digits) if digits else ("zeros", NO_CNP)

    def _l10n_ro_efactura_vat(self):
        """Return the VAT number with its country's prefix; '' where the partner is not registered for VAT.

        A Romanian firm is registered where RO stands before its CUI, in Tax ID or Company ID.
        """
        partner = self.commercial_partner_id
        cui = partner._l10n_ro_efactura_cui()
        texts = [re.sub(r"[\s.\-/]", "", text or "").upper() for text in (partner.vat, registry_number(partner))]
        if cui:
            return f"RO{cui}" if f"RO{cui}" in texts else ""
        country = partner.country_code or ""
        known = texts[0].startswith(PREFIXES.get(country, (country,)))
        return texts[0] if country and country != "RO" and known and len(texts[0]) > 3 else ""

    def _l10n_ro_efactura_is_vat_payer(self):
        """Return True where the partner is registered for VAT (`_l10n_ro_efactura_vat`)."""
        return bool(self._l10n_ro_efactura_vat())

    def _l10n_ro_efactura_legal_id(self):
        """Return the legal identifier (BT-30, BT-47); '' for a firm that has none.

        :return: the CUI, a foreign number, a person's CNP, or 13 zeros where the person gave none
        """
        partner = self.commercial_partner_id
        kind, code = partner._l10n_ro_efactura_buyer_code()
        if kind == "foreign" and not code:
            code = registry_number(partner).strip()
            return code or ("" if partner.is_company else NO_CNP)
        return code
