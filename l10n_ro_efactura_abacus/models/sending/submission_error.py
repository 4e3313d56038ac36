"""Each error of a submission as a record: what ANAF said, what it means, and where it is mended."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...anaf import cius, explain
from ..calls.outgoing import FAILED
from ..common.anaf_words import error_words, in_words
from ..common.rights import check_bill, may_bill
from ..parties.res_partner import BILLING

# Hints whose `text` is our own sentence already, so that it needs no explanation.
OWN_WORDS = ("check", "missing_data", "withdrawn", "not_at_anaf", "not_posted", "other_document")
# Hints about ANAF and not about the invoice: sending again is all that helps.
NOT_OURS = ("duplicate", "technical", "quota", "too_large", "withdrawn", "not_at_anaf", "not_posted")
# Hints of what a person decided here: ANAF said nothing.
DECIDED = ("withdrawn", "not_at_anaf")
# Hints that say no more than that a rule is broken, so that the business term is named with them.
VAGUE = ("code_list", "business_rule", "text_too_long", "too_many", "date_format", "too_many_decimals")
# Business terms that a line's unit gives, and those that the VAT category of a line's tax gives: their codes come from
# the company's mapping, which the eFactura window changes.
UNIT_TERMS = {"BT-130"}
VAT_TERMS = {"BT-95", "BT-96", "BT-102", "BT-103", *(f"BT-{n}" for n in (118, 119, 120, 121, 151, 152))}
MAPPED_TERMS = UNIT_TERMS | VAT_TERMS
# `Explanation.field` that names a party without a business term: field of the partner.
PARTY_FIELDS = {"seller": "vat", "buyer": "vat", "street": "street", "city": "city", "county": "state_id"}
# Fields of an invoice that can be changed while it is posted.
OPEN_WHEN_POSTED = ("ref", "narration", "payment_reference", "invoice_origin")
# Bytes of a document up to which our own checker is asked for the line that ANAF means.
CHECKED_AT_MOST = 500_000


class EfacturaSubmissionError(models.Model):
    """One error of a submission: a row of its `errors`, read from there and stored nowhere else."""

    _name = "l10n_ro_efactura.submission.error"
    _description = "e-Factura error"
    _auto = False
    _order = "submission_id DESC, sequence"
    _rec_name = "text"
    _depends = {"l10n_ro_efactura.submission": ["errors", "company_id", "move_id", "environment", "state"]}

    submission_id = fields.Many2one("l10n_ro_efactura.submission", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    environment = fields.Selection([("prod", "Production"), ("test", "Test")], readonly=True)
    sequence = fields.Integer(readonly=True, help="1 for the first error of the answer")
    text = fields.Text(string="What ANAF said", readonly=True, help="The text as it came")
    code = fields.Char(readonly=True)
    hint = fields.Char(readonly=True)
    fact = fields.Char(readonly=True)
    # in the reader's language
    said = fields.Text(string="As it came", compute="_compute_words")
    meaning = fields.Text(string="What it means", compute="_compute_words")
    rule = fields.Char(compute="_compute_words")
    term = fields.Char(string="Where", compute="_compute_words", help="Business term of EN 16931, with its name")
    mend = fields.Selection(
        [
            ("open", "Opens the record"),
            ("window", "Opens the eFactura window"),
            ("field", "Shows the field on the invoice"),
            ("draft", "Resets the invoice to draft"),
        ],
        compute="_compute_mend",
        help="What the button does; empty where nothing on our side is wrong",
    )
    mend_name = fields.Char(string="To mend", compute="_compute_mend", help="The record and field to change")

    @property
    def _table_query(self):
        return SQL(
            """SELECT s.id::bigint * 1000 + e.n AS id, s.id AS submission_id, s.company_id, s.move_id, s.environment,
                      e.n::int AS sequence, e.row->>'text' AS text, e.row->>'code' AS code, e.row->>'hint' AS hint,
                      e.row->>'fact' AS fact
                 FROM l10n_ro_efactura_submission s
           CROSS JOIN LATERAL jsonb_array_elements(
                        CASE WHEN jsonb_typeof(s.errors) = 'array' THEN s.errors ELSE '[]'::jsonb END
                      ) WITH ORDINALITY AS e(row, n)
                WHERE s.errors IS NOT NULL AND s.state IN %s AND e.n < 1000""",
            FAILED,
        )

    # -- words ----------------------------------------------------------------------------------------------

    @api.depends("text", "code", "hint", "fact")
    @api.depends_context("lang")
    def _compute_words(self):
        words = error_words(self.env)
        for error in self:
            explained = explain(error.text)
            error.said = in_words(self.env, error.text or error.code, error.fact)
            error.rule = explained.rule
            error.term = error._term(explained.bt)
            error.meaning = error._meaning(words, explained)

    def _term(self, bt):
        """Return a business term with its name, `BT-130 the unit of measure`; False for None."""
        names = cius.terms().get(bt)
        language = "ro" if (self.env.lang or "").startswith("ro") else "en"
        return " ".join(filter(None, (bt, names and names[language]))) or False

    def _meaning(self, words, explained):
        """Return what the error means as a sentence; '' where ANAF's own text has to do."""
        hint = self.hint if self.hint in words else explained.code
        if hint in OWN_WORDS:
            return ""
        meaning = words.get(hint, "")
        romanian = (self.env.lang or "").startswith("ro")
        if hint in VAGUE and explained.rule and (known := cius.sentence(explained.rule, explained.bt)[not romanian]):
            return known
        names = hint in VAGUE and cius.terms().get(explained.bt)
        if not names:
            return meaning
        name = names["ro" if romanian else "en"]
        if hint == "code_list":
            meaning = self.env._("The code is not in the list that ANAF accepts.")
        return f"{name[:1].upper()}{name[1:]}: {meaning}"

    # -- where it is mended ---------------------------------------------------------------------------------

    @api.depends("text", "code", "hint", "move_id")
    @api.depends_context("uid", "lang")
    def _compute_mend(self):
        may = may_bill(self.env)
        for error in self:
            record, field, how = error.sudo()._target() if may else (None, "", False)
            error.mend = how
            error.mend_name = record is not None and how and error._target_name(record, field)

    def _target_name(self, record, field):
        """Return 'Client SRL, County': the record and the label of its field, in the reader's language."""
        if field and field in record._fields:
            label = self.env["ir.model.fields"].sudo()._get(record._name, field).with_context(lang=self.env.lang)
            return f"{record.sudo().display_name}, {label.field_description}"
        return record.sudo().display_name

    def _target(self):
        """Find where this error is mended.

        :return: (record, field name or '', value of `mend` or False); of a line or of the invoice itself the record
            is the invoice, which is changed as a draft
        """
        self.ensure_one()
        move = self.move_id
        explained = explain(self.text)
        hint = self.hint or explained.code
        if not move or hint in NOT_OURS:
            return None, "", False
        record, field = self._found_by_us(explained)
        if not record and explained.bt:
            record, field = move._l10n_ro_efactura_finding_record(
                {"bt": explained.bt, "place": "document", "odoo": None, "line": None}
            )
        if (not record or record == move) and explained.field in PARTY_FIELDS:
            record, field = self._party(explained), PARTY_FIELDS[explained.field]
        return self._how(record or move, field, explained)

    def _how(self, record, field, explained):
        """Return `_target` for the record and field that are wrong."""
        move = self.move_id
        if explained.bt in MAPPED_TERMS or explained.field == "tax" or record._name in ("uom.uom", "account.tax"):
            return move, "", "window"
        if record._name in ("res.partner", "product.product", "res.partner.bank"):
            return record, field if field in record._fields else "", "open"
        if record._name == "account.move.line":
            return move, "invoice_line_ids", "draft" if move.state == "posted" else "field"
        field = field if field in move._fields else ""
        if move.state != "posted" or field.startswith("l10n_ro_efactura_") or field in OPEN_WHEN_POSTED:
            return move, field, "field"
        return move, field, "draft"

    def _found_by_us(self, explained):
        """Return (record, field) of what our own checks find of the same error; (None, '') where they find nothing."""
        move = self.move_id
        if self.hint == "missing_data" or self.code == "missing_data":
            for problem in move._l10n_ro_efactura_problems():
                if problem["text"] == self.text:
                    return self.env[problem["model"]].browse(problem["res_id"]), problem["field"]
        elif explained.rule and (xml := self.submission_id._xml_bytes()) and len(xml) <= CHECKED_AT_MOST:
            for finding in move._l10n_ro_efactura_findings(xml):
                if finding["rule"] == explained.rule:
                    return self.env[finding["model"]].browse(finding["res_id"]), finding["field"]
        return None, ""

    def _party(self, explained):
        """Return the partner that an error about a party means, by its business term."""
        move = self.move_id
        number = int(explained.bt[3:]) if (explained.bt or "").startswith("BT-") else 0
        if explained.field == "seller" or 27 <= number <= 43:
            return move._l10n_ro_efactura_seller()
        if 70 <= number <= 80:
            return move._l10n_ro_efactura_delivery_address() or move._l10n_ro_efactura_buyer()
        return move._l10n_ro_efactura_buyer()

    def action_mend(self):
        """Open the record of this error with its field marked; a posted invoice is reset to draft first.

        :return: dict of an action
        :raise UserError: nothing on our side is wrong
        """
        check_bill(self, "read")
        self.ensure_one()
        record, field, how = self.sudo()._target()
        move = self.move_id
        if how == "window":
            return move.action_l10n_ro_efactura_window()
        if how == "open":
            return {
                "type": "ir.actions.act_window",
                "name": record.display_name,
                "res_model": record._name,
                "res_id": record.id,
                "views": [[False, "form"]],
                "target": "new",
                "context": {"l10n_ro_efactura_field": field},
            }
        if how == "draft":
            move.check_access("write")
            move.button_draft()
        if how:
            return {"type": "ir.actions.client", "tag": "l10n_ro_efactura_mark", "params": {"field": field}}
        raise UserError(self.env._("Nothing is to be changed here: send the invoice again."))


