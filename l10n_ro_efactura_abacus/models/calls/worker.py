"""The base of background work: commits, transactions that are retried, and a pool of threads for HTTP."""

import logging
import random
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from datetime import timedelta

from odoo import api, fields, models, modules
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...anaf import AnafError, Uncertain

_logger = logging.getLogger(__name__)
# The database's clock as naive UTC, as Odoo stores times; it moves within a transaction.
UTC_NOW = SQL("(clock_timestamp() AT TIME ZONE 'UTC')")
# Hours in the queue after which a document is searched in SPV before it is sent.
STALE_HOURS = 1
# Names of the crons of each kind of work; several call one method, because a cron runs on one worker only.
UPLOAD_CRONS = ("ir_cron_upload_1", "ir_cron_upload_2")
SETTLE_CRONS = ("ir_cron_settle",)
ARCHIVE_CRONS = ("ir_cron_archive_1", "ir_cron_archive_2")
RASP_CRONS = ("ir_cron_rasp",)
PROGRESS_CRONS = ("ir_cron_progress",)
# Tries of a transaction that conflicts with another worker's.
TRIES = 6
# Minutes to wait after the first, second, ... failure of a call; the last one repeats.
RETRY_MINUTES = (1, 5, 30, 120)


def retry_at(tries):
    """Return when to repeat a call that failed for the `tries`-th time (from 1), as naive UTC."""
    return fields.Datetime.now() + timedelta(minutes=RETRY_MINUTES[min(tries, len(RETRY_MINUTES)) - 1])


class EfacturaWorker(models.AbstractModel):
    """The transactions and wake-ups of models that work in the background."""

    _name = "l10n_ro_efactura.worker"
    _description = "e-Factura background work"

    def _checkpoint(self, processed=0, remaining=None):
        """Commit; the only place where the addon's workers do.

        :param int processed: items done since the last checkpoint, for the cron's progress
        :param remaining: items left, or None where unknown
        :return: seconds left in this cron run (infinite outside a cron)
        """
        if modules.module.current_test and not self.env.context.get("ir_cron_progress_id"):
            self.env.flush_all()
            self.env.invalidate_all(flush=False)
            return float("inf")
        if processed or remaining is not None:
            seconds = self.env["ir.cron"]._commit_progress(processed, remaining=remaining)
        else:
            self.env.cr.commit()  # pylint: disable=invalid-commit
            seconds = self.env.context.get("cron_end_time", float("inf")) - time.monotonic()
        self.env.invalidate_all(flush=False)
        return seconds

    def _in_fresh_transaction(self, work, *arguments):
        """Run `work(*arguments)` as the first statements of a transaction, commit, and return its result.

        Odoo's transactions are REPEATABLE READ: a row that another worker committed after the snapshot raises instead
        of being skipped, so `work` is retried with a new snapshot. Any other exception leaves a clean transaction.
        """
        self._checkpoint()
        for left in reversed(range(TRIES)):
            try:
                if modules.module.current_test:
                    with self.env.cr.savepoint():
                        result = work(*arguments)
                        self.env.flush_all()
                        return result
                result = work(*arguments)
                self._checkpoint()
                return result
            except Exception as error:
                if not modules.module.current_test:
                    self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                if not left or not isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                    raise
                time.sleep(random.uniform(0, 0.02) * 2 ** (TRIES - left))  # noqa: S311
        return None

    @api.model
    @api.private
    def _wake(self, crons, at=None):
        """Trigger the crons named in `crons`, now or `at` (naive UTC)."""
        for name in crons:
            self.env.ref(f"l10n_ro_efactura_abacus.{name}").sudo()._trigger(at)

    def _abandon(self):
        """Roll back after an unexpected failure, so that the next piece of work has a clean transaction."""
        if not modules.module.current_test:
            self.env.cr.rollback()
        self.env.invalidate_all(flush=False)


class Pool:
    """A pool of `size` threads for calls to ANAF, which get plain values and never touch the ORM."""

    def __init__(self, size):
        self.size = size
        self._executor = ThreadPoolExecutor(size, thread_name_prefix="efactura")
        self._running = {}

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self._executor.shutdown(wait=True)

    @property
    def free(self):
        return self.size - len(self._running)

    @property
    def running(self):
        return len(self._running)

    def submit(self, tag, call, *arguments):
        """Run `call(*arguments)` in a thread; `drain` returns the outcome with `tag`."""
        self._running[self._executor.submit(call, *arguments)] = tag

    def drain(self, block=False):
        """Return the finished calls as [(tag, outcome)]: the call's value, or the AnafError that it raised.

        :param block: True waits for at least one where any is running
        """
        if not self._running:
            return []
        done = wait(self._running, timeout=None if block else 0, return_when=FIRST_COMPLETED).done
        return [(self._running.pop(future), self._outcome(future)) for future in done]

    @staticmethod
    def _outcome(future):
        try:
            return future.result()
        except AnafError as error:
            return error
        except Exception as error:
            # A fault of ours, after which the request may have been sent or not.
            _logger.exception("Unexpected failure in a call to ANAF")
            return Uncertain("internal", type(error).__name__)
