"""What the books lack for an invoice that is right: a VAT rate that no purchase tax has, a currency that is not in use.

Nothing is guessed: the VAT is booked as cost until somebody says what it is, and the bill says so.
"""
from odoo import Command, api, models

from .amounts import RATED
from .proposal import Choice


class EfacturaImporter(models.AbstractModel):
    _inherit = 'l10n_ro_efactura.importer'

    @api.private
    def _lacks_tax(self, line):
        """Is VAT charged on this line, and no tax known for it?"""
        return line.category in RATED and line.rate and line.taxes.source == 'none' and not line.taxes.value

    @api.private
    def _lacks_currency(self, proposal):
        """Is the currency not in use, while the XML says its rate (BT-110 and BT-111)?"""
        document = proposal.document
        return bool(not proposal.currency.active and document.vat_in_vat_currency and document.facts.tax_amount)

    @api.private
    def _warn(self, proposal):
        super()._warn(proposal)
        for rate in sorted({line.rate for line in proposal.lines if self._lacks_tax(line)}):
            proposal.warnings.append(self.env._(
                "No purchase tax has %s %%: this VAT is booked as cost, not deducted, until another tax is chosen.",
                f'{rate.normalize():f}'))
        if self._lacks_currency(proposal):
            proposal.warnings.append(self.env._(
                "The currency %s was not in use: it is from now on, at the rate of the XML.", proposal.currency.name))

    @api.private
    def _create_together(self, batch):
        lacking = [(proposal, line, line.taxes) for proposal in batch for line in proposal.lines
                   if self._lacks_tax(line)]
        for proposal in batch:
            if self._lacks_currency(proposal):
                proposal.currency.sudo().active = True
        try:
            for proposal, line, _choice in lacking:
                line.taxes = Choice(self._vat_as_cost(proposal.company, line.rate), 'none')
            return super()._create_together(batch)
        except Exception:
            for _proposal, line, choice in lacking:  # a tax made here is gone with the batch
                line.taxes = choice
            raise

    @api.private
    def _vat_as_cost(self, company, rate):
        """A purchase tax of `rate` per cent that goes to the account of its line; made where there is none."""
        Tax = self.env['account.tax'].sudo().with_company(company)
        taxes = Tax.search([
            *Tax._check_company_domain(company), ('type_tax_use', '=', 'purchase'), ('amount_type', '=', 'percent'),
            ('amount', '=', float(rate)), ('price_include_override', '!=', 'tax_included')])
        for tax in taxes:
            parts = tax.invoice_repartition_line_ids.filtered(lambda part: part.repartition_type == 'tax')
            if parts.mapped('factor_percent') == [100.0] and not parts.account_id:
                return tax.sudo(self.env.su)
        parts = [Command.clear(), Command.create({'repartition_type': 'base'}), Command.create(
            {'repartition_type': 'tax', 'factor_percent': 100})]
        return Tax.create({
            'name': self.env._("%s %% not deducted", f'{rate.normalize():f}'),
            'description': self.env._("VAT of a rate that has no purchase tax, booked as cost"),
            'amount': float(rate), 'amount_type': 'percent', 'type_tax_use': 'purchase', 'company_id': company.id,
            'invoice_repartition_line_ids': parts, 'refund_repartition_line_ids': parts,
        }).sudo(self.env.su)
