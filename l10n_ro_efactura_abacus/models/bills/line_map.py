"""The remembered choices for the lines of a supplier."""

from odoo import fields, models

from ..assets.treatments import TREATMENTS


class EfacturaLineMap(models.Model):
    """What a line of a supplier became on its last bill, proposed again on the next one.

    A row is found by the supplier's code, else by the name and unit of the line, and by its VAT: an answer for 21 % is
    not used for a line at 11 %.
    """

    _name = "l10n_ro_efactura.line.map"
    _description = "e-Factura: remembered line"
    _inherit = ["analytic.mixin"]
    _order = "partner_id, name, id"
    _check_company_auto = True
    _rec_name = "name"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner", string="Supplier", required=True, index=True, ondelete="cascade", check_company=True
    )
    key = fields.Char(required=True, readonly=True, help="What the line is recognised by.")
    name = fields.Char(string="Line", readonly=True)
    category = fields.Char(string="VAT Category", readonly=True, size=2)
    rate = fields.Float(string="VAT Rate", readonly=True, digits=(5, 2))
    unit_code = fields.Char(readonly=True, help="UN/ECE unit of the line (BT-130).")
    product_id = fields.Many2one("product.product", ondelete="set null", index="btree_not_null", check_company=True)
    account_id = fields.Many2one("account.account", ondelete="set null", check_company=True)
    tax_ids = fields.Many2many(
        "account.tax",
        "l10n_ro_efactura_line_map_tax_rel",
        "map_id",
        "tax_id",
        string="Taxes",
        check_company=True,
        domain="[('type_tax_use', '=', 'purchase')]",
    )
    uom_id = fields.Many2one("uom.uom", string="Unit", ondelete="set null")
    treatment = fields.Selection(TREATMENTS, required=True, default="expense")
    to_expense = fields.Boolean(help="An inventory object that goes to expense with its bill.")

    _key_uniq = models.UniqueIndex(
        "(company_id, partner_id, key, category, rate)", "This line of this supplier is remembered already."
    )
