"""Uploads whose answer was lost: searched in SPV by content, and sent again only once their absence is proved."""

from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ..calls.outgoing import text_rows
from ..calls.worker import UPLOAD_CRONS, UTC_NOW
from ..common.knobs import knob

# Seconds after a lost answer, at the end of which an upload that no list shows counts as not received.
QUIET_SECONDS = 21600
# Seconds by which ANAF's lists may show a processed invoice late.
LAG_SECONDS = 900
# Buyer codes of a person who gave no number.
EMPTY_BUYERS = (False, "", "0000000000000")
# Packages opened in one round.
LOOKED_AT = 50


class EfacturaSubmission(models.Model):
    """A submission that is searched in SPV where it is not known whether ANAF has it."""

    _inherit = "l10n_ro_efactura.submission"

    def _reconcile(self, lane, until):
        """Search SPV for `self`, submissions that are uncertain or queued for over an hour, and settle what is clear.

        :param until: naive UTC datetime up to which the lists were read completely
        """
        if not self:
            return
        self = lane.in_language(self)
        self._unread_packages(lane).filtered(lambda m: m.archive_state == "listed")[:LOOKED_AT]._archive_now(lane)
        all_read = not self._unread_packages(lane)
        for submission in self:
            found, exact = submission._find_package(lane)
            if found:
                self._in_fresh_transaction(lambda: submission._found(found, exact))  # noqa: B023
            elif all_read:
                self._in_fresh_transaction(lambda: submission._not_found(lane, until))  # noqa: B023
        self._wake(UPLOAD_CRONS)

    def _unread_packages(self, lane):
        """Return unread packages of sent invoices without a submission, listed since the first attempt."""
        start = self._start_of(self)
        return self.env["l10n_ro_efactura.message"].search(
            [
                ("company_id", "=", lane.company.id),
                ("environment", "=", lane.environment),
                ("kind", "=", "sent"),
                ("archive_state", "!=", "gone"),
                ("document_sha256", "=", False),
                ("submission_id", "=", False),
                ("listed_at", ">=", start - timedelta(minutes=5)),
            ],
            order="listed_at",
        )

    def _find_package(self, lane):
        """Return (message, exact): the sent package with our bytes (exact), else with our number, date, buyer, total.

        The message is empty where there is none.
        """
        self.ensure_one()
        messages = self.env["l10n_ro_efactura.message"]
        free = [
            ("company_id", "=", lane.company.id),
            ("environment", "=", lane.environment),
            ("kind", "=", "sent"),
            ("archive_state", "=", "archived"),
            ("submission_id", "=", False),
        ]
        found = self.sha256 and messages.search([*free, ("document_sha256", "=", self.sha256)], limit=1)
        if found:
            return found, True
        return messages.search(
            [
                *free,
                ("number", "=", self.number),
                ("issue_date", "=", self.issue_date),
                ("seller_cif", "=", self.seller_cif),
                ("amount_total", ">=", self.amount_total - 0.005),
                ("amount_total", "<=", self.amount_total + 0.005),
                ("buyer_cif", "in", [self.buyer_cif, *EMPTY_BUYERS]),
            ],
            limit=1,
        ), False

    def _found(self, message, exact):
        """Settle the submission as ok with the sent `message`; not `exact`: it was sent by another program."""
        errors = (
            None
            if exact
            else text_rows(
                "found_by_content",
                [self.env._("Found in SPV by number, date and total: it went to ANAF from somewhere else.")],
            )
        )
        values = {} if exact else {"origin": "elsewhere"}
        if self._transition(
            ["uncertain", "queued"],
            "ok",
            upload_index=message.upload_index,
            download_id=message.anaf_id,
            message_id=message.id,
            errors=errors,
            next_attempt_at=None,
            uncertain_since=None,
            **values,
        ):
            message._belongs_to(self)

    def _not_found(self, lane, until):
        """Queue the same bytes again, once their absence from the lists up to `until` proves that ANAF lacks them.

        That takes a witness (`_has_witness`) and `LAG_SECONDS`, or else `QUIET_SECONDS`.
        """
        if self.state == "queued":  # never sent from here, and a copy of this database would have left it in the lists
            self._transition(["queued"], "queued", looked_up_at=UTC_NOW)
            return
        quiet = knob("quiet_seconds", QUIET_SECONDS)
        lost_for = (until - self.uncertain_since).total_seconds()
        if self.sha256 and (lost_for >= quiet or (lost_for >= min(LAG_SECONDS, quiet) and self._has_witness(lane))):
            self._transition(
                ["uncertain"],
                "queued",
                uncertain_since=None,
                next_attempt_at=None,
                queued_at=UTC_NOW,
                looked_up_at=UTC_NOW,
            )

    def _has_witness(self, lane):
        """Return True where the lists show a later upload of this company: an earlier one would be there too."""
        self.env.cr.execute(
            SQL(
                """SELECT 1 FROM l10n_ro_efactura_submission s
                 JOIN l10n_ro_efactura_message m ON m.upload_index = s.upload_index
                  AND m.environment = s.environment AND m.company_id = s.company_id AND m.kind = 'sent'
                WHERE s.company_id = %s AND s.environment = %s AND s.uploaded_at >
                   (SELECT uncertain_since FROM l10n_ro_efactura_submission WHERE id = %s) LIMIT 1""",
                lane.company.id,
                lane.environment,
                self.id,
            )
        )
        return bool(self.env.cr.fetchone())
