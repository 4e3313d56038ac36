"""Why a document waits: written on it while its lane is held, removed when it goes on."""

from odoo import api, models
from odoo.tools import SQL
from psycopg2.extras import Json

from ...anaf import AnafError
from .outgoing import WAITING


class EfacturaOutgoing(models.AbstractModel):
    _inherit = "l10n_ro_efactura.outgoing"

    @api.model
    def _note_wait(self, lane, code, text, states=("queued", "processing", "uncertain"), fact=None):
        """Write the reason to wait on the rows of `lane` in `states`; rows with other errors keep those.

        :param fact: code of our own fact, where `text` is one; see `error_rows`
        """
        rows = [{"code": code, "text": text or code, "hint": WAITING, **({"fact": fact} if fact else {})}]

        def work():
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET errors = %(rows)s WHERE id IN ("
                    " SELECT id FROM %(table)s WHERE company_id = %(company)s AND environment = %(env)s"
                    " AND state IN %(states)s AND (errors IS NULL OR errors @> %(waiting)s)"
                    " AND errors IS DISTINCT FROM %(rows)s FOR UPDATE SKIP LOCKED)",
                    table=self._sql_table,
                    rows=Json(rows),
                    company=lane.company.id,
                    env=lane.environment,
                    states=states,
                    waiting=Json([{"hint": WAITING}]),
                )
            )

        self._in_fresh_transaction(work)
        self.invalidate_model(["errors"], flush=False)

    @api.model
    def _note_trouble(self, lane, error):
        """Write on the waiting rows of `lane` that a round failed with `error` (AnafError or UserError)."""
        known = isinstance(error, AnafError)
        self._note_wait(
            lane,
            error.code if known else "not_connected",
            error.text if known else str(error),
            fact=error.code if known and error.own else None,
        )

    @api.model
    def _clear_wait(self, lane, states=("processing", "uncertain")):
        """Remove the reasons to wait from the rows of `lane` in `states`."""

        def work():
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET errors = NULL WHERE id IN ("
                    " SELECT id FROM %(table)s WHERE company_id = %(company)s AND environment = %(env)s"
                    " AND state IN %(states)s AND errors @> %(waiting)s FOR UPDATE SKIP LOCKED)",
                    table=self._sql_table,
                    company=lane.company.id,
                    env=lane.environment,
                    states=states,
                    waiting=Json([{"hint": WAITING}]),
                )
            )

        self._in_fresh_transaction(work)
        self.invalidate_model(["errors"], flush=False)
