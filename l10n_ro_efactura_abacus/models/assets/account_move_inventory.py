"""Transfer of inventory objects to expense: the entry 603 = 303 and its life beside the bill."""

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

from ..common.actions import open_action
from ..common.rights import check_bill

#   to expense wanted (line), bill posted     -> one entry, posted: 603 = 303
#   bill back to draft, cancelled             -> the entry goes with it; where it is locked it is reversed
#   bill posted again                         -> the same entry, with the amounts that are true now
#   entry deleted, cancelled or reversed      -> the line is free: the button on the bill offers it again


class AccountMove(models.Model):
    """A bill whose inventory objects go from their account to expense, once, or the entry that transfers them."""

    _inherit = "account.move"

    l10n_ro_efactura_transferred_line_ids = fields.One2many(
        "account.move.line", "l10n_ro_efactura_transfer_id", string="Transferred to Expense", readonly=True, copy=False
    )
    l10n_ro_efactura_transfer_bill_id = fields.Many2one(
        "account.move", string="Transfer of Bill", compute="_compute_l10n_ro_efactura_transfer_bill_id"
    )
    l10n_ro_efactura_transfer_count = fields.Integer(compute="_compute_l10n_ro_efactura_transfer_count")
    l10n_ro_efactura_can_transfer = fields.Boolean(compute="_compute_l10n_ro_efactura_transfer_count")

    def _compute_l10n_ro_efactura_transfer_bill_id(self):
        for move in self:
            move.l10n_ro_efactura_transfer_bill_id = move.l10n_ro_efactura_transferred_line_ids.move_id[:1]

    def _compute_l10n_ro_efactura_transfer_count(self):
        for move in self:
            move.l10n_ro_efactura_transfer_count = len(move.invoice_line_ids.l10n_ro_efactura_transfer_id)
            move.l10n_ro_efactura_can_transfer = move.state == "posted" and bool(
                move._l10n_ro_efactura_transferable_lines()
            )

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    def action_l10n_ro_efactura_transfer(self):
        """Open the transfer to expense, with its date and lines."""
        check_bill(self, "write")
        self.ensure_one()
        return open_action(
            self.env,
            "l10n_ro_efactura_abacus.l10n_ro_efactura_inventory_transfer_action",
            self,
            default_move_id=self.id,
        )

    def action_l10n_ro_efactura_open_transfers(self):
        """Open the transfers of this bill's inventory objects."""
        check_bill(self, "write")
        return self.invoice_line_ids.l10n_ro_efactura_transfer_id._get_records_action(
            name=self.env._("Transfers to Expense")
        )

    def action_l10n_ro_efactura_open_transfer_bill(self):
        """Open the bill whose inventory objects this entry transfers."""
        check_bill(self, "write")
        return self.l10n_ro_efactura_transfer_bill_id._get_records_action()

    # -------------------------------------------------------------------------
    # THE ENTRY
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_transferable_lines(self):
        """Return the inventory objects of these bills that are not transferred yet."""
        bills = self._l10n_ro_efactura_with_objects()
        return bills.invoice_line_ids._l10n_ro_efactura_with_treatment("inventory_object").filtered(
            lambda line: not line._l10n_ro_efactura_is_transferred()
        )

    def _l10n_ro_efactura_transfer(self, lines, date=None):
        """Post the entry 603 = 303 of inventory objects of one posted bill; lines that have an entry keep it.

        :param date: of the entry; the bill's by default
        :return: the entries, empty where nothing is left to transfer
        :raise UserError: an account or the journal is missing, or a line stands on an account of expense
        """
        self.ensure_one()
        lines = lines & self._l10n_ro_efactura_transferable_lines()
        lines.l10n_ro_efactura_to_expense = True
        entries = self.browse()
        # refill each entry that was reset with its own lines; one new entry for the rest
        for entry, some in lines.grouped(
            lambda line: line.l10n_ro_efactura_transfer_id.filtered(lambda move: move.state in ("draft", "cancel"))
        ).items():
            entries |= self._l10n_ro_efactura_fill_transfer(entry, some, date)
        return entries

    def _l10n_ro_efactura_fill_transfer(self, entry, lines, date):
        """Post `entry` with exactly these lines; an empty `entry` is created."""
        values = {
            "date": date or entry.date or self.date,
            "ref": self.env._("Transfer to expense: %s", self.display_name),
            "line_ids": [Command.clear(), *map(Command.create, lines._l10n_ro_efactura_transfer_values())],
        }
        if entry:
            if entry.state == "cancel":
                entry.button_draft()
            if (entry.date.year, entry.date.month) != (values["date"].year, values["date"].month):
                values["name"] = False  # a new number for the new period
            entry.write(values)
        else:
            journal = self.company_id._l10n_ro_efactura_inventory_journal()
            if not journal:
                raise UserError(self.env._("There is no journal of miscellaneous operations for the transfer."))
            entry = (
                self.browse()
                .with_context(clean_context(self.env.context))
                .create({**values, "move_type": "entry", "journal_id": journal.id, "company_id": self.company_id.id})
            )
            entry.message_post(body=self.env._("Inventory objects of %s.", self._get_html_link()))
            self.message_post(
                body=self.env._("Inventory objects transferred to expense: %s.", entry._get_html_link(title=entry.ref))
            )
        (entry.l10n_ro_efactura_transferred_line_ids - lines).l10n_ro_efactura_transfer_id = False
        lines.l10n_ro_efactura_transfer_id = entry
        entry._post(soft=False)
        return entry

    # -------------------------------------------------------------------------
    # WITH THE BILL
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_transfer_posted(self):
        """Transfer the inventory objects of posted bills, where their lines are marked `to_expense`."""
        wanted = self._l10n_ro_efactura_transferable_lines().filtered("l10n_ro_efactura_to_expense")
        for bill, lines in wanted.grouped("move_id").items():
            bill._l10n_ro_efactura_transfer(lines)
        left = self.invoice_line_ids.filtered("l10n_ro_efactura_transfer_id").filtered(
            lambda line: line.l10n_ro_efactura_transfer_id.state == "draft"
        )
        if left:
            left._l10n_ro_efactura_leave_transfer()

    def _l10n_ro_efactura_cancel_draft_transfers(self):
        """Cancel the draft transfers of cancelled bills."""
        entries = self.invoice_line_ids.l10n_ro_efactura_transfer_id
        if drafts := entries.filtered(lambda entry: entry.state == "draft"):
            drafts.button_cancel()

    def _l10n_ro_efactura_take_back_transfers(self):
        """Reset the transfers of bills that are drafts again; reverse those with a locked period or number."""
        entries = self.invoice_line_ids.l10n_ro_efactura_transfer_id
        for entry in entries.filtered(lambda move: move.state == "posted"):
            if entry.inalterable_hash or entry._get_violated_lock_dates(entry.date, False):
                entry._reverse_moves(
                    [
                        {
                            "date": fields.Date.context_today(self),
                            "ref": self.env._("Reversal of: %s", entry.ref),
                        }
                    ],
                    cancel=True,
                )
                entry.l10n_ro_efactura_transferred_line_ids.l10n_ro_efactura_transfer_id = False
            else:
                entry.button_draft()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def unlink(self):
        # EXTENDS 'account'
        if taken_back := self.filtered(lambda line: line.l10n_ro_efactura_transfer_id.state == "draft"):
            taken_back._l10n_ro_efactura_leave_transfer()
        return super().unlink()

    def _l10n_ro_efactura_leave_transfer(self):
        """Detach the lines from their transfer; a draft entry without other lines is cancelled."""
        entries = self.l10n_ro_efactura_transfer_id
        self.l10n_ro_efactura_transfer_id = False
        if alone := entries.filtered(lambda entry: not entry.l10n_ro_efactura_transferred_line_ids):
            alone.button_cancel()

    def _l10n_ro_efactura_is_transferred(self):
        """Return True where the line has a posted transfer that is not reversed."""
        entry = self.l10n_ro_efactura_transfer_id
        return entry.state == "posted" and not entry.reversal_move_ids.filtered(lambda move: move.state == "posted")

    def _l10n_ro_efactura_transfer_values(self):
        """Return the lines of the entry: debit expense, credit the account of each line, both with its analytic."""
        company = self.company_id
        expense = company._l10n_ro_efactura_inventory_expense_account()
        if not expense:
            raise UserError(self.env._("Choose the account of expense of inventory objects (603) in the settings."))
        on_expense = self.filtered(lambda line: line.account_id.internal_group == "expense")
        if on_expense:
            raise UserError(
                self.env._(
                    "%s: the line is on an account of expense already. Put it on the account of "
                    "inventory objects (303) "
                    "first.",
                    ", ".join(on_expense._l10n_ro_efactura_short_names()),
                )
            )
        values = []
        for line, amount in self._l10n_ro_efactura_costs().items():
            for account, balance in ((expense, amount), (line.account_id, -amount)):
                values.append(
                    {
                        "name": line.name,
                        "account_id": account.id,
                        "balance": balance,
                        "partner_id": line.partner_id.id,
                        "analytic_distribution": line.analytic_distribution,
                        "tax_ids": False,
                        "is_storno": company.account_storno and (line.is_storno or line.move_id.is_storno),
                    }
                )
        return values

    def _l10n_ro_efactura_costs(self):
        """Return {line: its amount on its account, in the company's currency}.

        VAT that is not deductible may stand on the same account; each line has its share of it.
        """
        costs = {line: line.balance for line in self}
        for tax_line in self.move_id.line_ids.filtered("tax_repartition_line_id"):
            bases = self.move_id.invoice_line_ids.filtered(
                lambda line, tax_line=tax_line: (
                    line.account_id == tax_line.account_id
                    and tax_line.tax_line_id in line.tax_ids.flatten_taxes_hierarchy()
                    and tax_line.analytic_distribution in (False, None, line.analytic_distribution)
                )
            )
            left, total = tax_line.balance, sum(bases.mapped("balance"))
            for number, line in enumerate(bases, 1):
                part = (
                    left
                    if number == len(bases) or not total
                    else self.company_id.currency_id.round(tax_line.balance * line.balance / total)
                )
                left -= part
                if line in costs:
                    costs[line] += part
        return costs
