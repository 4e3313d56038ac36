from odoo import fields, models


class EfacturaHolderLink(models.TransientModel):
    _name = 'l10n_ro_efactura.holder.link'
    _description = "Link for the certificate holder"

    credential_id = fields.Many2one('l10n_ro_efactura.credential', required=True, ondelete='cascade')
    # shown once, stored nowhere
    link = fields.Char(store=False, exportable=False)
    expires_at = fields.Datetime("Works until")
