"""What ANAF answered, word for word, kept on the document it was about."""

from odoo import fields, models
from odoo.tools import SQL

from ...anaf import AnafError
from .call_log import storable
from .worker import UTC_NOW

# Characters of all answers that are kept; one answer is bounded by `anaf.errors.RAW_LIMIT`.
RAW_KEPT = 32_000


class EfacturaOutgoing(models.AbstractModel):
    _inherit = "l10n_ro_efactura.outgoing"

    raw_answer = fields.Text(
        "ANAF's answers",
        readonly=True,
        copy=False,
        groups="account.group_account_invoice,base.group_system",
        help="Each answer as it came, the newest first, with its time (UTC). Tokens are never in it.",
    )

    def _keep_answer(self, attempt, outcome):
        # EXTENDS: with the answer, and in its transaction, its text
        moved = super()._keep_answer(attempt, outcome)
        self._keep_raw("upload", outcome)
        return moved

    def _keep_raw(self, call, outcome):
        """Put an answer before those that are kept, and keep its Support ID.

        :param call: upload or status
        :param outcome: what the call gave, with its `raw` text, or its AnafError
        """
        raw = storable(getattr(outcome, "raw", ""))
        words = [call]
        if isinstance(outcome, AnafError):
            words += [f"HTTP {outcome.http_status}"] if outcome.http_status else []
            words += [outcome.code]
        support_id = getattr(outcome, "support_id", None)
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s SET raw_answer = LEFT(to_char(%(now)s, 'YYYY-MM-DD HH24:MI:SS') || %(new)s"
                " || COALESCE(E'\\n\\n' || raw_answer, ''), %(kept)s),"
                " support_id = COALESCE(%(support_id)s, support_id) WHERE id IN %(ids)s",
                table=self._sql_table,
                now=UTC_NOW,
                new=" ".join(["", *words]) + (f"\n{raw}" if raw else ""),
                kept=RAW_KEPT,
                support_id=support_id,
                ids=tuple(self.ids),
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset(["raw_answer", "support_id"], flush=False)
