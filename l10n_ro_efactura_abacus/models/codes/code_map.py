from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..common.core import clear_cache, ormcache
from ..common.rights import may_bill
from .vat_tables import CATEGORIES, DEFAULT_EXEMPTION, NEED_REASON, RO_TAXES, TAXED, VATEX


class EfacturaCodeMap(models.Model):
    """What an Odoo unit or tax is called in an e-invoice: asked once, then remembered.

    One row per unit or tax and company; a branch uses its parent's rows where it has none of its own.
    """

    _name = "l10n_ro_efactura.code.map"
    _description = "e-Factura code"
    _order = "kind, company_id, id"
    _check_company_auto = True
    _rec_name = "code"

    kind = fields.Selection([("uom", "Unit of measure"), ("tax", "VAT")], required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", default=lambda self: self.env.company
    )
    uom_id = fields.Many2one("uom.uom", string="Unit", ondelete="cascade", index="btree_not_null")
    tax_id = fields.Many2one(
        "account.tax", string="Tax", ondelete="cascade", index="btree_not_null", check_company=True
    )
    code = fields.Char(required=True, help="Unit: UN/ECE Recommendation 20 or 21 (BT-130). Tax: VAT category (BT-151).")
    exemption_code = fields.Selection(VATEX, string="VATEX Code", help="Why there is no VAT, as a code (BT-121).")
    exemption_text = fields.Char(
        string="Exemption Reason", size=100, help="Why there is no VAT, in words (BT-120); the law's article."
    )
    # the code as the lists show it: both are other ways to read and write `code`
    unit_id = fields.Many2one(
        "l10n_ro_efactura.unit", string="UN/ECE Unit", compute="_compute_from_code", inverse="_inverse_unit_id"
    )
    category = fields.Selection(
        CATEGORIES, string="VAT Category", compute="_compute_from_code", inverse="_inverse_category"
    )
    type_tax_use = fields.Selection(related="tax_id.type_tax_use", related_sudo=False)
    tax_amount = fields.Float(related="tax_id.amount", related_sudo=False, string="Rate")

    _uom_uniq = models.Constraint("UNIQUE (company_id, uom_id)", "This unit has a code already.")
    _tax_uniq = models.Constraint("UNIQUE (company_id, tax_id)", "This tax has a code already.")
    _one_record = models.Constraint(
        "CHECK (CASE kind WHEN 'uom' THEN uom_id IS NOT NULL AND tax_id IS NULL AND exemption_code IS NULL"
        " ELSE tax_id IS NOT NULL AND uom_id IS NULL END)",
        "A code is of one unit, or of one tax.",
    )

    # -------------------------------------------------------------------------
    # THE ROW
    # -------------------------------------------------------------------------

    @api.depends("kind", "code")
    def _compute_from_code(self):
        units = (
            self.env["l10n_ro_efactura.unit"]
            .search([("code", "in", [row.code for row in self if row.kind == "uom" and row.code])])
            .grouped("code")
        )
        known = dict(CATEGORIES)
        for row in self:
            row.unit_id = units.get(row.code, False) if row.kind == "uom" else False
            row.category = row.code if row.kind == "tax" and row.code in known else False

    def _inverse_unit_id(self):
        for row in self.filtered("unit_id"):
            row.code = row.unit_id.code

    def _inverse_category(self):
        for row in self.filtered("category"):
            row.code = row.category

    @api.onchange("category")
    def _onchange_category(self):
        if self.category:
            self.exemption_code = DEFAULT_EXEMPTION.get(self.category, False)
            self.exemption_text = False

    def _with_code(self, vals):
        """`vals` with `code` filled from what the lists write, and the exemption that goes with the category."""
        vals = dict(vals)
        if unit := vals.pop("unit_id", None):
            vals["code"] = self.env["l10n_ro_efactura.unit"].browse(unit).code
        if category := vals.pop("category", None):
            vals["code"] = category
        code = vals.get("code")
        if code in TAXED:
            vals.update(exemption_code=False, exemption_text=False)
        elif code in DEFAULT_EXEMPTION and not vals.get("exemption_code") and not vals.get("exemption_text"):
            vals["exemption_code"] = DEFAULT_EXEMPTION[code]
        return vals

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create([self._with_code(vals) for vals in vals_list])
        clear_cache(self.env)
        return rows

    def write(self, vals):
        result = super().write(self._with_code(vals))
        clear_cache(self.env)
        return result

    def unlink(self):
        clear_cache(self.env)
        return super().unlink()

    @api.constrains("kind", "code", "exemption_code", "exemption_text", "tax_id")
    def _check_code(self):
        for row in self:
            if row.kind == "uom" and row.code not in self.env["l10n_ro_efactura.unit"]._codes():
                raise ValidationError(
                    self.env._(
                        "%(code)s is no unit of the list that ANAF accepts (UN/ECE Recommendations 20 and 21).",
                        code=row.code,
                    )
                )
            if row.kind == "tax":
                row._check_category()

    def _check_category(self):
        if self.code not in dict(CATEGORIES):
            raise ValidationError(self.env._("%(code)s is no VAT category.", code=self.code))
        if not self._fits(self.code, self.tax_id):
            raise ValidationError(
                self.env._("%(tax)s has no VAT: category S does not fit.", tax=self.tax_id.display_name)
                if self.code == "S"
                else self.env._("%(tax)s has VAT: only category S fits.", tax=self.tax_id.display_name)
            )
        if self.code == "O" and self.company_id._l10n_ro_efactura_is_vat_payer():
            raise ValidationError(
                self.env._(
                    "Category O is for sellers who are not registered for VAT; %(company)s is (its "
                    "Tax ID starts with RO). "
                    "Use E with a reason.",
                    company=self.company_id.name,
                )
            )
        if self.code in NEED_REASON and not (self.exemption_code or (self.exemption_text or "").strip()):
            raise ValidationError(
                self.env._(
                    "Category %(code)s of %(tax)s needs a reason: a VATEX code or a text.",
                    code=self.code,
                    tax=self.tax_id.display_name,
                )
            )

    @api.model
    def _charges(self, tax):
        """Does `tax` add VAT to the invoice? One that cancels itself and a fixed amount (a deposit) do not."""
        return bool(tax) and tax.amount_type != "fixed" and tax.amount > 0 and not tax.has_negative_factor

    @api.model
    def _fits(self, category, tax):
        """Can `tax` be of `category`? S is above 0 % (BR-S-05); the others but L and M are at 0 % (BR-E-05...).

        A purchase tax that cancels itself (reverse charge) is at 0 % for the seller.
        """
        charged = self._charges(tax)
        return charged if category == "S" else category in "LM" or not charged

    # -------------------------------------------------------------------------
    # LOOKING UP
    # -------------------------------------------------------------------------

    @api.model
    @ormcache("company_id")
    def _known(self, company_id):
        """{(kind, record id): (code, exemption code, exemption text)} of a company, its parents' included."""
        found = {}
        companies = self.env["res.company"].browse(company_id)._l10n_ro_efactura_chain()
        rows = self.sudo().search([("company_id", "in", companies.ids)])
        for row in rows.sorted(lambda row: companies.ids.index(row.company_id.id)):
            record = row.uom_id if row.kind == "uom" else row.tax_id
            found.setdefault(
                (row.kind, record.id), (row.code, row.exemption_code or False, row.exemption_text or False)
            )
        return found

    # -------------------------------------------------------------------------
    # ANSWERING
    # -------------------------------------------------------------------------

    @api.model
    def _remember(self, company, record, code, exemption_code=False, exemption_text=False):
        """Keep what a user answered in the e-Factura window: whoever may invoice may answer, for own companies.

        :param record: the unit or the tax
        :return: the row, written or made
        """
        if not self.env.su and (company not in self.env.user.company_ids or not may_bill(self.env)):
            raise AccessError(
                self.env._("Only users who may invoice for %(company)s can say this.", company=company.sudo().name)
            )
        kind = {"uom.uom": "uom", "account.tax": "tax"}[record._name]
        values = {"code": code, "exemption_code": exemption_code, "exemption_text": exemption_text}
        found = self.sudo().search([("company_id", "=", company.id), (f"{kind}_id", "=", record.id)])
        if found:
            found.write(values)
        else:
            found = self.sudo().create({"kind": kind, f"{kind}_id": record.id, "company_id": company.id, **values})
        return found.sudo(self.env.su)

    @api.model
    def _prefill(self, companies=None):
        """Give the taxes of the Romanian chart their categories; what is answered already stays as it is.

        :param companies: all, when none are named
        """
        if companies is None:
            companies = self.env["res.company"].sudo().with_context(active_test=False).search([])
        companies = companies.sudo().filtered(lambda company: company.chart_template == "ro" and not company.parent_id)
        if not companies:
            return
        wanted = {
            f"{company.id}_{name}": (company, values) for company in companies for name, values in RO_TAXES.items()
        }
        data = (
            self.env["ir.model.data"]
            .sudo()
            .search_fetch(
                [("module", "=", "account"), ("model", "=", "account.tax"), ("name", "in", list(wanted))],
                ["name", "res_id"],
            )
        )
        taxes = (
            self.env["account.tax"].sudo().with_context(active_test=False).search([("id", "in", data.mapped("res_id"))])
        )
        answered = self.sudo().search([("tax_id", "in", taxes.ids)]).mapped(lambda row: (row.company_id, row.tax_id))
        taxes = {tax.id: tax for tax in taxes}
        rows = []
        for row in data:
            company, (code, exemption_code, exemption_text) = wanted[row.name]
            tax = taxes.get(row.res_id)
            if not tax or tax.ubl_cii_tax_category_code or (company, tax) in answered or not self._fits(code, tax):
                continue
            rows.append(
                {
                    "kind": "tax",
                    "company_id": company.id,
                    "tax_id": tax.id,
                    "code": code,
                    "exemption_code": exemption_code,
                    "exemption_text": exemption_text,
                }
            )
        self.sudo().create(rows)
