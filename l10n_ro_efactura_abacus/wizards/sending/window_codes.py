"""Cells of the window where the code of a unit or the VAT category of a tax is chosen or changed."""

from odoo import api, fields, models

from ...models.codes.vat_tables import DEFAULT_EXEMPTION
from ...models.document.document_build import LineTaxes
from .window_refusal import REFUSALS_TO_PROPOSE


class EfacturaWindowLine(models.TransientModel):
    """A code is remembered for the company, by whoever may send its invoices."""

    _inherit = "l10n_ro_efactura.window.line"

    uses = fields.Char(readonly=True, help="Where else the code is used")

    def _coded(self, kind):
        """Return the unit ('unit') or the tax ('vat') that this row is about, possibly none."""
        record = self._record()
        if record._name != "account.move.line":
            return record
        return record.product_uom_id if kind == "unit" else LineTaxes(record.tax_ids).vat

    def _code_of(self, kind, record):
        """Return what `record` is called in the e-Factura of these invoices now.

        :return: (code,) of a unit, (category, exemption code, exemption text) of a tax; False where it is asked
        """
        move = self.move_ids[:1] or self.window_id.move_ids[:1]
        if not record:
            return False
        if kind == "unit":
            code = self.env["l10n_ro_efactura.code.map"]._uom_code(move.company_id, record)
            return bool(code) and (code,)
        return move._l10n_ro_efactura_tax_code(record)

    def _code_answer(self, kind):
        """Return the code that was chosen, in the form of `_code_of`; None where none was, or the one it has."""
        if kind == "unit":
            answer = bool(self.answer_unit_id) and (self.answer_unit_id.code,)
        else:
            answer = bool(self.answer_category) and (
                self.answer_category,
                self.answer_vatex or False,
                (self.answer_reason or "").strip() or False,
            )
        return None if not answer or answer == self._code_of(kind, self._coded(kind)) else answer

    def _remember(self, kind):
        """Remember the chosen code for the companies of these invoices."""
        answer, record = self._code_answer(kind), self._coded(kind)
        if answer and record:
            for company in (self.move_ids or self.window_id.move_ids).company_id:
                self.env["l10n_ro_efactura.code.map"]._remember(company, record, *answer)

    @api.model
    def _prepare_code(self, kind, code):
        """Return the values of a cell that shows the code which a unit or a tax has.

        :param code: as of `_code_of`
        """
        if kind == "unit":
            unit = self.env["l10n_ro_efactura.unit"].search([("code", "=", code and code[0])], limit=1)
            return {"answer_unit_id": unit.id}
        category, vatex, reason = code or (False, False, False)
        return {"answer_category": category, "answer_vatex": vatex, "answer_reason": reason}

    @api.model
    def _prepare_refused_code(self, move, record, bt):
        """Return the values of the cell of a code that ANAF refused.

        It shows the code that was sent; after `REFUSALS_TO_PROPOSE` refusals of it, another one is proposed.
        """
        code_map = self.env["l10n_ro_efactura.code.map"]
        kind = self._kind(record, "code")
        window = self.env["l10n_ro_efactura.window"].new({"move_ids": move.ids})
        code = self.new({"move_ids": move.ids})._code_of(kind, record)
        values = {"kind": kind, "uses": code_map._uses(record, move.company_id, move), **self._prepare_code(kind, code)}
        if not code or window._count_refusals(bt, record, code[0]) < REFUSALS_TO_PROPOSE:
            return values
        if kind == "unit":
            proposed = code_map._proposed_uom_code(record, code[0])
            proposed = proposed and (proposed,)
        else:
            proposed = code_map._proposed_tax_code(move.company_id, record, code[0])
        if proposed:
            values |= self._prepare_code(kind, proposed)
            note = self.env._(
                "ANAF refused %(code)s %(count)s times: %(proposed)s is proposed. Look before you save.",
                code=code[0],
                count=REFUSALS_TO_PROPOSE,
                proposed=proposed[0],
            )
        else:
            note = self.env._(
                "ANAF refused %(code)s %(count)s times: choose another one.", code=code[0], count=REFUSALS_TO_PROPOSE
            )
        return {**values, "note": note}

    @api.onchange("answer_category")
    def _onchange_answer_category(self):
        self.answer_vatex = DEFAULT_EXEMPTION.get(self.answer_category, False)
        self.answer_reason = False

    @api.onchange("answer_unit_id", "answer_category")
    def _onchange_code(self):
        """Say where else the code is used, as soon as it is changed."""
        for kind in ("unit", "vat"):
            move = self.move_ids[:1]._origin or self.window_id.move_ids[:1]._origin
            if move and self.model and self._code_answer(kind):
                self.uses = self.env["l10n_ro_efactura.code.map"]._uses(self._coded(kind), move.company_id, move)

    def action_open_uses(self):
        """Open the products with this unit or tax."""
        self._check_may()
        record = self._coded("unit" if self.kind == "unit" else "vat")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Products with %s", record.display_name),
            "res_model": "product.product",
            "views": [[False, "list"], [False, "form"]],
            "domain": list(self.env["l10n_ro_efactura.code.map"]._products_of(record)),
        }
