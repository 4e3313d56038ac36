"""Search in SPV: the packages that may belong to a bill or invoice, and the entries that may belong to a package.

Only the archive is searched; ANAF is never called.
"""

import calendar

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...models.common.rights import check_bill
from ...models.pairing.score import WORTH_SHOWING, match

# Rows that are shown at most.
ROWS = 200


class EfacturaFind(models.TransientModel):
    _name = "l10n_ro_efactura.find"
    _description = "Find in SPV"

    move_ids = fields.Many2many("account.move", string="Documents", readonly=True)
    message_id = fields.Many2one("l10n_ro_efactura.message", string="Package", readonly=True)
    single = fields.Boolean(compute="_compute_single")
    subject = fields.Char(compute="_compute_single")
    date_from = fields.Date(required=True)
    date_to = fields.Date(required=True)
    line_ids = fields.One2many("l10n_ro_efactura.find.line", "find_id")
    paired_count = fields.Integer(compute="_compute_paired_count")

    @api.depends("move_ids", "message_id")
    def _compute_single(self):
        for find in self:
            find.single = bool(find.message_id) or len(find.move_ids) == 1
            one = find.message_id or find.move_ids
            find.subject = (
                one._l10n_ro_efactura_subject() if find.single else self.env._("%s documents", len(find.move_ids))
            )

    @api.depends("line_ids.paired")
    def _compute_paired_count(self):
        for find in self:
            find.paired_count = len(find.line_ids.filtered("paired"))

    # -- opening ----------------------------------------------------------------------------------------------

    @api.model
    @api.private
    def _open_for(self, moves=None, message=None):
        """Return the action that shows what may belong to `moves`, or to `message`."""
        days = [message.issue_date] if message else moves.mapped("invoice_date")
        days = [day for day in days if day] or [fields.Date.context_today(self)]
        last = max(days)
        find = self.create(
            {
                "move_ids": [Command.set(moves.ids if moves else [])],
                "message_id": message.id if message else False,
                "date_from": min(days).replace(day=1),
                "date_to": last.replace(day=calendar.monthrange(last.year, last.month)[1]),
            }
        )
        find._fill()
        return find._action()

    def _action(self):
        name = self.env._("Find the entry") if self.message_id else self.env._("Find in SPV")
        return self._get_records_action(name=name, target="new", context={"dialog_size": "extra-large"})

    def action_search(self):
        """Search again, for another period."""
        self._check_user()
        if self.date_from > self.date_to:
            raise UserError(self.env._("The period ends before it begins."))
        self._fill()
        return self._action()

    def _check_user(self):
        check_bill(self, "read")

    # -- rows -------------------------------------------------------------------------------------------------

    def _fill(self):
        """Make the rows again: paired ones first, then by score."""
        self.ensure_one()
        rows = (
            self._rows_of_message()
            if self.message_id
            else [row for move in self.move_ids for row in self._rows_of_move(move)]
        )
        # companies with one CIF share a box: a row is shown to whoever may read both sides of it
        messages = self.env["l10n_ro_efactura.message"].browse({row["message_id"] for row in rows} - {False})
        moves = self.env["account.move"].browse({row["move_id"] for row in rows} - {False})
        readable = {False, *messages._filtered_access("read").ids}, {False, *moves._filtered_access("read").ids}
        rows = [row for row in rows if row["message_id"] in readable[0] and row["move_id"] in readable[1]]
        self.line_ids = [Command.clear(), *(Command.create(row) for row in rows)]

    def _rows_of_move(self, move):
        messages = self.env["l10n_ro_efactura.message"].sudo()
        paired = move.l10n_ro_efactura_package_id
        rows = [self._row(paired, move, 100, paired.pairing_reason, paired=True)] if paired else []
        sale = move.is_sale_document()
        entry = next(iter(messages._entries(move.company_id, sale, SQL("v.id = %s", move.id))), None)
        if not entry or (paired and not self.single):
            return rows
        papers = messages._papers_between(move.company_id, sale, self.date_from, self.date_to)
        found = self._scored([(paper, match(paper, entry)) for paper in papers])
        return rows + [
            self._row(messages.browse(paper.id), move, compared.score, messages._reason_text(compared.reasons))
            for paper, compared in found
        ]

    def _rows_of_message(self):
        message = self.message_id.sudo()
        moves = self.env["account.move"]
        rows = (
            [self._row(message, message.move_id, 100, message.pairing_reason, paired=True)] if message.move_id else []
        )
        paper = next(iter(message._papers(message.company_id, SQL("m.id = %s", message.id))), None)
        if not paper:
            return rows
        found = {
            entry.id: (entry, compared)
            for entry, compared in message._near_entries(message.company_id).get(message.id, ())
        }
        if paper.cif:  # all of the same partner, whatever their score
            for entry in message._entries(
                message.company_id,
                paper.sale,
                SQL("v.invoice_date BETWEEN %s AND %s", self.date_from, self.date_to),
                {paper.cif},
            ):
                if entry.free:
                    found.setdefault(entry.id, (entry, match(paper, entry)))
        found = self._scored(list(found.values()))
        return rows + [
            self._row(message, moves.browse(entry.id), compared.score, message._reason_text(compared.reasons))
            for entry, compared in found
        ]

    def _scored(self, found):
        """Sort by score, best first; for many documents only scores worth showing."""
        worth = found if self.single else [row for row in found if row[1].score >= WORTH_SHOWING]
        return sorted(worth, key=lambda row: (-row[1].score, row[0].id))[:ROWS]

    @api.model
    def _row(self, message, move, score, reason, paired=False):
        return {"message_id": message.id, "move_id": move.id, "score": score, "reason": reason, "paired": paired}


