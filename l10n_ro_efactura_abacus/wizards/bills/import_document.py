from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...anaf import UblError
from ...models.bills.amounts import RATED
from ...models.codes.unit import normalized
from ...models.common.anaf_words import document_error_words
from ...models.common.core import bytes_of
from ...models.common.rights import check_bill
from .import_line import SOURCE_NAMES

# States of a page: (value, label).
STATES = [("ready", "Ready"), ("yellow", "To fill in"), ("refused", "Refused"), ("done", "Imported")]
# Codes of refusals that the user can settle on the page: a locked period, a possible duplicate.
LOCKED, DUPLICATE = "locked", "duplicate"
# Words of Romanian legal forms, ignored when names are compared.
LEGAL_FORMS = {"sc", "s", "c", "srl", "r", "l", "sa", "a", "pfa", "ii", "if"}


class EfacturaImport(models.TransientModel):
    """The import page: a supplier's XML beside the bill that it becomes.

    Shows proposals of `l10n_ro_efactura.importer`. At the import they are made again and the user's answers, kept here,
    are written over them. Several documents form one batch and are opened one by one.
    """

    _name = "l10n_ro_efactura.import"
    _description = "e-Factura import"
    _order = "sequence, id"

    batch_id = fields.Many2one("l10n_ro_efactura.import.batch", ondelete="cascade", index=True)
    sequence = fields.Integer(readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    message_id = fields.Many2one("l10n_ro_efactura.message", string="SPV Message", readonly=True)
    xml = fields.Binary(string="XML", attachment=False, readonly=True)
    package = fields.Binary(string="ZIP", attachment=False, readonly=True, help="As it was dropped by hand")
    file_name = fields.Char(readonly=True)
    # the document
    number = fields.Char(readonly=True)
    invoice_date = fields.Date(readonly=True)
    due_date = fields.Date(readonly=True)
    supplier_name = fields.Char(string="Supplier in the XML", readonly=True)
    supplier_cif = fields.Char(string="CIF", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    move_type = fields.Selection([("in_invoice", "Bill"), ("in_refund", "Refund")], string="Becomes", readonly=True)
    original_id = fields.Many2one("account.move", string="Corrects", readonly=True)
    amount_untaxed = fields.Monetary(string="Untaxed", readonly=True)
    amount_tax = fields.Monetary(string="VAT", readonly=True)
    amount_total = fields.Monetary(string="Total", readonly=True)
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    # what becomes of it
    partner_id = fields.Many2one("res.partner", string="Supplier", check_company=True)
    partner_source = fields.Selection(SOURCE_NAMES, readonly=True)
    new_name = fields.Char(string="Name")
    new_vat = fields.Char(string="Tax ID")
    new_nrc = fields.Char(string="Registration Number")
    new_street = fields.Char(string="Street")
    new_street2 = fields.Char(string="Street 2")
    new_zip = fields.Char(string="ZIP Code")
    new_city = fields.Char(string="City")
    new_country_id = fields.Many2one("res.country", string="Country")
    new_state_id = fields.Many2one("res.country.state", string="County", domain="[('country_id', '=', new_country_id)]")
    new_sector = fields.Selection([(str(number), f"Sector {number}") for number in range(1, 7)], string="Sector")
    new_in_bucharest = fields.Boolean(compute="_compute_new_in_bucharest")
    new_phone = fields.Char(string="Phone")
    new_email = fields.Char(string="Email")
    new_ibans = fields.Char(string="IBAN", readonly=True)
    journal_id = fields.Many2one("account.journal", check_company=True, domain="[('type', '=', 'purchase')]")
    journal_source = fields.Selection(SOURCE_NAMES, readonly=True)
    location_kind = fields.Char(compute="_compute_location_kind")
    location_analytic_id = fields.Many2one("account.analytic.account", string="Location", check_company=True)
    location_source = fields.Selection(SOURCE_NAMES, readonly=True)
    accounting_date = fields.Date()
    line_ids = fields.One2many("l10n_ro_efactura.import.line", "import_id", string="Lines")
    tax_country_id = fields.Many2one("res.country", compute="_compute_tax_country_id")
    # what stands in the way
    refusals = fields.Json(readonly=True)
    warnings = fields.Text(readonly=True)
    duplicate_ids = fields.Many2many("account.move", string="Possibly the Same", readonly=True)
    is_other = fields.Boolean(string="It is another document")
    locked = fields.Char(compute="_compute_locked")
    open_date = fields.Date(compute="_compute_locked")
    yellow_count = fields.Integer(string="Yellow Cells", compute="_compute_yellow_count")
    pale_count = fields.Integer(string="Without Product", compute="_compute_yellow_count")
    line_count = fields.Integer(string="How Many Lines", compute="_compute_yellow_count")
    is_read = fields.Boolean(compute="_compute_is_read", help="There is an invoice in the file")
    state = fields.Selection(STATES, compute="_compute_state")
    note = fields.Char(string="Why", compute="_compute_state")
    reasons = fields.Text(compute="_compute_state")
    import_error = fields.Char(readonly=True)
    # the bill
    bill_untaxed = fields.Monetary(string="Bill: Untaxed", compute="_compute_bill_totals")
    bill_tax = fields.Monetary(string="Bill: VAT", compute="_compute_bill_totals")
    bill_total = fields.Monetary(string="Bill: Total", compute="_compute_bill_totals")
    is_equal = fields.Boolean(compute="_compute_bill_totals")
    vat_targets = fields.Json(readonly=True, help="VAT of the XML by category and rate")
    move_id = fields.Many2one("account.move", string="Bill", readonly=True)
    in_background = fields.Boolean(readonly=True)
    has_other_name = fields.Boolean(
        compute="_compute_has_other_name", help="The supplier found has another name than in the XML"
    )
    has_objects = fields.Boolean(compute="_compute_has_objects", help="Some line is an inventory object")
    is_new_supplier = fields.Boolean(compute="_compute_is_new_supplier")
    new_supplier_word = fields.Char(string="Supplier Is", compute="_compute_is_new_supplier")

    # -------------------------------------------------------------------------
    # COMPUTES
    # -------------------------------------------------------------------------

    @api.depends("company_id")
    def _compute_tax_country_id(self):
        for document in self:
            document.tax_country_id = document.company_id.account_fiscal_country_id

    @api.depends("company_id")
    def _compute_location_kind(self):
        for document in self:
            document.location_kind = document.company_id.l10n_ro_efactura_location or False

    @api.depends("partner_id", "supplier_name")
    def _compute_has_other_name(self):
        for document in self:
            names = {_plain_name(name) for name in (document.supplier_name, document.partner_id.name)}
            document.has_other_name = bool(document.partner_id) and len(names) > 1

    @api.depends("line_ids.treatment")
    def _compute_has_objects(self):
        for document in self:
            document.has_objects = "inventory_object" in document.line_ids.mapped("treatment")

    @api.depends("partner_id")
    def _compute_is_new_supplier(self):
        for document in self:
            document.is_new_supplier = not document.partner_id
            document.new_supplier_word = document.is_new_supplier and self.env._("New")

    @api.depends("new_state_id")
    def _compute_new_in_bucharest(self):
        bucharest = self.env.ref("base.RO_B", raise_if_not_found=False)
        for document in self:
            document.new_in_bucharest = bool(bucharest) and document.new_state_id == bucharest

    @api.depends("number", "line_ids")
    def _compute_is_read(self):
        for document in self:
            document.is_read = bool(document.number or document.line_ids)

    @api.depends(
        lambda self: [
            f"line_ids.{self.env['l10n_ro_efactura.import.line']._source_field(choice)}"
            for choice in self.env["l10n_ro_efactura.import.line"]._choices()
        ]
    )
    def _compute_yellow_count(self):
        for document in self:
            document.line_count = len(document.line_ids)
            document.yellow_count = len(document.line_ids._yellow())
            document.pale_count = sum(line._is_yellow("product") for line in document.line_ids)

    @api.depends("accounting_date", "journal_id", "company_id", "invoice_date")
    def _compute_locked(self):
        for document in self:
            document.locked = document.open_date = False
            date = document.accounting_date or document.invoice_date
            if not date or document.move_id:
                continue
            violated = document.company_id._get_violated_lock_dates(date, True, document.journal_id)
            if violated:
                document.locked = self.env._(
                    "The period of %(date)s is locked: %(locks)s.",
                    date=format_date(self.env, date),
                    locks=self.env["res.company"]._format_lock_dates(violated),
                )
                document.open_date = violated[-1][0] + timedelta(days=1)

    @api.depends(
        "refusals", "is_other", "locked", "yellow_count", "move_id", "import_error", "in_background", "warnings"
    )
    def _compute_state(self):
        _ = self.env._
        for document in self:
            reasons = document._reasons()
            document.reasons = "\n".join(reasons) or False
            if document.move_id:
                document.state, document.note = "done", document.move_id.display_name
            elif document.in_background:
                document.state, document.note = "done", _("Made in the background")
            elif reasons:
                document.state, document.note = "refused", reasons[0]
            elif document.yellow_count:
                document.state = "yellow"
                document.note = _("Yellow cells: %s", document.yellow_count)
            else:
                document.state, document.note = "ready", (document.warnings or "").partition("\n")[0] or False
            if document.state != "done" and document.import_error:
                document.note = document.import_error

    def _reasons(self):
        """Return why the document cannot be imported as it stands, apart from yellow cells: [text]."""
        reasons = [
            refusal["text"]
            for refusal in self.refusals or []
            if refusal["code"] != LOCKED and not (refusal["code"] == DUPLICATE and self.is_other)
        ]
        return reasons + ([self.locked] if self.locked else [])

    @api.depends("line_ids.tax_ids", "company_id", "currency_id", "partner_id", "move_type", "vat_targets")
    def _compute_bill_totals(self):
        """Compute the bill's totals: the XML's VAT where the taxes have its rates, else Odoo's."""
        for document in self:
            currency = document.currency_id or document.company_id.currency_id
            vat, rest = 0.0, self.env["l10n_ro_efactura.import.line"]
            for (category, rate), lines in document.line_ids.grouped(lambda line: (line.category, line.rate)).items():
                own = lines.filtered(lambda line: line._charges())
                target = (document.vat_targets or {}).get(vat_key(category, rate))
                whole = own == lines and target is not None
                rated = rate if category in RATED else 0.0
                vat += target if whole else currency.round(sum(own.mapped("net")) * rated / 100.0)
                rest |= lines - own
            document.bill_untaxed = currency.round(sum(document.line_ids.mapped("net")))
            document.bill_tax = currency.round(vat + document._odoo_vat(rest, currency))
            document.bill_total = document.bill_untaxed + document.bill_tax
            document.is_equal = not any(
                currency.compare_amounts(document[f"bill_{name}"], document[f"amount_{name}"])
                for name in ("untaxed", "tax", "total")
            )

    def _odoo_vat(self, lines, currency):
        if not lines:
            return 0.0
        Tax = self.env["account.tax"]
        base_lines = [
            Tax._prepare_base_line_for_taxes_computation(
                {},
                id=line.id,
                tax_ids=line.tax_ids._origin or line.tax_ids,
                price_unit=line.price_unit,
                quantity=line.quantity,
                discount=line.discount,
                currency_id=currency,
                rate=1.0,
                partner_id=self.partner_id._origin,
                is_refund=self.move_type == "in_refund",
            )
            for line in lines
        ]
        Tax._add_tax_details_in_base_lines(base_lines, self.company_id)
        Tax._round_base_lines_tax_details(base_lines, self.company_id)
        return Tax._get_tax_totals_summary(base_lines, currency, self.company_id)["tax_amount_currency"]

    @api.depends("xml", "message_id")
    def _compute_preview(self):
        for document in self:
            try:
                document.preview = self.env["l10n_ro_efactura.message"]._readable_html(
                    document._document(), document.message_id or None
                )
            except UblError as error:
                document.preview = self.env._("This XML cannot be read: %s", document_error_words(self.env, error))

    @api.depends("number", "file_name")
    def _compute_display_name(self):
        for document in self:
            document.display_name = self.env._("XML → Bill: %s", document.number or document.file_name or "")

    # -------------------------------------------------------------------------
    # READING
    # -------------------------------------------------------------------------

    def _xml_bytes(self):
        """Return the exact XML, of the package or of the dropped file."""
        self.ensure_one()
        if self.message_id:
            return self.message_id._document_bytes()
        return bytes_of(self, "xml")

    def _document(self):
        return self.env["l10n_ro_efactura.importer"]._read(self._xml_bytes(), self.message_id)

    # -------------------------------------------------------------------------
    # WHO, AND WHERE IT OPENS
    # -------------------------------------------------------------------------

    @api.model
    def _check_user(self):
        check_bill(self)

    def _check_may(self):
        self._check_user()
        self.ensure_one().check_access("write")
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Choose the company %s first.", self.company_id.name))

    def _action(self):
        """Return the action of this page."""
        self.ensure_one()
        return self._get_records_action(name=self.display_name, context={})

    def action_open(self):
        """Open this document of a batch; an imported one opens as its bill."""
        self._check_may()
        if self.move_id:
            return self.move_id._get_records_action()
        return self._action()

    def action_open_message(self):
        """Open the SPV message of this document."""
        self._check_may()
        return self.message_id._get_records_action()

    def action_open_batch(self):
        """Go back to the table."""
        self._check_may()
        return self.batch_id._action()

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        self.partner_source = "user" if self.partner_id else "xml"

    @api.onchange("journal_id")
    def _onchange_journal_id(self):
        self.journal_source = "user" if self.journal_id else "none"

    @api.onchange("location_analytic_id")
    def _onchange_location_analytic_id(self):
        """Put the location on every line whose analytic the user has not chosen."""
        self.location_source = "user" if self.location_analytic_id else "none"
        for line in self.line_ids:
            if line.analytic_source not in ("user", "remembered"):
                location = self.location_analytic_id
                line.analytic_distribution = {str(location.id): 100.0} if location else False
                line.analytic_source = "user" if location else "default"


def vat_key(category, rate):
    """Return category and rate as a key: ``'S:21.00'``."""
    return f"{category or 'O'}:{float(rate or 0):.2f}"


def _plain_name(name):
    """Normalize a company name without its legal form: ``'S.C. Furnizor S.R.L.'`` -> ``'furnizor'``."""
    words = normalized(name or "").split()
    return " ".join(word for word in words if word not in LEGAL_FORMS)
