"""What lists and cards of submissions show of the invoice."""

from odoo import fields, models


class EfacturaSubmission(models.Model):
    _inherit = "l10n_ro_efactura.submission"

    partner_id = fields.Many2one(
        related="move_id.commercial_partner_id", related_sudo=False, string="Partner", help="On the other side"
    )
