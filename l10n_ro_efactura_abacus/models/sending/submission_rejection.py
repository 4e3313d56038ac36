"""Rejected submissions: the reasons read from ANAF's package, and "sent before with index N" followed to index N."""

from datetime import timedelta

from odoo import fields, models

from ...anaf import AnafError, NoRight, NotFound, duplicate_of_text
from ..calls.outgoing import WAITING, text_rows
from .submission import FEW_RETRIES
from .submission_package import SETTLING


class EfacturaSubmission(models.Model):
    """A submission that ANAF rejected."""

    _inherit = "l10n_ro_efactura.submission"

    def _settle_nok(self, lane, message_of):
        """Settle submissions as nok, with the reasons read from their error packages.

        :param message_of: {submission id: id of the error message}
        """
        for submission, message in self._fetch_packages(lane, message_of):
            if message.archive_state == "gone":
                self._in_fresh_transaction(
                    submission._finish_nok, message, [self.env._("ANAF no longer has the list of errors.")]
                )
            else:
                submission._read_rejection(lane, message)

    def _read_rejection(self, lane, message):
        """Settle as nok with the reasons of the error package `message`.

        "Sent before with index N" is followed first: ok where package N holds our bytes.
        """
        self.ensure_one()
        texts = message.error_texts or [
            self.env._("ANAF's list of errors cannot be read: %s", message.last_error or "?")
        ]
        index = next(filter(None, map(duplicate_of_text, texts)), None)
        if index and index != self.upload_index:
            followed = self._follow(lane, index)
            if followed is None:  # not known yet: ask again later
                soon = max(self.next_attempt_at or fields.Datetime.now(), fields.Datetime.now() + timedelta(seconds=5))
                self._in_fresh_transaction(
                    lambda: self._transition(
                        [self.state],
                        self.state,
                        next_attempt_at=soon,
                        errors=[{"code": "duplicate", "text": next(filter(duplicate_of_text, texts)), "hint": WAITING}],
                    )
                )
                return
            if followed:
                self._in_fresh_transaction(lambda: self._adopt_original(followed, index))
                return
            texts = [*texts, self.env._("The document with index %s is not this one.", index)]
        self._in_fresh_transaction(lambda: self._finish_nok(message, texts))

    def _follow(self, lane, index):
        """Look up the package of upload `index`, and download it where needed.

        :return: its message where it holds our bytes; an empty record where it does not; None where not known yet
        """
        messages = self.env["l10n_ro_efactura.message"]
        original = messages.search(
            [
                ("environment", "=", self.environment),
                ("company_id", "=", self.company_id.id),
                ("upload_index", "=", index),
                ("kind", "=", "sent"),
            ],
            limit=1,
        )
        try:
            if not original:
                if not self._count_questions(due=False):
                    return None
                status = lane.call(lambda client: client.status(index), record=self)
                if status.state != "ok" or not status.download_id:
                    return None if status.state == "processing" else messages
                original = self._in_fresh_transaction(lambda: self._message_of(status.download_id, "sent", index))
        except NotFound:
            return None if self.quota_count < FEW_RETRIES else messages
        except NoRight:
            return messages
        except AnafError:
            return None
        if original.archive_state == "listed":
            original._archive_now(lane)
        if original.archive_state != "archived":
            return None if original.archive_state == "listed" else messages
        return original if original.document_sha256 == self.sha256 else messages

    def _adopt_original(self, original, index):
        """Settle as ok with the message of the first upload; our own index is kept as `duplicate_index`."""
        if self._transition(
            SETTLING,
            "ok",
            message_id=original.id,
            download_id=original.anaf_id,
            duplicate_index=self.upload_index,
            upload_index=index,
            errors=None,
            next_attempt_at=None,
        ):
            original._belongs_to(self)

    def _finish_nok(self, message, texts):
        """Settle as nok with the reasons `texts`; `message` may be empty."""
        self._transition(
            SETTLING,
            "nok",
            errors=text_rows("nok", texts),
            message_id=message.id or None,
            download_id=message.anaf_id or None,
            next_attempt_at=None,
        )
