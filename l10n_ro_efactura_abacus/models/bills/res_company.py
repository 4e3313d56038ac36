"""Company settings of the import of bills."""

from odoo import fields, models

# What a company's "location" on a bill is: (value, label).
LOCATIONS = [
    ("none", "Nothing"),
    ("journal", "Journal"),
    ("analytic", "Analytic account"),
]


class ResCompany(models.Model):
    """A company with its settings for importing bills from SPV."""

    _inherit = "res.company"

    l10n_ro_efactura_location = fields.Selection(
        LOCATIONS,
        string="Location Means",
        default="none",
        required=True,
        help="What the location of an imported bill is. It is remembered for each supplier.",
    )
    l10n_ro_efactura_auto_import = fields.Selection(
        [("no", "No"), ("draft", "As draft bills"), ("post", "Posted when nothing is unknown")],
        string="Automatic Import",
        default="no",
        required=True,
        help="What happens to a supplier's invoice as soon as its package is here.",
    )
    l10n_ro_efactura_vat_on_payment = fields.Boolean(
        "VAT on Payment",
        help="The company applies VAT on payment (TVA la încasare): VAT of its bills is deducted when they are paid.",
    )


class ResConfigSettings(models.TransientModel):
    """Settings page: how suppliers' invoices become bills."""

    _inherit = "res.config.settings"

    l10n_ro_efactura_location = fields.Selection(related="company_id.l10n_ro_efactura_location", readonly=False)
    l10n_ro_efactura_auto_import = fields.Selection(related="company_id.l10n_ro_efactura_auto_import", readonly=False)
    l10n_ro_efactura_vat_on_payment = fields.Boolean(
        related="company_id.l10n_ro_efactura_vat_on_payment", readonly=False
    )
