from odoo import api, fields, models

from .proposal import Choice


class EfacturaLineMap(models.Model):
    _inherit = 'l10n_ro_efactura.line.map'

    to_expense = fields.Boolean(help="An inventory object that goes to expense with its bill.")


class EfacturaImporter(models.AbstractModel):
    """What an imported line is: an expense, a fixed asset or an inventory object; remembered, else by its account."""
    _inherit = 'l10n_ro_efactura.importer'

    @api.private
    def _propose_line(self, proposal, line_proposal):
        # EXTENDS: the account is known now
        super()._propose_line(proposal, line_proposal)
        account = line_proposal.account.value
        row = self._remembered(proposal, line_proposal)
        same = bool(row) and row.account_id == account
        if line_proposal.treatment.source != 'user':
            line_proposal.treatment = Choice(row.treatment, 'remembered') if same else Choice(
                proposal.company._l10n_ro_efactura_default_treatment(account) if account else 'expense', 'default')
        if line_proposal.to_expense.source != 'user':
            is_object = line_proposal.treatment.value == 'inventory_object'
            line_proposal.to_expense = Choice(row.to_expense and is_object, 'remembered') if same else Choice(
                is_object and proposal.company.sudo().l10n_ro_efactura_inventory_to_expense, 'default')

    @api.private
    def _bill_line_values(self, proposal, line_proposal):
        # EXTENDS
        return super()._bill_line_values(proposal, line_proposal) | {
            'l10n_ro_efactura_treatment': line_proposal.treatment.value or 'expense',
            'l10n_ro_efactura_to_expense': bool(line_proposal.to_expense.value),
        }

    @api.private
    def _remembered_values(self, line_proposal):
        # EXTENDS
        return super()._remembered_values(line_proposal) | {
            'treatment': line_proposal.treatment.value or 'expense',
            'to_expense': bool(line_proposal.to_expense.value),
        }

    @api.private
    def _learned_values(self, line):
        # EXTENDS
        return super()._learned_values(line) | {
            'treatment': line.l10n_ro_efactura_treatment or 'expense', 'to_expense': line.l10n_ro_efactura_to_expense}
