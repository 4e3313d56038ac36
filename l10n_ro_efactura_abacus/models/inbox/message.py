"""One SPV message and its archived package."""

import logging
from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...anaf import BUCHAREST, AnafError, NoRight, today
from ..calls.lane import lanes
from ..calls.worker import ARCHIVE_CRONS, UTC_NOW
from ..common.anaf_words import anaf_error_words
from ..common.core import bytes_of
from ..common.environment import ENVIRONMENTS
from ..common.rights import check_bill, check_read_spv

_logger = logging.getLogger(__name__)
# Days that ANAF keeps a message, from the day it is listed.
KEPT_DAYS = 60


class EfacturaMessage(models.Model):
    """A message of ANAF's lists, and its ZIP as ANAF gave it. It is never deleted, even where its invoice is.

    ::

        listed --download--> archived
           \\--ANAF says it is gone--> gone
    """

    _name = "l10n_ro_efactura.message"
    _description = "e-Factura SPV message"
    _inherit = ["l10n_ro_efactura.worker"]
    _order = "listed_at DESC, id DESC"
    _rec_name = "anaf_id"
    _rec_names_search = ["number", "partner_name", "upload_index", "anaf_id"]

    anaf_id = fields.Char(string="Download index", required=True, readonly=True)
    upload_index = fields.Char(readonly=True, index="btree_not_null")
    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    kind = fields.Selection(
        [
            ("sent", "Sent"),
            ("received", "Received"),
            ("error", "Errors"),
            ("buyer_message", "Buyer message"),
            ("other", "Other"),
        ],
        required=True,
        readonly=True,
    )
    type_text = fields.Char(string="Type", compute="_compute_type_text", help="What nobody described, in ANAF's words")
    tip = fields.Char(string="ANAF type", readonly=True)
    details = fields.Char(readonly=True)
    listed_at = fields.Datetime(string="SPV date", readonly=True, index=True)
    expires_on = fields.Date(string="Deleted by ANAF on", readonly=True)
    days_left = fields.Integer(
        compute="_compute_days_left", search="_search_days_left", help="Days until ANAF deletes it"
    )
    # read from the document
    cif = fields.Char(string="CIF", compute="_compute_cif", search="_search_cif", help="Of the other party")
    partner_name = fields.Char(string="Partner name", readonly=True, help="Of the other party, as the document says it")
    seller_cif = fields.Char(string="Seller CIF", readonly=True)
    buyer_cif = fields.Char(string="Buyer CIF", readonly=True)
    partner_id = fields.Many2one("res.partner", readonly=True)
    number = fields.Char(readonly=True)
    issue_date = fields.Date(readonly=True)
    due_date = fields.Date(readonly=True)
    document_type = fields.Char(readonly=True, help="BT-3: 380 invoice, 381 credit note, 389 self-billed")
    amount_untaxed = fields.Monetary(readonly=True, help="BT-109")
    amount_tax = fields.Monetary(string="VAT", readonly=True, help="BT-110")
    amount_total = fields.Monetary(readonly=True, help="BT-112")
    correction_text = fields.Char(
        string="Corrects", compute="_compute_correction_text", help="How it corrects an invoice, where it does"
    )
    preceding = fields.Json(readonly=True, help="BT-25: numbers of the invoices that this one corrects")
    currency_id = fields.Many2one("res.currency", readonly=True)
    error_texts = fields.Json(readonly=True)
    buyer_message = fields.Text(readonly=True)
    answers_index = fields.Char(
        readonly=True, index="btree_not_null", help="Upload index of the invoice that the buyer's message answers"
    )
    # the evidence
    package = fields.Binary(
        string="ANAF package",
        attachment=False,
        readonly=True,
        copy=False,
        help="The ZIP as it came, with the Ministry's seal",
    )
    sha256 = fields.Char(string="SHA-256", readonly=True)
    document_sha256 = fields.Char(readonly=True, index="btree_not_null")
    archive_state = fields.Selection(
        [("listed", "Listed"), ("archived", "Archived"), ("gone", "Gone")],
        required=True,
        readonly=True,
        default="listed",
    )
    seal_state = fields.Selection(
        [("valid", "Valid"), ("invalid", "Invalid"), ("unverified", "Unverified")],
        required=True,
        readonly=True,
        default="unverified",
        string="Seal",
    )
    seal_reason = fields.Char(readonly=True)
    archived_at = fields.Datetime(readonly=True)
    last_error = fields.Char(readonly=True)
    last_error_code = fields.Char(readonly=True, help="Of a fact of ours, which is shown in the reader's language")
    next_attempt_at = fields.Datetime()
    quota_day = fields.Date(readonly=True)
    quota_count = fields.Integer(readonly=True)
    # what it belongs to
    submission_id = fields.Many2one("l10n_ro_efactura.submission", readonly=True, index="btree_not_null")
    move_id = fields.Many2one(
        "account.move", string="Odoo document", readonly=True, ondelete="set null", index="btree_not_null"
    )
    pairing_reason = fields.Char(readonly=True)

    _anaf_uniq = models.UniqueIndex("(environment, anaf_id, company_id)")
    _listed_idx = models.Index("(environment, company_id) WHERE archive_state = 'listed'")

    def _package_bytes(self):
        """Return the ZIP exactly as ANAF gave it, or b''."""
        self.ensure_one()
        return bytes_of(self, "package")

    @api.depends("kind", "tip")
    @api.depends_context("lang")
    def _compute_type_text(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for message in self:
            message.type_text = message.kind == "other" and message.tip or labels.get(message.kind)

    @api.depends("document_type", "amount_total")
    @api.depends_context("lang")
    def _compute_correction_text(self):
        for message in self:
            message.correction_text = False
            if message.document_type == "381" or message.amount_total < 0:
                message.correction_text = self.env._("Storno")
            elif message.document_type == "384":
                message.correction_text = self.env._("Correction")

    @api.depends("partner_name", "number", "anaf_id")
    def _compute_display_name(self):
        for message in self:
            names = filter(None, (message.partner_name, message.number))
            message.display_name = " ".join(names) if message.number else message.anaf_id

    @api.depends("kind", "seller_cif", "buyer_cif")
    def _compute_cif(self):
        for message in self:
            message.cif = message.buyer_cif if message.kind == "sent" else message.seller_cif

    @api.model
    def _search_cif(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return Domain("kind", "=", "sent") & Domain("buyer_cif", operator, value) | Domain(
            "kind", "!=", "sent"
        ) & Domain("seller_cif", operator, value)

    @api.depends("expires_on")
    def _compute_days_left(self):
        for message in self:
            message.days_left = (message.expires_on - today()).days if message.expires_on else 0

    @api.model
    def _search_days_left(self, operator, value):
        if operator == "in":
            return Domain("expires_on", "in", [today() + timedelta(days=days) for days in value])
        if operator in ("<", "<=", ">", ">="):
            return Domain("expires_on", operator, today() + timedelta(days=value))
        return NotImplemented

    @api.model
    @api.private
    def _insert(self, columns, source):
        """Insert messages that are not there yet; the only place that creates rows of this table.

        Where two workers find the same message, the first one inserts it and the second changes nothing.

        :param columns: names of the columns that `source` gives, including ``listed_at`` (naive UTC)
        :param SQL source: VALUES or SELECT
        :return: ids of the new messages
        """
        named = SQL(", ").join(map(SQL.identifier, columns))
        self.env.cr.execute(
            SQL(
                """INSERT INTO l10n_ro_efactura_message (
                      create_uid, create_date, write_uid, write_date, seal_state, quota_count, expires_on, %(more)s)
               SELECT %(uid)s, %(now)s, %(uid)s, %(now)s, 'unverified', 0,
                      (listed_at + %(days)s * interval '1 day')::date, %(values)s
                 FROM (%(source)s) AS found (%(named)s)
          ON CONFLICT (environment, anaf_id, company_id) DO NOTHING RETURNING id""",
                more=named if "archive_state" in columns else SQL("%s, archive_state", named),
                values=named if "archive_state" in columns else SQL("%s, 'listed'", named),
                named=named,
                source=source,
                uid=self.env.uid,
                now=UTC_NOW,
                days=KEPT_DAYS,
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]

    # -- the hourly round -----------------------------------------------------------------------------------

    @api.model
    @api.private
    def _cron_refresh_spv(self):
        """Read the lists of every mailbox, then wake the workers that download the packages."""
        self = self.sudo()
        mailboxes = self.env["l10n_ro_efactura.mailbox"]
        for lane in lanes(self.env, mailboxes._pairs()):
            box = mailboxes._for_lane(lane)
            if not lane.is_open() or not box._claim_reading():
                continue
            try:
                box._sweep(lane)
                self._listed(lane)
            except NoRight as error:
                self._listing_refused(lane, error)
            except (AnafError, UserError) as error:
                _logger.info("SPV of company %s (%s): %s", lane.company.id, lane.environment, error)
            except Exception:
                _logger.exception("SPV of company %s (%s)", lane.company.id, lane.environment)
                self._abandon()
        self._end_of_round()
        try:
            self._in_fresh_transaction(self._ask_again)
            self._in_fresh_transaction(self._alert_before_loss)
        except Exception:
            _logger.exception("Those responsible could not be told of packages in danger")
            self._abandon()
        self._wake(ARCHIVE_CRONS)
        self._checkpoint(remaining=0)

    @api.model
    def refresh_spv(self, company, date_from, date_to):
        """Read ANAF's lists for documents dated in a period.

        The lists are read up to now, because an invoice dated on the last day may be uploaded days later.

        :param date_from: first day; ANAF's lists go back 60 days at most
        :return: the messages seen for the first time
        :raise AccessError: the user may not invoice, or has not chosen the company
        :raise UserError: wrong period, no connection, or ANAF's error
        """
        check_bill(self)
        if date_from > date_to:
            raise UserError(self.env._("The period ends before it begins."))
        if company not in self.env.companies:
            raise AccessError(self.env._("Choose the company first."))
        found = lanes(self.sudo().env, [(company.id, "prod")])
        if not found:
            raise UserError(self.env._("%s is not connected to ANAF, or has no CIF.", company.name))
        if not found[0].is_open():
            raise UserError(self.env._("ANAF's services do not answer at the moment. Try again in some minutes."))
        box = self.env["l10n_ro_efactura.mailbox"].sudo()._for_lane(found[0])
        try:
            new = box._ask(found[0], datetime.combine(date_from, time.min) - timedelta(hours=3))
        except AnafError as error:
            raise UserError(self.env._("ANAF: %s", anaf_error_words(self.env, error))) from None
        messages = self.sudo()
        messages._listed(found[0])
        messages._end_of_round()
        messages._wake(ARCHIVE_CRONS)
        return self.browse(new)

    @api.model
    @api.private
    def _period_domain(self, company, date_from, date_to, kind=None, environment="prod", until_now=False):
        """Return the domain of a period's messages, by the document's date or, where it has none, the day in SPV.

        :param until_now: True includes undated messages listed after the period: invoices are uploaded days later
        """
        listed = Domain("issue_date", "=", False) & Domain("listed_at", ">=", _midnight(date_from))
        if not until_now:
            listed &= Domain("listed_at", "<", _midnight(date_to + timedelta(days=1)))
        dated = Domain("issue_date", ">=", date_from) & Domain("issue_date", "<=", date_to)
        domain = (dated | listed) & Domain("company_id", "=", company.id) & Domain("environment", "=", environment)
        return domain & Domain("kind", "=", kind) if kind else domain

    # -- hooks, which later rooms extend --------------------------------------------------------------------

    @api.model
    @api.private
    def _listed(self, lane):
        """React to newly read lists of `lane`."""

    @api.model
    @api.private
    def _listing_refused(self, lane, error):
        """React to ANAF's "no right in SPV" (`error`: NoRight) for the lists of `lane`."""
        lane.pause(error)

    @api.private
    def _kept(self, package):
        """React to a readable package that was archived on this message.

        :param package: `anaf.Package`
        """

    @api.model
    @api.private
    def _end_of_round(self):
        """React to the end of a round of lists or downloads, and to every 100 downloads within one."""

    @api.private
    def _detach(self):
        """Remove the links to submission and invoice, where an index typed by hand was another document's."""
        self.write({"submission_id": False, "move_id": False})

    # -- what a user may do ---------------------------------------------------------------------------------

    def action_download_package(self):
        """Download the archived package.

        :raise UserError: it is not archived yet
        """
        self.ensure_one()
        check_read_spv(self, "read")
        if self.archive_state != "archived":
            raise UserError(self.env._("ANAF's package is not here yet."))
        return {"type": "ir.actions.act_url", "url": f"/l10n_ro_efactura/package/{self.id}", "target": "download"}

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What ANAF sealed is never deleted."))


def _midnight(day):
    """Return the first moment of a day in Romania, as naive UTC."""
    return datetime.combine(day, time.min, BUCHAREST).astimezone(timezone.utc).replace(tzinfo=None)
