"""Which VAT category and exemption an Odoo tax is (BT-151, BT-120, BT-121)."""

from odoo import api, models

from .vat_tables import CATEGORIES, DEFAULT_EXEMPTION, NO_VAT_SELLER, TAXED, VATEX_CODES


class EfacturaCodeMap(models.Model):
    _inherit = "l10n_ro_efactura.code.map"

    @api.model
    def _tax_code(self, company, tax, seller=None):
        """What `tax` is in an e-invoice of `company`, or False where it must be asked.

        A seller who is not registered for VAT has only O. Then: the answer that was given, what the tax form says
        (core's Tax Category Code), and a positive percentage is S by itself.

        :param tax: one tax, or none (a line without)
        :param seller: the partner who sells, where it is not the company (self-billing)
        :return: (category, exemption code or False, exemption text or False) or False
        """
        charged = self._charges(tax)
        if not charged and not (seller or company)._l10n_ro_efactura_is_vat_payer():
            return NO_VAT_SELLER
        if not tax:
            return False
        known = self._known(company.id).get(("tax", tax.id))
        if known and known[0] != "O" and self._fits(known[0], tax):  # the rate may have been changed since
            return known
        category = tax.ubl_cii_tax_category_code
        if category in dict(CATEGORIES) and category != "O" and self._fits(category, tax):
            reason = tax.ubl_cii_tax_exemption_reason_code
            reason = reason if reason in VATEX_CODES else DEFAULT_EXEMPTION.get(category, False)
            if category in TAXED:
                return category, False, False
            if reason:
                return category, reason, False
        if charged and tax.amount_type in ("percent", "division"):
            return "S", False, False
        return False
