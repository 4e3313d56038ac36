"""The exemption from e-Factura that entries, journals and partners share."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .rights import check_manage

# Fields that only an accounting administrator may write.
EXEMPTION_FIELDS = {"l10n_ro_efactura_exempt", "l10n_ro_efactura_exempt_reason"}


class EfacturaExemptionMixin(models.AbstractModel):
    """A record that an accountant can exempt from e-Factura, with a reason.

    An exempt invoice is not due and not sent automatically; it can still be sent by hand.
    """

    _name = "l10n_ro_efactura.exemption.mixin"
    _description = "e-Factura exemption"

    l10n_ro_efactura_exempt = fields.Boolean(
        string="Exempt from e-Factura",
        help="Not sent by itself, not late, not in the list of invoices to send.",
    )
    l10n_ro_efactura_exempt_reason = fields.Char(string="Reason of the Exemption")

    @api.constrains("l10n_ro_efactura_exempt", "l10n_ro_efactura_exempt_reason")
    def _check_l10n_ro_efactura_exempt_reason(self):
        for record in self:
            if record.l10n_ro_efactura_exempt and not (record.l10n_ro_efactura_exempt_reason or "").strip():
                raise ValidationError(
                    self.env._("An exemption from e-Factura needs a reason (%(record)s).", record=record.display_name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("l10n_ro_efactura_exempt") for vals in vals_list):
            check_manage(self)
        return super().create(vals_list)

    def write(self, vals):
        if EXEMPTION_FIELDS & vals.keys() and any(
            (record[name] or False) != (vals[name] or False)
            for name in EXEMPTION_FIELDS & vals.keys()
            for record in self
        ):
            check_manage(self)
        return super().write(vals)
