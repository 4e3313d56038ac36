"""The packages of submissions whose index was typed by hand: is the sealed document this invoice?"""

from datetime import timedelta

from odoo import api, fields, models

from ..calls.outgoing import WAITING, text_rows

# States of a submission that a package may settle: with an index that ANAF does not know it is uncertain.
SETTLING = ("processing", "uncertain")


class EfacturaSubmission(models.Model):
    """A submission that is settled by the content of a package."""

    _inherit = "l10n_ro_efactura.submission"

    def _fetch_packages(self, lane, message_of):
        """Link and download the packages of `self`; the others are asked for again 30 seconds later.

        :param message_of: {submission id: message id}
        :return: iterator of (submission, message) where the package is archived, or ANAF has deleted it
        """
        messages = self.env["l10n_ro_efactura.message"].browse(message_of.values())

        def pair():
            for submission in self:
                messages.browse(message_of[submission.id])._belongs_to(submission)

        self._in_fresh_transaction(pair)
        messages.filtered(lambda m: m.archive_state == "listed")._archive_now(lane)
        for submission in self:
            message = messages.browse(message_of[submission.id])
            if message.archive_state != "listed":
                yield submission, message
            else:
                self._in_fresh_transaction(submission._wait_for_package, message)

    def _wait_for_package(self, message):
        """Write why the package of this submission is not here yet, and when it is asked for again."""
        row = {
            "code": "no_package",
            "hint": WAITING,
            "text": message.last_error or self.env._("ANAF's package is not here yet."),
        }
        if message.last_error_code:
            row["fact"] = message.last_error_code
        soon = fields.Datetime.now() + timedelta(seconds=30)
        self._transition([self.state], self.state, next_attempt_at=soon, errors=[row])

    def _settle_adopted(self, lane, message_of):
        """Settle submissions whose index was typed by hand: ok where the package holds this invoice, else refused.

        :param message_of: {submission id: message id}
        """
        for submission, message in self._fetch_packages(lane, message_of):
            text = submission._not_this_invoice(message)
            if text:
                self._in_fresh_transaction(submission._refuse_other, message, text)
            else:
                self._in_fresh_transaction(self._settle_ok, {submission.id: message.id})

    def _refuse_other(self, message, text):
        """Refuse the submission, because the index typed by hand belongs to another document.

        Where an upload from here was lost before, the invoice may be at ANAF under yet another index: it is searched
        for again instead.

        :param text: translated reason
        """
        if self.index_by_hand and self.lost_count:
            values = {"upload_index": None, "index_by_hand": False, "unknown_since": None}
            self._transition(SETTLING, "uncertain", errors=text_rows("other_document", [text]), **values)
        else:
            self._transition(
                SETTLING,
                "refused",
                message_id=message.id,
                download_id=message.anaf_id,
                errors=text_rows("other_document", [text]),
                next_attempt_at=None,
            )
        message._detach()

    def _not_this_invoice(self, message):
        """Return why the package of an index typed by hand is not of this invoice; False where it is, or is gone."""
        if message.archive_state == "gone":
            return False
        if not message.number:
            return self.env._(
                "ANAF's package of index %(index)s cannot be read: %(why)s.",
                index=self.upload_index,
                why=message.last_error or "?",
            )
        if message.number != self.number:
            return self.env._(
                "The document with index %(index)s is number %(number)s, not this invoice.",
                index=self.upload_index,
                number=message.number,
            )
        if self.seller_cif and message.seller_cif and message.seller_cif != self.seller_cif:
            return self.env._(
                "The document with index %(index)s was issued by CIF %(cif)s.",
                index=self.upload_index,
                cif=message.seller_cif,
            )
        return False

    @api.model
    @api.private
    def _package_arrived(self, message, package):
        """Compare an archived package with the bytes that were sent; log a difference on submission and invoice."""
        submission = message.submission_id
        if submission.sha256 and message.kind == "sent" and message.document_sha256 != submission.sha256:
            text = self.env._("The document that ANAF sealed is not byte for byte the one that was sent.")
            submission._transition([submission.state], submission.state, errors=text_rows("other_document", [text]))
            submission.move_id._message_log(body=text)
