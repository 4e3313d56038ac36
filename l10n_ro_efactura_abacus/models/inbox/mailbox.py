"""A company's mailbox at ANAF: reading its lists, how far they were read, and inserting their messages."""

import logging
from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...anaf import AnafError, ClockSkew, Malformed, corrected_window, spv_window
from ..calls.worker import UTC_NOW
from ..common.environment import ENVIRONMENTS
from ..common.knobs import knob

_logger = logging.getLogger(__name__)
# Seconds between two rounds of lists of one mailbox.
LIST_SECONDS = 30
# Time that a reading goes back before the last one, because ANAF indexes some messages late: usual and wide.
OVERLAP, WIDE_OVERLAP = timedelta(hours=1), timedelta(days=1)
# Time between two readings with the wide overlap, and between two that go back as far as ANAF's lists do: a right
# given late, or a corrected CIF, makes older messages appear.
WIDE_EVERY, WHOLE_EVERY = timedelta(minutes=50), timedelta(days=7)
# Corrections of a window to ANAF's clock at most: by 10 minutes, then 20, 40..., where ANAF quotes no time.
SKEWS = 7
# Readings of the pages of one window at most, while fewer messages are seen than ANAF counts.
ROUNDS = 3
# Columns of a message that a list gives.
COLUMNS = (
    "company_id",
    "environment",
    "anaf_id",
    "upload_index",
    "kind",
    "tip",
    "details",
    "listed_at",
    "seller_cif",
    "buyer_cif",
)


def list_pause():
    """Return the seconds between two rounds of lists."""
    return min(LIST_SECONDS, knob("quiet_seconds", 21600))


def _clean(text):
    """Return a text from outside without what PostgreSQL cannot store: NUL and lone surrogates."""
    return (text or "").encode("utf-8", "replace").decode().replace("\0", "")


