"""The legal term of an invoice: who is told before it ends, and what was declared late, for ever."""

import logging
from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date
from odoo.tools.sql import column_exists, create_column

from ...anaf import add_working_days, day_of, today
from ..common.alerts import alert, open_activities, people_told
from ..common.rights import may_read_spv
from .account_move_obligation import NOT_REPORTED

_logger = logging.getLogger(__name__)
# Xml id of the activity's type.
TERM = "l10n_ro_efactura_abacus.activity_type_term"
# Invoices told, or looked at again, in one transaction.
BATCH = 100
# Columns created without computing anything on existing moves.
COLUMNS = {
    "l10n_ro_efactura_days_late": "int4",
    "l10n_ro_efactura_term_missed": "date",
    "l10n_ro_efactura_term_told": "date",
    "l10n_ro_efactura_poster_id": "int4",
}


class AccountMove(models.Model):
    """An invoice whose legal term is watched.

    `l10n_ro_efactura_days_late` and `l10n_ro_efactura_term_missed` are written with the Ok of an invoice that reached
    ANAF after its term, and never taken back: they do not follow later changes of dates, exemptions or settings.
    """

    _inherit = "account.move"

    l10n_ro_efactura_days_late = fields.Integer(
        "Declared Late (days)",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Calendar days from the last day of the legal term to the day when ANAF received the invoice. It stays.",
    )
    l10n_ro_efactura_term_missed = fields.Date(
        "Legal Term Missed",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The last day on which the invoice could have been sent in time.",
    )
    l10n_ro_efactura_term_told = fields.Date(
        readonly=True, copy=False, help="The legal term for whose end somebody was told; told once"
    )
    l10n_ro_efactura_poster_id = fields.Many2one(
        "res.users", "Confirmed By", readonly=True, copy=False, help="Who is told before the legal term ends"
    )
    l10n_ro_efactura_due_soon = fields.Boolean(
        "e-Factura Close to the Legal Term",
        compute="_compute_l10n_ro_efactura_due_soon",
        search="_search_l10n_ro_efactura_due_soon",
    )
    l10n_ro_efactura_outage_id = fields.Many2one(
        "l10n_ro_efactura.outage",
        "ANAF Outage on the Last Day",
        compute="_compute_l10n_ro_efactura_outage_id",
        search="_search_l10n_ro_efactura_outage_id",
        help="Of an invoice that is, or was declared, late: an outage of ANAF on the last day of its legal term.",
    )

    def _auto_init(self):
        # EXTENDS 'account'
        for name, sql_type in COLUMNS.items():
            if not column_exists(self.env.cr, "account_move", name):
                create_column(self.env.cr, "account_move", name, sql_type)
        return super()._auto_init()

    # -------------------------------------------------------------------------
    # CLOSE TO THE TERM
    # -------------------------------------------------------------------------

    @api.depends("state", "l10n_ro_efactura_state", "l10n_ro_efactura_deadline")
    def _compute_l10n_ro_efactura_due_soon(self):
        first, last = today(), add_working_days(today(), 1)
        for move in self:
            term = move.l10n_ro_efactura_deadline
            move.l10n_ro_efactura_due_soon = (
                move.state == "posted"
                and move.l10n_ro_efactura_state in NOT_REPORTED
                and bool(term)
                and first <= term <= last
            )

    def _search_l10n_ro_efactura_due_soon(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        after = add_working_days(today(), 1) + timedelta(days=1)
        return (
            Domain("l10n_ro_efactura_state", "in", NOT_REPORTED)
            & Domain("state", "=", "posted")
            & self._l10n_ro_efactura_deadline_before(after)
            & ~self._l10n_ro_efactura_deadline_before(today())
            & self._l10n_ro_efactura_obligation_domains()["due"]
        )

    def _l10n_ro_efactura_note_poster(self):
        """Remember who confirmed the documents; whoever is not a person, such as a cron, is not told of anything."""
        documents = self.filtered(lambda move: move._l10n_ro_efactura_is_document())
        if documents:
            # by SQL: a plain column, and core's write of many invoices costs
            self.env.cr.execute(
                "UPDATE account_move SET l10n_ro_efactura_poster_id = %s WHERE id IN %s",
                [self.env.uid, tuple(documents.ids)],
            )
            documents.invalidate_recordset(["l10n_ro_efactura_poster_id"], flush=False)

    @api.model
    def _l10n_ro_efactura_cron_terms(self):
        """Tell of the legal terms that end until the next working day, once each, and close what is settled."""
        worker = self.env["l10n_ro_efactura.worker"].sudo()
        companies = (
            self.env["res.company"]
            .sudo()
            .search([])
            .filtered(
                lambda company: (
                    company.account_fiscal_country_id.code == "RO" and company._l10n_ro_efactura_credential()
                )
            )
        )
        for company in companies:
            moves = self.sudo().with_company(company).with_context(allowed_company_ids=company.ids)
            found = moves.search([("l10n_ro_efactura_due_soon", "=", True), ("company_id", "=", company.id)])
            for start in range(0, len(found), BATCH):
                batch = found[start : start + BATCH]
                try:
                    worker._in_fresh_transaction(batch._l10n_ro_efactura_tell_terms)
                except Exception:
                    _logger.exception("The legal terms of %s invoices could not be told", len(batch))
        worker._in_fresh_transaction(self._l10n_ro_efactura_close_all_term_alerts)
        self._l10n_ro_efactura_note_late_again()
        worker._checkpoint()

    def _l10n_ro_efactura_tell_terms(self):
        """Schedule an activity on each invoice that wants something of a person and whose term was not told."""
        for move in self:
            term = move.l10n_ro_efactura_deadline
            if move.l10n_ro_efactura_term_told == term or move._l10n_ro_efactura_goes_by_itself():
                continue
            alert(
                move.with_context(mail_activity_quick_update=True),
                TERM,
                move._l10n_ro_efactura_term_people(),
                lambda env, move=move: move._l10n_ro_efactura_term_words(env),
                deadline=term,
                refresh=True,
            )
            move.with_context(skip_is_manually_modified=True).l10n_ro_efactura_term_told = term

    def _l10n_ro_efactura_goes_by_itself(self):
        """Return True for an invoice in the queue that nothing holds up."""
        return (
            self.l10n_ro_efactura_state in ("queued", "uploading")
            and not self._l10n_ro_efactura_last_submission("prod").errors
        )

    def _l10n_ro_efactura_term_people(self):
        """Return the users who are told, by the company's choice: who confirmed it, the responsible people, or both."""
        company = self.company_id
        poster = self.l10n_ro_efactura_poster_id.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )
        if poster and company.l10n_ro_efactura_told == "sender":
            return poster
        people = people_told(company)
        return people | poster if company.l10n_ro_efactura_told == "both" else people

    def _l10n_ro_efactura_term_words(self, env):
        """Return (summary, note) of the activity in the language of `env`."""
        _ = env._
        move = self.with_env(env)
        term = format_date(env, move.l10n_ro_efactura_deadline)
        summary = _("%(number)s: send it to ANAF by %(date)s", number=move.name, date=term)
        state = dict(move._fields["l10n_ro_efactura_state"]._description_selection(env)).get(
            move.l10n_ro_efactura_state, _("not sent")
        )
        texts = [
            _("The legal term ends on %s.", term),
            _("State at ANAF: %s", state),
            *(move.l10n_ro_efactura_missing or [])[:5],
        ]
        return summary, Markup("<ul>%s</ul>") % Markup().join(Markup("<li>%s</li>") % text for text in texts)

    def _l10n_ro_efactura_close_term_alerts(self):
        """Delete the activities of the invoices that need not be sent any more, or are at ANAF."""
        settled = self.filtered(
            lambda move: (
                move.state != "posted"
                or move.l10n_ro_efactura_state not in NOT_REPORTED
                or move.l10n_ro_efactura_obligation != "due"
            )
        )
        if settled:
            open_activities(settled, TERM).unlink()

    @api.model
    def _l10n_ro_efactura_close_all_term_alerts(self):
        """Delete the activities whose invoices were settled without us: exempt now, or at ANAF by another way."""
        kind = self.env.ref(TERM, raise_if_not_found=False)
        activities = (
            self.env["mail.activity"]
            .sudo()
            .search([("activity_type_id", "=", kind.id if kind else False), ("res_model", "=", "account.move")])
        )
        self.browse(activities.mapped("res_id")).exists().sudo()._l10n_ro_efactura_close_term_alerts()

    # -------------------------------------------------------------------------
    # DECLARED LATE
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_after_change(self, environment):
        # EXTENDS: what is declared late is stored with the Ok, in one transaction
        super()._l10n_ro_efactura_after_change(environment)
        if environment == "prod":
            self.sudo()._l10n_ro_efactura_note_late()
            self.sudo()._l10n_ro_efactura_close_term_alerts()

    def _l10n_ro_efactura_note_late(self):
        """Store on the invoices with Ok by how many days ANAF received them late, where it did. It only ever grows."""
        for move in self.filtered(lambda move: move.l10n_ro_efactura_state == "ok"):
            term = move.l10n_ro_efactura_term_missed or move.l10n_ro_efactura_deadline
            submission = move._l10n_ro_efactura_last_submission("prod")
            received = term and submission and submission._received_at()
            if not received:
                continue
            day = day_of(received)
            days = (day - term).days
            if days > max(move.l10n_ro_efactura_days_late, 0):
                move.with_context(skip_is_manually_modified=True).write(
                    {"l10n_ro_efactura_days_late": days, "l10n_ro_efactura_term_missed": term}
                )

    @api.model
    def _l10n_ro_efactura_note_late_again(self):
        """Look once more at what became Ok in the last days: of some, SPV said only later when ANAF received it."""
        submissions = self.env["l10n_ro_efactura.submission"].sudo()
        found = submissions.search(
            [
                ("environment", "=", "prod"),
                ("state", "=", "ok"),
                ("origin", "!=", "odoo"),
                ("settled_at", ">=", fields.Datetime.now() - timedelta(days=3)),
                ("move_id.l10n_ro_efactura_term_missed", "=", False),
            ]
        )
        for start in range(0, len(found), BATCH):
            submissions._in_fresh_transaction(found[start : start + BATCH].move_id._l10n_ro_efactura_note_late)

    # -------------------------------------------------------------------------
    # OUTAGES OF ANAF ON THE LAST DAY
    # -------------------------------------------------------------------------

    @api.depends("l10n_ro_efactura_term_missed", "l10n_ro_efactura_late")
    def _compute_l10n_ro_efactura_outage_id(self):
        outages = self.env["l10n_ro_efactura.outage"].sudo()
        for move in self:
            term = move.l10n_ro_efactura_term_missed or move.l10n_ro_efactura_late and move.l10n_ro_efactura_deadline
            found = outages
            if term:
                found = outages.search([("environment", "=", "prod"), ("company_id", "parent_of", move.company_id.id)])
                found = found.filtered(lambda outage, term=term: outage._covers(term))
            move.l10n_ro_efactura_outage_id = max(found, key=lambda outage: outage.hours, default=outages)

    def _search_l10n_ro_efactura_outage_id(self, operator, value):
        if operator != "not in" or set(value) != {False}:
            return NotImplemented
        return Domain.OR(
            outage._late_domain()
            for outage in self.env["l10n_ro_efactura.outage"].search([("environment", "=", "prod")])
        )

    def _l10n_ro_efactura_invoice_alerts(self):
        # EXTENDS: what is late because ANAF did not work says so, with the evidence
        alerts = super()._l10n_ro_efactura_invoice_alerts()
        outage = self.l10n_ro_efactura_late and self.l10n_ro_efactura_outage_id
        if outage and may_read_spv(self.env):
            alerts["l10n_ro_efactura_outage"] = {
                "level": "info",
                "message": self.env._(
                    "ANAF did not work on the last day of the legal term (%s). The evidence is kept.",
                    outage.sudo()._span(),
                ),
                "action_text": self.env._("Evidence"),
                "action": outage.sudo()._get_records_action(),
            }
        return alerts


class EfacturaSubmission(models.Model):
    """A submission that knows when ANAF received it."""

    _inherit = "l10n_ro_efactura.submission"

    def _received_at(self):
        """Return the earliest moment at which ANAF is known to have it, as naive UTC; False where it is not known.

        Of what Odoo uploaded, the upload; of an index from elsewhere, only what SPV lists.
        """
        self.ensure_one()
        own = self.origin == "odoo" and (self.uploaded_at or self.attempted_at)
        return min(filter(None, (own, self.message_id.listed_at)), default=False)
