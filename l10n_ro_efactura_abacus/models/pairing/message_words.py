"""The reasons of a pair in words."""
from odoo import api, models

#: reasons that speak against the pair; they are shown after those that speak for it
AGAINST = ('other_cif', 'no_cif', 'other_number', 'no_number', 'date_near', 'date_month', 'other_date', 'no_date',
           'total_near', 'other_total', 'currency', 'sign', 'number_digits')


class EfacturaPairingWords(models.Model):
    _inherit = 'l10n_ro_efactura.message'

    @api.model
    def _reason_words(self):
        _ = self.env._
        return {
            'index': _("the same upload index"),
            'cif': _("the same CIF"),
            'no_cif': _("no CIF to compare"),
            'other_cif': _("another CIF"),
            'number_exact': _("the same number"),
            'number_same': _("the same number, written otherwise"),
            'number_part': _("a part of the number"),
            'number_digits': _("the same digits, another series"),
            'other_number': _("another number"),
            'no_number': _("no number in the books"),
            'date': _("the same date"),
            'date_near': _("dates up to 3 days apart"),
            'date_month': _("dates up to a month apart"),
            'other_date': _("another date"),
            'no_date': _("no date"),
            'total': _("the same total"),
            'total_near': _("nearly the same total"),
            'other_total': _("another total"),
            'currency': _("another currency"),
            'sign': _("a credit note against an invoice"),
        }

    @api.model
    def _reason_texts(self, codes):
        """[reason in words], those for the pair first."""
        words = self._reason_words()
        return [words.get(code, code) for code in sorted(codes, key=lambda code: code in AGAINST)]

    @api.model
    def _reason_text(self, codes):
        text = ', '.join(self._reason_texts(codes))
        return text[:1].upper() + text[1:]
