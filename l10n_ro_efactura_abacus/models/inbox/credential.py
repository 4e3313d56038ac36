from odoo import models

from ..calls.budget import aside


class EfacturaCredential(models.Model):
    _inherit = 'l10n_ro_efactura.credential'

    def set_tokens(self, access, refresh):
        # another token may have other rights: what ANAF said of the old one no longer stops anything. On a side
        # connection: a conflict here must not undo a refresh, whose token is used up.
        result = super().set_tokens(access, refresh)
        credential = self.sudo()
        self.env['l10n_ro_efactura.gate']._open(
            credential.client_id or f'credential {credential.id}', reasons=('unauthorized', 'forbidden'))
        with aside(self.env) as cr:
            cr.execute("UPDATE l10n_ro_efactura_mailbox SET paused_until = NULL, pause_reason = NULL"
                       " WHERE paused_until IS NOT NULL AND company_id IN %s",
                       [tuple(credential.user_company_ids.ids or [0])])
        return result
