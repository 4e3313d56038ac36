"""Why something waits: said on the submissions themselves, taken back when it goes on."""
from odoo import api, models
from odoo.tools import SQL
from psycopg2.extras import Json

from ...anaf import AnafError

# the hint of a reason that passes by itself or by someone's act; nothing is wrong with the document
WAITING = 'waiting'


class EfacturaTrouble(models.Model):
    _inherit = 'l10n_ro_efactura.submission'

    @api.model
    def _note_wait(self, lane, code, text, states=('queued', 'processing', 'uncertain'), fact=None):
        """Say on what waits in `lane` why it waits; rows that have a reason of their own keep it.

        :param fact: code of the fact of ours that `text` is; see `error_rows`
        """
        rows = [{'code': code, 'text': text or code, 'hint': WAITING, **({'fact': fact} if fact else {})}]

        def work():
            self.env.cr.execute(SQL(
                "UPDATE l10n_ro_efactura_submission SET errors = %(rows)s WHERE id IN ("
                " SELECT id FROM l10n_ro_efactura_submission WHERE company_id = %(company)s AND environment = %(env)s"
                " AND state IN %(states)s AND (errors IS NULL OR errors @> %(waiting)s)"
                " AND errors IS DISTINCT FROM %(rows)s FOR UPDATE SKIP LOCKED)",
                rows=Json(rows), company=lane.company.id, env=lane.environment, states=states,
                waiting=Json([{'hint': WAITING}])))
        self._in_fresh_transaction(work)
        self.invalidate_model(['errors'], flush=False)

    @api.model
    def _note_trouble(self, lane, error):
        """A round of `lane` failed with `error` (AnafError or UserError); the next round tries again."""
        known = isinstance(error, AnafError)
        self._note_wait(lane, error.code if known else 'not_connected', error.text if known else str(error),
                        fact=error.code if known and error.own else None)

    @api.model
    def _clear_wait(self, lane, states=('processing', 'uncertain')):
        """What `lane` waited for has passed."""
        def work():
            self.env.cr.execute(SQL(
                "UPDATE l10n_ro_efactura_submission SET errors = NULL WHERE id IN ("
                " SELECT id FROM l10n_ro_efactura_submission WHERE company_id = %s AND environment = %s"
                " AND state IN %s AND errors @> %s FOR UPDATE SKIP LOCKED)",
                lane.company.id, lane.environment, states, Json([{'hint': WAITING}])))
        self._in_fresh_transaction(work)
        self.invalidate_model(['errors'], flush=False)

