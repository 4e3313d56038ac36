"""Buyer messages (RASP) on the invoice they are about."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..common.actions import open_action
from ..common.rights import check_bill
from ..parties.res_partner import BILLING
from .message import ACTIVITY


class AccountMove(models.Model):
    _inherit = "account.move"

    l10n_ro_efactura_buyer_message_ids = fields.One2many(
        "l10n_ro_efactura.message",
        "move_id",
        string="Buyer's messages in SPV",
        readonly=True,
        domain=[("kind", "=", "buyer_message")],
        groups=BILLING,
    )
    l10n_ro_efactura_rasp_ids = fields.One2many(
        "l10n_ro_efactura.rasp", "move_id", string="Messages to the seller", readonly=True, groups=BILLING
    )
    l10n_ro_efactura_can_message = fields.Boolean(compute="_compute_l10n_ro_efactura_can_message")

    def _compute_l10n_ro_efactura_can_message(self):
        """Set whether the seller can be written to: on bills that came through SPV."""
        bills = self.filtered(lambda move: move.is_purchase_document(include_receipts=True))
        found = (
            self.env["l10n_ro_efactura.message"]
            .sudo()
            .search([("move_id", "in", bills.ids), ("kind", "=", "received")])
            .move_id
            if bills.ids
            else bills
        )
        for move in self:
            move.l10n_ro_efactura_can_message = move in found

    def action_l10n_ro_efactura_message_seller(self):
        """Open the message to the seller of this bill."""
        check_bill(self, "write")
        self.ensure_one()
        message = self.env["l10n_ro_efactura.message"].search(
            [("move_id", "=", self.id), ("kind", "=", "received")], limit=1
        )
        if not message:
            raise UserError(
                self.env._(
                    "The seller is written to about an invoice that came through SPV: pair this "
                    "bill with its package first."
                )
            )
        return open_action(
            self.env, "l10n_ro_efactura_abacus.l10n_ro_efactura_rasp_write_action", self, default_message_id=message.id
        )

    def _l10n_ro_efactura_buyer_message_alerts(self):
        """Return the alert of the buyer's last message: {key: core's alert}."""
        alerts = {}
        if not self.id or self.country_code != "RO" or not self.env["l10n_ro_efactura.message"].has_access("read"):
            return alerts
        received = self.l10n_ro_efactura_buyer_message_ids.filtered(lambda message: not message.is_our_message)[:1]
        if received:
            kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
            alerts["l10n_ro_efactura_buyer_message"] = {
                # until its activity is done
                "level": "warning" if kind and kind in self.sudo().activity_ids.activity_type_id else "info",
                "message": self.env._(
                    "The buyer sent a message through SPV on %(day)s: %(text)s",
                    day=format_datetime(self.env, received.listed_at),
                    text=received.buyer_message or "",
                ),
                "action_text": self.env._("Open the message"),
                "action": received._get_records_action(),
            }
        lost = self.l10n_ro_efactura_rasp_ids.filtered(lambda rasp: rasp.state in ("uncertain", "nok", "refused"))[:1]
        if lost and lost == self.l10n_ro_efactura_rasp_ids[:1]:
            alerts["l10n_ro_efactura_rasp"] = {
                "level": "warning",
                "message": self.env._(
                    "Message to the seller: %(state)s. %(why)s",
                    why=lost.problem or "",
                    state=dict(lost._fields["state"]._description_selection(self.env))[lost.state],
                ),
            }
        return alerts
