"""Remembered location of a supplier's bills."""

from odoo import fields, models


class ResPartner(models.Model):
    """A supplier, with the location of its bills per company."""

    _inherit = "res.partner"

    l10n_ro_efactura_journal_id = fields.Many2one(
        "account.journal",
        string="Bills in Journal",
        company_dependent=True,
        check_company=True,
        domain="[('type', '=', 'purchase')]",
    )
    l10n_ro_efactura_analytic_id = fields.Many2one(
        "account.analytic.account", string="Bills in Analytic Account", company_dependent=True, check_company=True
    )
