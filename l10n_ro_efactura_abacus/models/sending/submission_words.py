"""ANAF's errors explained in words, and the dialogs of a submission."""

from odoo import api, fields, models

from ...anaf import explain
from ..calls.outgoing import FAILED
from ..common.actions import notification, soft_reload
from ..common.anaf_words import error_words, in_words
from ..common.rights import check_bill, check_read_spv
from .submission_decision import OUR_REFUSALS


class EfacturaSubmission(models.Model):
    """A submission's errors in words that an accountant can act on."""

    _inherit = "l10n_ro_efactura.submission"

    errors_text = fields.Text(string="What ANAF said", compute="_compute_errors_text")

    @api.depends("errors")
    @api.depends_context("lang")
    def _compute_errors_text(self):
        for submission in self:
            submission.errors_text = "\n".join(submission._l10n_ro_efactura_plain_texts()) or False

    def _l10n_ro_efactura_errors(self, words):
        """Return an iterator of (explanation or '', ANAF's own text), one for each error.

        :param words: {code: translated sentence}, from `error_words`
        """
        for error in self.errors or []:
            hint = error.get("hint") or explain(error.get("text")).code
            yield words.get(hint, ""), in_words(self.env, error.get("text") or error.get("code"), error.get("fact"))

    def _l10n_ro_efactura_plain_texts(self):
        """Return one line for each error: "explanation (ANAF's text)", or ANAF's text alone."""
        return [
            f"{plain} ({text})" if plain else text
            for plain, text in self._l10n_ro_efactura_errors(error_words(self.env))
        ]

    def _l10n_ro_efactura_headline(self):
        """Return how a failed submission ended, in one sentence: (level of an alert, text).

        What ANAF never saw is not said to be refused by it.
        """
        _ = self.env._
        codes = {row.get("code") for row in self.errors or []}
        if self.environment == "test":
            if codes & OUR_REFUSALS:
                return "warning", _("Not tested at ANAF: data is missing or wrong.")
            return "warning", _("ANAF's test rejected this invoice. Nothing was reported.")
        if "not_at_anaf" in codes:
            return "warning", _("ANAF does not have this invoice: %s", self.decision_reason or "")
        if codes & OUR_REFUSALS:
            return "danger", _("Not sent to ANAF: data is missing or wrong. Correct it and send the invoice again.")
        if self.state == "nok":
            return "danger", _("ANAF rejected this invoice: it is not reported. Correct it and send it again.")
        return "danger", _("ANAF did not register this invoice: it is not reported. Correct it and send it again.")

    def _show_attempts(self):
        """Return the action that says that new attempts were queued, and shows them.

        On an invoice it is read again, with the attempt on top of its history; else the attempts are opened.
        """
        tests = self.filtered(lambda submission: submission.environment == "test")
        if len(self) > 1:
            message = self.env._("%(count)s invoices queued for ANAF again.", count=len(self))
        elif tests:
            message = self.env._("%s queued for another test at ANAF.", self.number)
        else:
            message = self.env._("%s queued for ANAF again: a new attempt.", self.number)
        return notification(
            message,
            "success",
            title=self.env._("e-Factura test") if tests else self.env._("e-Factura"),
            then=soft_reload()
            if self.env.context.get("l10n_ro_efactura_on_invoice")
            else self.sudo(False)._get_records_action(name=self.env._("Sent to ANAF")),
        )

    @api.model
    def batch_problems(self, batch):
        """Name the invoices of a batch that were not accepted; the card of the batch's progress calls it.

        :param batch: value of the field `batch`
        :return: dict(rows=[dict(id, name, state)], at most 5; action=dict of an action)
        """
        check_bill(self)
        own = self.search(
            [("batch", "=", batch), ("create_uid", "=", self.env.uid), ("state", "in", (*FAILED, "uncertain"))],
            order="id",
        )
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "rows": [
                {"id": submission.id, "name": submission.number, "state": states[submission.state]}
                for submission in own[:5]
            ],
            "action": own.move_id._get_records_action(name=self.env._("Not accepted by ANAF")),
        }

    def action_download_xml(self):
        """Download the exact bytes that were sent."""
        check_read_spv(self, "read")
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/l10n_ro_efactura/xml/{self.id}",
            "target": "download",
        }
