"""Long works of a user: what runs, how far it is, and the summary that stays until it is closed."""

from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models

from ..common.language import in_language_of
from ..common.rights import check_read_spv

# Days after which a work is forgotten, closed or not.
KEPT_DAYS = 7
# Bus message that carries a card.
TOLD = "l10n_ro_efactura/progress"


class EfacturaProgress(models.Model):
    """A long work of one user: invoices sent together, packages asked for together, and so on.

    How far a work is, is counted from its own records (`_counts`), so that no worker writes a row that others write
    too, and what is shown never differs from what happened. Each room adds a kind and extends the hooks.

    ::

        running --Cancel--> cancelling --what is under way ended--> cancelled
           |--everything ended--> done
    """

    _name = "l10n_ro_efactura.progress"
    _description = "e-Factura long work"
    _inherit = ["l10n_ro_efactura.worker"]
    _order = "id"
    _rec_name = "batch"

    kind = fields.Selection([], required=True, readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    batch = fields.Char(readonly=True, index="btree_not_null", help="Names the records that are worked on")
    parameters = fields.Json(readonly=True, help="Of a job: what it is to do")
    is_cancelled = fields.Boolean(readonly=True)
    is_closed = fields.Boolean(readonly=True, help="The user closed the summary")

    # -------------------------------------------------------------------------
    # FOR WORKERS
    # -------------------------------------------------------------------------

    @api.model
    @api.private
    def _start(self, kind, company, batch, **values):
        """Create the work `kind` of the current user and show it; none for the superuser, whom nobody watches.

        :param company: res.company
        :param batch: name of the work, unique, which its records carry too
        :return: the work, or an empty record
        """
        if self.env.uid == SUPERUSER_ID and "parameters" not in values:
            return self.browse()
        values |= {"kind": kind, "user_id": self.env.uid, "company_id": company.id, "batch": batch}
        work = self.sudo().search([("batch", "=", batch)])  # clicked twice in one second
        if not work:
            work = self.sudo().create(values)
        work._tell()
        return work

    @api.model
    @api.private
    def _tell_batches(self, batches):
        """Show how far the works named `batches` are to their users."""
        if batches:
            self.sudo().search([("batch", "in", list(batches)), ("is_closed", "=", False)])._tell()

    def _tell(self):
        for work in self:
            work.user_id.partner_id._bus_send(TOLD, work._card())

    # -------------------------------------------------------------------------
    # FOR THE WEB CLIENT
    # -------------------------------------------------------------------------

    @api.model
    def open_cards(self):
        """Return the cards of the user's works that run, or ended and were not closed: [dict of `_card`]."""
        check_read_spv(self)
        works = self.sudo().search(
            [
                ("user_id", "=", self.env.uid),
                ("company_id", "in", self.env.user.company_ids.ids),
                ("is_closed", "=", False),
                ("create_date", ">", fields.Datetime.now() - timedelta(days=KEPT_DAYS)),
            ]
        )
        return [work._card() for work in works]

    def action_cancel(self):
        """Stop what was not begun; what is under way is finished."""
        work = self._own()
        if not work.is_cancelled and work._state(work._counts()) == "running":
            work.is_cancelled = True
            work._cancel()

    def action_close(self):
        """Close the summary for good."""
        self._own().is_closed = True

    def action_open(self, key):
        """Return the action that shows the records behind the card's button `key`."""
        work = self._own()
        if key not in dict(work._buttons(work._counts())):
            return False
        return work.with_env(self.env)._open(key)

    def _own(self):
        """Return the one work with all rights, after checking that it is the user's own.

        Companies need not be chosen: a work goes on when its user looks at another company.
        """
        check_read_spv(self.with_context(allowed_company_ids=self.env.user.company_ids.ids), "read")
        self.ensure_one()
        return self.sudo()

    # -------------------------------------------------------------------------
    # CARD
    # -------------------------------------------------------------------------

    def _card(self):
        """Return what the web client shows, in the user's language.

        :return: dict(id, kind, batch, state, title, text, total, done, bars=[dict(style, percent)],
            rows=[dict(id, name, state)], buttons=[dict(key, label)], can_cancel, is_shown)
        """
        self.ensure_one()
        work = in_language_of(self.sudo(), self.company_id, self.user_id)
        counts = work._counts()
        state, total = work._state(counts), counts["total"]
        return {
            "id": work.id,
            "kind": work.kind,
            "batch": work.batch,
            "state": state,
            "title": work._title(counts, state),
            "text": work._text(counts, state),
            "total": total,
            "done": total - counts["waiting"],
            "bars": [
                {"style": style, "percent": round(100 * counts[key] / total, 1)}
                for key, style in (("ok", "success"), ("failed", "danger"), ("other", "warning"))
                if total and counts[key]
            ],
            "rows": work._rows() if counts["failed"] or counts["other"] else [],
            "buttons": [{"key": key, "label": label} for key, label in work._buttons(counts)],
            "is_shown": work._is_shown(counts),
            "can_cancel": state == "running" and work._can_cancel(),
        }

    def _state(self, counts):
        """Return 'running', 'cancelling', 'done' or 'cancelled'."""
        if counts["waiting"]:
            return "cancelling" if self.is_cancelled else "running"
        return "cancelled" if self.is_cancelled else "done"

    # -------------------------------------------------------------------------
    # HOOKS, one branch for each kind
    # -------------------------------------------------------------------------

    def _counts(self):
        """Return dict(total, ok, failed, other, waiting): numbers of items; `other` ended neither well nor badly."""
        raise NotImplementedError

    def _is_shown(self, counts):
        """Return False where one record shows its own badge."""
        return bool(self.parameters) or counts["total"] > 1

    def _title(self, counts, state):
        """Return the card's title."""
        raise NotImplementedError

    def _text(self, counts, state):
        """Return what stands under the bar."""
        return ""

    def _rows(self):
        """Return [dict(id, name, state)] of a few records that did not end well."""
        return []

    def _buttons(self, counts):
        """Return [(key, label)] of the buttons that open records."""
        return []

    def _open(self, key):
        """Return the action of the button `key`; runs with the user's rights."""
        raise NotImplementedError

    def _can_cancel(self):
        """Return True where something can be stopped."""
        return False

    def _cancel(self):
        """Stop what was not begun."""

    @api.autovacuum
    def _gc_old(self):
        self.search([("create_date", "<", fields.Datetime.now() - timedelta(days=KEPT_DAYS))]).unlink()
