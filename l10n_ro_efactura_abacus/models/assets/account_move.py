"""Bill lines that are fixed assets or inventory objects: their fields, and the lines of a bill that are one."""

from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

from .treatments import TREATMENTS

# {field without its prefix: SQL type} of the columns that are created empty.
COLUMNS = {
    "treatment": "varchar",
    "register_number": "varchar",
    "register_date": "date",
    "asset": "varchar",
    "to_expense": "bool",
}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    l10n_ro_efactura_treatment = fields.Selection(
        [("expense", "Expense"), *TREATMENTS[1:]],
        string="Treatment",
        compute="_compute_l10n_ro_efactura_treatment",
        store=True,
        readonly=False,
        precompute=True,
        help="What is bought. By itself it follows the account: class 2 is a fixed asset, 303 an inventory object.",
    )
    l10n_ro_efactura_register_number = fields.Char(
        "Register No.", copy=False, help="The number in the register of fixed assets (inventory number)."
    )
    l10n_ro_efactura_register_date = fields.Date(
        "Registered On", copy=False, help="When the fixed asset was put into use."
    )
    l10n_ro_efactura_asset = fields.Reference(
        selection="_selection_l10n_ro_efactura_asset",
        string="Asset",
        copy=False,
        help="The fixed asset itself, where a module for assets is installed.",
    )
    l10n_ro_efactura_to_expense = fields.Boolean(
        "To Expense",
        compute="_compute_l10n_ro_efactura_to_expense",
        store=True,
        readonly=False,
        precompute=True,
        help="When the bill is posted the inventory object goes from its account to expense.",
    )
    l10n_ro_efactura_transfer_id = fields.Many2one(
        "account.move",
        string="Expense Transfer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def _auto_init(self):
        # EXTENDS 'account': create the columns empty, without computing existing lines
        for name, sql_type in COLUMNS.items():
            if not column_exists(self.env.cr, self._table, f"l10n_ro_efactura_{name}"):
                create_column(self.env.cr, self._table, f"l10n_ro_efactura_{name}", sql_type)
        return super()._auto_init()

    @api.model
    def _selection_l10n_ro_efactura_asset(self):
        """Return ``account.asset`` where a module provides it: OCA's and Odoo Enterprise's share the name."""
        return [("account.asset", self.env._("Fixed asset"))] if "account.asset" in self.env else []

    @api.depends("account_id")
    def _compute_l10n_ro_efactura_treatment(self):
        for line in self:
            bought = line.display_type == "product" and line.move_id.is_purchase_document(include_receipts=True)
            line.l10n_ro_efactura_treatment = (
                bought
                and line.move_id.country_code == "RO"
                and line.company_id._l10n_ro_efactura_default_treatment(line.account_id)
            )

    @api.depends("l10n_ro_efactura_treatment")
    def _compute_l10n_ro_efactura_to_expense(self):
        for line in self:
            if line.l10n_ro_efactura_treatment != "inventory_object":
                line.l10n_ro_efactura_to_expense = False
            else:
                line.l10n_ro_efactura_to_expense = (
                    line.l10n_ro_efactura_to_expense or line.company_id.sudo().l10n_ro_efactura_inventory_to_expense
                )

    @api.onchange("l10n_ro_efactura_treatment")
    def _onchange_l10n_ro_efactura_treatment(self):
        """Put an inventory object on the account of inventory objects."""
        if self.l10n_ro_efactura_treatment == "inventory_object":
            company = self.company_id or self.env.company
            if company._l10n_ro_efactura_default_treatment(self.account_id) != "inventory_object" and (
                account := company._l10n_ro_efactura_inventory_account()
            ):
                self.account_id = account

    def _l10n_ro_efactura_with_treatment(self, treatment):
        """Return the lines that are an 'asset' or an 'inventory_object'."""
        return self.filtered(
            lambda line: (
                line.display_type == "product"
                and treatment
                == (
                    line.l10n_ro_efactura_treatment
                    or line.company_id._l10n_ro_efactura_default_treatment(line.account_id)
                )
            )
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    l10n_ro_efactura_object_line_ids = fields.One2many(
        "account.move.line",
        compute="_compute_l10n_ro_efactura_object_line_ids",
        string="Fixed Assets and Inventory Objects",
    )

    @api.depends("invoice_line_ids.l10n_ro_efactura_treatment")
    def _compute_l10n_ro_efactura_object_line_ids(self):
        bills = self._l10n_ro_efactura_with_objects()
        for move in self:
            lines = move.invoice_line_ids if move in bills else move.invoice_line_ids.browse()
            move.l10n_ro_efactura_object_line_ids = lines._l10n_ro_efactura_with_treatment(
                "asset"
            ) | lines._l10n_ro_efactura_with_treatment("inventory_object")

    def _l10n_ro_efactura_with_objects(self):
        """Return the bills and refunds of Romanian companies that work with e-Factura."""
        bills = self.filtered(lambda move: move.is_purchase_document(include_receipts=True))
        companies = bills.company_id.filtered(
            lambda company: company.account_fiscal_country_id.code == "RO" and company._l10n_ro_efactura_credential()
        )
        return bills.filtered(lambda move: move.company_id in companies)
