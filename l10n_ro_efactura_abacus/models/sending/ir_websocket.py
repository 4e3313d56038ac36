from odoo import models

from ..common.rights import may_bill

CHANNEL = 'l10n_ro_efactura_'


class IrWebsocket(models.AbstractModel):
    _inherit = 'ir.websocket'

    def _build_bus_channel_list(self, channels):
        # EXTENDS 'bus'
        # Who may invoice hears about the invoices of his companies; nobody names such a channel himself.
        channels = [name for name in channels if not (isinstance(name, str) and name.startswith(CHANNEL))]
        if self.env.uid and may_bill(self.env):
            channels += [f'{CHANNEL}{company}' for company in self.env.user.company_ids.ids]
        return super()._build_bus_channel_list(channels)
