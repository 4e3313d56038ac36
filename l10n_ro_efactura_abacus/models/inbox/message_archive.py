"""Downloading packages and reading their seal, facts and errors."""

import hashlib
import logging
import os
import time
from dataclasses import dataclass
from datetime import timedelta, timezone
from functools import lru_cache, partial
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from psycopg2.extras import Json

from ...anaf import (
    Gone,
    InvoiceFacts,
    NoRight,
    Package,
    PackageError,
    QuotaExceeded,
    SealReport,
    next_day,
    read_facts,
    read_package,
    today,
    verify,
)
from ..calls.budget import BLOCK
from ..calls.lane import finished_calls, lanes
from ..calls.worker import ARCHIVE_CRONS, UTC_NOW, Pool, retry_at
from ..common.core import binary_column
from ..common.knobs import knob

_logger = logging.getLogger(__name__)
# Downloads of one message a day; ANAF allows 10.
DOWNLOADS_A_DAY = 5
# Seconds between two reports of progress.
TELL_SECONDS = 1
# Downloads of an unreadable package before it is archived as it is.
REFETCHES = 3


@dataclass(frozen=True)
class Archived:
    """A downloaded ZIP and what was read from it; `package` is None where it cannot be opened."""

    content: bytes
    package: Package | None
    facts: InvoiceFacts | None
    seal: SealReport | None
    error: str | None = None


