"""Badges of an invoice or bill in lists: whether it is paired with an SPV package, and that package's seal."""

from odoo import api, fields, models
from odoo.fields import Domain

# Messages that hold an invoice, in production.
DOCUMENT = Domain("environment", "=", "prod") & Domain("kind", "in", ("sent", "received"))
# Values and labels of a seal's state.
SEALS = [("valid", "Valid"), ("invalid", "Invalid"), ("unverified", "Unverified")]


class AccountMove(models.Model):
    """An entry with its SPV messages."""

    _inherit = "account.move"

    l10n_ro_efactura_message_ids = fields.One2many(
        "l10n_ro_efactura.message", "move_id", string="SPV messages", readonly=True
    )
    l10n_ro_efactura_spv = fields.Selection(
        [("paired", "Paired")],
        string="SPV",
        compute="_compute_l10n_ro_efactura_spv",
        search="_search_l10n_ro_efactura_spv",
        help="ANAF's package of this document is in the archive's list.",
    )
    l10n_ro_efactura_seal = fields.Selection(
        SEALS,
        string="Seal",
        compute="_compute_l10n_ro_efactura_spv",
        search="_search_l10n_ro_efactura_seal",
        help="The Ministry's seal of the archived package.",
    )

    @api.depends("l10n_ro_efactura_message_ids.move_id", "l10n_ro_efactura_message_ids.seal_state")
    def _compute_l10n_ro_efactura_spv(self):
        messages = (
            self.env["l10n_ro_efactura.message"]
            .sudo()
            .search_fetch(
                DOCUMENT & Domain("move_id", "in", self.ids), ["move_id", "archive_state", "seal_state"], order="id"
            )
        )
        found = {message.move_id.id: message for message in messages}
        for move in self:
            message = found.get(move.id)
            move.l10n_ro_efactura_spv = message and "paired"
            move.l10n_ro_efactura_seal = message and message.archive_state == "archived" and message.seal_state

    @api.model
    def _search_l10n_ro_efactura_spv(self, operator, value):
        return self._l10n_ro_efactura_search_messages(operator, value, lambda some: DOCUMENT)

    @api.model
    def _search_l10n_ro_efactura_seal(self, operator, value):
        return self._l10n_ro_efactura_search_messages(
            operator,
            value,
            lambda some: DOCUMENT & Domain("archive_state", "=", "archived") & Domain("seal_state", "in", some),
        )

    @api.model
    def _l10n_ro_efactura_search_messages(self, operator, value, messages):
        """Return the domain of ``field in value``, for a field that is empty on entries without a message.

        :param messages: function of the wanted values that returns a domain of messages
        """
        if operator != "in":
            return NotImplemented
        some = [one for one in value if one]
        domain = Domain("l10n_ro_efactura_message_ids", "any!", messages(some)) if some else Domain.FALSE
        if False in value:
            every = [key for key, _label in SEALS]
            domain |= ~Domain("l10n_ro_efactura_message_ids", "any!", messages(every))
        return domain
