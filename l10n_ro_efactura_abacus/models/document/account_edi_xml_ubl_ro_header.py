from odoo import models

from .texts import from_html, pieces, plain

MAX_NOTES = 20  # BR-RO-A020
NOTE_LENGTH = 300  # BR-RO-L302
VAT_ON_PAYMENT = "TVA la încasare"  # Codul fiscal art. 319(20) p)
PAYMENT_NAMES = {
    '1': "Nespecificat", '10': "Numerar", '30': "Virament", '42': "Plată în cont bancar", '48': "Card",
    '97': "Compensare", 'ZZZ': "Convenit între părți",
}


class AccountEdiXmlUblRoAbacus(models.AbstractModel):
    """Header, references, notes, delivery, payment."""
    _inherit = 'account.edi.xml.ubl_ro_abacus'

    def _add_invoice_header_nodes(self, document_node, vals):
        # EXTENDS 'l10n_ro_edi'
        super()._add_invoice_header_nodes(document_node, vals)
        invoice, kind = vals['invoice'], vals['ro']['type']
        order = invoice._l10n_ro_efactura_order_reference()
        document_node.update({
            'cbc:ProfileID': None,
            'cbc:InvoiceTypeCode': {'_text': kind} if vals['document_type'] == 'invoice' else None,
            'cbc:CreditNoteTypeCode': {'_text': kind} if vals['document_type'] == 'credit_note' else None,
            'cbc:DueDate': {
                '_text': invoice.invoice_date_due or invoice.invoice_date,
            } if vals['document_type'] == 'invoice' else None,
            'cbc:BuyerReference': None,  # core has our code of the customer here; BT-10 is the customer's
            'cac:OrderReference': {'cbc:ID': {'_text': order}} if order else None,
            'cac:ContractDocumentReference': {'cbc:ID': {'_text': plain(invoice.l10n_ro_efactura_contract) or None}},
            'cac:BillingReference': [
                {'cac:InvoiceDocumentReference': {
                    'cbc:ID': {'_text': number},
                    'cbc:IssueDate': {'_text': date or None},
                }}
                for number, date in invoice._l10n_ro_efactura_preceding()
            ],
        })
        start, end = invoice._l10n_ro_efactura_period()
        on_payment = self._ro_vat_on_payment(vals)
        document_node['cac:InvoicePeriod'] = {
            'cbc:StartDate': {'_text': start or None},
            'cbc:EndDate': {'_text': end or None},
            'cbc:DescriptionCode': {'_text': '432' if on_payment else None},
        } if start or end or on_payment else None

    # -------------------------------------------------------------------------
    # NOTES
    # -------------------------------------------------------------------------

    def _ro_add_notes(self, document_node, vals):
        """BT-22, when everything else is built: mentions, the reason, the terms, then what fitted nowhere else."""
        invoice = vals['invoice']
        wanted = []
        if self._ro_vat_on_payment(vals):
            wanted.append(VAT_ON_PAYMENT)
        if reason := invoice._l10n_ro_efactura_reason_text():
            wanted.append(f"Motiv: {reason}")
        if withheld := vals['_ubl_values']['payable_amount_tax_withholding_currency']:
            wanted.append(f"Impozit reținut la sursă: {withheld:.2f} {vals['currency_name']}")
        wanted.append(from_html(invoice.narration))
        notes = []
        for text in filter(None, wanted + vals['ro']['overflow']):
            found, rest = pieces(text, NOTE_LENGTH, MAX_NOTES - len(notes))
            notes += found
            if len(found) > 1 or rest:
                self._ro_moved(vals, 'BT-22', invoice, text, found[0] if found else '', '' if rest else 'BT-22')
        document_node['cbc:Note'] = [{'_text': note} for note in notes]

    # -------------------------------------------------------------------------
    # DELIVERY
    # -------------------------------------------------------------------------

    def _add_invoice_delivery_nodes(self, document_node, vals):
        # OVERRIDE: core repeats the buyer's address, which ANAF then judges as a delivery's (BR-RO-180...212)
        invoice = vals['invoice']
        address = invoice._l10n_ro_efactura_delivery_address()
        date = invoice.delivery_date
        if not date and address and invoice._l10n_ro_efactura_has_category('K'):
            date = invoice.invoice_date  # BR-IC-11
        node = document_node['cac:Delivery'] = {'cbc:ActualDeliveryDate': {'_text': date or None}}
        if address:
            address_node = self._get_address_node({**vals, 'partner': address, 'role': 'delivery'})
            if not address_node['cbc:CountrySubentity']['_text']:  # BR-RO-211 wants one abroad, too
                address_node['cbc:CountrySubentity']['_text'] = plain(address.city)
            node.update({
                'cac:DeliveryLocation': {'cac:Address': address_node},
                'cac:DeliveryParty': {'cac:PartyName': {'cbc:Name': {'_text': self._ro_text(
                    vals, 'BT-70', address, address.name or address.commercial_partner_id.name, 200, "Livrare")}}},
            })

    # -------------------------------------------------------------------------
    # PAYMENT
    # -------------------------------------------------------------------------

    def _add_invoice_payment_means_nodes(self, document_node, vals):
        # EXTENDS 'account_edi_ubl_cii'
        super()._add_invoice_payment_means_nodes(document_node, vals)
        invoice, node = vals['invoice'], document_node['cac:PaymentMeans']
        code = invoice._l10n_ro_efactura_payment_means_code()
        reference, bank = plain(invoice.payment_reference or invoice.name), invoice.partner_bank_id
        node.update({
            'cbc:PaymentMeansCode': {'_text': code, 'name': PAYMENT_NAMES.get(code)},
            'cbc:PaymentDueDate': {
                '_text': invoice.invoice_date_due or None,  # BT-9 of a credit note
            } if vals['document_type'] == 'credit_note' else None,
            'cbc:PaymentID': {'_text': self._ro_text(vals, 'BT-83', invoice, reference, 140, "Referința plății")},
        })
        account = node['cac:PayeeFinancialAccount']
        if account and code in ('30', '42', '58', '1', 'ZZZ'):
            account['cbc:ID']['_text'] = bank.sanitized_acc_number
            account['cbc:Name'] = {'_text': self._ro_text(
                vals, 'BT-85', bank, bank.acc_holder_name or bank.partner_id.name, 200, "Titular cont")}
        else:  # nobody pays to an account
            node['cac:PayeeFinancialAccount'] = None

    def _add_invoice_payment_terms_nodes(self, document_node, vals):
        # EXTENDS 'account_edi_ubl_cii'
        super()._add_invoice_payment_terms_nodes(document_node, vals)
        term = vals['invoice'].invoice_payment_term_id
        document_node['cac:PaymentTerms'] = {'cbc:Note': {'_text': self._ro_text(
            vals, 'BT-20', term, from_html(term.note), NOTE_LENGTH, "Condiții de plată")}}
