"""What the document gets where the user typed nothing: shown in grey in the empty fields of the invoice."""

from odoo import api, fields, models


class AccountMove(models.Model):
    """An invoice with the automatic values of its e-Factura, for the placeholders of the fields that replace them."""

    _inherit = "account.move"

    l10n_ro_efactura_automatic_type = fields.Char(compute="_compute_l10n_ro_efactura_automatic")
    l10n_ro_efactura_automatic_origin = fields.Char(compute="_compute_l10n_ro_efactura_automatic")
    l10n_ro_efactura_automatic_means = fields.Char(compute="_compute_l10n_ro_efactura_automatic")

    @api.depends("move_type", "reversed_entry_id", "preferred_payment_method_line_id", "partner_bank_id")
    @api.depends_context("lang")
    def _compute_l10n_ro_efactura_automatic(self):
        fields_of = self._fields
        types = dict(fields_of["l10n_ro_efactura_type"]._description_selection(self.env))
        means = dict(fields_of["l10n_ro_efactura_payment_means"]._description_selection(self.env))
        for move in self:
            document = move.is_invoice() and move._l10n_ro_efactura_is_document()
            code = document and move._l10n_ro_efactura_payment_means_code()
            move.l10n_ro_efactura_automatic_type = document and types.get(move._l10n_ro_efactura_type_code())
            move.l10n_ro_efactura_automatic_origin = document and ", ".join(
                number for number, _date in move._l10n_ro_efactura_preceding() if number
            )
            move.l10n_ro_efactura_automatic_means = code and f"{code} {means[code]}" if code in means else code
