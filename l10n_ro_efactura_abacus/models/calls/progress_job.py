"""Long works that have no worker of their own: one cron runs them, one after the other."""

import logging
import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..common.language import in_language_of
from .worker import PROGRESS_CRONS, UTC_NOW

_logger = logging.getLogger(__name__)
# Minutes for which a worker has a job; one that was killed is run again after that.
LEASE_MINUTES = 20
# Times that a job is begun before it is given up.
BEGUN_AT_MOST = 2


class EfacturaProgress(models.Model):
    """A long work that is one job, with parameters and a result."""

    _inherit = "l10n_ro_efactura.progress"

    result = fields.Json(readonly=True, help="What the job returned; {'error': text} where it failed")
    begun = fields.Integer(readonly=True, default=0)
    lease_until = fields.Datetime(readonly=True)
    ended_at = fields.Datetime(readonly=True)

    @api.model
    @api.private
    def _start_job(self, kind, company, parameters):
        """Create the job `kind` of the current user, show it and wake the worker; return the job.

        :param parameters: dict for JSON, which `_run` reads
        """
        job = self._start(kind, company, f"{kind}-{uuid.uuid4().hex}", parameters=parameters)
        self._wake(PROGRESS_CRONS)
        return job

    @api.model
    def _cron_work(self):
        """Run the jobs that wait, the oldest first. Safe on many workers at once."""
        self = self.sudo()
        while ids := self._in_fresh_transaction(self._claim):
            job = in_language_of(self.browse(ids), self.browse(ids).company_id, self.browse(ids).user_id)
            try:
                result = {} if job.is_cancelled else job._run()
            except UserError as error:
                job._abandon()
                result = {"error": str(error)}
            except Exception:
                _logger.exception("The work %s could not be done", job.batch)
                job._abandon()
                result = {"error": self.env._("It could not be done. Try again, or ask your administrator.")}
            self._in_fresh_transaction(job._end, result)
            if self._checkpoint(1, remaining=0) <= 0:
                self._wake(PROGRESS_CRONS)
                break

    @api.model
    def _claim(self):
        """Take the next job for this worker and return [id]; [] where none waits. Ends the ones given up."""
        self.env.cr.execute(
            SQL(
                """UPDATE l10n_ro_efactura_progress SET ended_at = %(now)s, result = '{"error": ""}'
                    WHERE ended_at IS NULL AND parameters IS NOT NULL
                      AND begun >= %(most)s AND lease_until < %(now)s""",
                now=UTC_NOW,
                most=BEGUN_AT_MOST,
            )
        )
        self.env.cr.execute(
            SQL(
                """WITH picked AS MATERIALIZED (
                    SELECT id FROM l10n_ro_efactura_progress
                     WHERE ended_at IS NULL AND parameters IS NOT NULL
                       AND (lease_until IS NULL OR lease_until < %(now)s)
                     ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
               UPDATE l10n_ro_efactura_progress p SET begun = begun + 1,
                      lease_until = %(now)s + %(lease)s * interval '1 minute'
                 FROM picked WHERE p.id = picked.id RETURNING p.id""",
                now=UTC_NOW,
                lease=LEASE_MINUTES,
            )
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        self.invalidate_model(flush=False)
        return ids

    def _end(self, result):
        self.write({"result": result, "ended_at": fields.Datetime.now()})
        self._tell()

    def _run(self):
        """Do the job and return its result, a dict for JSON. A hook, one branch for each kind.

        :raise UserError: the card shows its text
        """
        raise NotImplementedError

    def _job_counts(self):
        """Return the numbers of `_counts` of a job: one item, which waits until the job has ended."""
        failed = int("error" in (self.result or {}))
        ended = int(bool(self.ended_at))
        return {"total": 1, "ok": ended - failed, "failed": failed, "other": 0, "waiting": 1 - ended}
