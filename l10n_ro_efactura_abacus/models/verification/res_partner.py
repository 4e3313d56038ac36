"""Suppliers of whom no e-Factura is expected, with the reason."""

from odoo import fields, models

# Why a supplier's bills have no e-Factura (OUG 120/2021, exceptions of Legea 296/2023): (value, label).
REASONS = [
    ("receipt", "Fiscal receipts with our CIF"),
    ("customs", "Customs and import duties"),
    ("authority", "State authority (taxes, fees)"),
    ("bank", "Bank or insurer without invoices"),
    ("person", "Person or small farmer"),
    ("foreign", "Foreign supplier"),
    ("other", "Another reason"),
]


class ResPartner(models.Model):
    _inherit = "res.partner"

    l10n_ro_efactura_no_spv = fields.Selection(
        REASONS,
        string="No e-Factura expected",
        copy=False,
        help="Bills of this supplier are not missed in SPV, for this reason.",
    )
    l10n_ro_efactura_no_spv_note = fields.Char(string="Why no e-Factura", copy=False)

    def _commercial_fields(self):
        # EXTENDS 'base'
        return [*super()._commercial_fields(), "l10n_ro_efactura_no_spv", "l10n_ro_efactura_no_spv_note"]

    def _l10n_ro_efactura_expect(self, reason, note=False):
        """Remember why no e-Factura comes from these suppliers and log it; False: e-Facturas are expected."""
        partners = self.commercial_partner_id
        partners.write({"l10n_ro_efactura_no_spv": reason, "l10n_ro_efactura_no_spv_note": note})
        for partner in partners:
            text = partner._l10n_ro_efactura_no_spv_text()
            partner._message_log(
                author_id=self.env.user.partner_id.id,
                body=self.env._("No e-Factura is expected: %s", text)
                if reason
                else self.env._("e-Facturas are expected."),
            )

    def _l10n_ro_efactura_no_spv_text(self):
        self.ensure_one()
        words = dict(self._fields["l10n_ro_efactura_no_spv"]._description_selection(self.env))
        return ": ".join(filter(None, [words.get(self.l10n_ro_efactura_no_spv), self.l10n_ro_efactura_no_spv_note]))
