"""What lists and cards of invoices say beside the state: why an invoice is not at ANAF."""

from odoo import fields, models

from ..calls.outgoing import FAILED


class AccountMove(models.Model):
    _inherit = "account.move"

    l10n_ro_efactura_problem = fields.Char(
        string="What Stops It",
        compute="_compute_l10n_ro_efactura_problem",
        help="The data that the invoice lacks or, once it was sent, why ANAF did not take it.",
    )

    def _compute_l10n_ro_efactura_problem(self):
        """Set the first of the missing data, or of ANAF's errors, with the number of the others behind it."""
        failed = self.filtered(lambda move: move.l10n_ro_efactura_state in FAILED)
        submissions = self.env["l10n_ro_efactura.submission"].sudo()
        last = {  # the newest of each invoice
            submission.move_id.id: submission
            for submission in submissions.search(
                [("move_id", "in", failed.ids), ("environment", "=", "prod"), ("state", "in", FAILED)], order="id"
            )
        }
        for move in self:
            texts = list(move.l10n_ro_efactura_missing or ())
            if move in failed:
                submission = last.get(move.id, submissions)
                texts = (submission.errors_text or submission.decision_reason or "").split("\n")
            text = texts[0] if texts else ""
            move.l10n_ro_efactura_problem = f"{text} (+{len(texts) - 1})" if len(texts) > 1 else text
