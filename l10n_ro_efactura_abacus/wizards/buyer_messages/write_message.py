from odoo import api, fields, models

from ...anaf.rasp import MAX_TEXT
from ...models.common.actions import notification, soft_reload
from ...models.common.rights import check_bill


class EfacturaRaspWrite(models.TransientModel):
    """Dialog to write a buyer message (RASP) to a seller."""

    _name = "l10n_ro_efactura.rasp.write"
    _description = "Message to a seller"

    message_id = fields.Many2one("l10n_ro_efactura.message", string="ANAF package", required=True, readonly=True)
    move_id = fields.Many2one(related="message_id.move_id", related_sudo=False, string="Bill")
    partner_name = fields.Char(related="message_id.partner_name", related_sudo=False, string="Seller")
    seller_cif = fields.Char(related="message_id.seller_cif", related_sudo=False)
    environment = fields.Selection(related="message_id.environment", related_sudo=False)
    text = fields.Text(string="Message")
    left = fields.Char(string="Characters", compute="_compute_left")
    earlier_ids = fields.Many2many("l10n_ro_efactura.rasp", string="Sent before", compute="_compute_earlier_ids")

    @api.depends("text")
    def _compute_left(self):
        for wizard in self:
            wizard.left = f"{len((wizard.text or '').strip())} / {MAX_TEXT}"

    @api.depends("message_id")
    def _compute_earlier_ids(self):
        for wizard in self:
            wizard.earlier_ids = self.env["l10n_ro_efactura.rasp"].search([("message_id", "=", wizard.message_id.id)])

    def action_send(self):
        """Queue the message and wake the worker that sends it."""
        check_bill(self.message_id, "read")
        self.ensure_one()
        self.env["l10n_ro_efactura.rasp"]._enqueue(self.message_id.sudo(), self.text)
        return notification(
            self.env._("It is on its way to ANAF; the bill shows what becomes of it."),
            "success",
            title=self.env._("Message to the seller"),
            then=soft_reload(),
        )
