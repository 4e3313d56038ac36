from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...models.codes.vat_tables import CATEGORIES, VATEX
from ...models.common.rights import check_bill
from ...models.document.account_move import TYPES

# Kinds of answers: (value, label).
KINDS = [
    ("text", "Text"),
    ("date", "Date"),
    ("country", "Country"),
    ("county", "County"),
    ("sector", "Sector"),
    ("unit", "Unit of measure"),
    ("vat", "VAT category"),
    ("bank", "Bank account"),
    ("uom", "Odoo unit"),
    ("tax", "Tax"),
    ("type", "Invoice type"),
    ("draft", "Reset to draft"),
    ("none", "Nothing"),
]
# {field to write: kind of its answer}.
KIND_OF_FIELD = {
    "country_id": "country",
    "state_id": "county",
    "l10n_ro_efactura_sector": "sector",
    "partner_bank_id": "bank",
    "product_uom_id": "uom",
    "tax_ids": "tax",
    "l10n_ro_efactura_type": "type",
}
# {kind: field of the row that holds the answer}.
ANSWER_OF_KIND = {
    "text": "answer_text",
    "date": "answer_date",
    "country": "answer_country_id",
    "county": "answer_state_id",
    "sector": "answer_sector",
    "unit": "answer_unit_id",
    "vat": "answer_category",
    "bank": "answer_bank_id",
    "uom": "answer_uom_id",
    "tax": "answer_tax_id",
    "type": "answer_type",
}
# {kind: fields of the row that hold the answer for a code}.
CODE_ANSWERS = {"unit": ("answer_unit_id",), "vat": ("answer_category", "answer_vatex", "answer_reason")}


