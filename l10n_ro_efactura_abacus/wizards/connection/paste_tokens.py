from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.common.actions import close_dialog, notification


class EfacturaPasteTokens(models.TransientModel):
    """Dialog for tokens obtained elsewhere, which it hands on and never stores."""

    _name = "l10n_ro_efactura.paste.tokens"
    _description = "Paste tokens of ANAF"

    credential_id = fields.Many2one("l10n_ro_efactura.credential", required=True, ondelete="cascade")
    access_token = fields.Text(store=False, exportable=False)
    refresh_token = fields.Text(store=False, exportable=False)
    result = fields.Char(readonly=True, help="What was done with the tokens")

    @api.model_create_multi
    def create(self, vals_list):
        """Write the tokens on the connection; this table never stores them."""
        vals_list = [dict(vals) for vals in vals_list]
        pairs = [(vals.pop("access_token", ""), vals.pop("refresh_token", "")) for vals in vals_list]
        wizards = super().create(vals_list)
        for wizard, (access, refresh) in zip(wizards, pairs):
            wizard.result = wizard.credential_id._enter_tokens(access, refresh)
        return wizards

    def write(self, vals):
        if {"access_token", "refresh_token"} & vals.keys():
            raise UserError(self.env._("Close this window and paste the tokens again."))
        return super().write(vals)

    def action_done(self):
        """Close the dialog and say what was done; saving has stored the tokens."""
        self.credential_id._check_system()
        return notification(self.result, "success", title=self.env._("Connection to ANAF"), then=close_dialog())
