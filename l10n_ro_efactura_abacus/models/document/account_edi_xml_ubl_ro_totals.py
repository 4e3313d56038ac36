from odoo import models
from odoo.addons.account_edi_ubl_cii.models.account_edi_common import FloatFmt

ALLOWANCE_CODE = '95'  # UNTDID 5189: discount


class AccountEdiXmlUblRoAbacus(models.AbstractModel):
    """Discounts and charges on the document (BG-20, BG-21) and its totals (BG-22)."""
    _inherit = 'account.edi.xml.ubl_ro_abacus'

    # -------------------------------------------------------------------------
    # DISCOUNTS AND CHARGES
    # -------------------------------------------------------------------------

    def _setup_base_lines(self, vals):
        # EXTENDS 'account_edi_ubl_cii'
        super()._setup_base_lines(vals)
        document, lines = [], 0
        for base_line in vals['base_lines']:
            values = base_line['_ubl_values']
            if values['price_amount_currency'] < 0:  # deposits of goods sold and taken back (BR-27)
                base_line['quantity'] *= -1
                values['price_amount_currency'] *= -1
                values['price_amount'] *= -1
            record = self._ro_record(base_line)
            if record._name == 'account.move.line' and record._l10n_ro_efactura_is_document_level():
                document.append(base_line)
            else:
                lines += not self._ubl_is_early_payment_base_line(base_line)
        if lines:  # BR-16: a credit note over nothing but a discount has it as its line
            for base_line in document:
                base_line['_ro_document_level'] = True

    def _is_document_allowance_charge(self, base_line):
        # EXTENDS 'account_edi_ubl_cii'
        return base_line.get('_ro_document_level') or super()._is_document_allowance_charge(base_line)

    def _add_invoice_allowance_charge_nodes(self, document_node, vals):
        # EXTENDS 'account_edi_ubl_cii'
        super()._add_invoice_allowance_charge_nodes(document_node, vals)
        for node in document_node['cac:AllowanceCharge']:
            node['cbc:Amount']['_text'] = FloatFmt(node['cbc:Amount']['_text'], min_dp=2)
            if node['cbc:ChargeIndicator']['_text'] == 'true':
                node['cbc:AllowanceChargeReasonCode'] = None  # a text is enough; core's code is none of the list
            node['cbc:AllowanceChargeReason']['_text'] = "Reducere pentru plata anticipată"
        document_node['cac:AllowanceCharge'] += [
            self._ro_document_allowance_node(vals, base_line)
            for base_line in vals['base_lines'] if base_line.get('_ro_document_level')
        ]

    def _ro_document_allowance_node(self, vals, base_line):
        """A line that stands for a discount or a charge on the whole document, as BG-20 or BG-21."""
        details, currency = base_line['tax_details'], base_line['currency_id']
        amount = currency.round(details['gross_total_excluded_currency'] - details['discount_amount_currency'])
        # in a credit note that is sent with a minus, a discount is one of minus so much
        allowance = amount * vals['ro']['sign'] < 0
        record = base_line['record']
        categories = self.env['account.tax']._aggregate_base_line_tax_details(
            base_line, lambda line, tax_data: self._ubl_default_tax_category_grouping_key(
                line, tax_data, vals, currency))
        return {
            'cbc:ChargeIndicator': {'_text': 'false' if allowance else 'true'},
            'cbc:AllowanceChargeReasonCode': {'_text': ALLOWANCE_CODE if allowance else None},
            'cbc:AllowanceChargeReason': {'_text': self._ro_text(
                vals, 'BT-97' if allowance else 'BT-104', record, record.name or record.product_id.name, 100,
                "Reducere" if allowance else "Taxă suplimentară")},
            'cbc:Amount': {
                '_text': FloatFmt(-amount if allowance else amount, min_dp=2),
                'currencyID': currency.name,
            },
            'cac:TaxCategory': [
                self._ubl_get_allowance_charge_early_payment_tax_category_node(vals, category)
                for category in categories if category
            ],
        }

    # -------------------------------------------------------------------------
    # TOTALS
    # -------------------------------------------------------------------------

    def _add_invoice_monetary_total_nodes(self, document_node, vals):
        # EXTENDS 'account_edi_ubl_cii': BT-109 counts the discounts of the document, BT-115 follows from the others
        super()._add_invoice_monetary_total_nodes(document_node, vals)
        total = document_node['cac:LegalMonetaryTotal']
        currency, name = vals['currency_id'], vals['currency_name']

        def amount(tag):
            return float((total[tag] or {}).get('_text', 0.0))

        def node(value):
            return {'_text': FloatFmt(currency.round(value), min_dp=2), 'currencyID': name}

        allowance, charge = (
            sum(
                item['cbc:Amount']['_text'] for item in document_node['cac:AllowanceCharge']
                if item['cbc:ChargeIndicator']['_text'] == indicator)
            for indicator in ('false', 'true'))
        kinds = {item['cbc:ChargeIndicator']['_text'] for item in document_node['cac:AllowanceCharge']}
        tax = amount('cbc:TaxInclusiveAmount') - amount('cbc:TaxExclusiveAmount')
        exclusive = currency.round(amount('cbc:LineExtensionAmount') - allowance + charge)
        inclusive = currency.round(exclusive + tax)
        prepaid = currency.round(
            vals['ro']['sign'] * vals['invoice']._l10n_ro_efactura_prepaid()
            + vals['_ubl_values']['payable_amount_tax_withholding_currency'])
        total.update({
            'cbc:TaxExclusiveAmount': node(exclusive),
            'cbc:TaxInclusiveAmount': node(inclusive),
            'cbc:AllowanceTotalAmount': node(allowance) if 'false' in kinds else None,
            'cbc:ChargeTotalAmount': node(charge) if 'true' in kinds else None,
            'cbc:PrepaidAmount': node(prepaid) if prepaid else None,
            'cbc:PayableAmount': node(inclusive - prepaid + amount('cbc:PayableRoundingAmount')),
        })