class EfacturaWindowLine(models.TransientModel):
    """A row of the window: a term with its value, a missing one with a cell for it, a finding, or an invoice line."""

    _name = "l10n_ro_efactura.window.line"
    _description = "Row of the e-Factura window"
    _order = "sequence, id"

    window_id = fields.Many2one("l10n_ro_efactura.window", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(readonly=True)
    state = fields.Selection(
        [
            ("missing", "Missing"),
            ("refused", "Refused by ANAF"),
            ("ok", "There"),
            ("line", "Line"),
            ("fatal", "Stops it"),
            ("warning", "Warning"),
        ],
        readonly=True,
    )
    bt = fields.Char(string="Term", readonly=True, help="Business term of EN 16931")
    label = fields.Char(string="Element", readonly=True)
    text = fields.Char(string="What Is Wrong", readonly=True)
    original = fields.Char(string="ANAF's Text", readonly=True)
    rule = fields.Char(readonly=True)
    value = fields.Char(readonly=True)
    source = fields.Char(string="Where", readonly=True)
    model = fields.Char(readonly=True)
    res_id = fields.Integer(readonly=True)
    field = fields.Char(readonly=True)
    move_ids = fields.Many2many("account.move", string="Invoices", readonly=True)
    move_count = fields.Integer(string="How Many", readonly=True)
    kind = fields.Selection(KINDS, readonly=True, default="none")
    note = fields.Char(readonly=True, help="Shown under the cell")
    failed = fields.Boolean(readonly=True, help="The note says why the answer could not be written")
    is_refused = fields.Boolean(readonly=True, help="ANAF's last answer is about this value")
    country_id = fields.Many2one("res.country", string="Country of the county", readonly=True)
    bank_partner_id = fields.Many2one("res.partner", readonly=True)

    # a line of the invoice, as the document shows it; its unit and its VAT category can be answered on it
    number = fields.Integer(string="Line", readonly=True)
    quantity = fields.Char(readonly=True)
    unit = fields.Char(string="Unit (BT-130)", readonly=True)
    price = fields.Char(readonly=True)
    amount = fields.Char(readonly=True)
    category = fields.Char(string="VAT category (BT-151)", readonly=True)
    rate = fields.Char(string="Rate", readonly=True)
    unit_kind = fields.Selection(KINDS, readonly=True, help="How the unit can be answered")
    category_kind = fields.Selection(KINDS, readonly=True, help="How the VAT category can be answered")
    asked = fields.Char(readonly=True, help="Yellow cells of this line: 'unit', 'vat'")

    answer_text = fields.Char()
    answer_date = fields.Date()
    answer_country_id = fields.Many2one("res.country", string="Country")
    answer_state_id = fields.Many2one("res.country.state", string="County", domain="[('country_id', '=', country_id)]")
    answer_sector = fields.Selection([(str(number), f"Sector {number}") for number in range(1, 7)])
    answer_unit_id = fields.Many2one("l10n_ro_efactura.unit", string="UN/ECE Unit")
    answer_category = fields.Selection(CATEGORIES)
    answer_vatex = fields.Selection(VATEX)
    answer_reason = fields.Char()
    answer_bank_id = fields.Many2one(
        "res.partner.bank", string="Bank account", domain="[('partner_id', '=', bank_partner_id)]"
    )
    answer_uom_id = fields.Many2one("uom.uom", string="Odoo unit")
    answer_tax_id = fields.Many2one(
        "account.tax", string="Tax", domain="[('type_tax_use', '=', 'sale')]", check_company=False
    )
    answer_type = fields.Selection(TYPES)

    # -------------------------------------------------------------------------
    # MAKING
    # -------------------------------------------------------------------------

    @api.model
    def _prepare(self, row):
        """Return the values of a row from a problem of the invoice or a finding of the checker."""
        window = self.env["l10n_ro_efactura.window"]
        record = self.env[row["model"]].browse(row["res_id"])
        moves = self.env["account.move"].browse(row["move_ids"])
        values = {
            "state": row["state"],
            "bt": row["bt"],
            "label": window._label(row["bt"]) if row["bt"] else "",
            "text": row["text"],
            "original": row.get("original"),
            "rule": row.get("rule") or row.get("code"),
            "model": row["model"],
            "res_id": row["res_id"],
            "field": row["field"],
            "move_ids": moves.ids,
            "move_count": len(moves),
            "source": self._where(record, moves),
        }
        if row["state"] == "refused" and row["field"] == "code":
            values |= self._prepare_refused_code(moves, record, row["bt"])
        elif row["state"] in ("missing", "refused"):
            values |= self._prepare_answer(record, row["field"])
        return values

    @api.model
    def _where(self, record, moves):
        """Name the record to correct and, for a single invoice, the lines that use it."""
        numbers = {}
        if len(moves) == 1:
            lines = moves.invoice_line_ids.filtered(lambda line: line.display_type == "product")
            for number, line in enumerate(lines, start=1):
                for one in (line, line.product_uom_id, *line.tax_ids.flatten_taxes_hierarchy(), line.product_id):
                    numbers.setdefault(one, []).append(str(number))
        on_lines = numbers.get(record, [])
        name = self.env["l10n_ro_efactura.window"]._source_name(
            record, on_lines[0] if on_lines and record._name == "account.move.line" else 0
        )
        if not on_lines or record._name == "account.move.line":
            return name
        return self.env._("%(record)s, line %(lines)s", record=name, lines=", ".join(on_lines[:10]))

    @api.model
    def _prepare_answer(self, record, field):
        """Return the values of a row that say what can be answered, by whom, and what is proposed."""
        kind = self._kind(record, field)
        values = {"kind": kind}
        if kind != "none" and field != "code" and not record.has_access("write"):
            values |= {"kind": "none", "note": self._who_may(record)}
        elif kind == "county":
            values["country_id"] = record.country_id.id
        elif kind == "bank":
            values["bank_partner_id"] = record.bank_partner_id.id
        elif kind == "sector" and record.l10n_ro_efactura_sector_guess:
            values |= {
                "answer_sector": record.l10n_ro_efactura_sector_guess,
                "note": self.env._("Proposed from the address: look before you save."),
            }
        elif kind == "unit":
            named = self.env["l10n_ro_efactura.unit"]._named(record.name)
            if named:
                values |= {
                    "answer_unit_id": named.id,
                    "note": self.env._("Proposed from the name: look before you save."),
                }
        elif kind == "text" and isinstance(record[field], str):
            values["answer_text"] = record[field]
        if values["kind"] in ("date", "country", "county", "type") and record[field]:
            value = record[field]
            values[ANSWER_OF_KIND[kind]] = value.id if isinstance(value, models.BaseModel) else value
        return values

    @api.model
    def _kind(self, record, field):
        if field == "code":
            return "unit" if record._name == "uom.uom" else "vat"
        if not field or field not in record._fields:
            return "none"
        if record._name == "account.move.line" and field == "tax_ids" and record.parent_state != "draft":
            # It changes the entry, which Odoo allows on drafts only.
            return "draft" if record.move_id.show_reset_to_draft_button else "none"
        if kind := KIND_OF_FIELD.get(field):
            return kind
        return {"char": "text", "date": "date"}.get(record._fields[field].type, "none")

    @api.model
    def _who_may(self, record):
        """Say which groups may write a record that this user may not."""
        groups = self.env["ir.model.access"].group_names_with_access(record._name, "write")
        return self.env._("You may not change this. Who may: %s", ", ".join(groups) or self.env._("nobody"))

    # -------------------------------------------------------------------------
    # ANSWERING
    # -------------------------------------------------------------------------

    def _record(self):
        return self.env[self.model].browse(self.res_id).exists()

    def _answer(self):
        """Return the answer, None where there is none or where it equals what the record has."""
        self.ensure_one()
        if self.state == "line":
            return self._code_answer("unit") or self._code_answer("vat")
        if self.field == "code":
            return self._code_answer(self.kind)
        name = ANSWER_OF_KIND.get(self.kind)
        answer = self[name] if name else None
        if self.kind == "text":
            answer = (answer or "").strip()
        record = self._record()
        return None if not answer or not record or answer == record[self.field] else answer

    def _write(self):
        """Write the answers of one record with the user's own rights, each as far as it goes.

        :return: {row: the reason why its answer was not written}
        """
        record = self[0]._record()
        failed = {}
        coded = self.filtered(lambda line: line.state == "line" or line.field == "code")
        for line in coded:
            for kind in ("unit", "vat") if line.state == "line" else (line.kind,):
                if note := line._attempt(line._remember, kind):
                    failed[line] = note
        answers = self - coded
        if answers and (note := answers._attempt(record.write, answers._field_values())):
            for line in answers:
                if len(answers) == 1 or (note := line._attempt(record.write, line._field_values())):
                    failed[line] = note
        return failed

    def _attempt(self, work, *arguments):
        """Call `work` with `arguments` in a savepoint and return why it was refused, False on success."""
        try:
            with self.env.cr.savepoint():
                work(*arguments)
                self.env.flush_all()
        except AccessError:
            self.env.invalidate_all()
            return self._who_may(self[0]._record())
        except UserError as error:
            self.env.invalidate_all()
            return str(error)
        return False

    def _answer_for(self, asked):
        """Copy what was answered on invoice lines to the rows `asked` that are about the same unit, tax or line."""
        for line in self:
            record = line._record()
            for row in asked:
                if row.field == "code" and line._code_answer(row.kind) and line._coded(row.kind) == row._record():
                    names = CODE_ANSWERS[row.kind]
                elif row.kind == "tax" and line.answer_tax_id and row._record() == record:
                    names = ("answer_tax_id",)
                else:
                    continue
                row.update({name: line[name] for name in names})

    def _field_values(self):
        return {line.field: line._field_value() for line in self}

    def _field_value(self):
        answer = self._answer()
        if self.kind == "tax":
            return [fields.Command.set(answer.ids)]
        return answer.id if isinstance(answer, models.BaseModel) else answer

    def _key(self):
        """Return what tells this row from the others, also from those of an earlier check."""
        return self.state, self.bt, self.rule, self.original, self.model, self.res_id, self.field

    def _given(self):
        """Return the values of all answers, to be kept in the cells."""
        names = {*ANSWER_OF_KIND.values(), *CODE_ANSWERS["vat"]}
        return {name: self._fields[name].convert_to_write(self[name], self) for name in names}

    # -------------------------------------------------------------------------
    # BUTTONS
    # -------------------------------------------------------------------------

    def _check_may(self):
        check_bill(self.move_ids, "write")
        self.ensure_one()

    def action_reset_draft(self):
        """Reset the posted invoice to draft, where the taxes of its lines can be chosen."""
        self._check_may()
        window = self.window_id
        window.move_ids.check_access("write")
        self.move_ids.button_draft()
        window._save()
        return window._action()

    def action_open(self):
        """Open the record to correct."""
        self._check_may()
        record = self._record()
        if record._name == "account.move.line":
            record = record.move_id
        if not record:
            raise UserError(self.env._("The record is gone."))
        record.check_access("read")
        return record._get_records_action()

    def action_open_moves(self):
        """Open the invoices that lack this term."""
        self._check_may()
        return self.move_ids._l10n_ro_efactura_list_action(self.text)