class EfacturaSubmission(models.Model):
    """A submission with its errors, each a record."""

    _inherit = "l10n_ro_efactura.submission"

    error_ids = fields.One2many("l10n_ro_efactura.submission.error", "submission_id", string="Errors", readonly=True)

    _errors_idx = models.Index("(id) WHERE errors IS NOT NULL")


class AccountMove(models.Model):
    """An invoice with the errors of its last attempts."""

    _inherit = "account.move"

    l10n_ro_efactura_error_ids = fields.Many2many(
        "l10n_ro_efactura.submission.error",
        string="Errors of ANAF",
        compute="_compute_l10n_ro_efactura_error_ids",
        groups=BILLING,
        help="The errors of the last attempt in production, and of the last test",
    )

    @api.depends("l10n_ro_efactura_state", "l10n_ro_efactura_test_state")
    def _compute_l10n_ro_efactura_error_ids(self):
        for move in self:
            errors = self.env["l10n_ro_efactura.submission.error"]
            for environment, state in (
                ("prod", move.l10n_ro_efactura_state),
                ("test", move.l10n_ro_efactura_test_state),
            ):
                if state in FAILED and move.l10n_ro_efactura_state != "ok":
                    submission = move._l10n_ro_efactura_last_submission(environment)
                    if submission.origin != "elsewhere":
                        errors |= submission.error_ids.filtered(lambda error: error.hint not in DECIDED).sudo(False)
            move.l10n_ro_efactura_error_ids = errors