class EfacturaMessage(models.Model):
    """A message whose package is downloaded and archived."""

    _inherit = "l10n_ro_efactura.message"

    @api.model
    @api.private
    def _cron_archive(self):
        """Download listed packages: errors first, then those of submissions, then those that ANAF deletes first."""
        self = self.sudo()
        self.env.cr.execute(
            SQL("SELECT DISTINCT company_id, environment FROM l10n_ro_efactura_message WHERE %s", self._wanted())
        )
        found = [lane for lane in lanes(self.env, self.env.cr.fetchall()) if lane.is_open()]
        for lane in found:
            try:
                with Pool(knob("pool", 16)) as pool:
                    self._archive_lane(lane, pool)
            except UserError as error:
                self.env["l10n_ro_efactura.mailbox"]._for_lane(lane)._set_error(error)
            except Exception:
                _logger.exception("Archiving for company %s (%s) failed", lane.company.id, lane.environment)
                self._abandon()
        self._end_of_round()
        self._checkpoint(remaining=0)

    @api.private
    def _archive_now(self, lane):
        """Download the packages of `self` now; those that fail stay listed."""
        if self:
            with Pool(min(len(self), knob("pool", 16))) as pool:
                self._archive_lane(lane, pool, self.ids)
            self._end_of_round()

    @api.model
    def _wanted(self):
        """Return the SQL condition on messages that may be downloaded now, within the daily quota."""
        return SQL(
            "archive_state = 'listed' AND (next_attempt_at IS NULL OR next_attempt_at <= %s)"
            " AND (quota_day IS DISTINCT FROM %s OR quota_count < %s)",
            UTC_NOW,
            today(),
            DOWNLOADS_A_DAY,
        )

    @api.model
    def _archive_lane(self, lane, pool, ids=None):
        """Download the due messages of `lane` in `pool`; `ids` limits them."""
        self = lane.in_language(self)
        done, batches, told_at = 0, set(), time.monotonic()
        while True:
            rows = []
            if pool.free > 0 and not lane.paused and lane.stays_open():
                lane.client  # noqa: B018  without a connection nothing is claimed, and no quota is spent
                granted, wait = lane.grant(min(BLOCK, pool.free))
                if granted:
                    rows = self._claim_downloads(lane, granted, ids)
                elif not pool.running:
                    if self._checkpoint() < wait:
                        break
                    time.sleep(min(wait, 5.0))
                    continue
            for row in rows:
                batches |= {row["batch"]} - {None}
                lane.submit(
                    pool,
                    row,
                    partial(_download, anaf_id=row["anaf_id"], sealed_at=row["listed_at"], trusted=_trusted()),
                    record=(self._name, row["id"]),
                )
            if not rows and not pool.running:
                break
            for _lane, row, outcome in finished_calls(pool, block=not rows or not pool.free):
                self._record_package(row, lane, outcome)
                done += 1
            if batches and time.monotonic() > told_at + TELL_SECONDS:
                self._tell_downloads(batches)
                told_at = time.monotonic()
            if done >= 100:
                self._end_of_round()
                seconds = self._checkpoint(done, remaining=1)
                done = 0
                if seconds <= 0:
                    lane.paused = "time"
                    self._wake(ARCHIVE_CRONS)
        self._checkpoint()
        self._tell_downloads(batches)

    @api.model
    def _claim_downloads(self, lane, limit, ids=None):
        """Claim up to `limit` messages for this worker; the quota is counted and committed before the call.

        :return: [dict(id, anaf_id, quota_count, listed_at, batch)]
        """
        only = SQL("AND id IN %s", tuple(ids)) if ids else SQL()

        def work():
            self.env.cr.execute(
                SQL(
                    """WITH picked AS MATERIALIZED (
                        SELECT id FROM l10n_ro_efactura_message
                         WHERE %(wanted)s AND company_id = %(company)s AND environment = %(env)s %(only)s
                         ORDER BY (kind = 'error') DESC, (submission_id IS NOT NULL) DESC, listed_at
                         LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
                   UPDATE l10n_ro_efactura_message m
                      SET quota_count = CASE WHEN quota_day = %(today)s THEN quota_count + 1 ELSE 1 END,
                          last_error = NULL, quota_day = %(today)s,
                          next_attempt_at = %(now)s + %(lease)s * interval '1 second'
                     FROM picked WHERE m.id = picked.id
                RETURNING m.id, anaf_id, quota_count, listed_at, batch""",
                    today=today(),
                    now=UTC_NOW,
                    lease=lane.lease,
                    wanted=self._wanted(),
                    company=lane.company.id,
                    env=lane.environment,
                    only=only,
                    limit=limit,
                ),
                log_exceptions=False,
            )
            return self.env.cr.dictfetchall()

        return self._in_fresh_transaction(work)

    @api.model
    def _record_package(self, row, lane, outcome):
        """Commit one package, or the error of its download.

        :param outcome: an `Archived`, or the AnafError
        """
        message = self.browse(row["id"])
        lane.report(outcome)
        try:
            if isinstance(outcome, Archived):
                self._in_fresh_transaction(lambda: message._keep_package(outcome, row))
            else:
                self._in_fresh_transaction(lambda: message._keep_failure(row, outcome))
        except Exception as error:  # facts that no column can hold: store the bytes without them
            _logger.exception("The package of message %s cannot be kept as it was read", row["id"])
            self._abandon()
            if isinstance(outcome, Archived):
                bare = Archived(outcome.content, None, None, None, type(error).__name__)
                self._in_fresh_transaction(lambda: message._keep_package(bare, row))

    def _keep_failure(self, row, error):
        """Store the error of a download and when to try again; gone where ANAF no longer has the message."""
        values = {"last_error": error.text or error.code, "last_error_code": error.own and error.code}
        if isinstance(error, Gone):
            values["archive_state"] = "gone"
        elif isinstance(error, QuotaExceeded):
            values["next_attempt_at"] = next_day()
        elif isinstance(error, NoRight):
            values["next_attempt_at"] = fields.Datetime.now() + timedelta(hours=6)
        else:
            values["next_attempt_at"] = retry_at(row["quota_count"])
        self.write(values)

    def _keep_package(self, archived, row):
        """Write the untouched ZIP and what was read from it in one statement, then call the hook `_kept`.

        A ZIP that cannot be opened is stored too, without facts, and downloaded up to `REFETCHES` times.
        """
        self.ensure_one()
        package, error = archived.package, archived.error
        if package and self.upload_index and package.upload_index not in (None, self.upload_index):
            package, error = None, self.env._("The package is of index %s.", package.upload_index)
        values = {
            "package": binary_column(archived.content),
            "sha256": hashlib.sha256(archived.content).hexdigest(),
            "archive_state": "archived",
            "archived_at": UTC_NOW,
            "last_error": error,
            "last_error_code": None,
            "next_attempt_at": None,
        }
        if not package and row["quota_count"] < REFETCHES:
            values |= {"archive_state": "listed", "archived_at": None, "next_attempt_at": retry_at(row["quota_count"])}
        if package:
            values["document_sha256"] = hashlib.sha256(package.document).hexdigest()
            values["error_texts"] = Json(package.errors) if package.errors else None
            if package.kind == "buyer_message":
                values |= {"buyer_message": package.message, "answers_index": package.answered_index}
            if archived.seal:
                values |= {
                    "seal_state": archived.seal.state,
                    "seal_reason": archived.seal.reason,
                    "seal_code": archived.seal.reason_code,
                    "seal_checked_at": UTC_NOW,
                }
            if archived.facts:
                values |= self._fact_values(archived.facts)
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE l10n_ro_efactura_message SET %s WHERE id = %s",
                SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items()),
                self.id,
            )
        )
        self.invalidate_recordset(flush=False)
        if package:
            self._kept(package)

    def _fact_values(self, facts):
        """Return {column: value} from the `InvoiceFacts` of the document."""
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", facts.currency)])
        other = facts.buyer_cif if self.kind == "sent" else facts.seller_cif
        partner = self.env["res.partner"]
        if other:
            partner = partner.search(
                [
                    ("vat", "in", [other, f"RO{other}"]),
                    ("company_id", "in", [False, self.company_id.id]),
                    ("parent_id", "=", False),
                ],
                limit=1,
            )
        values = {
            "number": facts.number,
            "issue_date": facts.issue_date,
            "due_date": facts.due_date,
            "partner_name": facts.buyer_name if self.kind == "sent" else facts.seller_name,
            "document_type": facts.type_code,
            "preceding": Json(facts.preceding) if facts.preceding else None,
            "amount_untaxed": facts.untaxed,
            "amount_tax": facts.tax_amount,
            "amount_total": facts.total,
            "currency_id": currency.id or None,
            "partner_id": partner.id or None,
        }
        if facts.seller_cif:
            values["seller_cif"] = facts.seller_cif
        if facts.buyer_cif:
            values["buyer_cif"] = facts.buyer_cif
        return values


