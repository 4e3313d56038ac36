"""Who is told that an invoice was rejected, lacks data, or was not confirmed by ANAF for an hour."""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import SQL

from ..calls.outgoing import FAILED
from ..calls.worker import UTC_NOW
from ..common.alerts import alert, open_activities, people_told
from .submission_decision import OUR_REFUSALS

# Xml ids of the activity types, one for each cause.
REJECTED = "l10n_ro_efactura_abacus.activity_type_rejected"
MISSING = "l10n_ro_efactura_abacus.activity_type_missing"
UNCERTAIN = "l10n_ro_efactura_abacus.activity_type_uncertain"
KINDS = (REJECTED, MISSING, UNCERTAIN)
# Hours after which an uncertain invoice is told; most lost answers are found in SPV before.
UNCERTAIN_HOURS = 1
# Invoices told in one transaction.
BATCH = 100


class ResCompany(models.Model):
    """A company that chooses who is told of rejected invoices."""

    _inherit = "res.company"

    l10n_ro_efactura_told = fields.Selection(
        [
            ("sender", "Whoever sent the invoice"),
            ("responsible", "The people responsible for e-Factura"),
            ("both", "Both"),
        ],
        string="Told of Rejected Invoices",
        default="sender",
        required=True,
        help="They get an activity for each invoice that ANAF rejects, that lacks data, or that is not confirmed for "
        "an hour. Where whoever sent it is no longer active, the people responsible for e-Factura are told.",
    )


class AccountMove(models.Model):
    """An invoice with an open activity for what its sending wants of a person, for as long as it does."""

    _inherit = "account.move"

    def _l10n_ro_efactura_after_change(self, environment):
        # EXTENDS: tests have no legal effect, and whoever made one sees its result
        super()._l10n_ro_efactura_after_change(environment)
        if environment == "prod":
            self._l10n_ro_efactura_tell()

    def _l10n_ro_efactura_tell(self):
        """Schedule the activity of each invoice's present state, and remove those whose cause is gone.

        Uncertain ones are told by the cron, after `UNCERTAIN_HOURS`.
        """
        causes = {move: move._l10n_ro_efactura_cause() for move in self.sudo()}
        for kind in KINDS:
            still = {move.id for move, cause in causes.items() if cause == kind}
            if kind == UNCERTAIN:
                still |= {move.id for move in causes if move.l10n_ro_efactura_state == "uncertain"}
            open_activities(self.filtered(lambda move, still=still: move.id not in still), kind).unlink()
        for move, kind in causes.items():
            if kind:
                move._l10n_ro_efactura_tell_of(kind)

    def _l10n_ro_efactura_cause(self):
        """Return the activity type of the invoice's state, False where nobody has to do anything now."""
        self.ensure_one()
        if self.state != "posted":
            return False
        if not self.l10n_ro_efactura_state:  # it lacked data when its journal would have sent it
            return self.l10n_ro_efactura_missing and self.journal_id.l10n_ro_efactura_auto_send and MISSING
        if self.l10n_ro_efactura_state not in FAILED:
            return False
        submission = self._l10n_ro_efactura_last_submission("prod")
        codes = {row.get("code") for row in submission.errors or []}
        if submission.origin == "elsewhere" or codes & {"withdrawn", "not_at_anaf", "not_posted"}:
            return False  # decided here, by a person
        return MISSING if codes & OUR_REFUSALS else REJECTED

    def _l10n_ro_efactura_tell_of(self, kind):
        """Schedule an activity of `kind` for each person who is told, once for as long as it is open."""
        self.ensure_one()
        submission = self._l10n_ro_efactura_last_submission("prod")
        missing = self.l10n_ro_efactura_missing or []

        def words(env):
            own = submission.with_env(env)
            _, number = env._, self.name
            summary = {
                REJECTED: _("%s was rejected by ANAF", number),
                MISSING: _("%s was not sent to ANAF: missing data", number),
                UNCERTAIN: _("%s: no confirmation from ANAF for over an hour", number),
            }[kind]
            if kind == UNCERTAIN:
                texts = [_("The answer was lost. The invoice is looked for in SPV; look here again tomorrow.")]
            else:
                texts = (own._l10n_ro_efactura_plain_texts() if own else missing)[:10]
            return summary, Markup("<ul>%s</ul>") % Markup().join(Markup("<li>%s</li>") % text for text in texts)

        # no mail for each: the activities show in the menu at once, and the digest tells the rest
        alert(
            self.sudo().with_context(mail_activity_quick_update=True),
            kind,
            self._l10n_ro_efactura_people_told(submission),
            words,
            refresh=True,
        )

    def _l10n_ro_efactura_people_told(self, submission):
        """Return the users who are told of this invoice: by the company's choice who sent it, the responsible, or both.

        :param submission: the last one, whose creator sent the invoice; empty where posting did not send it
        """
        company = self.company_id.sudo()
        sender = (
            (submission.create_uid or self.env.user)
            .sudo()
            .filtered(
                lambda user: user.active and not user.share and user._is_internal() and company in user.company_ids
            )
        )
        if sender and company.l10n_ro_efactura_told == "sender":
            return sender
        people = people_told(company)
        return people | sender if company.l10n_ro_efactura_told == "both" else people


class EfacturaSubmission(models.Model):
    """A submission that somebody is told of where it stays uncertain."""

    _inherit = "l10n_ro_efactura.submission"

    told_at = fields.Datetime(readonly=True, help="When somebody was told that it is uncertain; told once")

    @api.model
    @api.private
    def _cron_tell_uncertain(self):
        """Tell of the invoices that have been uncertain for `UNCERTAIN_HOURS`, once each."""
        self = self.sudo()
        while self._in_fresh_transaction(self._tell_uncertain) == BATCH:
            pass
        self._checkpoint()

    def _tell_uncertain(self):
        """Tell of at most `BATCH` uncertain invoices; return how many."""
        self.env.cr.execute(
            SQL(
                """UPDATE l10n_ro_efactura_submission SET told_at = %(now)s
                    WHERE id IN (SELECT id FROM l10n_ro_efactura_submission
                                  WHERE state = 'uncertain' AND environment = 'prod' AND told_at IS NULL
                                    AND move_id IS NOT NULL
                                    AND uncertain_since < %(now)s - %(hours)s * interval '1 hour'
                                  ORDER BY id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED)
                RETURNING id""",
                now=UTC_NOW,
                hours=UNCERTAIN_HOURS,
                limit=BATCH,
            ),
            log_exceptions=False,
        )
        told = self.browse(row[0] for row in self.env.cr.fetchall())
        told.invalidate_recordset(["told_at"], flush=False)
        for move in told.move_id:
            move._l10n_ro_efactura_tell_of(UNCERTAIN)
        return len(told)
