"""Received buyer messages (RASP): find their invoice, log them in its chatter, create an activity."""

import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..common.alerts import people_told

_logger = logging.getLogger(__name__)
# External id of the activity type.
ACTIVITY = "l10n_ro_efactura_abacus.activity_type_buyer_message"


class EfacturaMessage(models.Model):
    _inherit = "l10n_ro_efactura.message"

    is_our_message = fields.Boolean(string="Sent by Us", compute="_compute_is_our_message")

    @api.depends("kind", "tip", "answers_index")
    def _compute_is_our_message(self):
        """Set whether we wrote the buyer message.

        ANAF's types are MESAJ CUMPARATOR PRIMIT (to the seller) and TRANSMIS (the buyer's copy). Where they cannot be
        told apart, it is ours if the invoice is one that we received.
        """
        for message in self:
            tip = (message.tip or "").upper()
            ours = "TRANSMIS" in tip
            if ours == ("PRIMIT" in tip):
                ours = bool(
                    self.sudo().search_count(
                        [
                            ("upload_index", "=", message.answers_index),
                            ("kind", "=", "received"),
                            ("environment", "=", message.environment),
                            ("company_id", "=", message.company_id.id),
                        ],
                        limit=1,
                    )
                )
            message.is_our_message = message.kind == "buyer_message" and ours

    def _compute_cif(self):
        # EXTENDS: the other party of a message to us is the buyer
        super()._compute_cif()
        for message in self:
            if message.kind == "buyer_message" and not message.is_our_message:
                message.cif = message.buyer_cif

    @api.model
    def _search_cif(self, operator, value):
        # EXTENDS
        found = super()._search_cif(operator, value)
        if found is NotImplemented:
            return found
        return found | Domain("kind", "=", "buyer_message") & Domain("buyer_cif", operator, value)

    @api.private
    def _answered_moves(self):
        """Return the invoices that these buyer messages answer: by the upload index, sent from here or paired."""
        found = self.env["account.move"]
        for message in self.sudo().filtered("answers_index"):
            domain = [
                ("upload_index", "=", message.answers_index),
                ("environment", "=", message.environment),
                ("company_id", "=", message.company_id.id),
                ("move_id", "!=", False),
            ]
            found |= (
                self.env["l10n_ro_efactura.submission"].sudo().search(domain, limit=1).move_id
                or self.sudo().search([*domain, ("kind", "in", ("sent", "received"))], limit=1).move_id
            )
        return found

    @api.private
    def _kept(self, package):
        super()._kept(package)
        self._deliver_buyer_messages()

    def _after_pairing(self):
        # EXTENDS: messages that came before their invoice was known
        super()._after_pairing()
        indexes = [index for index in self.mapped("upload_index") if index]
        if indexes:
            self.sudo().search([("answers_index", "in", indexes), ("move_id", "=", False)])._deliver_buyer_messages()

    def _deliver_buyer_messages(self):
        """Deliver buyer messages to their invoices; an error here never affects the package."""
        for message in self.sudo().filtered(lambda m: m.kind == "buyer_message" and not m.move_id):
            try:
                with self.env.cr.savepoint():
                    self.env["l10n_ro_efactura.rasp"]._recognise(message)
                    message._take_parties()
                    move = message._answered_moves()[:1]
                    if move:
                        message.write(
                            {
                                "move_id": move.id,
                                "pairing_reason": self.env._("It answers upload index %s", message.answers_index),
                            }
                        )
                        message._tell_invoice(move)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception:
                _logger.exception("Buyer's message %s could not be brought to its invoice", message.anaf_id)

    def _take_parties(self):
        """Copy seller, buyer and partner from the invoice that it answers: its package names none."""
        answered = self.search(
            [
                ("upload_index", "=", self.answers_index),
                ("environment", "=", self.environment),
                ("company_id", "=", self.company_id.id),
                ("kind", "in", ("sent", "received")),
            ],
            limit=1,
        )
        if self.answers_index and answered.number:
            self.write(
                {name: answered[name] for name in ("seller_cif", "buyer_cif", "partner_name")}
                | {"partner_id": answered.partner_id.id}
            )

    def _tell_invoice(self, move):
        """Log on the invoice; a message to us also creates an activity for the salesperson or responsible user."""
        self.ensure_one()
        user = move.invoice_user_id if move.is_sale_document(include_receipts=True) else move.create_uid
        if not user or not user.active or user.share:
            user = people_told(move.company_id)[:1]
        lang = user.lang or self.env.lang
        text = self.buyer_message or ""
        if self.is_our_message:
            if (
                self.env["l10n_ro_efactura.rasp"]
                .sudo()
                .search_count(
                    [("move_id", "=", move.id), ("download_id", "=", self.anaf_id), ("state", "=", "ok")], limit=1
                )
            ):
                return  # logged already when ANAF accepted it
            body = self.with_context(lang=lang).env._("Message to the seller, sent through SPV: %s", text)
        else:
            body = self.with_context(lang=lang).env._("The buyer sent a message through SPV: %s", text)
        move._message_log(body=body)
        if not self.is_our_message and user:
            move.activity_schedule(
                ACTIVITY,
                user_id=user.id,
                note=text,
                summary=self.with_context(lang=lang).env._("The buyer sent a message through SPV"),
            )
