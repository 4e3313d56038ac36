from odoo import models
from odoo.addons.account_edi_ubl_cii.models.account_edi_common import FloatFmt

from .texts import cut, plain

DISCOUNT = "Reducere"
GTIN_LENGTHS = (8, 12, 13, 14)
BASES = (1, 10, 100, 1000, 10000, 100000, 1000000)


class AccountEdiXmlUblRoAbacus(models.AbstractModel):
    """Lines (BG-25): quantity, unit, names, codes, price, discounts."""
    _inherit = 'account.edi.xml.ubl_ro_abacus'

    def _ro_record(self, base_line):
        """The line of the invoice; of a line that a fixed tax made (a deposit), the tax."""
        if removed := base_line.get('_removed_tax_data'):
            return removed['tax']
        record = base_line['record']
        while isinstance(record, dict):  # core splits lines into lines of lines
            record = record['record']
        return record

    def _ubl_turn_emptying_taxes_as_new_base_lines(self, base_lines, company, vals):
        # EXTENDS 'account_edi_ubl_cii': what is given for nothing still has its deposit (core loses it at 100 %)
        for base_line in base_lines:
            if base_line['discount'] == 100:
                base_line.update(discount=0.0, _ro_discount=100.0)
        base_lines = super()._ubl_turn_emptying_taxes_as_new_base_lines(base_lines, company, vals)
        for base_line in base_lines:
            if base_line.get('_ro_discount') and not base_line.get('_removed_tax_data'):
                base_line['discount'] = base_line['_ro_discount']
        return base_lines

    # -------------------------------------------------------------------------
    # QUANTITY, PRICE
    # -------------------------------------------------------------------------

    def _ro_unit(self, vals, uom):
        """BT-130, asked once per unit and document."""
        units = vals['ro']['units']
        if uom.id not in units:
            units[uom.id] = self.env['l10n_ro_efactura.code.map']._uom_code(vals['company'], uom)
        return units[uom.id]

    def _ro_quantity_node(self, vals):
        base_line = vals['line_vals']['base_line']
        return {
            '_text': FloatFmt(base_line['quantity'], min_dp=1, max_dp=6),
            'unitCode': self._ro_unit(vals, base_line['product_uom_id']),
        }

    def _ubl_add_line_invoiced_quantity_node(self, vals):
        # OVERRIDE: no code of a unit is guessed
        vals['line_node']['cbc:InvoicedQuantity'] = self._ro_quantity_node(vals)

    def _ubl_add_line_credited_quantity_node(self, vals):
        # OVERRIDE
        vals['line_node']['cbc:CreditedQuantity'] = self._ro_quantity_node(vals)

    def _add_invoice_line_price_nodes(self, line_node, vals):
        # EXTENDS 'account_edi_ubl_cii': a price finer than 6 decimals is told for 10, 100... units (BT-149)
        super()._add_invoice_line_price_nodes(line_node, vals)
        base_line = vals['base_line']
        quantity = base_line['quantity']
        gross = base_line['tax_details']['raw_gross_total_excluded_currency']  # before cents are spread
        node = line_node['cac:Price']
        price = float(node['cbc:PriceAmount']['_text'])
        if not quantity or abs(round(price, 6) * quantity - gross) < 0.01:
            return
        exact = gross / quantity
        base = next(
            (base for base in BASES if abs(round(exact * base, 6) / base * quantity - gross) < 0.005), BASES[-1])
        node['cbc:PriceAmount']['_text'] = FloatFmt(exact * base, min_dp=1, max_dp=6)
        node['cbc:BaseQuantity'] = {'_text': base, 'unitCode': self._ro_unit(vals, base_line['product_uom_id'])}

    # -------------------------------------------------------------------------
    # DISCOUNTS
    # -------------------------------------------------------------------------

    def _ubl_get_line_allowance_charge_discount_node(self, vals, discount_values):
        # EXTENDS 'account_edi_ubl_cii': on a line with a minus the discount has one too; it is no charge
        node = super()._ubl_get_line_allowance_charge_discount_node(vals, discount_values)
        if discount_values['percent'] > 0:
            currency = discount_values['currency']
            node['cbc:ChargeIndicator']['_text'] = 'false'
            node['cbc:AllowanceChargeReasonCode']['_text'] = '95'
            node['cbc:Amount']['_text'] = FloatFmt(discount_values['amount'], max_dp=currency.decimal_places)
            node['cbc:BaseAmount']['_text'] = FloatFmt(
                discount_values['base_amount'], max_dp=currency.decimal_places)
        node['cbc:AllowanceChargeReason']['_text'] = DISCOUNT
        return node

    def _ubl_get_line_allowance_charge_recycling_contribution_node(self, vals, recycling_contribution_values):
        # EXTENDS 'account_edi_ubl_cii'
        node = super()._ubl_get_line_allowance_charge_recycling_contribution_node(vals, recycling_contribution_values)
        return self._ro_charge_node(vals, node, recycling_contribution_values)

    def _ubl_get_line_allowance_charge_excise_node(self, vals, excise_values):
        # EXTENDS 'account_edi_ubl_cii'
        node = super()._ubl_get_line_allowance_charge_excise_node(vals, excise_values)
        return self._ro_charge_node(vals, node, excise_values)

    def _ro_charge_node(self, vals, node, values):
        """A contribution stays a charge on a line with a minus: its code is none of an allowance (BR-CL-19)."""
        tax, currency = values['tax'], values['currency']
        node['cbc:ChargeIndicator']['_text'] = 'true'
        node['cbc:AllowanceChargeReason']['_text'] = self._ro_text(vals, 'BT-144', tax, tax.name, 100, "Taxă")
        node['cbc:Amount']['_text'] = FloatFmt(values['amount'], max_dp=currency.decimal_places)
        return node

    # -------------------------------------------------------------------------
    # ITEM
    # -------------------------------------------------------------------------

    def _ubl_add_line_item_name_description_nodes(self, vals):
        # EXTENDS 'account_edi_ubl_cii': name 100 -> description 200 -> note of the line 300 -> notes of the invoice
        super()._ubl_add_line_item_name_description_nodes(vals)
        base_line, item = vals['line_vals']['base_line'], vals['item_node']
        record = self._ro_record(base_line)
        product = base_line['product_id']
        full = plain((item['cbc:Name'] or {}).get('_text'))
        description = plain((item['cbc:Description'] or {}).get('_text'))
        if not product:  # core says the label twice: its first line is the name
            first, _newline, more = (record.name or '').partition('\n')
            full, description = (plain(first), plain(more)) if plain(first) and full == description else (full, '')
        else:
            for known in (f"[{plain(product.default_code)}] {full}", full):
                if description.startswith(known):  # only what is more than the name
                    description = description[len(known):].strip()
                    break
        name, rest = cut(full, 100)
        if rest:
            self._ro_moved(vals, 'BT-153', record, full, name, 'BT-154')
        wanted = ' '.join(filter(None, (rest, description)))
        description, rest = cut(wanted, 200)
        if rest:
            self._ro_moved(vals, 'BT-154', record, wanted, description, 'BT-127')
            note = self._ro_text(vals, 'BT-127', record, rest, 300, f"Poziția {vals['line_idx']}")
            vals['line_node']['cbc:Note'] = {'_text': note}
        item['cbc:Name'] = {'_text': name or None}
        item['cbc:Description'] = {'_text': description or None}

    def _ubl_add_line_item_identification_nodes(self, vals):
        # EXTENDS 'account_edi_ubl_cii': a code that is no GTIN is not called one
        super()._ubl_add_line_item_identification_nodes(vals)
        barcode = plain(vals['line_vals']['base_line']['product_id'].barcode)
        if barcode and not (barcode.isdigit() and len(barcode) in GTIN_LENGTHS):
            vals['item_node']['cac:StandardItemIdentification'] = None

    def _ubl_add_line_item_additional_item_property_nodes(self, vals):
        # EXTENDS 'account_edi_ubl_cii'
        super()._ubl_add_line_item_additional_item_property_nodes(vals)
        record = vals['line_vals']['base_line']['product_id']
        for node in vals['item_node']['cac:AdditionalItemProperty']:
            for name, bt, limit in (('cbc:Name', 'BT-160', 50), ('cbc:Value', 'BT-161', 100)):
                node[name]['_text'] = self._ro_text(
                    vals, bt, record, node[name]['_text'], limit, f"Poziția {vals['line_idx']}")

    def _ubl_add_line_item_commodity_classification_nodes(self, vals):
        # OVERRIDE: see `_add_invoice_line_item_nodes`
        vals['item_node']['cac:CommodityClassification'] = []

    def _add_invoice_line_item_nodes(self, line_node, vals):
        # EXTENDS 'l10n_ro_cpv_code', which writes a list id that ANAF does not know
        super()._add_invoice_line_item_nodes(line_node, vals)
        line_node['cac:Item']['cac:CommodityClassification'] = [
            {'cbc:ItemClassificationCode': {'_text': code, 'listID': list_id}}
            for list_id, code in vals['base_line']['product_id']._l10n_ro_efactura_classification() if code
        ]
