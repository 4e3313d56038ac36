"""Queueing invoices for ANAF: what a click checks, and the words that say what was queued, what not, and why."""

import time

from odoo import models
from odoo.exceptions import UserError

from ..common.actions import close_dialog, notification

# Up to this many invoices have their XML built and checked in the click itself; the worker checks larger batches.
BUILT_IN_THE_CLICK = 20
# Invoices whose data a click checks in any case.
CHECKED_AT_LEAST = 100
# Seconds for which a click goes on checking data; the worker checks the rest and says on each invoice what it lacks.
CHECK_SECONDS = 1.0
# Invoices that a message names.
NAMED_AT_MOST = 5


class AccountMove(models.Model):
    """Invoices that are queued for ANAF, by a click or at posting."""

    _inherit = "account.move"

    def _l10n_ro_efactura_send(self, environment):
        """Queue the invoices that can be queued and report the others with the reasons.

        An invoice that is already on its way is skipped, so a second click changes nothing.

        :param environment: 'prod' or 'test'
        :return: dict of an action: the eFactura window for a single invoice that lacks data, else a notification
            that says what was queued and what not, by name where they are few, and links to those left out
        :raise UserError: a single invoice that cannot be sent, whatever data is filled in
        """
        already = self._l10n_ro_efactura_live(environment)
        waiting = self - already
        not_due = self.browse()
        if self.env.context.get("l10n_ro_efactura_only_due") and len(self) > 1:
            not_due = waiting.filtered(lambda move: move.l10n_ro_efactura_obligation in ("voluntary", "exempt"))
            waiting -= not_due
        blocked, lacking = waiting._l10n_ro_efactura_queue(environment)
        if len(self) == 1 and lacking:
            return self.action_l10n_ro_efactura_window()
        if len(self) == 1 and blocked:
            raise UserError(
                "\n".join(
                    [
                        self.env._("%(invoice)s cannot be sent to ANAF:", invoice=self.display_name),
                        *(f"- {text}" for text in blocked[self.id]),
                    ]
                )
            )
        return self._l10n_ro_efactura_send_notification(environment, already, not_due, blocked, lacking)

    def _l10n_ro_efactura_queue(self, environment, at=None):
        """Queue the moves that can be sent, and store on the others what they lack.

        :param environment: 'prod' or 'test'
        :param at: naive UTC datetime before which nothing is sent
        :return: (blocked, lacking), each {move id: [reason, ...]}: moves that cannot be sent as things are, and moves
            whose data is to be filled in; neither was queued
        """
        blocked = self._l10n_ro_efactura_cannot_send(environment)
        lacking = (self - self.browse(blocked))._l10n_ro_efactura_lacking_data()
        good = self - self.browse([*blocked, *lacking])
        if good:
            _queued, taken = self.env["l10n_ro_efactura.submission"]._queue_checked(good, environment, at)
            blocked = {**blocked, **taken}
        due = self.browse(blocked).filtered("l10n_ro_efactura_to_send")  # of the others nothing is expected
        self._l10n_ro_efactura_mark_missing({**{move.id: blocked[move.id] for move in due}, **lacking})
        return blocked, lacking

    def _l10n_ro_efactura_lacking_data(self):
        """Return the data that the documents lack, as far as a click may take time to look.

        Few documents are built and checked; of more only the records are checked, for `CHECK_SECONDS`.

        :return: {move id: [text, ...]}
        """
        lacking = {}
        building = len(self) <= BUILT_IN_THE_CLICK
        stop = time.monotonic() + CHECK_SECONDS
        for number, move in enumerate(self):
            if number >= CHECKED_AT_LEAST and time.monotonic() > stop:
                break
            if texts := move._l10n_ro_efactura_check_data(building):
                lacking[move.id] = texts
        return lacking

    def _l10n_ro_efactura_send_posted(self):
        """Queue the posted invoices whose journal sends automatically, after its delay but within the legal term."""
        automatic = self.filtered(
            lambda move: move.journal_id.l10n_ro_efactura_auto_send and move.l10n_ro_efactura_to_send
        )
        for (journal, deadline), moves in automatic.grouped(
            lambda move: (move.journal_id, move.l10n_ro_efactura_deadline)
        ).items():
            moves._l10n_ro_efactura_queue("prod", at=journal._l10n_ro_efactura_send_at(deadline))

    def _l10n_ro_efactura_mark_missing(self, reasons):
        """Write or clear the list of missing data on each move, where it changes.

        :param reasons: {move id: [text, ...]}; a move without an entry is cleared
        """
        for move in self.sudo():
            texts = reasons.get(move.id) or False
            if (move.l10n_ro_efactura_missing or False) != texts:
                move.with_context(skip_is_manually_modified=True).l10n_ro_efactura_missing = texts

    # -------------------------------------------------------------------------
    # WORDS
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_send_notification(self, environment, already, not_due, blocked, lacking):
        """Return the notification that says what became of each of `self`.

        :param blocked, lacking: as `_l10n_ro_efactura_queue` returns them
        """
        _ = self.env._
        test = environment == "test"
        left_out = self.browse([*blocked, *lacking])
        queued = self - already - not_due - left_out
        lines = []
        if queued:
            lines.append(
                _("%(count)s queued for the test.", count=len(queued))
                if test
                else _("%(count)s queued for ANAF.", count=len(queued))
            )
        if already:
            lines.append(_("%(count)s already on the way or at ANAF: nothing is sent twice.", count=len(already)))
        for reason, moves in not_due.grouped("l10n_ro_efactura_obligation_reason").items():
            lines.append(
                _(
                    "%(count)s not due, open it to send it anyway: %(invoices)s. %(reason)s",
                    count=len(moves),
                    invoices=moves._l10n_ro_efactura_names(),
                    reason=reason,
                )
            )
        for reason, moves in self.browse(blocked).grouped(lambda move: " ".join(blocked[move.id])).items():
            lines.append(
                _(
                    "%(count)s not sent: %(invoices)s. %(reason)s",
                    count=len(moves),
                    invoices=moves._l10n_ro_efactura_names(),
                    reason=reason,
                )
            )
        if lacking:
            moves = self.browse(lacking)
            lines.append(
                _("%(count)s lack data: %(invoices)s.", count=len(moves), invoices=moves._l10n_ro_efactura_names())
            )
            if len(moves) <= NAMED_AT_MOST:
                lines += dict.fromkeys(text for move in moves for text in lacking[move.id][:1])
        return notification(
            "\n".join(lines) or _("Nothing to send."),
            "warning" if left_out else "success" if queued else "info",
            title=_("e-Factura test") if test else _("e-Factura"),
            then=close_dialog(),
            tag="l10n_ro_efactura_notification",
            button=bool(left_out) and self._l10n_ro_efactura_left_out_button(left_out, self.browse(lacking)),
        )

    def _l10n_ro_efactura_names(self):
        """Return the numbers of the moves in one line; of many the first ones and how many more there are."""
        names = ", ".join(self[:NAMED_AT_MOST].mapped(lambda move: move.name or move.display_name))
        more = len(self) - NAMED_AT_MOST
        return self.env._("%(names)s and %(more)s more", names=names, more=more) if more > 0 else names

    def _l10n_ro_efactura_left_out_button(self, left_out, lacking):
        """Return the notification's button: the eFactura window where data can be filled in, else a list.

        :return: dict(name=label, action=dict of an action)
        """
        if lacking:
            return {"name": self.env._("Fill in"), "action": lacking._l10n_ro_efactura_window_action()}
        return {
            "name": self.env._("Show them"),
            "action": left_out._l10n_ro_efactura_list_action(self.env._("Not sent to ANAF")),
        }

    def _l10n_ro_efactura_list_action(self, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "account.move",
            "views": [[self.env.ref("account.view_out_invoice_tree").id, "list"], [False, "form"]],
            "domain": [("id", "in", self.ids)],
            "context": {"default_move_type": self[:1].move_type, "create": False},
        }
