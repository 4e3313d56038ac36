from odoo import fields, models


class EfacturaHolderLink(models.TransientModel):
    """Dialog that shows the link for the certificate holder."""

    _name = "l10n_ro_efactura.holder.link"
    _description = "Link for the certificate holder"

    credential_id = fields.Many2one("l10n_ro_efactura.credential", required=True, ondelete="cascade")
    # shown once, not stored
    link = fields.Char(store=False, exportable=False)
    expires_at = fields.Datetime("Works until")
