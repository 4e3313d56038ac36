from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import float_compare

from ...models.assets.treatments import TREATMENTS
from ...models.bills.amounts import RATED
from ...models.bills.proposal import Choice
from ...models.common.rights import check_bill

# {choice of a LineProposal: field of the row}; other addons extend `_choices`.
CHOICES = {
    "product": "product_id",
    "account": "account_id",
    "taxes": "tax_ids",
    "uom": "product_uom_id",
    "analytic": "analytic_distribution",
    "treatment": "treatment",
    "to_expense": "to_expense",
}
# Choices without which nothing is imported; analytic only where a plan requires it.
NEEDED = ("account", "taxes", "uom", "analytic")
# Choices whose cell turns yellow when it is emptied.
ASKED = ("product", "account", "taxes", "uom")
# Choices that have a default from the product or the account.
DEFAULTED = ("account", "taxes", "treatment", "to_expense")
# Sources of a choice that another row's answer may replace.
OPEN = ("none", "default", "xml")
# Labels of the sources: (value, label).
SOURCE_NAMES = [
    ("user", "You"),
    ("remembered", "Remembered"),
    ("supplier_code", "Supplier's code"),
    ("barcode", "Barcode"),
    ("name", "Name"),
    ("order", "Order"),
    ("xml", "XML"),
    ("default", "Default"),
    ("none", "Unknown"),
]


