"""Sales that another program sent to ANAF: their invoice becomes Ok and is not sent again."""

from odoo import models
from odoo.exceptions import UserError

from ..calls.outgoing import text_rows


class EfacturaSubmission(models.Model):
    _inherit = "l10n_ro_efactura.submission"

    def _found_elsewhere(self, message, move, reason):
        """Create the Ok submission of `move`, which ANAF sealed in `message`.

        :raise UserError: the invoice or the index already has a submission
        """
        submission = self._adopt(move, "prod", message.upload_index, origin="elsewhere")
        submission._transition(
            ["processing"],
            "ok",
            message_id=message.id,
            download_id=message.anaf_id,
            uploaded_at=message.listed_at,
            next_attempt_at=None,
            errors=text_rows("found_by_content", [self.env._("Sent by another program. %s", reason)]),
        )
        message._belongs_to(submission)
        submission._show_on_moves()
        return submission

    def _not_sent_elsewhere(self):
        """Set the submission to refused after a user undid its pairing, so that the invoice may be sent."""
        text = self.env._(
            "%(user)s undid the pairing with upload index %(index)s.", user=self.env.user.name, index=self.upload_index
        )
        undone = self._transition(
            ["ok"],
            "refused",
            decision_reason=text,
            upload_index=None,
            download_id=None,
            message_id=None,
            errors=text_rows("unpaired", [text]),
        )
        undone._show_on_moves()


class EfacturaMessage(models.Model):
    _inherit = "l10n_ro_efactura.message"

    def _adopt_sale(self, move, reason):
        """Make `move` Ok by this package of another program.

        :return: False where the state of the invoice has changed meanwhile
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self.env["l10n_ro_efactura.submission"].sudo()._found_elsewhere(self, move, reason)
        except UserError:
            return False
        self.write({"pairing_reason": reason, "pairing_due": False, "pairing_proposal": False})
        self._after_pairing()
        return True
