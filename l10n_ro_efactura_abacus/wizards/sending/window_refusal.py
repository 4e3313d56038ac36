"""ANAF's errors in the window: each with the record that it is about."""

import hashlib

from odoo import fields, models
from odoo.tools.misc import format_datetime

from ...anaf import cius, explain
from ...models.calls.outgoing import FAILED
from ...models.document.document_build import LineTaxes
from ...models.sending.submission_error import UNIT_TERMS, VAT_TERMS

# Codes of errors that are ours: these attempts never reached ANAF.
OURS = {"check", "withdrawn", "not_at_anaf"}
# {`Explanation.field` of a text without a business term: the term to look at}.
TERM_OF_FIELD = {"seller": "BT-31", "buyer": "BT-48", "tax": "BT-151", "number": "BT-1", "currency": "BT-5"}
# After so many identical refusals another code is proposed.
REFUSALS_TO_PROPOSE = 3
# Attempts of a company that are looked through for identical refusals.
ATTEMPTS_READ = 100


class EfacturaWindow(models.TransientModel):
    """The window of an invoice that ANAF refused."""

    _inherit = "l10n_ro_efactura.window"

    def _last_refusal(self):
        """Return the last attempt of the invoice, to production or to test, where ANAF refused it; else none."""
        last = self.env["l10n_ro_efactura.submission"].search(
            [("move_id", "=", self.move_id.id)], order="id DESC", limit=1
        )
        codes = {error.get("code") for error in last.errors or []}
        return last if last.state in FAILED and not codes & OURS else last.browse()

    def _refusal_words(self, submission):
        return self.env._(
            "%(environment)s, %(moment)s: ANAF refused this invoice. Upload index: %(index)s",
            environment=self.env._("TEST") if submission.environment == "test" else self.env._("PROD"),
            moment=format_datetime(
                self.env, submission.settled_at or submission.queued_at or fields.Datetime.now(), dt_format="short"
            ),
            index=submission.upload_index or "-",
        )

    def _refusal_note(self, submission, xml):
        """Say whether the document `xml` of now is another one than the submission's."""
        if submission.sha256 == hashlib.sha256(xml).hexdigest():
            return self.env._("Nothing has changed in the document since: ANAF would give the same answer.")
        return self.env._("The document has changed since. Test it at ANAF, then send it again.")

    def _refusal_rows(self, submission):
        """Yield the rows of ANAF's errors, one for each record that an error is about.

        :param submission: the refused attempt, or none
        """
        for error in submission.error_ids:
            bt = self._term_of(error)
            for record, field in self._refused_records(error, bt):
                yield {
                    "state": "refused",
                    "bt": bt,
                    "rule": error.rule,
                    "text": error.meaning or error.said,
                    "original": error.said,
                    "model": record._name,
                    "res_id": record.id,
                    "field": field,
                }

    def _term_of(self, error):
        """Return the business term that an error of ANAF is about, '' where its text names none."""
        explained = explain(error.text)
        of_rule = explained.rule and cius.term_of(explained.rule)
        return explained.bt or of_rule or TERM_OF_FIELD.get(explained.field, "")

    def _refused_records(self, error, bt):
        """Return [(record, field)] of what an error is about: the units or taxes of the lines, where field is 'code',
        or the record where it is mended."""
        lines = self.move_id.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        if bt in UNIT_TERMS:
            found = lines.product_uom_id
        elif bt in VAT_TERMS:
            found = self.env["account.tax"].union(*(LineTaxes(line.tax_ids).vat for line in lines))
        else:
            record, field, _how = error.sudo()._target()
            return [(record, field) if record else (self.move_id, "")]
        return [(record, "code") for record in found] or [(self.move_id, "")]

    def _count_refusals(self, bt, record, code):
        """Count the company's attempts that ANAF refused for the same term, with the same code of the same record.

        :param record: the unit or the tax, :param code: what its invoices said
        :return: at most `REFUSALS_TO_PROPOSE`
        """
        attempts = self.env["l10n_ro_efactura.submission"].search(
            [("company_id", "=", self.move_id.company_id.id), ("state", "in", FAILED), ("move_id", "!=", False)],
            order="id DESC",
            limit=ATTEMPTS_READ,
        )
        said = (f'unitCode="{code}"' if record._name == "uom.uom" else f">{code}</cbc:ID>").encode()
        count = 0
        for attempt in attempts:
            lines = attempt.move_id.invoice_line_ids
            used = lines.product_uom_id if record._name == "uom.uom" else lines.tax_ids.flatten_taxes_hierarchy()
            if record in used and self._names_term(attempt, bt) and said in (attempt._xml_bytes() or b""):
                count += 1
                if count == REFUSALS_TO_PROPOSE:
                    break
        return count

    def _names_term(self, attempt, bt):
        terms = UNIT_TERMS if bt in UNIT_TERMS else VAT_TERMS
        return any(self._term_of(error) in terms for error in attempt.error_ids)
