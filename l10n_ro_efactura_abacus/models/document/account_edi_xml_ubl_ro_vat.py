from odoo import models
from odoo.addons.account_edi_ubl_cii.models.account_edi_common import FloatFmt

from .texts import cut, plain

#: what BT-120 and BT-121 say where the mapping of the tax says nothing
DEFAULT_REASONS = {
    'AE': ('VATEX-EU-AE', "Taxare inversă"),
    'K': ('VATEX-EU-IC', "Livrare intracomunitară scutită"),
    'G': ('VATEX-EU-G', "Export scutit"),
    'O': ('VATEX-EU-O', "Neînregistrat în scopuri de TVA"),
}
EARLY_PAYMENT = "Reducere pentru plata anticipată"


class AccountEdiXmlUblRoAbacus(models.AbstractModel):
    """VAT categories (BT-151, BT-118), their reasons (BT-120, 121) and the breakdown (BG-23)."""
    _inherit = 'account.edi.xml.ubl_ro_abacus'

    def _ro_tax_code(self, vals, tax):
        """(category, exemption code, text) of `tax`, asked once per tax and document; `tax` may be empty."""
        taxes = vals['ro']['taxes']
        if tax.id not in taxes:
            taxes[tax.id] = vals['invoice']._l10n_ro_efactura_tax_code(tax)
        return taxes[tax.id] or ('', '', '')

    def _ro_category(self, vals, base_line, tax):
        """The category of `tax` on `base_line`, with its reason kept for the breakdown."""
        category, code, text = self._ro_tax_code(vals, tax)
        if not category and self._ubl_is_early_payment_base_line(base_line):
            category, code, text = 'E', '', EARLY_PAYMENT
        if category != 'S':
            reasons = vals['ro']['reasons'].setdefault(category, {})
            default_code, default_text = DEFAULT_REASONS.get(category, ('', ''))
            reasons[code or default_code, plain(text) or default_text] = True
        return category

    def _ubl_default_tax_category_grouping_key(self, base_line, tax_data, vals, currency):
        # OVERRIDE: the category comes from the mapping, never from a guess; one breakdown per category and rate,
        # whatever its reasons (BR-E-01 and its like)
        if self._ubl_is_cash_rounding_base_line(base_line):
            return None
        removed = base_line.get('_removed_tax_data')
        tax = (tax_data or removed or {}).get('tax') or self.env['account.tax']
        if tax_data and tax.amount_type != 'percent':
            return None
        early = self._ubl_is_early_payment_base_line(base_line)
        key = (tax.id, currency.id, early)
        keys = vals['ro']['keys']
        if key not in keys:
            category = self._ro_category(vals, base_line, tax)
            keys[key] = {
                'tax_category_code': category,
                # BR-O-05: no rate at all; a reverse charge tax of ours is the supplier's zero (self-billing)
                'percent': None if category == 'O' else tax.amount if category == 'S' else 0.0,
                'scheme_id': 'VAT',
                'is_withholding': tax.amount < 0.0,
                'currency': currency,
            }
        return keys[key]

    def _ubl_get_tax_category_node(self, vals, tax_category):
        # EXTENDS 'account_edi_ubl_cii'
        node = super()._ubl_get_tax_category_node(vals, tax_category)
        reasons = vals['ro']['reasons'].get(tax_category['tax_category_code'])
        if reasons:
            codes = {code for code, _text in reasons if code}
            texts = dict.fromkeys(text for _code, text in reasons if text)
            # several reasons under one category: their words, and no code that is true of some lines only
            alone = len(codes) == 1 and len(texts) <= 1
            node['cbc:TaxExemptionReasonCode']['_text'] = codes.pop() if alone else None
            node['cbc:TaxExemptionReason']['_text'] = cut('; '.join(texts), 100)[0] or None
        return node

    def _ubl_get_tax_subtotal_node(self, vals, tax_subtotal):
        # EXTENDS 'account_edi_ubl_cii': the base is the sum of what the document shows (BR-S-08, BR-E-08... to a cent)
        node = super()._ubl_get_tax_subtotal_node(vals, tax_subtotal)
        currency = tax_subtotal['currency']
        if currency == vals['currency_id']:
            key = (tax_subtotal['tax_category_code'], tax_subtotal['percent'])
            node['cbc:TaxableAmount']['_text'] = FloatFmt(
                self._ro_bases(vals).get(key, 0.0), min_dp=currency.decimal_places)
        return node

    def _ro_bases(self, vals):
        """{(category, rate): base} of the lines, allowances and charges of the document."""
        if 'bases' not in vals['ro']:
            bases = vals['ro']['bases'] = {}
            document = vals['document_node']
            for line in document[self._get_tags_for_document_type(vals)['document_line']]:
                for category in line['cac:Item']['cac:ClassifiedTaxCategory']:
                    key = (category['cbc:ID']['_text'], category['cbc:Percent']['_text'])
                    bases[key] = bases.get(key, 0.0) + line['cbc:LineExtensionAmount']['_text']
            for allowance in document['cac:AllowanceCharge']:
                sign = 1 if allowance['cbc:ChargeIndicator']['_text'] == 'true' else -1
                for category in allowance['cac:TaxCategory']:
                    key = (category['cbc:ID']['_text'], category['cbc:Percent']['_text'])
                    bases[key] = bases.get(key, 0.0) + sign * allowance['cbc:Amount']['_text']
        return vals['ro']['bases']

    def _ro_vat_on_payment(self, vals):
        """Does the VAT of a line become due when it is paid (Codul fiscal art. 282(3)-(8), "TVA la încasare")?"""
        return any(
            tax.tax_exigibility == 'on_payment' for base_line in vals['base_lines'] for tax in base_line['tax_ids'])
