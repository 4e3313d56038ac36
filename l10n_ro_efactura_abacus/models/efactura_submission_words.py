from markupsafe import Markup
from odoo import fields, models

from ..anaf import explain
from .wire_words import in_words

SELLER_TERMS = {f'BT-{n}' for n in range(27, 44)}
DELIVERY_TERMS = {f'BT-{n}' for n in range(70, 81)}
PARTY_FIELDS = ('seller', 'buyer', 'city', 'county', 'street')


class EfacturaSubmission(models.Model):
    """ANAF's errors in words an accountant can act on, and the record where each is fixed."""
    _inherit = 'l10n_ro_efactura.submission'

    errors_html = fields.Html(string="Errors Explained", compute='_compute_errors_html')
    errors_text = fields.Text(string="What ANAF said", compute='_compute_errors_html')
    can_fix = fields.Boolean(compute='_compute_errors_html')

    def _compute_errors_html(self):
        words = self._l10n_ro_efactura_words()
        for submission in self:
            rows = [
                Markup("<li>%s<div class='text-muted small'>%s</div></li>") % (plain, text) if plain
                else Markup("<li>%s</li>") % text
                for plain, text in submission._l10n_ro_efactura_errors(words)]
            if submission.decision_reason:
                rows.append(Markup("<li>%s</li>") % submission.decision_reason)
            submission.errors_html = rows and Markup("<ul class='mb-0 ps-3'>%s</ul>") % Markup().join(rows)
            submission.errors_text = '\n'.join(submission._l10n_ro_efactura_plain_texts()) or False
            submission.can_fix = bool(submission.state in ('nok', 'refused') and submission.move_id)

    def _l10n_ro_efactura_errors(self, words):
        """[(plain sentence or '', ANAF's own text)]"""
        for error in self.errors or []:
            hint = error.get('hint') or explain(error.get('text')).code
            yield words.get(hint, ''), in_words(self.env, error.get('text') or error.get('code'))

    def _l10n_ro_efactura_plain_texts(self):
        """One line for each error: the plain sentence where there is one, and ANAF's text."""
        return [f"{plain} ({text})" if plain else text
                for plain, text in self._l10n_ro_efactura_errors(self._l10n_ro_efactura_words())]

    def _l10n_ro_efactura_words(self):
        _ = self.env._
        return {
            'duplicate': _("This document was sent to ANAF before: it is there under another index."),
            'technical': _("ANAF had a technical problem. Send it again; the document may be good."),
            'quota': _("ANAF's daily limit is reached. It goes on by itself tomorrow."),
            'no_spv_right': _("The certificate of the connection has no SPV right for this company."),
            'seller_unknown': _("ANAF does not know our CIF as a seller."),
            'seller_cui_invalid': _("Our own CUI is wrong."),
            'buyer_cnp_invalid': _("The buyer's personal number is wrong."),
            'buyer_cui_invalid': _("The buyer's CUI is wrong."),
            'buyer_not_identified': _("The buyer's CUI is missing or unknown to ANAF."),
            'not_in_register': _("The company is not in the register that this call needs."),
            'too_large': _("The document is larger than 10 MB."),
            'customization_id': _("The document does not name CIUS-RO as its standard."),
            'number_without_digit': _("The invoice number must hold a digit."),
            'type_code': _("ANAF does not take this type of document."),
            'vat_total_in_ron': _("An invoice in foreign currency needs its VAT in lei."),
            'vat_point_code': _("The date on which VAT is due is given wrongly."),
            'seller_vat_missing': _("The seller's VAT number or tax registration is missing."),
            'street_missing': _("The street is missing."),
            'city_missing': _("The city is missing."),
            'bucharest_sector': _("In Bucharest the city must be SECTOR1 ... SECTOR6."),
            'county_code': _("The county is missing or wrong."),
            'negative_price': _("A unit price is negative: make the quantity negative instead."),
            'no_lines': _("The invoice has no lines."),
            'text_too_long': _("A text is longer than ANAF allows."),
            'too_many': _("Something is repeated more often than ANAF allows."),
            'date_format': _("A date is written wrongly."),
            'too_many_decimals': _("An amount has more decimals than ANAF allows."),
            'vat_number_prefix': _("A VAT number lacks the prefix of its country."),
            'due_date_missing': _("The due date or the payment terms are missing."),
            'totals': _("The totals do not add up."),
            'code_list': _("A code is not in ANAF's list (unit, currency, country, tax)."),
            'tax_category': _("The VAT category of a line does not fit its rate or its reason."),
            'business_rule': _("A rule of e-Factura is not met."),
            'xsd_invalid': _("The document is not well formed for ANAF."),
            'withdrawn': _("Taken back before it was sent."),
            'not_at_anaf': _("Decided by an accountant: ANAF does not have it."),
        }

    def _l10n_ro_efactura_fix_target(self):
        """The record where the first error is fixed: a partner, a tax, else the invoice."""
        self.ensure_one()
        move = self.move_id
        for error in self.errors or []:
            explained = explain(error.get('text'))
            seller = move.company_id.partner_id
            if explained.field == 'seller' or explained.field in PARTY_FIELDS and explained.bt in SELLER_TERMS:
                return seller
            if explained.field in PARTY_FIELDS:
                return move.partner_shipping_id if explained.bt in DELIVERY_TERMS else move.partner_id
            if explained.field == 'tax':
                return move.invoice_line_ids.tax_ids[:1]
        return move

    def action_fix(self):
        """Open the record where the first error is fixed."""
        return self._check_may('account.group_account_invoice')._l10n_ro_efactura_fix_target().sudo(
            False)._get_records_action()

    def _l10n_ro_efactura_fix_alert(self):
        """The link of an alert: {} when there is nothing but the invoice itself to open."""
        target = self and self._l10n_ro_efactura_fix_target()
        if not target or target._name == 'account.move':
            return {}
        return {
            'action_text': self.env._("Open %s", target.display_name),
            'action': target.sudo(False)._get_records_action(),
        }

    def action_download_xml(self):
        """The exact bytes that were sent."""
        self._check_may('account.group_account_invoice')
        self.ensure_one()
        return {
            'type': 'ir.actions.act_url',
            'url': f'/l10n_ro_efactura/xml/{self.id}',
            'target': 'download',
        }

    def action_open_not_at_anaf(self):
        """Ask the reason, then decide that ANAF does not have it."""
        self._check_may('account.group_account_manager')
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Not at ANAF"),
            'res_model': 'l10n_ro_efactura.not.at.anaf',
            'views': [[False, 'form']],
            'target': 'new',
            'context': {'default_submission_ids': self.ids},
        }