class EfacturaMailbox(models.Model):
    """The mailbox of one company in one environment, and how far its lists were read."""

    _name = "l10n_ro_efactura.mailbox"
    _description = "e-Factura box at ANAF"
    _inherit = ["l10n_ro_efactura.worker"]
    _rec_name = "company_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    listed_until = fields.Datetime(readonly=True, help="ANAF's lists were read completely up to here (UTC)")
    wide_at = fields.Datetime(readonly=True, help="When the lists were last read with a wide overlap")
    whole_at = fields.Datetime(readonly=True, help="When the lists were last read as far back as ANAF keeps them")
    next_list_at = fields.Datetime(readonly=True)
    last_error = fields.Char(readonly=True, help="Why the lists could not be read the last time")
    last_error_code = fields.Char(readonly=True, help="Of a fact of ours, which is shown in the reader's language")

    _company_uniq = models.UniqueIndex("(company_id, environment)")

    @api.model
    @api.private
    def _for_lane(self, lane):
        """Return the mailbox of `lane`, created at the first call."""
        box = self.sudo().search([("company_id", "=", lane.company.id), ("environment", "=", lane.environment)])
        if not box:
            self._in_fresh_transaction(
                lambda: self.env.cr.execute(
                    "INSERT INTO l10n_ro_efactura_mailbox (company_id, environment) VALUES (%s, %s)"
                    " ON CONFLICT (company_id, environment) DO NOTHING",
                    [lane.company.id, lane.environment],
                )
            )
            box = self.sudo().search([("company_id", "=", lane.company.id), ("environment", "=", lane.environment)])
        return box

    @api.private
    def _set(self, **values):
        """Write columns in a transaction of their own, retried where another worker writes the same row."""

        def work():
            self.env.cr.execute(
                SQL(
                    "UPDATE l10n_ro_efactura_mailbox SET %s WHERE id IN %s",
                    SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items()),
                    tuple(self.ids),
                )
            )

        self._in_fresh_transaction(work)
        self.invalidate_recordset(flush=False)

    def _set_error(self, error):
        """Store why the mailbox could not be read (an AnafError or a UserError)."""
        self._set(
            last_error=getattr(error, "text", "") or str(error),
            last_error_code=error.code if getattr(error, "own", False) else None,
        )

    # -- reading the lists ----------------------------------------------------------------------------------

    @api.private
    def _claim_reading(self):
        """Return True for the one worker that may read the lists now; the next may after `list_pause` seconds."""
        self.ensure_one()

        def work():
            self.env.cr.execute(
                SQL(
                    "UPDATE l10n_ro_efactura_mailbox SET next_list_at = %(now)s + %(pause)s * interval '1 second'"
                    " WHERE id = %(id)s AND (next_list_at IS NULL OR next_list_at <= %(now)s) RETURNING id",
                    now=UTC_NOW,
                    pause=list_pause(),
                    id=self.id,
                )
            )
            return bool(self.env.cr.fetchone())

        return self._in_fresh_transaction(work)

    @api.private
    def _sweep(self, lane, start=None):
        """Read what is new since the last complete reading (with an overlap).

        :param start: naive UTC; where nothing was read completely yet, read from here only: a partial reading, after
            which `listed_until` does not move
        :return: naive UTC datetime up to which the lists are known
        :raise AnafError: the reading is not complete; the messages that were read are kept
        """
        self.ensure_one()
        now = fields.Datetime.now()
        known, wide = self.listed_until, not self.wide_at or self.wide_at < now - WIDE_EVERY
        whole = not start and (not self.whole_at or self.whole_at < now - WHOLE_EVERY)
        if not known:
            begin = start or datetime.min
        elif whole:
            begin = datetime.min
        else:
            begin = known - (WIDE_OVERLAP if wide else OVERLAP)
        until, _new = self._read(lane, begin)
        if known or not start:
            self._set(
                listed_until=until,
                **({"wide_at": now} if wide else {}),
                **({"whole_at": now} if begin == datetime.min else {}),
            )
        return until

    @api.private
    def _ask(self, lane, start):
        """Read the lists for a user, from `start` (naive UTC) to now; return the ids of new messages.

        :raise AnafError: the reading is not complete; the messages that were read are kept
        """
        until, new = self._read(lane, start)
        if self.listed_until and start <= self.listed_until - OVERLAP:
            self._set(listed_until=until)  # no gap to the last complete reading
        return new

    @api.private
    def _read(self, lane, start):
        """Read every list page from `start` (naive UTC) to now and insert the new messages.

        :return: (naive UTC datetime up to which the lists were read, ids of the new messages)
        :raise AnafError: the reading is not complete; the messages that were read are kept
        """
        end = datetime.now(timezone.utc) - timedelta(seconds=1)
        begin = max(spv_window(end)[0], min(start.replace(tzinfo=timezone.utc), end - OVERLAP))
        new, seen, skews = [], set(), 0
        try:
            for _round in range(ROUNDS):
                while True:
                    try:
                        total = self._read_pages(lane, begin, end, seen, new)
                        break
                    except ClockSkew as skew:
                        skews += 1
                        if skews > SKEWS:
                            raise
                        begin, end = corrected_window(begin, end, skew, timedelta(minutes=10) * 2 ** (skews - 1))
                if len(seen) >= total:  # else a message came or went between two pages
                    break
            else:
                raise Malformed(
                    "incomplete_list",
                    self.env._("ANAF's lists show %(seen)s messages of %(total)s.", seen=len(seen), total=total),
                )
        except (AnafError, UserError) as error:
            self._set_error(error)
            raise
        self._set(last_error=None, last_error_code=None)
        return end.replace(tzinfo=None, microsecond=0), new

    def _read_pages(self, lane, begin, end, seen, new):
        """Read every page of one window, also pages that are added meanwhile.

        :param seen: set that gets the ids at ANAF of all messages
        :param new: list that gets the ids of inserted messages
        :return: number of messages that ANAF counts in the window
        """
        page = pages = 1
        total = 0
        while page <= pages:
            found = lane.list_page(begin, end, page)
            if not found.messages:
                break
            new += self._insert_listed(found.messages)
            seen.update(message.id or (page, place) for place, message in enumerate(found.messages))
            page, pages, total = page + 1, found.page_count, found.total
        return total

    def _insert_listed(self, listed):
        """Insert new messages and return their ids; one of another CIF goes to that CIF's company, if there is one."""
        owners, own = self._owners(), self.company_id._l10n_ro_efactura_cif()
        senders = self._senders([message.upload_index for message in listed])
        now = fields.Datetime.now()
        rows = []
        for message in listed:
            cif = message.cif or own
            company_id = owners.get(cif)
            if message.kind in ("sent", "error") and cif == own:  # a branch's own uploads, also those with a lost index
                company_id = senders.get((message.upload_index, cif), self.company_id.id)
            if not message.id or not company_id:
                _logger.info(
                    "SPV of company %s: a message is left out (id %s, CIF %s, %s)",
                    self.company_id.id,
                    message.id,
                    message.cif,
                    message.details,
                )
                continue
            at = message.created_at.replace(tzinfo=None) if message.created_at else now
            if abs(at - now) > timedelta(days=3650):  # not a plausible date
                at = now
            rows.append(
                SQL(
                    "(%s)",
                    SQL(", ").join(
                        SQL("%s", value)
                        for value in (
                            company_id,
                            self.environment,
                            message.id,
                            message.upload_index,
                            message.kind,
                            _clean(message.tip),
                            _clean(message.details),
                            at,
                            message.seller_cif,
                            message.buyer_cif,
                        )
                    ),
                )
            )
        if not rows:
            return []
        return self._in_fresh_transaction(
            lambda: self.env["l10n_ro_efactura.message"]._insert(COLUMNS, SQL("VALUES %s", SQL(", ").join(rows)))
        )

    def _owners(self):
        """Return {CIF digits: id of the company that receives its messages}: of branches with one CIF, their head."""
        own = self.company_id
        companies = self.env["res.company"].sudo().search([]).sorted(lambda company: -len(company.parent_ids))
        owners = {company._l10n_ro_efactura_cif(): company.id for company in companies}
        owners[own._l10n_ro_efactura_cif()] = own._l10n_ro_efactura_head().id
        owners.pop("", None)
        return owners

    def _senders(self, indexes):
        """Return the senders of upload `indexes`: {(upload index, CIF digits): company id}. A hook."""
        return {}

    # -- the hourly round -----------------------------------------------------------------------------------

    @api.model
    @api.private
    def _pairs(self):
        """Return [(company id, environment)] of the mailboxes to read: production of connected companies. A hook."""
        companies = self.env["res.company"].sudo().search([])
        return [
            (company.id, "prod")
            for company in companies
            if company._l10n_ro_efactura_credential() and company._l10n_ro_efactura_head() == company
        ]
