"""A company's box at ANAF: how far its lists were read, and keeping every message they show."""
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
LIST_SECONDS = 30  # at most one round of lists per box in this time
# lists lag: what is indexed late must still be seen. Every reading goes back a little, one an hour a day, and one a
# week all the way: a right given late, or a CIF that was corrected, shows older messages
OVERLAP, WIDE_OVERLAP = timedelta(hours=1), timedelta(days=1)
WIDE_EVERY, WHOLE_EVERY = timedelta(minutes=50), timedelta(days=7)
SKEWS = 7  # times that a window is corrected after ANAF's clock, by 10 minutes, then 20, 40... where it quotes none
ROUNDS = 3  # readings of the pages of one window, where the messages seen are fewer than ANAF counts
COLUMNS = ('company_id', 'environment', 'anaf_id', 'upload_index', 'kind', 'tip', 'details', 'listed_at', 'seller_cif',
           'buyer_cif')


def list_pause():
    """Seconds between two rounds of lists."""
    return min(LIST_SECONDS, knob('quiet_seconds', 21600))


def _clean(text):
    """A text from outside as the database can hold it: no NUL, no half characters."""
    return (text or '').encode('utf-8', 'replace').decode().replace('\0', '')


class EfacturaMailbox(models.Model):
    _name = 'l10n_ro_efactura.mailbox'
    _description = "e-Factura box at ANAF"
    _inherit = ['l10n_ro_efactura.worker']
    _rec_name = 'company_id'

    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade')
    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    listed_until = fields.Datetime(readonly=True, help="ANAF's lists were read completely up to here (UTC)")
    wide_at = fields.Datetime(readonly=True, help="When the lists were last read with a wide overlap")
    whole_at = fields.Datetime(readonly=True, help="When the lists were last read as far back as ANAF keeps them")
    next_list_at = fields.Datetime(readonly=True)
    last_error = fields.Char(readonly=True, help="Why the lists could not be read the last time")
    last_error_code = fields.Char(readonly=True, help="Of a fact of ours, which is shown in the reader's language")

    _company_uniq = models.UniqueIndex('(company_id, environment)')

    @api.model
    @api.private
    def _for_lane(self, lane):
        """The box of `lane`, made at the first call."""
        box = self.sudo().search([('company_id', '=', lane.company.id), ('environment', '=', lane.environment)])
        if not box:
            self._in_fresh_transaction(lambda: self.env.cr.execute(
                "INSERT INTO l10n_ro_efactura_mailbox (company_id, environment) VALUES (%s, %s)"
                " ON CONFLICT (company_id, environment) DO NOTHING", [lane.company.id, lane.environment]))
            box = self.sudo().search([('company_id', '=', lane.company.id), ('environment', '=', lane.environment)])
        return box

    @api.private
    def _set(self, **values):
        """Write columns in a transaction of their own, whoever else works with this box."""
        def work():
            self.env.cr.execute(SQL(
                "UPDATE l10n_ro_efactura_mailbox SET %s WHERE id IN %s", SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items()), tuple(self.ids)))
        self._in_fresh_transaction(work)
        self.invalidate_recordset(flush=False)

    def _set_error(self, error):
        """Keep why the box could not be read: an AnafError, or a UserError in words already."""
        self._set(last_error=getattr(error, 'text', '') or str(error),
                  last_error_code=error.code if getattr(error, 'own', False) else None)

    # -- reading the lists ----------------------------------------------------------------------------------

    @api.private
    def _claim_reading(self):
        """True for the one worker that may read the lists now; the next round is allowed some seconds later."""
        self.ensure_one()

        def work():
            self.env.cr.execute(SQL(
                "UPDATE l10n_ro_efactura_mailbox SET next_list_at = %(now)s + %(pause)s * interval '1 second'"
                " WHERE id = %(id)s AND (next_list_at IS NULL OR next_list_at <= %(now)s) RETURNING id",
                now=UTC_NOW, pause=list_pause(), id=self.id))
            return bool(self.env.cr.fetchone())
        return self._in_fresh_transaction(work)

    @api.private
    def _sweep(self, lane, start=None):
        """Read what is new since the last complete reading (with an overlap).

        :param start: naive UTC; where nothing was read completely yet, read from here only: a partial reading, after
            which `listed_until` does not move
        :return: naive UTC moment up to which the lists are known
        :raises AnafError: the reading is not complete; what was read is kept
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
            self._set(listed_until=until, **({'wide_at': now} if wide else {}),
                      **({'whole_at': now} if begin == datetime.min else {}))
        return until

    @api.private
    def _ask(self, lane, start):
        """Read the lists for a user, from `start` (naive UTC) to now; returns the ids of what is new.

        :raises AnafError: the reading is not complete; what was read is kept
        """
        until, new = self._read(lane, start)
        if self.listed_until and start <= self.listed_until - OVERLAP:
            self._set(listed_until=until)  # nothing lies between
        return new

    @api.private
    def _read(self, lane, start):
        """Read every list page from `start` (naive UTC) to now and keep what is new.

        :return: (naive UTC moment up to which the lists were read, ids of the messages seen for the first time)
        :raises AnafError: the reading is not complete; what was read is kept
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
                if len(seen) >= total:  # else something came or went between two pages
                    break
            else:
                raise Malformed('incomplete_list', self.env._(
                    "ANAF's lists show %(seen)s messages of %(total)s.", seen=len(seen), total=total))
        except (AnafError, UserError) as error:
            self._set_error(error)
            raise
        self._set(last_error=None, last_error_code=None)
        return end.replace(tzinfo=None, microsecond=0), new

    def _read_pages(self, lane, begin, end, seen, new):
        """Every page of one window, whatever is added while they are read: `seen` and `new` grow.

        :return: how many messages ANAF counts in the window
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
        """Insert messages not seen before; those of another CIF of the certificate go to their company, or nowhere."""
        owners, own = self._owners(), self.company_id._l10n_ro_efactura_cif()
        senders = self._senders([message.upload_index for message in listed])
        now = fields.Datetime.now()
        rows = []
        for message in listed:
            cif = message.cif or own
            company_id = owners.get(cif)
            if message.kind in ('sent', 'error') and cif == own:  # a branch's own uploads, also those with a lost index
                company_id = senders.get((message.upload_index, cif), self.company_id.id)
            if not message.id or not company_id:
                _logger.info("SPV of company %s: a message is left out (id %s, CIF %s, %s)",
                             self.company_id.id, message.id, message.cif, message.details)
                continue
            at = message.created_at.replace(tzinfo=None) if message.created_at else now
            if abs(at - now) > timedelta(days=3650):  # no date of ANAF's
                at = now
            rows.append(SQL("(%s)", SQL(", ").join(SQL("%s", value) for value in (
                company_id, self.environment, message.id, message.upload_index, message.kind, _clean(message.tip),
                _clean(message.details), at, message.seller_cif, message.buyer_cif))))
        if not rows:
            return []
        return self._in_fresh_transaction(lambda: self.env['l10n_ro_efactura.message']._insert(
            COLUMNS, SQL("VALUES %s", SQL(", ").join(rows))))

    def _owners(self):
        """{CIF digits: company id}; what branches with one CIF receive is their head's, else this box's own."""
        own = self.company_id
        companies = self.env['res.company'].sudo().search([]).sorted(lambda company: -len(company.parent_ids))
        owners = {company._l10n_ro_efactura_cif(): company.id for company in companies}
        owners[own._l10n_ro_efactura_cif()] = own._l10n_ro_efactura_head().id
        owners.pop('', None)
        return owners

    def _senders(self, indexes):
        """Return who sent what has one of these upload indexes: {(upload index, CIF digits): company id}. A hook."""
        return {}

    # -- the hourly round -----------------------------------------------------------------------------------

    @api.model
    @api.private
    def _pairs(self):
        """(company id, environment) of every box worth reading: production of connected companies. A hook."""
        companies = self.env['res.company'].sudo().search([])
        return [(company.id, 'prod') for company in companies
                 if company._l10n_ro_efactura_credential() and company._l10n_ro_efactura_head() == company]