def _download(client, anaf_id, sealed_at, trusted):
    """Download and read one package in a pool thread; nothing in the ZIP can make it fail.

    :param sealed_at: naive UTC datetime at which the seal's certificate must have been valid
    :param trusted: certificates, from `_trusted`
    :return: an `Archived`
    """
    content = client.download(anaf_id)
    try:
        package = read_package(content)
    except PackageError as error:
        return Archived(content, None, None, None, str(error))
    facts = seal = None
    if package.kind in ("invoice", "credit_note"):
        try:
            facts = read_facts(package.document)
        except Exception as error:
            _logger.info("Package %s: %s", anaf_id, error)
    try:
        if package.seal:
            seal = verify(package.document, package.seal, trusted, sealed_at.replace(tzinfo=timezone.utc))
    except ValueError:
        _logger.error("The file named by l10n_ro_efactura_trusted_certificates is not a list of certificates")
    except Exception as error:  # a hostile seal stays unverified, and its package is archived
        _logger.warning("The seal of package %s cannot be read: %s", anaf_id, type(error).__name__)
    return Archived(content, package, facts, seal)


def _trusted():
    """Return (bytes of the PEM file named by `l10n_ro_efactura_trusted_certificates`,), or ()."""
    path = knob("trusted_certificates", "")
    if not path or not os.path.isfile(path):
        return ()
    return _read_trusted(path, os.path.getmtime(path))


@lru_cache(maxsize=4)
def _read_trusted(path, _changed):
    return (Path(path).read_bytes(),)
