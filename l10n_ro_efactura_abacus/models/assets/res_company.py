"""Company settings of fixed assets and inventory objects."""

import re

from odoo import api, fields, models


class ResCompany(models.Model):
    """A company with its accounts of fixed assets and inventory objects, and the journal of transfers to expense."""

    _inherit = "res.company"

    l10n_ro_efactura_asset_prefixes = fields.Char(
        "Fixed asset accounts",
        default="20, 21, 22, 23",
        help="The first digits of the accounts of fixed assets, with commas. A bill line on such an account asks for "
        "its number in the register of fixed assets before the bill is posted.",
    )
    l10n_ro_efactura_asset_user_id = fields.Many2one(
        "res.users",
        string="Accountant of fixed assets",
        help="Who gets the activity on bills with fixed assets. Empty: the bill's own user.",
    )
    l10n_ro_efactura_inventory_prefixes = fields.Char(
        "Inventory object accounts",
        default="303",
        help="The first digits of the accounts of inventory objects, with commas.",
    )
    l10n_ro_efactura_inventory_account_id = fields.Many2one(
        "account.account",
        string="Inventory objects",
        check_company=True,
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable'))]",
        help="Where a bill line goes that is made an inventory object. Empty: account 303.",
    )
    l10n_ro_efactura_inventory_expense_account_id = fields.Many2one(
        "account.account",
        string="Expense of inventory objects",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_direct_cost', 'expense_depreciation'))]",
        help="What the transfer to expense debits. Empty: account 603.",
    )
    l10n_ro_efactura_inventory_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of transfers",
        check_company=True,
        domain="[('type', '=', 'general')]",
        help="Empty: miscellaneous operations.",
    )
    l10n_ro_efactura_inventory_to_expense = fields.Boolean(
        "Transfer to expense with the bill",
        help="An inventory object goes to expense when its bill is posted, unless chosen otherwise on its line.",
    )

    def _l10n_ro_efactura_default_treatment(self, account):
        """Return the default treatment of a bill line on `account`: 'expense', 'asset' or 'inventory_object'."""
        self.ensure_one()
        code = account.with_company(self).code or ""
        company = self.sudo()
        for treatment, prefixes in (
            ("asset", company.l10n_ro_efactura_asset_prefixes),
            ("inventory_object", company.l10n_ro_efactura_inventory_prefixes),
        ):
            if code.startswith(tuple(re.findall(r"\w+", prefixes or ""))):
                return treatment
        return "expense"

    def _l10n_ro_efactura_inventory_account(self):
        """Return the account of inventory objects: the chosen one, else 303; may be empty."""
        return self._l10n_ro_efactura_chosen_account("l10n_ro_efactura_inventory_account_id", "303")

    def _l10n_ro_efactura_inventory_expense_account(self):
        """Return the expense account of inventory objects: the chosen one, else 603; may be empty."""
        return self._l10n_ro_efactura_chosen_account("l10n_ro_efactura_inventory_expense_account_id", "603")

    def _l10n_ro_efactura_chosen_account(self, name, code):
        self.ensure_one()
        Account = self.env["account.account"].with_company(self)
        return self.sudo()[name].with_env(self.env) or Account.search(
            [*Account._check_company_domain(self), ("code", "=like", f"{code}%")], order="code", limit=1
        )

    def _l10n_ro_efactura_inventory_journal(self):
        """Return the journal of transfers: the chosen one, else the chart's miscellaneous operations; may be empty."""
        self.ensure_one()
        Journal = self.env["account.journal"]
        return (
            self.sudo().l10n_ro_efactura_inventory_journal_id.with_env(self.env)
            or self.env["account.chart.template"].with_company(self).ref("general", raise_if_not_found=False)
            or Journal.search([*Journal._check_company_domain(self), ("type", "=", "general")], limit=1)
        )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_ro_efactura_asset_prefixes = fields.Char(related="company_id.l10n_ro_efactura_asset_prefixes", readonly=False)
    l10n_ro_efactura_asset_user_id = fields.Many2one(
        related="company_id.l10n_ro_efactura_asset_user_id", readonly=False
    )
    l10n_ro_efactura_inventory_prefixes = fields.Char(
        related="company_id.l10n_ro_efactura_inventory_prefixes", readonly=False
    )
    l10n_ro_efactura_inventory_account_id = fields.Many2one(
        related="company_id.l10n_ro_efactura_inventory_account_id", readonly=False
    )
    l10n_ro_efactura_inventory_expense_account_id = fields.Many2one(
        related="company_id.l10n_ro_efactura_inventory_expense_account_id", readonly=False
    )
    l10n_ro_efactura_inventory_journal_id = fields.Many2one(
        related="company_id.l10n_ro_efactura_inventory_journal_id", readonly=False
    )
    l10n_ro_efactura_inventory_to_expense = fields.Boolean(
        related="company_id.l10n_ro_efactura_inventory_to_expense", readonly=False
    )
    l10n_ro_efactura_inventory_default_text = fields.Char(compute="_compute_l10n_ro_efactura_inventory_default_text")

    @api.depends(
        "company_id",
        "l10n_ro_efactura_inventory_account_id",
        "l10n_ro_efactura_inventory_journal_id",
        "l10n_ro_efactura_inventory_expense_account_id",
    )
    def _compute_l10n_ro_efactura_inventory_default_text(self):
        for settings in self:
            company = settings.company_id
            debit = (
                settings.l10n_ro_efactura_inventory_expense_account_id
                or company._l10n_ro_efactura_inventory_expense_account()
            )
            credit = settings.l10n_ro_efactura_inventory_account_id or company._l10n_ro_efactura_inventory_account()
            journal = settings.l10n_ro_efactura_inventory_journal_id or company._l10n_ro_efactura_inventory_journal()
            settings.l10n_ro_efactura_inventory_default_text = " · ".join(
                filter(
                    None,
                    [
                        " = ".join(account.with_company(company).code or "?" for account in (debit, credit)),
                        journal.name,
                    ],
                )
            )
