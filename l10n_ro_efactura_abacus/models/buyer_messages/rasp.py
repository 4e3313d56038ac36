"""Our messages to sellers (RASP): written on a bill, uploaded once, followed to ANAF's answer."""
import base64
import hashlib
import logging
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from psycopg2.errors import UniqueViolation

from ...anaf import (
    AnafError,
    Forbidden,
    NoRight,
    NotSent,
    QuotaExceeded,
    Receipt,
    Refused,
    Technical,
    Throttled,
    Unauthorized,
    build_buyer_message,
    next_day,
)
from ...anaf.rasp import clean_text
from ..calls.lane import lanes
from ..calls.worker import STALE_HOURS, UTC_NOW, retry_at
from ..common.environment import ENVIRONMENTS
from ..common.rights import check_bill
from ..sending.submission_status import STATUS_WAITS

_logger = logging.getLogger(__name__)
RASP_CRON = 'l10n_ro_efactura_abacus.ir_cron_rasp'
STATES = [
    ('queued', "Waits to be sent"),
    ('sending', "Sending"),
    ('processing', "In processing"),
    ('uncertain', "Answer lost"),
    ('ok', "Delivered"),
    ('nok', "Refused by ANAF"),
    ('refused', "Not registered"),
]


class EfacturaRasp(models.Model):
    """One message of ours to one seller about one invoice. It outlives its bill.

    Every arrow is `_move`, nothing else writes `state`::

        queued --claim, commit--> sending --index--> processing --> ok | nok
           ^                         |--refused by ANAF--> refused
           |<--body not read, quota--|
           |                         |--any other end, or the lease is over--> uncertain
           |<------------- a person's decision: send it again ------------------|--found in SPV--> ok
    """
    _name = 'l10n_ro_efactura.rasp'
    _description = "e-Factura message to a seller"
    _inherit = ['l10n_ro_efactura.worker']
    _order = 'id DESC'
    _rec_name = 'answers_index'

    move_id = fields.Many2one('account.move', string="Bill", readonly=True, ondelete='set null',
                              index='btree_not_null')
    message_id = fields.Many2one('l10n_ro_efactura.message', string="ANAF package", required=True, readonly=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    partner_id = fields.Many2one('res.partner', string="Seller", readonly=True, ondelete='set null')
    answers_index = fields.Char(string="About upload index", required=True, readonly=True)
    text = fields.Text(string="Message", required=True, readonly=True)
    xml = fields.Binary(attachment=False, readonly=True, copy=False, help="The exact bytes sent")
    sha256 = fields.Char(string="SHA-256", required=True, readonly=True)
    cif = fields.Char(string="CIF", required=True, readonly=True, help="Upload parameter: digits of our own CIF")
    state = fields.Selection(STATES, required=True, readonly=True, default='queued')
    problem = fields.Char(string="What ANAF said", readonly=True)
    attempt = fields.Integer(readonly=True, default=0)
    lease_until = fields.Datetime(readonly=True)
    next_attempt_at = fields.Datetime(readonly=True)
    status_count = fields.Integer(readonly=True, default=0)
    sent_at = fields.Datetime(string="Sent on", readonly=True)
    upload_index = fields.Char(readonly=True, index='btree_not_null')
    download_id = fields.Char(string="Download index", readonly=True)

    # the database itself keeps the same words about the same invoice from going out twice
    _once_uniq = models.UniqueIndex(
        "(company_id, environment, answers_index, sha256) WHERE state NOT IN ('nok', 'refused')")
    _work_idx = models.Index("(state, environment, company_id) WHERE state IN ('queued', 'sending', 'processing')")

    @api.private
    def _xml_bytes(self):
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False, bin_size_xml=False).xml or b'')

    # -- into the queue -------------------------------------------------------------------------------------

    @api.model
    @api.private
    def _enqueue(self, message, text):
        """Queue `text` to the seller of the received package `message`, and wake the worker. No HTTP, no commit.

        :raise UserError: why it cannot be sent
        """
        message.ensure_one()
        company = message.company_id
        cif = company._l10n_ro_efactura_cif()
        if message.kind != 'received' or not message.upload_index:
            raise UserError(self.env._("Only an invoice that was received through SPV can be answered."))
        if not company._l10n_ro_efactura_credential() or not cif:
            raise UserError(self.env._("%s is not connected to ANAF, or has no CIF.", company.name))
        try:
            xml = build_buyer_message(message.upload_index, text)
        except ValueError:
            raise UserError(self.env._("Write a message of at most 1000 characters.")) from None
        key = {'company_id': company.id, 'environment': message.environment, 'answers_index': message.upload_index,
               'sha256': hashlib.sha256(xml).hexdigest()}
        again = self.env._("These very words were already sent about this invoice.")
        if self.sudo().search_count([*((name, '=', value) for name, value in key.items()),
                                     ('state', 'not in', ('nok', 'refused'))], limit=1):
            raise UserError(again)
        try:
            with self.env.cr.savepoint():
                rasp = self.sudo().create({
                    **key, 'move_id': message.move_id.id, 'message_id': message.id,
                    'partner_id': (message.partner_id or message.move_id.commercial_partner_id).id,
                    'text': clean_text(text), 'cif': cif,
                    'xml': base64.b64encode(xml),
                })
                rasp.flush_recordset()
        except UniqueViolation:  # at the same moment
            raise UserError(again) from None
        self._wake()
        return rasp

    @api.model
    def _wake(self, at=None):
        self.env.ref(RASP_CRON).sudo()._trigger(at)

    # -- the one writer of states ---------------------------------------------------------------------------

    def _move(self, sources, target, attempt=None, **values):
        """Move the records still in one of `sources` (and at this `attempt`) to `target`; returns those that moved."""
        if not self:
            return self
        self.flush_recordset()
        self.env.cr.execute(SQL(
            "UPDATE l10n_ro_efactura_rasp SET %s WHERE id IN %s AND state IN %s %s RETURNING id",
            SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value)
                           for name, value in {**values, 'state': target}.items()),
            tuple(self.ids), tuple(sources), SQL("AND attempt = %s", attempt) if attempt is not None else SQL()),
            log_exceptions=False)
        moved = self.browse(row[0] for row in self.env.cr.fetchall())
        self.invalidate_recordset(flush=False)
        return moved

    # -- the worker -----------------------------------------------------------------------------------------

    @api.model
    @api.private
    def _cron_rasp(self):
        """Send what is queued, ask about what ANAF processes. Safe to run on many workers at once."""
        self = self.sudo()
        self._expire_leases()
        self.env.cr.execute(SQL(
            "SELECT DISTINCT company_id, environment FROM l10n_ro_efactura_rasp WHERE state IN ('queued', 'processing')"
            " AND (next_attempt_at IS NULL OR next_attempt_at <= %s)", UTC_NOW))
        for lane in lanes(self.env, self.env.cr.fetchall()):
            try:
                self._work(lane)
            except (AnafError, UserError) as error:
                _logger.info("Messages to sellers of company %s: %s", lane.company.id, error)
            except Exception:
                _logger.exception("Messages to sellers of company %s (%s)", lane.company.id, lane.environment)
                self._abandon()
        self._come_back()
        self._checkpoint(remaining=0)

    @api.model
    def _work(self, lane):
        held = lane.hold()
        if held:
            self._in_fresh_transaction(lambda: self._due(lane, 'queued')._move(['queued'], 'queued', problem=held[1]))
            return
        while lane.stays_open() and (row := self._claim(lane)):
            rasp = self.browse(row['id'])
            outcome = self._upload(lane, row)
            self._in_fresh_transaction(lambda: rasp._keep_answer(row['attempt'], outcome))  # noqa: B023
        for rasp in self._due(lane, 'processing'):
            if not lane.stays_open():
                break
            try:
                rasp._ask_status(lane)
            except Exception:
                _logger.exception("The status of message %s to a seller", rasp.id)
                self._abandon()

    @api.model
    def _due(self, lane, state):
        return self.search([
            ('company_id', '=', lane.company.id), ('environment', '=', lane.environment), ('state', '=', state),
            '|', ('next_attempt_at', '=', False), ('next_attempt_at', '<=', fields.Datetime.now())], order='id')

    @api.model
    def _claim(self, lane):
        """Mark one row as being sent, committed before the first byte leaves."""
        def work():
            self.env.cr.execute(SQL(
                """WITH picked AS MATERIALIZED (
                        SELECT id FROM l10n_ro_efactura_rasp
                         WHERE state = 'queued' AND company_id = %(company)s AND environment = %(env)s
                           AND (next_attempt_at IS NULL OR next_attempt_at <= %(now)s) AND %(fresh)s
                         ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
                   UPDATE l10n_ro_efactura_rasp r
                      SET state = 'sending', attempt = attempt + 1, problem = NULL, sent_at = %(now)s,
                          lease_until = %(now)s + %(lease)s * interval '1 second'
                     FROM picked WHERE r.id = picked.id RETURNING r.id, attempt, cif""",
                company=lane.company.id, env=lane.environment, now=UTC_NOW, lease=lane.lease,
                fresh=self._is_fresh(lane)), log_exceptions=False)
            rows = self.env.cr.dictfetchall()
            self.invalidate_model(flush=False)
            return rows[0] if rows else None
        claimed_at = time.monotonic()
        row = self._in_fresh_transaction(work)
        return row and {**row, 'start_before': claimed_at + lane.lease - lane.deadline}

    @api.model
    def _is_fresh(self, lane):
        """Condition on rows that may go. What waited long (a restored copy, a long outage) goes only after SPV was
        read since, and every buyer's message in it: the original may have sent it."""
        return SQL(
            """(create_date > %(now)s - %(hours)s * interval '1 hour' OR (
                EXISTS (SELECT 1 FROM l10n_ro_efactura_mailbox WHERE company_id = %(company)s AND environment = %(env)s
                           AND listed_until > %(now)s - %(hours)s * interval '1 hour')
                AND NOT EXISTS (SELECT 1 FROM l10n_ro_efactura_message WHERE company_id = %(company)s
                           AND environment = %(env)s AND kind = 'buyer_message' AND archive_state = 'listed')))""",
            now=UTC_NOW, hours=STALE_HOURS, company=lane.company.id, env=lane.environment)

    @api.model
    def _upload(self, lane, row):
        """One upload -> Receipt, or the AnafError that came instead."""
        xml = self.browse(row['id'])._xml_bytes()
        if time.monotonic() > row['start_before']:  # stopped for long: its claim may be over before the answer
            return NotSent('lease_over', self.env._("waited too long for its turn"))
        try:
            return lane.call(lambda client: client.upload(xml, standard='RASP', cif=row['cif']))
        except AnafError as error:
            return error
        except UserError as error:  # no working connection: the call was never made
            return NotSent('not_connected', str(error))

    def _keep_answer(self, attempt, outcome):
        """The transition that an upload's `outcome` means (anaf-api.md 9b)."""
        if isinstance(outcome, Receipt):
            return self._move(['sending', 'uncertain'], 'processing', attempt, upload_index=outcome.upload_index,
                              lease_until=None, problem=None, next_attempt_at=None, status_count=0)
        problem = '; '.join(outcome.texts) or outcome.text or outcome.code
        if isinstance(outcome, (NoRight, Refused)):
            return self._move(['sending'], 'refused', attempt, problem=problem, lease_until=None)
        if isinstance(outcome, (NotSent, Technical, Throttled, Unauthorized, Forbidden, QuotaExceeded)):
            at = next_day() if isinstance(outcome, QuotaExceeded) else retry_at(attempt)
            return self._move(['sending'], 'queued', attempt, problem=problem, lease_until=None, next_attempt_at=at)
        return self._move(['sending'], 'uncertain', attempt, problem=problem, lease_until=None)

    @api.model
    def _expire_leases(self):
        """A worker that died between claim and answer: whether ANAF has the message is unknown."""
        def work():
            self.env.cr.execute(SQL(
                "UPDATE l10n_ro_efactura_rasp SET state = 'uncertain', lease_until = NULL, problem = %s WHERE id IN ("
                " SELECT id FROM l10n_ro_efactura_rasp WHERE state = 'sending' AND lease_until < %s"
                " FOR UPDATE SKIP LOCKED)",
                self.env._("The worker was interrupted before ANAF's answer was kept."), UTC_NOW))
            self.invalidate_model(flush=False)
        self._in_fresh_transaction(work)

    def _ask_status(self, lane):
        """stareMesaj of one message, less and less often, at most some times a day."""
        count = self.status_count + 1
        wait = STATUS_WAITS[min(count, len(STATUS_WAITS)) - 1]
        self._in_fresh_transaction(lambda: self._move(
            ['processing'], 'processing', status_count=count,
            next_attempt_at=fields.Datetime.now() + timedelta(seconds=wait)))
        index = self.upload_index
        try:
            status = lane.call(lambda client: client.status(index))
        except AnafError as error:
            text = error.text or error.code
            self._in_fresh_transaction(lambda: self._move(['processing'], 'processing', problem=text))
            return
        if status.state != 'processing':
            self._in_fresh_transaction(lambda: self._finish(status))

    def _finish(self, status):
        problem = None if status.state == 'ok' else self.env._(
            "ANAF did not deliver it: its reasons are in the errors package %s.", status.download_id or '')
        for rasp in self._move(['processing'], status.state, download_id=status.download_id, problem=problem,
                               next_attempt_at=None):
            rasp._say_on_bill()

    def _say_on_bill(self):
        if not self.move_id:  # deleted since
            return
        user = self.create_uid
        env = self.with_context(lang=user.lang or self.env.lang).env
        if self.state == 'ok':
            body = env._("Message delivered to the seller through SPV: %s", self.text)
        else:
            body = env._("ANAF refused the message to the seller: %s", self.text)
        self.move_id._message_log(body=body, author_id=user.partner_id.id)

    @api.model
    @api.private
    def _recognise(self, message):
        """A buyer's message of ours came through SPV: the one whose answer was lost, or that is still followed."""
        if not message.is_our_message or not message.answers_index:
            return
        open_states = ('queued', 'sending', 'processing', 'uncertain')
        scope = [('company_id', '=', message.company_id.id), ('environment', '=', message.environment),
                 ('state', 'in', open_states)]
        mine = self.sudo().search([*scope, ('upload_index', '=', message.upload_index)], limit=1) or self.sudo().search(
            [*scope, ('upload_index', '=', False), ('answers_index', '=', message.answers_index)]).filtered(
                lambda rasp: rasp.text == (message.buyer_message or '').strip())[:1]
        for rasp in mine._move(open_states, 'ok', upload_index=message.upload_index,
                               download_id=message.anaf_id, problem=None, lease_until=None, next_attempt_at=None):
            rasp._say_on_bill()

    @api.model
    def _come_back(self):
        """Wake this worker when the first of those that wait is due; what something else holds waits for its round."""
        self.env.cr.execute(SQL(
            "SELECT MIN(COALESCE(next_attempt_at, lease_until)) FROM l10n_ro_efactura_rasp"
            " WHERE state IN ('queued', 'processing', 'sending') AND COALESCE(next_attempt_at, lease_until) > %s",
            UTC_NOW))
        soon = self.env.cr.fetchone()[0]
        if soon:
            self._wake(max(soon, fields.Datetime.now() + timedelta(seconds=2)))

    # -- what a user may do ---------------------------------------------------------------------------------

    def action_send_again(self):
        """A person's decision after a lost answer: the seller may get it twice (the button asks)."""
        rasps = check_bill(self, 'read').sudo()
        if any(rasp.state != 'uncertain' for rasp in rasps):
            raise UserError(self.env._("Only a message whose answer was lost is sent again."))
        rasps._move(['uncertain'], 'queued', next_attempt_at=None, problem=None)
        self._wake()

    def action_take_back(self):
        """Take back what still waits and was never attempted."""
        rasps = check_bill(self, 'read').sudo()
        gone = rasps._move(['queued'], 'refused', attempt=0, problem=self.env._("Taken back before it was sent."))
        if gone != rasps:
            raise UserError(self.env._("Only what still waits and was never attempted can be taken back."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history of what was sent to ANAF is never deleted."))
