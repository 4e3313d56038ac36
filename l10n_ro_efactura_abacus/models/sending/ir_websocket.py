"""Bus channels of the e-Factura states, one for each company."""

from odoo import models

from ..common.rights import may_bill

# Start of a channel's name; the company's id follows.
CHANNEL = "l10n_ro_efactura_"


class IrWebsocket(models.AbstractModel):
    """The websocket, which subscribes users who may invoice to the channels of their companies."""

    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        # EXTENDS 'bus'
        # The server alone adds the channels: names that a client asks for are dropped.
        channels = [name for name in channels if not (isinstance(name, str) and name.startswith(CHANNEL))]
        if self.env.uid and may_bill(self.env):
            channels += [f"{CHANNEL}{company}" for company in self.env.user.company_ids.ids]
        return super()._build_bus_channel_list(channels)
