"""What a person decides about a submission: take it back, give it another index, say that ANAF does not have it."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..calls.worker import SETTLE_CRONS
from ..common.actions import open_action
from ..common.rights import check_bill, check_manage

# Days that a submission must be uncertain before an accountant may decide that ANAF does not have it; fewer where the
# index was typed by hand, because there the mistake is usually in the typing.
DECISION_DAYS, DECISION_DAYS_BY_HAND = 3, 1
# Codes in `errors` with which that may be decided at once.
DECIDABLE_CODES = ("waf_repeated",)
# Codes in `errors` of an uncertain submission that needs a person, because it does not become clear by itself.
STUCK_CODES = ("unknown_index", "waf_repeated", "unread_package", "other_document")
# Codes in `errors` of refusals that are ours: ANAF has not seen the document.
OUR_REFUSALS = {
    "missing_data",
    "check",
    "not_posted",
    "missing_cif",
    "not_at_anaf",
    "not_concerned",
    "number_taken",
    "unpaired",
}


class EfacturaSubmission(models.Model):
    """A submission and the ways out of its states that a person may take, each with a reason.

    =========================  ==========================================  =====================================
    state                      way out                                     who
    =========================  ==========================================  =====================================
    queued, never lost         `action_withdraw`                           invoicing
    any of a test              `action_withdraw`                           invoicing
    uncertain                  `action_correct_index`                      accounting administrator
    uncertain for 3 days       `action_not_at_anaf`                        accounting administrator
    queued again after a loss  `action_not_at_anaf`                        accounting administrator
    index typed by hand        `action_correct_index`                      accounting administrator
    =========================  ==========================================  =====================================
    """

    _inherit = "l10n_ro_efactura.submission"

    can_decide = fields.Boolean(compute="_compute_can_decide", help="An accountant may decide something about it")
    decidable_at = fields.Datetime(
        string="Not at ANAF: from",
        compute="_compute_can_decide",
        help="From when an accountant may decide that ANAF does not have it",
    )

    @api.depends("environment")
    def _compute_from_state(self):
        # EXTENDS: a test has no legal effect, so one that waits for anything may be given up
        super()._compute_from_state()
        for submission in self.filtered(lambda s: s.environment == "test"):
            submission.can_withdraw = submission.state in ("queued", "processing", "uncertain")

    @api.depends("state", "uncertain_since", "index_by_hand", "unknown_since", "origin", "errors")
    def _compute_can_decide(self):
        for submission in self:
            lost = submission.state == "uncertain" or submission.state == "queued" and submission.uncertain_since
            typed = submission.state == "processing" and (submission.index_by_hand or submission.unknown_since)
            submission.can_decide = bool(lost or typed)
            at = False
            if lost and submission.uncertain_since:
                at = fields.Datetime.add(submission.uncertain_since, days=submission._decision_days())
                if submission._has_code(DECIDABLE_CODES):
                    at = submission.uncertain_since
            submission.decidable_at = at

    def _decision_days(self):
        return DECISION_DAYS_BY_HAND if self.origin == "manual" else DECISION_DAYS

    def _has_code(self, codes):
        """Return True where one of the submission's errors has one of `codes`."""
        return any(row["code"] in codes for row in self.errors or [])

    def _l10n_ro_efactura_refused_by_anaf(self):
        """Return False where the submission was refused here and ANAF has never seen the document."""
        return self.state == "nok" or self.state == "refused" and not self._has_code(OUR_REFUSALS)

    def _l10n_ro_efactura_stuck_alert(self):
        """Return core's alert about an uncertain submission that a person must decide; {} where none is needed."""
        if self.state != "uncertain" or not self._has_code(STUCK_CODES):
            return {}
        return {
            "level": "danger",
            "message": "\n".join(
                [
                    self.env._("It is not known whether ANAF has this invoice. Somebody has to decide:"),
                    *(f"• {text}" for text in self._l10n_ro_efactura_plain_texts()),
                ]
            ),
            "action_text": self.env._("Open"),
            "action": self.sudo(False)._get_records_action(),
        }

    # -- taking back ----------------------------------------------------------------------------------------

    def action_withdraw(self):
        """Take submissions back that wait and cannot have reached ANAF; of a test, whatever is not settled.

        The invoice counts as not sent again.

        :raise UserError: names the ones that may be at ANAF, or are being sent at this moment
        """
        submissions = check_bill(self, "read").sudo()
        text = self.env._("Taken back by %s.", self.env.user.name)
        gone = self.browse().sudo()
        for environment, some in submissions.filtered("can_withdraw").grouped("environment").items():
            gone |= some._transition(
                ["queued"] if environment == "prod" else ["queued", "processing", "uncertain"],
                "withdrawn",
                next_attempt_at=None,
                decision_reason=text,
                errors=None,
            )
        if kept := submissions - gone:
            raise UserError(
                self.env._(
                    "%(numbers)s cannot be taken back: it is being sent, or ANAF may have it. Ask ANAF now; an "
                    "accountant may decide about what stays unclear.",
                    numbers=", ".join(submission.number or "?" for submission in kept),
                )
            )
        gone._show_on_moves()

    # -- decisions of an accountant -------------------------------------------------------------------------

    def action_not_at_anaf(self, reason):
        """Refuse submissions by an accountant's decision that ANAF does not have them, so that they can be sent again.

        :param reason: how the accountant knows; kept on the submission and in the invoice's chatter
        :raise UserError: no reason, or the decision is too early (`decidable_at`)
        """
        submissions = check_manage(self, "read").sudo()
        reason = self._check_reason(reason)
        now = fields.Datetime.now()
        for submission in submissions:
            if not submission.decidable_at or submission.decidable_at > now:
                raise UserError(
                    self.env._(
                        "Only what has been uncertain for %(days)s days can be decided by hand; until then it is "
                        "looked for in SPV.",
                        days=submission._decision_days(),
                    )
                )
        decided = submissions._transition(
            ["uncertain", "queued"],
            "refused",
            decision_reason=reason,
            next_attempt_at=None,
            errors=[{"code": "not_at_anaf", "text": reason, "hint": "not_at_anaf"}],
        )
        for submission in decided.filtered("move_id"):
            submission.move_id.message_post(
                body=self.env._(
                    "%(user)s decided that ANAF does not have this invoice: %(reason)s",
                    user=self.env.user.name,
                    reason=reason,
                )
            )
        decided._show_on_moves()

    def action_correct_index(self, upload_index, reason):
        """Follow another upload index, which an accountant found in SPV, for a submission that is not settled.

        Its package must hold this invoice; otherwise the index is rejected.

        :param upload_index: as ANAF shows it
        :param reason: how the accountant knows; kept on the submission and in the invoice's chatter
        :raise UserError: no reason, no number, an index of another submission, or nothing to correct
        """
        submission = check_manage(self, "read").sudo()
        self.ensure_one()
        reason = self._check_reason(reason)
        index = self._check_index(upload_index, submission.environment)
        if not submission.can_decide or not submission._transition(
            ["processing", "uncertain"],
            "processing",
            upload_index=index,
            index_by_hand=True,
            unknown_since=None,
            next_attempt_at=None,
            quota_count=0,
            decision_reason=reason,
            errors=None,
        ):
            raise UserError(self.env._("Its index cannot be changed: it is not open whether ANAF has it."))
        submission.move_id.message_post(
            body=self.env._(
                "%(user)s entered upload index %(index)s: %(reason)s",
                user=self.env.user.name,
                index=index,
                reason=reason,
            )
        )
        submission._show_on_moves()
        self._wake(SETTLE_CRONS)

    @api.model
    def _check_reason(self, reason):
        """Return `reason` without blanks around it.

        :raise UserError: it is empty
        """
        if not (reason or "").strip():
            raise UserError(self.env._("A reason is needed: how do you know?"))
        return reason.strip()

    def action_open_not_at_anaf(self):
        """Open the dialog in which an accountant corrects the index, or decides that ANAF does not have it."""
        check_manage(self, "read")
        return open_action(
            self.env,
            "l10n_ro_efactura_abacus.l10n_ro_efactura_not_at_anaf_action",
            self,
            default_submission_ids=self.ids,
        )
