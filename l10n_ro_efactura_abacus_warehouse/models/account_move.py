from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    l10n_ro_efactura_warehouse_id = fields.Many2one(
        "stock.warehouse",
        string="Warehouse",
        check_company=True,
        copy=False,
        index="btree_not_null",
        help="The location of the bill, where the company says that a location is a warehouse.",
    )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    l10n_ro_efactura_warehouse_id = fields.Many2one(
        "stock.warehouse",
        string="Warehouse",
        check_company=True,
        index="btree_not_null",
        help="The warehouse (gestiune) that the goods of this line are for.",
    )
