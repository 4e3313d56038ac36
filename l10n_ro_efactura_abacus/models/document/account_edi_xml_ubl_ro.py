from contextlib import suppress

from odoo import models
from odoo.addons.account_edi_ubl_cii.models.account_edi_common import FloatFmt

from ..package.package import safe_name
from .texts import legal

# What CIUS-RO allows and core's templates of UBL do not know, after the element it follows.
_PARTY_LEGAL_FORM = ('cbc:CompanyID', 'cbc:CompanyLegalForm')


class AccountEdiXmlUblRo(models.AbstractModel):
    """The door of core's exporter: every path that asks core for a CIUS-RO file gets this addon's document."""
    _inherit = 'account.edi.xml.ubl_ro'

    def _export_invoice(self, invoice):
        """Return (bytes, {error, ...}) of the e-Factura of `invoice`; the bytes are b'' where there are errors."""
        # OVERRIDE 'account_edi_ubl_cii'
        if self._name != 'account.edi.xml.ubl_ro' or not invoice._l10n_ro_efactura_is_written_here():
            return super()._export_invoice(invoice)
        xml, errors = invoice._l10n_ro_efactura_build_xml()
        return xml, set(errors)

    def _export_invoice_filename(self, invoice):
        """Return a name that every system takes, also where `invoice` has no number yet."""
        # OVERRIDE 'l10n_ro_edi'
        if not invoice._l10n_ro_efactura_is_written_here():
            return super()._export_invoice_filename(invoice)
        return f"{safe_name((invoice.name or '').replace('/', '_'))}_cius_ro.xml"