class EfacturaFindLine(models.TransientModel):
    _name = "l10n_ro_efactura.find.line"
    _description = "Find in SPV: one candidate"
    _order = "paired DESC, score DESC, id"

    find_id = fields.Many2one("l10n_ro_efactura.find", required=True, ondelete="cascade")
    move_id = fields.Many2one("account.move", string="Odoo document", readonly=True)
    message_id = fields.Many2one("l10n_ro_efactura.message", string="Package", readonly=True)
    score = fields.Integer(readonly=True)
    reason = fields.Char(string="Why", readonly=True)
    paired = fields.Boolean(readonly=True)
    number = fields.Char(related="message_id.number", related_sudo=False, string="Number in SPV")
    issue_date = fields.Date(related="message_id.issue_date", related_sudo=False, string="Date in SPV")
    partner_name = fields.Char(related="message_id.partner_name", related_sudo=False, string="Partner in SPV")
    amount_tax = fields.Monetary(related="message_id.amount_tax", related_sudo=False, string="VAT in SPV")
    amount_total = fields.Monetary(related="message_id.amount_total", related_sudo=False, string="Total in SPV")
    currency_id = fields.Many2one(related="message_id.currency_id", related_sudo=False)
    seal_state = fields.Selection(related="message_id.seal_state", related_sudo=False)
    move_ref = fields.Char(compute="_compute_move", string="Number")
    move_date = fields.Date(related="move_id.invoice_date", related_sudo=False, string="Date")
    move_partner = fields.Char(compute="_compute_move", string="Partner")
    move_total = fields.Monetary(
        related="move_id.amount_total", related_sudo=False, string="Total", currency_field="move_currency_id"
    )
    move_currency_id = fields.Many2one(
        related="move_id.currency_id", related_sudo=False, string="Currency of the books"
    )

    @api.depends("move_id")
    def _compute_move(self):
        for line in self:
            move = line.move_id
            line.move_ref = (move.ref or move.name) if move.is_purchase_document(include_receipts=True) else move.name
            line.move_partner = move.commercial_partner_id.name

    def action_pair(self):
        """Pair the package and the entry of this row."""
        self._check_user()
        self.message_id._pair(self.move_id, self.env._("Chosen by hand. %s", self.reason or ""))
        return self._again()

    def action_undo(self):
        """Undo the pairing of this row."""
        self._check_user()
        self.message_id._unpair()
        return self._again()

    def action_open_package(self):
        """Open the package of this row."""
        self._check_user()
        return self.message_id.action_open_package()

    def action_open_move(self):
        """Open the entry of this row."""
        self._check_user()
        return self.move_id._get_records_action()

    def _check_user(self):
        self.find_id._check_user()
        self.ensure_one()
        self.message_id.check_access("read")
        self.move_id.check_access("write")

    def _again(self):
        find = self.find_id  # the rows are made again, this one too
        find._fill()
        return find._action()
