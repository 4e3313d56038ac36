"""Invoices sent together as a long work: how many ANAF took, and Cancel for those that still wait."""

from odoo import fields, models
from odoo.tools import SQL

from ..calls.outgoing import FAILED
from ..calls.worker import SETTLE_CRONS
from ..common.cursors import side_cursor

# Invoices that the card names.
NAMED_AT_MOST = 5
# What each button of the card shows: SQL conditions on submissions.
PARTS = {
    "failed": "state IN ('nok', 'refused')",
    "uncertain": "state = 'uncertain'",
    "withdrawn": "state = 'withdrawn'",
    "all": "TRUE",
}


class EfacturaProgress(models.Model):
    """Sending of many invoices, from the click to ANAF's last answer."""

    _inherit = "l10n_ro_efactura.progress"

    kind = fields.Selection(selection_add=[("send", "Send invoices")], ondelete={"send": "cascade"})

    def _counts(self):
        if self.kind != "send":
            return super()._counts()
        counts = self._sent()
        total, waiting, ok, failed = (counts[key] for key in ("all", "waiting", "ok", "failed"))
        return {**counts, "total": total, "other": total - waiting - ok - failed}

    def _sent(self):
        """Return {part: number of submissions of the batch}: those of `PARTS`, 'ok' and 'waiting'."""
        parts = {**PARTS, "ok": "state = 'ok'", "waiting": "state IN ('queued', 'uploading', 'processing')"}
        self.env["l10n_ro_efactura.submission"].flush_model(["state", "batch"])
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM l10n_ro_efactura_submission WHERE batch = %s",
                SQL(", ").join(SQL("count(*) FILTER (WHERE %s)", SQL(part)) for part in parts.values()),
                self.batch,
            )
        )
        return dict(zip(parts, self.env.cr.fetchone(), strict=True))

    def _title(self, counts, state):
        if self.kind != "send":
            return super()._title(counts, state)
        if state in ("running", "cancelling"):
            done = counts["total"] - counts["waiting"]
            return self.env._("e-Factura: %(done)s of %(total)s", done=done, total=counts["total"])
        return self.env._("e-Factura: %s invoices done", counts["total"])

    def _text(self, counts, state):
        if self.kind != "send":
            return super()._text(counts, state)
        texts = [self.env._("%s Ok", counts["ok"])]
        if counts["failed"]:
            texts.append(self.env._("%s not accepted", counts["failed"]))
        if counts["uncertain"]:
            texts.append(self.env._("%s uncertain", counts["uncertain"]))
        if counts["withdrawn"]:
            texts.append(self.env._("%s withdrawn", counts["withdrawn"]))
        if state == "cancelling":
            texts.append(self.env._("%s are under way and are finished", counts["waiting"]))
        return ", ".join(texts)

    def _rows(self):
        if self.kind != "send":
            return super()._rows()
        submissions = self.env["l10n_ro_efactura.submission"]
        found = submissions.search(
            [("batch", "=", self.batch), ("state", "in", (*FAILED, "uncertain"))], order="id", limit=NAMED_AT_MOST
        )
        states = dict(submissions._fields["state"]._description_selection(self.env))
        return [{"id": one.id, "name": one.number, "state": states[one.state]} for one in found]

    def _buttons(self, counts):
        if self.kind != "send":
            return super()._buttons(counts)
        labels = {
            "failed": self.env._("Open not accepted (%s)", counts["failed"]),
            "uncertain": self.env._("Open uncertain (%s)", counts["uncertain"]),
            "withdrawn": self.env._("Open withdrawn (%s)", counts["withdrawn"]),
            "all": self.env._("Open all"),
        }
        return [(key, label) for key, label in labels.items() if counts[key]]

    def _open(self, key):
        if self.kind != "send":
            return super()._open(key)
        self.env.cr.execute(
            SQL(
                "SELECT move_id FROM l10n_ro_efactura_submission WHERE batch = %s AND move_id IS NOT NULL AND %s",
                self.sudo().batch,
                SQL(PARTS[key]),
            )
        )
        names = {
            "failed": self.env._("Not accepted by ANAF"),
            "uncertain": self.env._("Uncertain"),
            "withdrawn": self.env._("Withdrawn"),
            "all": self.env._("Sent together"),
        }
        moves = self.env["account.move"].browse(row[0] for row in self.env.cr.fetchall())
        return moves._l10n_ro_efactura_list_action(names[key])

    def _can_cancel(self):
        return self.kind == "send" or super()._can_cancel()

    def _cancel(self):
        """Take back what waits, where ANAF cannot have it.

        Beside the transaction of the click: a worker that claims at the same moment makes neither side fail, and each
        invoice is either claimed or withdrawn. The workers then bring the invoices' columns up to date.
        """
        if self.kind != "send":
            return super()._cancel()
        submissions = self.env["l10n_ro_efactura.submission"].search([("batch", "=", self.batch)])
        with side_cursor(self.env) as cr:
            submissions.with_env(self.env(cr=cr))._withdraw()
        submissions.invalidate_recordset(flush=False)
        self._wake(SETTLE_CRONS)
        return None
