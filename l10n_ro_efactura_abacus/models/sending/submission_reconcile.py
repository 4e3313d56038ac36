"""Uploads whose answer was lost: searched in SPV by content, and sent again only once their absence is proved."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...anaf import cif_digits
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
# Answers of ANAF's firewall to one document after which it is not sent again by itself.
FIREWALL_ROUNDS = 3


def search_lag():
    """Return the seconds that lists must have been read past a moment, to show all that was sent before it."""
    return min(LAG_SECONDS, knob("quiet_seconds", QUIET_SECONDS))


class EfacturaSubmission(models.Model):
    """A submission that is searched in SPV where it is not known whether ANAF has it."""

    _inherit = "l10n_ro_efactura.submission"

    holding_ids = fields.Many2many(
        "l10n_ro_efactura.message",
        string="Packages that cannot be read",
        compute="_compute_holding_ids",
        help="Each of them may be this invoice, so it is not sent again before they are read or set aside",
    )

    @api.depends("state", "searched_since")
    def _compute_holding_ids(self):
        for submission in self:
            waits = submission.state == "uncertain" or submission.state == "queued" and submission.searched_since
            submission.holding_ids = waits and submission._unread_packages()._stuck()

    def _reconcile(self, lane, until):
        """Search SPV for `self`, submissions that are uncertain or queued for over an hour, and settle what is clear.

        :param until: naive UTC datetime up to which the lists were read completely
        """
        if not self:
            return
        self = lane.in_language(self)
        self._unread_packages().filtered(lambda m: m.archive_state == "listed")[:LOOKED_AT]._archive_now(lane)
        unread = self._unread_packages()
        stuck = unread._stuck()
        for submission in self:
            found, exact = submission._find_package(lane)
            if found:
                self._in_fresh_transaction(lambda: submission._found(found, exact))  # noqa: B023
            elif not unread:
                self._in_fresh_transaction(lambda: submission._not_found(lane, until))  # noqa: B023
            elif stuck:
                self._in_fresh_transaction(lambda: submission._note_holding(stuck))  # noqa: B023
        self._wake(UPLOAD_CRONS)

    def _unread_packages(self):
        """Return the unread packages of sent invoices without a submission, listed since the first attempt.

        :return: messages, without those that an accountant set aside. `self` is of one company and environment.
        """
        start = self._start_of(self)
        return self.env["l10n_ro_efactura.message"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("environment", "=", self[:1].environment),
                ("kind", "=", "sent"),
                ("archive_state", "!=", "gone"),
                ("document_sha256", "=", False),
                ("submission_id", "=", False),
                ("set_aside_reason", "=", False),
                ("listed_at", ">=", start - timedelta(minutes=5)),
            ],
            order="listed_at",
        )

    def _note_holding(self, packages):
        """Write on the submission which package that cannot be read holds it back, once."""
        text = self.env._(
            "The package with download index %(index)s in SPV cannot be read. It may be this invoice, which is "
            "therefore not sent again.",
            index=packages[0].anaf_id,
        )
        rows = [row for row in self.errors or [] if row["code"] != "unread_package"]
        rows.append({"code": "unread_package", "hint": "unread_package", "text": text})
        if rows != self.errors:
            self._transition([self.state], self.state, errors=rows)

    def _find_package(self, lane):
        """Return (message, exact): the sent package with our bytes (exact), else with our number, date, buyer, total.

        The message is empty where there is none. Totals are compared without their sign: BT-112 of a storno sent as
        an invoice (380) is negative, that of a credit note is not.
        """
        self.ensure_one()
        messages = self.env["l10n_ro_efactura.message"]
        free = Domain(
            [
                ("company_id", "=", lane.company.id),
                ("environment", "=", lane.environment),
                ("kind", "=", "sent"),
                ("archive_state", "=", "archived"),
                ("submission_id", "=", False),
            ]
        )
        found = self.sha256 and messages.search(free & Domain("document_sha256", "=", self.sha256), limit=1)
        if found:
            return found, True
        total = abs(self.amount_total)
        same_total = Domain.OR(
            Domain("amount_total", ">=", signed - 0.005) & Domain("amount_total", "<=", signed + 0.005)
            for signed in (total, -total)
        )
        same = Domain(
            [
                ("number", "=", self.number),
                ("issue_date", "=", self.issue_date),
                ("seller_cif", "=", self.seller_cif),
                ("buyer_cif", "in", self._buyer_codes()),
            ]
        )
        return messages.search(free & same & same_total, limit=1), False

    def _buyer_codes(self):
        """Return the codes that a package of this invoice may name as its buyer: digits of a CUI or CNP, or none."""
        code = self.buyer_cif
        if not code and self.move_id.is_sale_document():
            code = cif_digits(self.move_id.commercial_partner_id._l10n_ro_efactura_buyer_code()[1])
        return [code, *EMPTY_BUYERS]

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
        if self.state == "queued":
            # Never sent from here, but a copy of this database may have sent it, and the lists may lag behind that.
            since = self.searched_since or fields.Datetime.now()
            if (until - since).total_seconds() < search_lag():
                self._transition(["queued"], "queued", searched_since=since)
            else:
                self._transition(["queued"], "queued", looked_up_at=UTC_NOW, searched_since=None)
            return
        if self._has_code(("unread_package",)):  # read, or set aside
            rows = [row for row in self.errors if row["code"] != "unread_package"]
            self._transition(["uncertain"], "uncertain", errors=rows or None)
        if not self.sha256 or self.upload_index:  # ANAF gave an index, or we have no bytes: a person decides
            return
        quiet = knob("quiet_seconds", QUIET_SECONDS)
        lost_for = (until - self._lost_at(lane)).total_seconds()
        if lost_for < quiet and not (lost_for >= search_lag() and self._has_witness(lane)):
            return
        codes = [row["code"] for row in self.errors or []]
        if "waf_block" in codes and self.lost_count >= FIREWALL_ROUNDS:
            if "waf_repeated" not in codes:
                text = self.env._("ANAF's firewall rejected this document %s times.", self.lost_count)
                row = {"code": "waf_repeated", "hint": "waf_repeated", "text": text}
                self._transition(["uncertain"], "uncertain", errors=[row, *self.errors])
            return
        self._transition(["uncertain"], "queued", next_attempt_at=None, queued_at=UTC_NOW, looked_up_at=UTC_NOW)

    def _lost_at(self, lane):
        """Return the naive UTC datetime after which the last upload of this document cannot have reached ANAF.

        What core sent counts from the installation, because only since then the lists are read completely.
        """
        last = self.attempted_at
        first = self.uncertain_since or last or self.create_date
        lost = first if not last or first >= last else last + timedelta(seconds=lane.lease)
        return max(lost, self.create_date) if self.origin == "core" else lost

    def _has_witness(self, lane):
        """Return True where the lists show a later upload of this company: an earlier one would be there too."""
        self.env.cr.execute(
            SQL(
                """SELECT 1 FROM l10n_ro_efactura_submission s
                 JOIN l10n_ro_efactura_message m ON m.upload_index = s.upload_index
                  AND m.environment = s.environment AND m.company_id = s.company_id AND m.kind = 'sent'
                WHERE s.company_id = %s AND s.environment = %s AND s.uploaded_at > %s LIMIT 1""",
                lane.company.id,
                lane.environment,
                self._lost_at(lane),
            )
        )
        return bool(self.env.cr.fetchone())