class AccountEdiXmlUblRoAbacus(models.AbstractModel):
    """CIUS-RO 1.0.1 as ANAF takes it, on core's builder.

    What the document needs is told by ``account.move._l10n_ro_efactura_problems``, before anything is built.
    `vals['ro']` holds what is decided once for a document: see `_add_invoice_config_vals`.
    """
    _name = 'account.edi.xml.ubl_ro_abacus'
    _inherit = 'account.edi.xml.ubl_ro'
    _description = "CIUS-RO, complete"

    # -------------------------------------------------------------------------
    # THE DOCUMENT
    # -------------------------------------------------------------------------

    def _export_invoice(self, invoice):
        # EXTENDS 'account_edi_ubl_cii': core stops at the first invalid tax; here all problems come together
        problems = invoice._l10n_ro_efactura_problems()
        if problems:
            return b'', {problem['text'] for problem in problems}
        return self._l10n_ro_efactura_export(invoice)

    def _l10n_ro_efactura_export(self, invoice):
        """``(bytes, {error, ...})`` of an invoice that has no problems; with its PDF, where that is wanted."""
        xml, errors = super()._export_invoice(invoice)
        return invoice._l10n_ro_efactura_with_pdf(xml), errors

    def _export_invoice_constraints(self, invoice, vals):
        # OVERRIDE: `_l10n_ro_efactura_problems` replaces core's list, which asks for things ANAF does not want (the
        # county of a foreign buyer, a buyer reference) and misses others. What only the finished document shows:
        total = vals['document_node']['cac:LegalMonetaryTotal']
        shown = float(total['cbc:TaxInclusiveAmount']['_text']) + float(
            (total['cbc:PayableRoundingAmount'] or {}).get('_text', 0))
        expected = vals['ro']['sign'] * invoice.amount_total
        if invoice.currency_id.compare_amounts(shown, expected):
            return {'total': self.env._(
                "The lines add up to %(shown)s but the invoice says %(expected)s: check the amounts of its taxes.",
                shown=invoice.currency_id.format(shown), expected=invoice.currency_id.format(expected))}
        return {}

    def _get_invoice_node(self, vals):
        # EXTENDS 'account_edi_ubl_cii'
        node = super()._get_invoice_node(vals)
        self._ro_add_notes(node, vals)
        self._ro_finish(node)
        return node

    def _ro_finish(self, node):
        """Leave no character that XML forbids, and no minus zero."""
        for key, value in node.items():
            if isinstance(value, dict):
                self._ro_finish(value)
            elif isinstance(value, list):
                for item in value:
                    if item:
                        self._ro_finish(item)
            elif isinstance(value, str):
                node[key] = legal(value)
            elif isinstance(value, FloatFmt):
                if str(value).strip('-0.') == '':
                    node[key] = FloatFmt(0.0, value.min_dp, value.max_dp)
            elif isinstance(value, float) and not value:
                node[key] = 0.0

    def _get_document_template(self, vals):
        # EXTENDS 'account_edi_ubl_cii': the elements core has no use for, at their place in UBL 2.1
        return _template(super()._get_document_template(vals))

    # -------------------------------------------------------------------------
    # WHAT IS DECIDED ONCE
    # -------------------------------------------------------------------------

    def _add_invoice_config_vals(self, vals):
        # EXTENDS 'account_edi_ubl_cii'
        super()._add_invoice_config_vals(vals)
        invoice = vals['invoice']
        kind = invoice._l10n_ro_efactura_type_code()
        # a debit note of UBL is no document of ANAF's
        vals['document_type'] = 'credit_note' if kind == '381' else 'invoice'
        vals['ro'] = {
            'type': kind,
            # amounts of a credit note that is sent as an invoice carry a minus
            'sign': -1 if invoice.move_type in ('out_refund', 'in_refund') and kind != '381' else 1,
            'vat_payer': bool(invoice._l10n_ro_efactura_seller_vat()),
            'units': {},
            'taxes': {},
            'keys': {},
            'reasons': {},
            'cuts': [],
            'overflow': [],
        }

    def _add_invoice_base_lines_vals(self, vals):
        # EXTENDS 'account_edi_ubl_cii'
        super()._add_invoice_base_lines_vals(vals)
        if vals['ro']['sign'] < 0:
            for base_line in vals['base_lines']:
                base_line['quantity'] *= -1
                _negate(base_line['tax_details'])

    def _add_invoice_monetary_totals_vals(self, vals):
        # OVERRIDE: core computes totals that no node of this format reads
        pass

    def _ubl_add_values_tax_currency_code(self, vals):
        # OVERRIDE: BT-6 only where the document is not in the company's currency
        self._ubl_add_values_tax_currency_code_company_currency_if_foreign_currency(vals)

    # -------------------------------------------------------------------------
    # WHAT WAS MOVED
    # -------------------------------------------------------------------------

    def _ro_moved(self, vals, bt, record, text, kept, to):
        """Remember that `text` did not fit into `bt`: `kept` stayed, the rest went `to` (a BT, or '' when dropped)."""
        vals['ro']['cuts'].append({
            'bt': bt, 'model': record._name, 'res_id': record.id, 'text': text, 'kept': kept, 'to': to,
        })

    def _l10n_ro_efactura_cuts(self, invoice):
        """The descriptive texts of `invoice` that do not fit into their element, and where their rest goes.

        :return: list of dict(bt, model, res_id, text, kept, to)
        """
        vals = {'invoice': invoice.with_context(lang=invoice.partner_id.lang)}
        self._get_invoice_node(vals)
        return vals['ro']['cuts']


def _negate(details):
    """Turn the sign of every amount in the tax details of a base line, in place."""
    for key, value in details.items():
        if isinstance(value, float):
            details[key] = -value
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    _negate(item)


_TEMPLATES = {}


def _template(core):
    """`core` (a template of core's) with the further elements of CIUS-RO; built once."""
    with suppress(KeyError):
        return _TEMPLATES[core['_tag']]
    party = core['cac:AccountingSupplierParty']['cac:Party']
    entity = _after(party['cac:PartyLegalEntity'], *_PARTY_LEGAL_FORM, {})
    supplier = {**core['cac:AccountingSupplierParty'], 'cac:Party': {**party, 'cac:PartyLegalEntity': entity}}
    account = _after(core['cac:PaymentMeans']['cac:PayeeFinancialAccount'], 'cbc:ID', 'cbc:Name', {})
    template = {**core, 'cac:AccountingSupplierParty': supplier}
    template['cac:PaymentMeans'] = {**core['cac:PaymentMeans'], 'cac:PayeeFinancialAccount': account}
    template = _after(template, 'cac:SellerSupplierParty', 'cac:TaxRepresentativeParty', {
        name: party[name] for name in ('cac:PartyName', 'cac:PostalAddress', 'cac:PartyTaxScheme')})
    return _TEMPLATES.setdefault(core['_tag'], template)


def _after(template, known, name, value):
    """`template` with `name` following `known`."""
    pairs = []
    for key, child in template.items():
        pairs.append((key, child))
        if key == known:
            pairs.append((name, value))
    return dict(pairs)
