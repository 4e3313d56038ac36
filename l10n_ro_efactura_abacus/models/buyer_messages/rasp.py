"""Our messages to sellers (RASP): queued on a bill, uploaded once, followed to ANAF's answer."""

import hashlib
import logging
from datetime import timedelta
from operator import methodcaller

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from psycopg2.errors import UniqueViolation

from ...anaf import AnafError, build_buyer_message
from ...anaf.rasp import clean_text
from ..calls.lane import lanes
from ..calls.outgoing import error_rows, text_rows
from ..calls.worker import RASP_CRONS, STALE_HOURS, UTC_NOW, Pool
from ..common.core import binary
from ..common.knobs import knob
from ..common.rights import check_bill
from ..sending.submission_status import STATUS_WAITS

_logger = logging.getLogger(__name__)
# States of a message: (value, label).
STATES = [
    ("queued", "Waits to be sent"),
    ("uploading", "Sending"),
    ("processing", "In processing"),
    ("uncertain", "Answer lost"),
    ("ok", "Delivered"),
    ("nok", "Refused by ANAF"),
    ("refused", "Not registered"),
]


class EfacturaRasp(models.Model):
    """A message of ours to the seller of an invoice. It is kept when its bill is deleted.

    Only `_transition` writes `state`::

        queued --claim, commit--> uploading --index--> processing --> ok | nok
           ^                         |--refused by ANAF--> refused
           |<--body not read, quota--|
           |                         |--any other end, or the lease is over--> uncertain
           |<------------- a user's decision: send it again --------------------|--found in SPV--> ok
    """

    _name = "l10n_ro_efactura.rasp"
    _description = "e-Factura message to a seller"
    _inherit = ["l10n_ro_efactura.outgoing"]
    _order = "id DESC"
    _rec_name = "answers_index"

    move_id = fields.Many2one("account.move", string="Bill", readonly=True, ondelete="set null", index="btree_not_null")
    message_id = fields.Many2one("l10n_ro_efactura.message", string="ANAF package", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", string="Seller", readonly=True, ondelete="set null")
    answers_index = fields.Char(string="About upload index", required=True, readonly=True)
    text = fields.Text(string="Message", required=True, readonly=True)
    sha256 = fields.Char(required=True)
    cif = fields.Char(required=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="queued")
    problem = fields.Char(string="What ANAF said", compute="_compute_problem")
    status_count = fields.Integer(readonly=True, default=0)
    attempted_at = fields.Datetime(string="Sent on")
    download_id = fields.Char(string="Download index")

    # the database refuses the same text about the same invoice twice
    _once_uniq = models.UniqueIndex(
        "(company_id, environment, answers_index, sha256) WHERE state NOT IN ('nok', 'refused')"
    )
    _work_idx = models.Index("(state, environment, company_id) WHERE state IN ('queued', 'uploading', 'processing')")

    @api.depends("errors")
    def _compute_problem(self):
        for rasp in self:
            rasp.problem = "; ".join(row["text"] for row in rasp.errors or []) or False

    # -- into the queue -------------------------------------------------------------------------------------

    @api.model
    @api.private
    def _enqueue(self, message, text):
        """Queue `text` to the seller of the received package `message` and wake the worker. No HTTP, no commit.

        :raise UserError: it cannot be sent; the text says why
        """
        message.ensure_one()
        company = message.company_id
        cif = company._l10n_ro_efactura_cif()
        if message.kind != "received" or not message.upload_index:
            raise UserError(self.env._("Only an invoice that was received through SPV can be answered."))
        if not company._l10n_ro_efactura_credential() or not cif:
            raise UserError(self.env._("%s is not connected to ANAF, or has no CIF.", company.name))
        try:
            xml = build_buyer_message(message.upload_index, text)
        except ValueError:
            raise UserError(self.env._("Write a message of at most 1000 characters.")) from None
        key = {
            "company_id": company.id,
            "environment": message.environment,
            "answers_index": message.upload_index,
            "sha256": hashlib.sha256(xml).hexdigest(),
        }
        again = self.env._("These very words were already sent about this invoice.")
        if self.sudo().search_count(
            [*((name, "=", value) for name, value in key.items()), ("state", "not in", ("nok", "refused"))], limit=1
        ):
            raise UserError(again)
        try:
            with self.env.cr.savepoint():
                rasp = self.sudo().create(
                    {
                        **key,
                        "move_id": message.move_id.id,
                        "message_id": message.id,
                        "partner_id": (message.partner_id or message.move_id.commercial_partner_id).id,
                        "text": clean_text(text),
                        "cif": cif,
                        "xml": binary(xml),
                    }
                )
                rasp.flush_recordset()
        except UniqueViolation:  # queued by another transaction at the same time
            raise UserError(again) from None
        self._wake(RASP_CRONS)
        return rasp

    # -- the worker -----------------------------------------------------------------------------------------

    @api.model
    @api.private
    def _cron_rasp(self):
        """Send queued messages, and ask about those that ANAF processes. Safe on many workers at once."""
        self = self.sudo()
        self._expire_leases()
        self.env.cr.execute(
            SQL(
                "SELECT DISTINCT company_id, environment FROM l10n_ro_efactura_rasp WHERE state IN "
                "('queued', 'processing')"
                " AND (next_attempt_at IS NULL OR next_attempt_at <= %s)",
                UTC_NOW,
            )
        )
        for lane in lanes(self.env, self.env.cr.fetchall()):
            try:
                self._work(lane)
            except (AnafError, UserError) as error:
                _logger.info("Messages to sellers of company %s: %s", lane.company.id, error)
            except Exception:
                _logger.exception("Messages to sellers of company %s (%s)", lane.company.id, lane.environment)
                self._abandon()
        self._schedule_next_run()
        self._checkpoint(remaining=0)

    @api.model
    def _work(self, lane):
        held = lane.hold()
        if held:
            self._note_wait(lane, *held, states=("queued",))
            return
        with Pool(knob("pool", 16)) as pool:
            while (lane.stays_open() and not lane.paused and self._dispatch(lane, pool)) or pool.running:
                self._record_finished(pool, block=True)
        for rasp in self._in_processing(lane):
            if not lane.stays_open():
                break
            try:
                rasp._ask_status(lane)
            except Exception:
                _logger.exception("The status of message %s to a seller", rasp.id)
                self._abandon()

    @api.model
    def _in_processing(self, lane):
        """Return the messages in processing of `lane` that are due to be asked about."""
        return self.search(
            [
                ("company_id", "=", lane.company.id),
                ("environment", "=", lane.environment),
                ("state", "=", "processing"),
                "|",
                ("next_attempt_at", "=", False),
                ("next_attempt_at", "<=", fields.Datetime.now()),
            ],
            order="id",
        )

    @api.model
    def _fresh(self, lane):
        # EXTENDS: what waited long (a restored copy, a long outage) goes only after SPV was read since, and every
        # buyer's message in it: the original may have sent it
        return SQL(
            """(create_date > %(now)s - %(hours)s * interval '1 hour' OR (
                EXISTS (SELECT 1 FROM l10n_ro_efactura_mailbox WHERE company_id = %(company)s AND environment = %(env)s
                           AND listed_until > %(now)s - %(hours)s * interval '1 hour')
                AND NOT EXISTS (SELECT 1 FROM l10n_ro_efactura_message WHERE company_id = %(company)s
                           AND environment = %(env)s AND kind = 'buyer_message' AND archive_state = 'listed')))""",
            now=UTC_NOW,
            hours=STALE_HOURS,
            company=lane.company.id,
            env=lane.environment,
        )

    @api.model
    def _call_of(self, row):
        # EXTENDS
        return methodcaller("upload", row["xml"], standard="RASP", cif=row["cif"])

    def _first_status_values(self):
        # EXTENDS
        return {**super()._first_status_values(), "status_count": 0}

    def _ask_status(self, lane):
        """Call stareMesaj for one message, at growing intervals and a limited number of times a day."""
        count = self.status_count + 1
        wait = STATUS_WAITS[min(count, len(STATUS_WAITS)) - 1]
        self._in_fresh_transaction(
            lambda: self._transition(
                ["processing"],
                "processing",
                status_count=count,
                next_attempt_at=fields.Datetime.now() + timedelta(seconds=wait),
            )
        )
        index = self.upload_index
        try:
            status = lane.call(lambda client: client.status(index), record=self)
        except AnafError as error:
            rows = error_rows(error)
            self._in_fresh_transaction(lambda: self._transition(["processing"], "processing", errors=rows))
            return
        if status.state != "processing":
            self._in_fresh_transaction(lambda: self._finish(status))

    def _finish(self, status):
        errors = (
            None
            if status.state == "ok"
            else text_rows(
                "nok",
                [
                    self.env._(
                        "ANAF did not deliver it: its reasons are in the errors package %s.", status.download_id or ""
                    )
                ],
            )
        )
        for rasp in self._transition(
            ["processing"], status.state, download_id=status.download_id, errors=errors, next_attempt_at=None
        ):
            rasp._log_result_on_bill()

    def _log_result_on_bill(self):
        """Log on the bill, in the writer's language, what became of this message."""
        if not self.move_id:  # deleted since
            return
        user = self.create_uid
        env = self.with_context(lang=user.lang or self.env.lang).env
        if self.state == "ok":
            body = env._("Message delivered to the seller through SPV: %s", self.text)
        else:
            body = env._("ANAF refused the message to the seller: %s", self.text)
        self.move_id._message_log(body=body, author_id=user.partner_id.id)

    @api.model
    @api.private
    def _recognise(self, message):
        """Recognise our message in a package from SPV: one with a lost answer, or one still followed."""
        if not message.is_our_message or not message.answers_index:
            return
        open_states = ("queued", "uploading", "processing", "uncertain")
        scope = [
            ("company_id", "=", message.company_id.id),
            ("environment", "=", message.environment),
            ("state", "in", open_states),
        ]
        mine = (
            self.sudo().search([*scope, ("upload_index", "=", message.upload_index)], limit=1)
            or self.sudo()
            .search([*scope, ("upload_index", "=", False), ("answers_index", "=", message.answers_index)])
            .filtered(lambda rasp: rasp.text == (message.buyer_message or "").strip())[:1]
        )
        for rasp in mine._transition(
            open_states,
            "ok",
            upload_index=message.upload_index,
            download_id=message.anaf_id,
            errors=None,
            lease_until=None,
            next_attempt_at=None,
        ):
            rasp._log_result_on_bill()

    @api.model
    def _schedule_next_run(self):
        """Wake this worker when the first waiting message is due; messages of a held lane wait for its next round."""
        self.env.cr.execute(
            SQL(
                "SELECT MIN(COALESCE(next_attempt_at, lease_until)) FROM l10n_ro_efactura_rasp"
                " WHERE state IN ('queued', 'processing', 'uploading') AND COALESCE(next_attempt_at, lease_until) > %s",
                UTC_NOW,
            )
        )
        soon = self.env.cr.fetchone()[0]
        if soon:
            self._wake(RASP_CRONS, max(soon, fields.Datetime.now() + timedelta(seconds=2)))

    # -- what a user may do ---------------------------------------------------------------------------------

    def action_send_again(self):
        """Queue the message again after a lost answer; the seller may get it twice (the button asks)."""
        rasps = check_bill(self, "read").sudo()
        if any(rasp.state != "uncertain" for rasp in rasps):
            raise UserError(self.env._("Only a message whose answer was lost is sent again."))
        rasps._transition(["uncertain"], "queued", next_attempt_at=None, errors=None)
        self._wake(RASP_CRONS)

    def action_take_back(self):
        """Withdraw a message that is queued, and of which no upload can have arrived."""
        rasps = check_bill(self, "read").sudo()
        gone = rasps.filtered("can_withdraw")._transition(
            ["queued"],
            "refused",
            errors=text_rows("withdrawn", [self.env._("Taken back before it was sent.")]),
        )
        if gone != rasps:
            raise UserError(self.env._("Only what still waits and cannot have reached ANAF can be taken back."))
