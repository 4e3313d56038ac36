"""Showing submissions to users: the invoice's columns, its chatter, the live badge, the progress bar."""

import logging

from odoo import api, models
from odoo.tools import SQL

from ..common.language import in_language_of

_logger = logging.getLogger(__name__)
# Invoices updated in one transaction.
BATCH = 200
# What an invoice shows of its last submission `s`: one that was withdrawn counts as not sent.
SHOWN = SQL(
    "NULLIF(s.state, 'withdrawn'), CASE WHEN s.state <> 'withdrawn' THEN s.upload_index END,"
    " CASE WHEN s.state <> 'withdrawn' THEN s.download_id END"
)
# Prefix of a move's columns for each environment.
PREFIX = {"prod": "l10n_ro_efactura_", "test": "l10n_ro_efactura_test_"}


class EfacturaSubmission(models.Model):
    """A submission that copies its state to its invoice and tells the users."""

    _inherit = "l10n_ro_efactura.submission"

    @api.private
    def _sync_moves(self):
        """Copy the last submission's state to each invoice, in transactions of its own.

        Works on the invoices of `self`; where `self` is empty, on all whose submissions changed in the last 3 days,
        so that the next pass repairs what a killed worker or a concurrent edit left behind.
        """
        self.flush_model()
        for environment, prefix in PREFIX.items():
            while True:
                differing = self._differing(environment, prefix)
                if not differing:
                    break
                handled = self._sync_some(environment, prefix, differing)
                if not handled or len(differing) < BATCH:
                    break

    @api.private
    def _show_on_moves(self):
        """Copy the last submission's state to the invoices of `self`, in the current transaction."""
        for environment, prefix in PREFIX.items():
            differing = self._differing(environment, prefix)
            while differing:
                self._sync_batch(environment, prefix, differing)
                differing = self._differing(environment, prefix)

    def _differing(self, environment, prefix):
        """Return ids of submissions, at most `BATCH`: each the last of its invoice, which shows another state."""
        scope = (
            SQL("s.id IN %s", tuple(self.ids))
            if self
            else SQL("s.changed_at > (clock_timestamp() AT TIME ZONE 'UTC') - interval '3 days'")
        )
        self.env.cr.execute(
            SQL(
                """SELECT s.id FROM l10n_ro_efactura_submission s JOIN account_move m ON m.id = s.move_id
                WHERE s.environment = %(env)s AND %(scope)s
                  AND (m.%(state)s, m.%(index)s, m.%(download)s)
                      IS DISTINCT FROM (%(shown)s)
                  AND NOT EXISTS (SELECT 1 FROM l10n_ro_efactura_submission later
                                   WHERE later.move_id = s.move_id AND later.environment = s.environment
                                     AND later.id > s.id)
                ORDER BY s.id LIMIT %(limit)s""",
                env=environment,
                scope=scope,
                limit=BATCH,
                shown=SHOWN,
                **self._columns(prefix),
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]

    @api.model
    def _columns(self, prefix):
        """Return {name in the queries: SQL identifier} of a move's columns with `prefix`."""
        return {
            "state": SQL.identifier(f"{prefix}state"),
            "index": SQL.identifier(f"{prefix}upload_index"),
            "download": SQL.identifier(f"{prefix}download_id"),
        }

    @api.model
    def _sync_some(self, environment, prefix, ids):
        """Update one batch of invoices; where it fails, one by one, so that one bad invoice stops no other.

        An invoice that another transaction has locked is left for a later pass.

        :param ids: of submissions
        :return: number of invoices updated
        """

        def work():
            self.env.cr.execute(
                SQL(
                    "SELECT s.id FROM l10n_ro_efactura_submission s JOIN account_move m ON m.id = s.move_id"
                    " WHERE s.id IN %s FOR NO KEY UPDATE OF m SKIP LOCKED",
                    tuple(ids),
                ),
                log_exceptions=False,
            )
            free = [row[0] for row in self.env.cr.fetchall()]
            return self._sync_batch(environment, prefix, free) if free else 0

        try:
            return self._in_fresh_transaction(work)
        except Exception:
            if len(ids) == 1:
                _logger.exception("The invoice of submission %s could not be brought up to date", ids[0])
                return 0
            return sum(self._sync_some(environment, prefix, [one]) for one in ids)

    @api.model
    def _sync_batch(self, environment, prefix, ids):
        """Update the invoices of the submissions `ids`, post final states and notify; return how many."""
        self.env.cr.execute(
            SQL(
                """UPDATE account_move m SET (%(state)s, %(index)s, %(download)s) = ROW(%(shown)s)
                 FROM l10n_ro_efactura_submission s, account_move before
                WHERE s.id IN %(ids)s AND m.id = s.move_id AND before.id = m.id
            RETURNING s.id, before.%(state)s""",
                ids=tuple(ids),
                shown=SHOWN,
                **self._columns(prefix),
            )
        )
        before = dict(self.env.cr.fetchall())
        moves = self.browse(before).move_id
        shown = [f"{prefix}{name}" for name in ("state", "upload_index", "download_id")]
        moves.invalidate_recordset(shown, flush=False)
        changed = self.browse(before).filtered(lambda s: (before[s.id] or "withdrawn") != s.state)
        changed.move_id._l10n_ro_efactura_after_change(environment)
        changed._post_final()
        changed._tell_users()
        return len(before)

    def _post_final(self):
        """Log final states in the invoice's chatter."""
        for submission in self:
            body = in_language_of(submission, submission.company_id, submission.create_uid)._final_text()
            if body:
                submission.move_id._message_log(body=body, author_id=submission.create_uid.partner_id.id)

    def _final_text(self):
        """Return the chatter's text for the state, or None where the state is not reported there."""
        self.ensure_one()
        label = self.env._("e-Factura TEST") if self.environment == "test" else self.env._("e-Factura")
        reasons = "; ".join(row["text"] for row in self.errors or [])
        return {
            "ok": self.env._("%(label)s: Ok, upload index %(index)s.", label=label, index=self.upload_index),
            "nok": self.env._(
                "%(label)s: Nok, upload index %(index)s. %(reasons)s",
                label=label,
                index=self.upload_index,
                reasons=reasons,
            ),
            "refused": self.env._("%(label)s: not registered. %(reasons)s", label=label, reasons=reasons),
            "withdrawn": self.env._(
                "%(label)s: not sent. %(reasons)s", label=label, reasons=self.decision_reason or ""
            ),
            "uncertain": self.env._(
                "%(label)s: it is not known whether ANAF has it. %(reasons)s", label=label, reasons=reasons
            )
            if self.upload_index
            else self.env._(
                "%(label)s: ANAF's answer was lost. The invoice is looked for in SPV and is not "
                "sent again until it is known not to be there.",
                label=label,
            ),
        }.get(self.state)

    def _tell_users(self):
        """Send the bus messages: new states for open pages, and progress for the user who started a batch."""
        for company, submissions in self.grouped("company_id").items():
            self.env["bus.bus"]._sendone(
                f"l10n_ro_efactura_{company.id}", "l10n_ro_efactura/state", {"move_ids": submissions.move_id.ids}
            )
        for batch in {submission.batch for submission in self if submission.batch}:
            self._tell_progress(batch)

    @api.model
    def _tell_progress(self, batch):
        """Send the counts of `batch` (total, done, ok, failed) to its user."""
        self.env.cr.execute(
            SQL(
                """SELECT create_uid, count(*),
                      count(*) FILTER (WHERE state NOT IN ('queued', 'uploading', 'processing')),
                      count(*) FILTER (WHERE state = 'ok'),
                      count(*) FILTER (WHERE state IN ('nok', 'refused', 'uncertain'))
                 FROM l10n_ro_efactura_submission WHERE batch = %s GROUP BY create_uid""",
                batch,
            )
        )
        for user_id, total, done, ok, failed in self.env.cr.fetchall():
            self.env["res.users"].browse(user_id).partner_id._bus_send(
                "l10n_ro_efactura/progress", {"batch": batch, "total": total, "done": done, "ok": ok, "failed": failed}
            )
