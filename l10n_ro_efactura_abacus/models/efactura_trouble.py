"""Why something waits: said on the submissions themselves, taken back when it goes on."""
from odoo import api, models
from odoo.tools import SQL
from psycopg2.extras import Json

from ..anaf import AnafError
from .efactura_traffic import aside

# the hint of a reason that passes by itself or by someone's act; nothing is wrong with the document
WAITING = 'waiting'


class EfacturaTrouble(models.Model):
    _inherit = 'l10n_ro_efactura.submission'

    @api.model
    def _note_wait(self, lane, code, text, states=('queued', 'processing', 'uncertain')):
        """Say on what waits in `lane` why it waits; rows that have a reason of their own keep it."""
        rows = [{'code': code, 'text': text or code, 'hint': WAITING}]

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
        self._note_wait(lane, error.code if known else 'not_connected', error.text if known else str(error))

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

    @api.model
    def _held(self, lane):
        """(code, text) of what keeps `lane` from sending now, or None."""
        reason = self.env['l10n_ro_efactura.guard']._hold_reason(lane.environment)
        if reason:
            return 'held', reason
        box = self.env['l10n_ro_efactura.mailbox']._of(lane)
        if box._is_paused(lane):
            return 'no_spv_right', box.pause_reason
        if not lane.is_open():
            code = self.env['l10n_ro_efactura.gate']._reason(lane.key, lane.environment)
            return code, self.env._("ANAF cannot be used now (%s). What waits goes by itself as soon as it can.", code)
        return None


class EfacturaCredential(models.Model):
    _inherit = 'l10n_ro_efactura.credential'

    def set_tokens(self, access, refresh):
        # another token may have other rights: what ANAF said of the old one no longer stops anything. On a side
        # connection: a conflict here must not undo a refresh, whose token is used up.
        result = super().set_tokens(access, refresh)
        credential = self.sudo()
        self.env['l10n_ro_efactura.gate']._open(
            credential.client_id or f'credential {credential.id}', reasons=('unauthorized', 'forbidden'))
        with aside(self.env) as cr:
            cr.execute("UPDATE l10n_ro_efactura_mailbox SET paused_until = NULL, pause_reason = NULL"
                       " WHERE paused_until IS NOT NULL AND company_id IN %s",
                       [tuple(credential.user_company_ids.ids or [0])])
        return result
