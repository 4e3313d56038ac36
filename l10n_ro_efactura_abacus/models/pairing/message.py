"""Pairing of an SPV message with an entry: the two writers, hooks and actions. Matching is in message_matching.py."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date
from odoo.tools.sql import index_exists, table_exists
from psycopg2.errors import UniqueViolation

from ..common.actions import open_action, soft_reload
from ..common.rights import check_bill
from ..sending.states import LIVE

# Kinds of messages that have an entry in the books.
PAIRABLE = ("received", "sent")
# Reasons that speak against a pair; shown after those that speak for it.
AGAINST = (
    "other_cif",
    "no_cif",
    "other_number",
    "no_number",
    "date_near",
    "date_month",
    "other_date",
    "no_date",
    "total_near",
    "other_total",
    "currency",
    "sign",
    "number_digits",
)


class EfacturaMessage(models.Model):
    """An SPV message, paired with at most one entry.

    A unique index of PostgreSQL allows one production package per invoice; of tests, an invoice may have several.
    """

    _name = "l10n_ro_efactura.message"
    _inherit = ["l10n_ro_efactura.message", "mail.thread"]
    _mail_post_access = "read"  # users have no write access, readers may comment

    pairing_due = fields.Boolean(readonly=True, help="Its entry in the books is still to be looked for")
    pairing_proposal = fields.Json(
        readonly=True, help="What may be its entry, best first: a list of {id, score, reasons (codes)}"
    )
    refused_move_ids = fields.Many2many(
        "account.move",
        "l10n_ro_efactura_refused_pair",
        "message_id",
        "move_id",
        string="Not these",
        readonly=True,
        help="Pairs that somebody undid: they are not made again by themselves.",
    )

    proposal_text = fields.Char(string="Perhaps", compute="_compute_proposal_text")
    can_unpair = fields.Boolean(compute="_compute_can_unpair")

    _received_move_uniq = models.UniqueIndex("(move_id) WHERE kind = 'received'")
    _sent_move_uniq = models.UniqueIndex("(move_id) WHERE kind = 'sent' AND environment = 'prod'")
    _pairing_due_idx = models.Index("(company_id) WHERE pairing_due")

    def _auto_init(self):
        # keep the first package of an entry paired twice by an earlier version: else the index fails
        if table_exists(self.env.cr, self._table) and not index_exists(
            self.env.cr, "l10n_ro_efactura_message_received_move_uniq"
        ):
            self.env.cr.execute(
                """UPDATE l10n_ro_efactura_message m SET move_id = NULL, pairing_reason = NULL
                    WHERE m.kind IN ('received', 'sent') AND EXISTS (
                          SELECT 1 FROM l10n_ro_efactura_message first
                           WHERE first.move_id = m.move_id AND first.kind = m.kind AND first.id < m.id
                             AND (first.kind = 'received' OR first.environment = 'prod' AND m.environment = 'prod'))"""
            )
        return super()._auto_init()

    @api.depends("pairing_proposal", "move_id")
    def _compute_proposal_text(self):
        best = {message: (message.pairing_proposal or [{}])[0] for message in self}
        moves = self.env["account.move"].browse({row["id"] for row in best.values() if row}).exists()
        names = {move.id: move.display_name for move in moves._filtered_access("read")}
        for message, row in best.items():
            name = not message.move_id and names.get(row.get("id"))
            message.proposal_text = name and self.env._(
                "%(move)s (%(score)s %%): %(reasons)s",
                move=name,
                score=row["score"],
                reasons=", ".join(self._reason_texts(row["reasons"])),
            )

    @api.depends("move_id", "submission_id", "kind")
    def _compute_can_unpair(self):
        for message in self:
            message.can_unpair = (
                message.kind in PAIRABLE
                and bool(message.move_id)
                and (not message.submission_id or message.sudo()._is_found_elsewhere())
            )

    # -- the two writers ------------------------------------------------------------------------------------

    @api.private
    def _pair(self, move, reason):
        """Pair this package with `move`.

        :param str reason: why, translated; shown to users
        :raise UserError: they cannot be paired; the text says why
        """
        self.ensure_one()
        message = self.sudo()
        if message.move_id == move:
            return
        if problem := message._cannot_pair(move):
            raise UserError(problem)
        if move.is_sale_document() and message.environment == "prod":
            self.env["l10n_ro_efactura.submission"].sudo()._found_elsewhere(message, move, reason)
        try:
            with self.env.cr.savepoint():
                message.write(
                    {
                        "move_id": move.id,
                        "pairing_reason": reason,
                        "pairing_due": False,
                        "pairing_proposal": False,
                        "refused_move_ids": [fields.Command.unlink(move.id)],
                    }
                )
                message.flush_recordset()
        except UniqueViolation:
            raise UserError(
                self.env._("%s has been paired with another package meanwhile.", move.display_name)
            ) from None
        message._after_pairing()

    @api.private
    def _unpair(self):
        """Undo the pairing; the same pair is not made automatically again.

        :raise UserError: Odoo itself sent the package
        """
        for message in self.sudo().filtered("move_id"):
            move = message.move_id
            if message.submission_id and not message._is_found_elsewhere():
                raise UserError(
                    self.env._(
                        "Package %(package)s is the answer to what was sent from %(invoice)s: that "
                        "is no pairing to undo.",
                        package=message.upload_index or message.anaf_id,
                        invoice=move.display_name,
                    )
                )
            message.submission_id._not_sent_elsewhere()
            message.write(
                {
                    "submission_id": False,
                    "move_id": False,
                    "pairing_reason": False,
                    "pairing_due": True,
                    "refused_move_ids": [fields.Command.link(move.id)],
                }
            )
            message._after_unpairing(move)

    def _cannot_pair(self, move):
        """Return why this package cannot be paired with `move`, translated; False where it can."""
        self.ensure_one()
        _ = self.env._
        names = {"package": self.number or self.upload_index or self.anaf_id, "move": move.display_name}
        if self.kind not in PAIRABLE:
            return _("Only invoices sent and received are paired with the books.")
        if self.move_id:
            return _("%(package)s is paired with %(other)s: undo that first.", other=self.move_id.display_name, **names)
        if move.state == "cancel":
            return _("%(move)s is cancelled.", **names)
        if self.company_id._l10n_ro_efactura_cif() != move.company_id._l10n_ro_efactura_cif():
            return _("%(package)s belongs to another company than %(move)s.", **names)
        purchase = move.is_purchase_document(include_receipts=True)
        if (
            self.kind == "received"
            and not purchase
            or self.kind == "sent"
            and not (move.is_sale_document() or move._l10n_ro_efactura_is_self_billing())
        ):
            return _("%(package)s goes the other way than %(move)s: one is a sale, the other a purchase.", **names)
        other = self.search(
            [("move_id", "=", move.id), ("kind", "=", self.kind), ("environment", "=", self.environment)], limit=1
        )
        if move.is_sale_document() and (move.state != "posted" or move.l10n_ro_efactura_state in LIVE):
            return (
                _("%(move)s is a draft.", **names)
                if move.state != "posted"
                else _("%(move)s was sent to ANAF from Odoo.", **names)
            )
        if other:
            return _(
                "%(move)s is paired with %(other)s: undo that first.",
                other=other.number or other.upload_index or other.anaf_id,
                **names,
            )
        return False

    def _is_found_elsewhere(self):
        """Return True where its submission only notes that another program sent the invoice."""
        return self.submission_id.origin == "elsewhere" and not self.submission_id.sha256

    def _after_pairing(self):
        self._log_pairing(
            self.env._("Paired with ANAF's package %(package)s: %(reason)s"),
            self.env._("Paired with %(move)s: %(reason)s"),
            {message: (message.move_id, message.pairing_reason) for message in self},
        )

    def _after_unpairing(self, move, reason=""):
        self._log_pairing(
            self.env._("Pairing with ANAF's package %(package)s undone. %(reason)s"),
            self.env._("Pairing with %(move)s undone. %(reason)s"),
            dict.fromkeys(self, (move, reason)),
        )

    @api.model
    def _log_pairing(self, on_move, on_message, pairs):
        """Log in both chatters as the current user.

        :param pairs: {message: (move, reason)}
        """
        self.env["account.move"].invalidate_model(
            ["l10n_ro_efactura_message_ids", "l10n_ro_efactura_spv", "l10n_ro_efactura_seal"], flush=False
        )
        moves = self.env["account.move"].sudo().browse(move.id for move, _reason in pairs.values())
        author = self.env.user.partner_id.id
        moves._message_log_batch(
            author_id=author,
            bodies={
                move.id: on_move
                % {"package": message.number or message.upload_index or message.anaf_id, "reason": reason}
                for message, (move, reason) in pairs.items()
            },
        )
        names = {move.id: move.display_name for move in moves}
        messages = self.sudo().browse(message.id for message in pairs)
        messages._message_log_batch(
            author_id=author,
            bodies={
                message.id: on_message % {"move": names[move.id], "reason": reason}
                for message, (move, reason) in pairs.items()
            },
        )

    def _belongs_to(self, submission):
        # EXTENDS: the answer to our own submission replaces a pairing by comparison
        if self.kind == "sent" and self.environment == "prod" and submission.move_id:
            self.search(
                [
                    ("move_id", "=", submission.move_id.id),
                    ("kind", "=", "sent"),
                    ("environment", "=", "prod"),
                    ("id", "!=", self.id),
                ]
            ).write({"move_id": False, "pairing_reason": False})
        return super()._belongs_to(submission)

    @api.private
    def _pair_again(self):
        """Mark these messages, whose entry is gone, to be matched again at the end of the next round."""
        self.write({"pairing_reason": False, "pairing_due": True})

    @api.private
    def _detach(self):
        # EXTENDS: look for another entry
        super()._detach()
        self._pair_again()

    # -- hooks ----------------------------------------------------------------------------------------------

    @api.private
    def _kept(self, package):
        # EXTENDS: look for its entry at the end of this round
        super()._kept(package)
        self.env.cr.execute(
            SQL(
                "UPDATE l10n_ro_efactura_message SET pairing_due = TRUE WHERE id IN %s AND move_id IS NULL"
                " AND kind IN %s AND environment = 'prod'",
                tuple(self.ids),
                PAIRABLE,
            )
        )
        self.invalidate_recordset(["pairing_due"], flush=False)

    @api.model
    @api.private
    def _end_of_round(self):
        # EXTENDS
        self._pair_due()
        super()._end_of_round()

    @api.private
    def _on_opened(self):
        # EXTENDS: look for an entry typed since the package arrived
        super()._on_opened()
        self.filtered(lambda message: not message.move_id and message.archive_state == "archived")._auto_pair()

    # -- what a user may do ---------------------------------------------------------------------------------

    def action_unpair(self):
        """Undo the pairing of these packages."""
        check_bill(self, "read")
        self._unpair()
        return soft_reload()

    def action_find(self):
        """Open the entries that may belong to this package."""
        check_bill(self, "read")
        self.ensure_one()
        return open_action(self.env, "l10n_ro_efactura_abacus.l10n_ro_efactura_find_action_open_message", self)

    def _l10n_ro_efactura_subject(self):
        """Return number, partner, date and total of the document in one line."""
        self.ensure_one()
        parts = [
            self.number or self.upload_index or self.anaf_id,
            self.partner_name,
            format_date(self.env, self.issue_date),
            self.currency_id and self.currency_id.format(self.amount_total),
        ]
        return " · ".join(filter(None, parts))

    # -- reasons in words ---------------------------------------------------------------------------------------

    @api.model
    def _reason_words(self):
        _ = self.env._
        return {
            "index": _("the same upload index"),
            "cif": _("the same CIF"),
            "no_cif": _("no CIF to compare"),
            "other_cif": _("another CIF"),
            "number_exact": _("the same number"),
            "number_same": _("the same number, written otherwise"),
            "number_part": _("a part of the number"),
            "number_digits": _("the same digits, another series"),
            "other_number": _("another number"),
            "no_number": _("no number in the books"),
            "date": _("the same date"),
            "date_near": _("dates up to 3 days apart"),
            "date_month": _("dates up to a month apart"),
            "other_date": _("another date"),
            "no_date": _("no date"),
            "total": _("the same total"),
            "total_near": _("nearly the same total"),
            "other_total": _("another total"),
            "currency": _("another currency"),
            "sign": _("a credit note against an invoice"),
        }

    @api.model
    def _reason_texts(self, codes):
        """Return the reasons in words, those for the pair first."""
        words = self._reason_words()
        return [words.get(code, code) for code in sorted(codes, key=lambda code: code in AGAINST)]

    @api.model
    def _reason_text(self, codes):
        text = ", ".join(self._reason_texts(codes))
        return text[:1].upper() + text[1:]
