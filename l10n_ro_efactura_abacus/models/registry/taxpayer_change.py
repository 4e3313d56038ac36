"""What changed in the register between two checks of a CUI."""

from odoo import api, fields, models

# The facts whose changes are kept. Values are True and False.
FACTS = [
    ("vat_payer", "VAT payer"),
    ("cash_vat", "VAT on payment"),
    ("inactive", "Inactive"),
    ("split_vat", "Split VAT"),
    ("in_efactura", "RO e-Factura register"),
]
# Answers of the register; a fact that an answer left out has none.
YES_NO = [("yes", "Yes"), ("no", "No")]


class EfacturaTaxpayerChange(models.Model):
    """A change of one fact of a taxpayer, written when a check finds another answer than the last one."""

    _name = "l10n_ro_efactura.taxpayer.change"
    _description = "Change in ANAF's register of taxpayers"
    _order = "id desc"
    _rec_name = "fact"

    taxpayer_id = fields.Many2one(
        "l10n_ro_efactura.taxpayer", required=True, readonly=True, ondelete="cascade", index=True
    )
    fact = fields.Selection(FACTS, required=True, readonly=True)
    old = fields.Selection(YES_NO, string="Before", required=True, readonly=True)
    new = fields.Selection(YES_NO, string="Now", required=True, readonly=True)
    effective_on = fields.Date(string="Since", readonly=True, help="The day that ANAF names, where it names one")
    noticed_at = fields.Datetime(string="Noticed", required=True, readonly=True, default=fields.Datetime.now)

    @api.depends("fact", "new")
    def _compute_display_name(self):
        for change in self:
            change.display_name = change._words()

    def _words(self):
        """Return the change as a sentence for users."""
        self.ensure_one()
        _ = self.env._
        sentences = {
            ("vat_payer", "yes"): _("became a VAT payer"),
            ("vat_payer", "no"): _("is no longer a VAT payer"),
            ("cash_vat", "yes"): _("applies VAT on payment"),
            ("cash_vat", "no"): _("no longer applies VAT on payment"),
            ("inactive", "yes"): _("was declared inactive"),
            ("inactive", "no"): _("is active again"),
            ("split_vat", "yes"): _("applies split VAT"),
            ("split_vat", "no"): _("no longer applies split VAT"),
            ("in_efactura", "yes"): _("entered the RO e-Factura register"),
            ("in_efactura", "no"): _("left the RO e-Factura register"),
        }
        return sentences.get((self.fact, self.new), "")
