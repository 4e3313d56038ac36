"""ANAF's errors in the window: each with the record that it is about."""

import hashlib

from odoo import fields, models
from odoo.tools.misc import format_datetime

from ...anaf import cius, explain
from ...models.calls.outgoing import FAILED
from ...models.common.anaf_words import error_words, in_words
from ...models.document.document_build import LineTaxes

# Codes of errors that are ours: these attempts never reached ANAF.
OURS = {"check", "withdrawn", "not_at_anaf"}
# Business terms that a line's unit gives.
UNIT_TERMS = {"BT-130"}
# Business terms that the VAT category of a line's tax gives.
VAT_TERMS = {"BT-95", "BT-96", "BT-102", "BT-103", *(f"BT-{n}" for n in (118, 119, 120, 121, 151, 152))}
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
        words = error_words(self.env)
        for error in submission.errors or []:
            text = in_words(self.env, error.get("text") or error.get("code"), error.get("fact"))
            explained = explain(error.get("text"))
            bt = explained.bt or cius.term_of(explained.rule) or TERM_OF_FIELD.get(explained.field, "")
            meaning = words.get(error.get("hint") or explained.code, "")
            for record, field in self._refused_records(bt):
                yield {
                    "state": "refused",
                    "bt": bt,
                    "rule": explained.rule,
                    "text": meaning or text,
                    "original": text,
                    "model": record._name,
                    "res_id": record.id,
                    "field": field,
                }

    def _refused_records(self, bt):
        """Return [(record, field)] of what gives a business term: the units or taxes of the lines, a partner, the
        invoice; 'code' is the field of a unit's or tax's code."""
        move = self.move_id
        lines = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        if bt in UNIT_TERMS:
            found = lines.product_uom_id
        elif bt in VAT_TERMS:
            found = self.env["account.tax"].union(*(LineTaxes(line.tax_ids).vat for line in lines))
        else:
            finding = {"bt": bt, "place": "document", "odoo": None, "line": 0}
            return [move._l10n_ro_efactura_finding_record(finding)]
        return [(record, "code") for record in found] or [(move, "")]

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
        for error in attempt.errors or []:
            explained = explain(error.get("text"))
            if (explained.bt or cius.term_of(explained.rule) or TERM_OF_FIELD.get(explained.field)) in terms:
                return True
        return False
