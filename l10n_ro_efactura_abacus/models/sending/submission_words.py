"""ANAF's errors explained in words, and the record where each is fixed."""

from markupsafe import Markup
from odoo import fields, models

from ...anaf import explain
from ..common.anaf_words import error_words, in_words
from ..common.rights import check_bill, check_read_spv

# Business terms of EN 16931 about the seller.
SELLER_TERMS = {f"BT-{n}" for n in range(27, 44)}
# Business terms of EN 16931 about the delivery.
DELIVERY_TERMS = {f"BT-{n}" for n in range(70, 81)}
# Values of `Explanation.field` that point to a partner.
PARTY_FIELDS = ("seller", "buyer", "city", "county", "street")


class EfacturaSubmission(models.Model):
    """A submission's errors in words that an accountant can act on."""

    _inherit = "l10n_ro_efactura.submission"

    errors_html = fields.Html(string="Errors Explained", compute="_compute_errors_html")
    errors_text = fields.Text(string="What ANAF said", compute="_compute_errors_html")
    can_fix = fields.Boolean(compute="_compute_errors_html")

    def _compute_errors_html(self):
        words = error_words(self.env)
        for submission in self:
            rows = [
                Markup("<li>%s<div class='text-muted small'>%s</div></li>") % (plain, text)
                if plain
                else Markup("<li>%s</li>") % text
                for plain, text in submission._l10n_ro_efactura_errors(words)
            ]
            if submission.decision_reason:
                rows.append(Markup("<li>%s</li>") % submission.decision_reason)
            submission.errors_html = rows and Markup("<ul class='mb-0 ps-3'>%s</ul>") % Markup().join(rows)
            submission.errors_text = "\n".join(submission._l10n_ro_efactura_plain_texts()) or False
            submission.can_fix = bool(submission.state in ("nok", "refused") and submission.move_id)

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

    def _l10n_ro_efactura_fix_target(self):
        """Return the record where the first error is fixed: a partner, a tax, else the invoice."""
        self.ensure_one()
        move = self.move_id
        for error in self.errors or []:
            explained = explain(error.get("text"))
            seller = move.company_id.partner_id
            if explained.field == "seller" or explained.field in PARTY_FIELDS and explained.bt in SELLER_TERMS:
                return seller
            if explained.field in PARTY_FIELDS:
                return move.partner_shipping_id if explained.bt in DELIVERY_TERMS else move.partner_id
            if explained.field == "tax":
                return move.invoice_line_ids.tax_ids[:1]
        return move

    def action_fix(self):
        """Open the record where the first error is fixed."""
        return check_bill(self, "read").sudo()._l10n_ro_efactura_fix_target().sudo(False)._get_records_action()

    def _l10n_ro_efactura_fix_alert(self):
        """Return the link of an alert, dict(action_text, action); {} where only the invoice itself could be opened."""
        target = self and self._l10n_ro_efactura_fix_target()
        if not target or target._name == "account.move":
            return {}
        return {
            "action_text": self.env._("Open %s", target.display_name),
            "action": target.sudo(False)._get_records_action(),
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