class EfacturaImportLine(models.TransientModel):
    """A line of a supplier's XML beside the bill line that it becomes."""

    _name = "l10n_ro_efactura.import.line"
    _description = "Line of an e-Factura import"
    _inherit = ["analytic.mixin"]
    _order = "sequence, id"

    import_id = fields.Many2one("l10n_ro_efactura.import", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="import_id.company_id", related_sudo=False)
    currency_id = fields.Many2one(related="import_id.currency_id", related_sudo=False)
    sequence = fields.Integer(readonly=True, help="Position among the lines of the bill, from 0")
    # what the XML says
    name = fields.Char(string="Line of the Invoice", readonly=True)
    details = fields.Char(readonly=True, help="Codes that the supplier gave this line")
    quantity = fields.Float(digits="Product Unit", readonly=True)
    unit_code = fields.Char(string="XML Unit", readonly=True)
    unit_name = fields.Char(readonly=True, help="What the XML's unit is called")
    price_unit = fields.Float(string="Price", digits="Product Price", readonly=True)
    discount = fields.Float(string="Disc.%", readonly=True)
    net = fields.Monetary(string="Net", readonly=True)
    category = fields.Char(readonly=True)
    rate = fields.Float(readonly=True)
    vat = fields.Char(string="XML VAT", readonly=True)
    is_rated = fields.Boolean(readonly=True, help="VAT is charged on this line")
    barcode = fields.Char(readonly=True)
    # what becomes of it
    product_id = fields.Many2one("product.product", check_company=True, domain="[('purchase_ok', '=', True)]")
    account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable', 'off_balance'))]",
    )
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        check_company=True,
        context={"active_test": False},  # also those of ended rates
        domain="[('type_tax_use', '=', 'purchase'), ('active', '=', True)]",
    )
    product_uom_id = fields.Many2one("uom.uom", string="Unit")
    treatment = fields.Selection(TREATMENTS, default="expense")
    to_expense = fields.Boolean(
        "Expense at Once", help="The inventory object goes to expense (603 = 303) when the bill is posted."
    )
    product_source = fields.Selection(SOURCE_NAMES, default="none")
    account_source = fields.Selection(SOURCE_NAMES, default="none")
    taxes_source = fields.Selection(SOURCE_NAMES, default="none")
    uom_source = fields.Selection(SOURCE_NAMES, default="none")
    analytic_source = fields.Selection(SOURCE_NAMES, default="none")
    treatment_source = fields.Selection(SOURCE_NAMES, default="default")
    to_expense_source = fields.Selection(SOURCE_NAMES, default="default")

    @api.model
    def _choices(self):
        """Return {choice of LineProposal: field}; an addon that adds one adds the fields `x` and `<choice>_source`."""
        return CHOICES

    @api.model
    def _source_field(self, choice):
        return f"{choice}_source"

    # -------------------------------------------------------------------------
    # FROM AND TO A PROPOSAL
    # -------------------------------------------------------------------------

    @api.model
    def _prepare(self, line_proposal, sequence, units):
        """Return the values of a row.

        :param units: {UN/ECE code: name}
        """
        line = line_proposal.line
        values = {
            "sequence": sequence,
            "name": line_proposal.name,
            "quantity": line_proposal.quantity,
            "price_unit": line_proposal.price_unit,
            "discount": line_proposal.discount,
            "net": float(line_proposal.net or 0),
            "category": line_proposal.category,
            "rate": float(line_proposal.rate or 0),
            "vat": self._vat_text(line_proposal.category, line_proposal.rate),
            "is_rated": bool(line_proposal.category in RATED and line_proposal.rate),
        }
        if line is not None:
            codes = [
                (self.env._("supplier's code"), line.seller_code),
                (self.env._("barcode"), line.standard_code),
                (self.env._("our code"), line.buyer_code),
            ]
            values |= {
                "details": ", ".join(f"{label} {code}" for label, code in codes if code),
                "unit_code": line.unit_code,
                "unit_name": units.get(line.unit_code) or line.unit_code,
                "barcode": line.standard_code,
            }
        for choice, field in self._choices().items():
            chosen = getattr(line_proposal, choice)
            value = chosen.value
            if isinstance(value, models.BaseModel):
                value = [Command.set(value.ids)] if self._fields[field].type == "many2many" else value.id
            values[field] = value or False
            values[self._source_field(choice)] = chosen.source
        return values

    @api.model
    def _vat_text(self, category, rate):
        if category in ("S", "") and rate is not None:
            return f"{float(rate):g}%"
        return category if not rate else f"{category} {float(rate):g}%"

    def _write_back(self, line_proposal):
        """Write the answers of this row into a newly made `line_proposal`."""
        self.ensure_one()
        for choice, field in self._choices().items():
            value = self[field] if isinstance(self[field], models.BaseModel) else self[field] or None
            setattr(line_proposal, choice, Choice(value, self[self._source_field(choice)] or "none"))

    def _charges(self):
        """Return True where its tax has the XML's rate, so that the bill's VAT equals the XML's to the cent."""
        self.ensure_one()
        tax = self.tax_ids._origin or self.tax_ids
        rate = self.rate if self.category in RATED else 0.0
        return (
            len(tax) == 1
            and tax.amount_type == "percent"
            and not tax.has_negative_factor
            and not float_compare(tax.amount, rate, precision_digits=4)
        )

    def _user_values(self):
        """Return the user's choices on this row, as values to write."""
        self.ensure_one()
        return {
            name: value
            for choice, field in self._choices().items()
            if self[self._source_field(choice)] == "user"
            for name, value in (
                (field, self._fields[field].convert_to_write(self[field], self)),
                (self._source_field(choice), "user"),
            )
        }

    # -------------------------------------------------------------------------
    # CHOOSING
    # -------------------------------------------------------------------------

    def _is_yellow(self, choice):
        return self[self._source_field(choice)] == "none"

    def _yellow(self):
        """Return the required choices that are missing: [(row, choice)]."""
        sees_analytic = self.env.user.has_group("analytic.group_analytic_accounting")
        return [
            (line, choice)
            for line in self
            for choice in NEEDED
            if line._is_yellow(choice) and (choice != "analytic" or sees_analytic)
        ]

    def _mark(self, choice):
        """Set the source of a choice after a change: the user, the default, or none where a required cell is emptied.

        An onchange that fills another cell calls this too: a value equal to the default is no choice of the user.
        """
        for line in self:
            value = line[self._choices()[choice]]
            value = value._origin if isinstance(value, models.BaseModel) else value
            source = self._source_of(choice, value)
            if source == "user" and choice in DEFAULTED and value == line._default_of(choice):
                source = "default"
            line[self._source_field(choice)] = source

    def _default_of(self, choice):
        """Return what product or account provide for `choice`, an empty value for nothing."""
        company = self.import_id.company_id
        product = self.product_id.with_company(company)
        if choice == "account":
            return product.product_tmpl_id.get_product_accounts()["expense"] if product else self.account_id.browse()
        if choice == "taxes":
            return product.supplier_taxes_id.filtered_domain(self.env["account.tax"]._check_company_domain(company))
        if choice == "treatment":
            return company._l10n_ro_efactura_default_treatment(self.account_id)
        return self.treatment == "inventory_object" and company.sudo().l10n_ro_efactura_inventory_to_expense

    @api.model
    def _source_of(self, choice, value):
        return "none" if choice in ASKED and not value else "user"

    @api.onchange("product_id")
    def _onchange_product_id(self):
        """Fill the cells that the product provides and that the user has not chosen."""
        self._mark("product")
        product = self.product_id
        if not product:
            return
        account = self._default_of("account")
        if account and self.account_source in ("none", "default"):
            self.account_id, self.account_source = account, "default"
        if self.product_uom_id and not self.product_uom_id._has_common_reference(product.uom_id):
            self.product_uom_id, self.uom_source = False, "none"  # core refuses a unit that cannot be converted
        taxes = self._default_of("taxes")
        if self._is_yellow("taxes") and taxes and taxes.mapped("amount") == [self.rate]:
            self.tax_ids, self.taxes_source = taxes, "default"

    @api.onchange("account_id")
    def _onchange_account_id(self):
        self._mark("account")
        if self.account_id and self.treatment_source != "user":
            self.treatment, self.treatment_source = self._default_of("treatment"), "default"

    @api.onchange("tax_ids")
    def _onchange_tax_ids(self):
        self._mark("taxes")

    @api.onchange("product_uom_id")
    def _onchange_product_uom_id(self):
        self._mark("uom")

    @api.onchange("analytic_distribution")
    def _onchange_analytic_distribution(self):
        self._mark("analytic")

    @api.onchange("treatment")
    def _onchange_treatment(self):
        """Put an inventory object on the account of inventory objects."""
        self._mark("treatment")
        company = self.import_id.company_id
        if self.treatment == "inventory_object":
            account = company._l10n_ro_efactura_inventory_account()
            if account and company._l10n_ro_efactura_default_treatment(self.account_id) != "inventory_object":
                self.account_id, self.account_source = account, "default"
        self.to_expense = self._default_of("to_expense")

    @api.onchange("to_expense")
    def _onchange_to_expense(self):
        self._mark("to_expense")

    def write(self, vals):
        # over RPC there is no onchange: a value written without its source is the user's choice
        missing = {
            self._source_field(choice): self._source_of(choice, self._has_value(vals[field]))
            for choice, field in self._choices().items()
            if field in vals and self._source_field(choice) not in vals
        }
        return super().write({**vals, **missing})

    @api.model
    def _has_value(self, value):
        """Return True where the value of a field, in the form that `write` takes, is not empty."""
        if isinstance(value, (list, tuple)):  # x2many commands
            return any(
                not (command[0] == Command.CLEAR or command[0] == Command.SET and not command[2]) for command in value
            )
        return bool(value)

    # -------------------------------------------------------------------------
    # BUTTONS
    # -------------------------------------------------------------------------

    def _check_may(self):
        check_bill(self)
        self.ensure_one().check_access("write")

    def _similar(self, choice):
        """Return the rows that need the same answer.

        Their cell is not chosen yet and, for a tax or a unit, the XML says the same.
        """
        field = self._choices()[choice]
        lines = (self.import_id.line_ids - self).filtered(
            lambda line: line[self._source_field(choice)] in OPEN and line[field] != self[field]
        )
        if choice == "taxes":
            return lines.filtered(lambda line: (line.category, line.rate) == (self.category, self.rate))
        if choice == "uom":
            return lines.filtered(lambda line: line.unit_code == self.unit_code)
        if choice == "product":
            return lines.filtered(lambda line: line.name == self.name)
        return lines

    def action_apply_to_similar(self, choice):
        """Give this row's answer to the similar rows."""
        self._check_may()
        if choice not in self._choices():
            raise UserError(self.env._("Unknown choice."))
        field = self._choices()[choice]
        value = self._fields[field].convert_to_write(self[field], self)
        self._similar(choice).write({field: value, self._source_field(choice): self[self._source_field(choice)]})

    def action_leave_empty(self, choice):
        """Mark the cell as deliberately empty; VAT without a known tax becomes part of the cost."""
        self._check_may()
        if choice not in ("product", "uom", "taxes", "analytic"):
            raise UserError(self.env._("This cannot stay empty."))
        answer = False
        if choice == "taxes" and self.is_rated:  # its VAT is payable anyway
            importer = self.env["l10n_ro_efactura.importer"]
            tax = importer._vat_as_cost(self.import_id.company_id, Decimal(repr(self.rate)))
            answer = [Command.set(tax.ids)]
        self.write({self._choices()[choice]: answer, self._source_field(choice): "user"})

    def action_create_product(self):
        """Create the product of this line from the XML, with the user's own rights."""
        self._check_may()
        Product = self.env["product.product"]
        if not Product.has_access("create"):
            groups = self.env["ir.model.access"].group_names_with_access("product.product", "create")
            raise AccessError(self.env._("You may not create products. Who may: %s", ", ".join(groups)))
        product = Product.create(self._product_values())
        self.write({"product_id": product.id, "product_source": "user"})

    def _product_values(self):
        """Return the values of a product with this line's cost, and its account and tax where they are chosen."""
        values = {
            "name": self.name,
            "type": self._product_type(),
            "purchase_ok": True,
            "sale_ok": False,
            "standard_price": abs(self.price_unit) * (1 - self.discount / 100.0),
            "company_id": self.import_id.company_id.id,
        }
        if self.tax_ids:
            values["supplier_taxes_id"] = [Command.set(self.tax_ids.ids)]
        if self.product_uom_id:
            values["uom_id"] = self.product_uom_id.id
        if self.account_id and not self._is_yellow("account"):
            values["property_account_expense_id"] = self.account_id.id
        known = self.env["product.product"].sudo().search_count([("barcode", "=", self.barcode)], limit=1)
        if self.barcode and not known:
            values["barcode"] = self.barcode
        return values

    def _product_type(self):
        """Return 'consu' for accounts of stocks, raw material or assets, 'service' for accounts of services."""
        code = self.account_id.with_company(self.import_id.company_id).code or ""
        return "consu" if code.startswith(("2", "3", "60")) and not code.startswith(("604", "605")) else "service"
