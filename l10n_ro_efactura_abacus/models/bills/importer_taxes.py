"""Purchase taxes from the VAT of an XML: by category, rate and nature, never by the percentage alone.

Stand-ins for a valid invoice: a VAT rate without a purchase tax is booked as cost, an inactive currency is activated.
The bill says so, and the user decides.
"""

import re
from collections import defaultdict
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

from odoo import Command, api, models
from odoo.tools import remove_accents

from .amounts import RATED
from .proposal import Choice

# UN/ECE Rec. 20 codes of units of time and of services.
SERVICE_UNITS = {"HUR", "DAY", "MON", "WEE", "ANN", "MIN", "SEC", "QAN", "E48", "E49", "IE", "C81", "ACT", "LH", "TKM"}
# Words in a line's name (lower case, no diacritics) that tell a service.
_SERVICE_WORDS = re.compile(
    r"\b(servici\w*|prestari|prestatii|manopera|abonament\w*|chiri[ei]|consultanta|mentenanta|onorariu\w*|"
    r"comision\w*|asistenta|service|subscription)\b"
)
# The mention "TVA la incasare", and the same denied.
_ON_PAYMENT = re.compile(r"\btva\b\W{0,3}\s*la\s+(?:data\s+)?incasar\w+")
_NOT_ON_PAYMENT = re.compile(r"\b(?:nu|fara|neaplic\w*)\b[^.;]{0,40}\btva\b\W{0,3}\s*la\s+(?:data\s+)?incasar\w+")
# BT-8 (UNTDID 2005) of VAT that is due on payment.
ON_PAYMENT_CODE = "432"
# (first day, standard VAT rate in per cent), latest first.
STANDARD_RATES = ((date(2025, 8, 1), 21), (date(2017, 1, 1), 19), (date(2016, 1, 1), 20))
# Rates in per cent that ended with July 2025 (Legea 141/2025; 9 for homes a year later) or before: newer versions of
# l10n_ro bring the taxes of the last ones archived.
ENDED_RATES = (5.0, 9.0, 19.0, 20.0)


def standard_rate(day):
    """Return Romania's standard VAT rate on `day`, in per cent (art. 291 Cod fiscal)."""
    return next((rate for since, rate in STANDARD_RATES if day and day >= since), STANDARD_RATES[0][1])


def shape(tax):
    """Classify a purchase tax by its effect: 'zero', 'full', 'reverse', 'part' (deducted in part) or 'other'."""
    if tax.amount_type != "percent":
        return "other"
    if not tax.amount:
        return "zero"
    factors = [line.factor_percent for line in tax.invoice_repartition_line_ids if line.repartition_type == "tax"]
    if any(factor < 0 for factor in factors):
        return "reverse"
    if factors == [100.0]:
        return "full"
    return "part"


class TaxTable:
    """Purchase taxes of a company: by the end of their external id in the Romanian chart, and by their effect."""

    def __init__(self, taxes, names, ended):
        self.names = names
        self.ended = ended  # archived taxes of the chart with an ended rate, by name: for old invoices
        self.as_cost = {}  # {rate: tax whose VAT stays on the account of its line}
        self.by_shape = defaultdict(list)
        for tax in taxes:
            kind, rate = shape(tax), Decimal(repr(tax.amount)).normalize()
            vat = tax.invoice_repartition_line_ids.filtered(lambda line: line.repartition_type == "tax")
            if kind == "full" and not vat.account_id and not tax.price_include:
                self.as_cost.setdefault(rate, tax)
            else:
                self.by_shape[kind, rate].append(tax)
        self.none = taxes.browse()

    def named(self, name):
        return self.names.get(name, self.none)

    def shaped(self, kind, rate, service, on_payment):
        """Return (tax, whether it is the only one) of a kind; a fitting scope first, then the order of the chart."""
        found = [
            tax
            for tax in self.by_shape.get((kind, Decimal(rate).normalize()), ())
            if (tax.tax_exigibility == "on_payment") == on_payment and not tax.price_include
        ]
        scope = "service" if service else "consu"
        fitting = [tax for tax in found if tax.tax_scope == scope] or [tax for tax in found if not tax.tax_scope]
        return (fitting[0], len(fitting) == 1) if fitting else (self.none, False)


class EfacturaImporter(models.AbstractModel):
    _inherit = "l10n_ro_efactura.importer"

    @api.private
    def _tax_table(self, company):
        Tax = self.env["account.tax"].sudo()
        taxes = Tax.browse(
            Tax.with_context(active_test=False)
            .search(
                [
                    *Tax._check_company_domain(company),
                    ("type_tax_use", "=", "purchase"),
                    ("country_id", "=", company.account_fiscal_country_id.id),
                    "|",
                    ("active", "=", True),
                    ("amount", "in", ENDED_RATES),
                ]
            )
            .ids
        )
        taxes.fetch(["active", "amount", "amount_type", "tax_scope", "tax_exigibility", "price_include"])
        data = (
            self.env["ir.model.data"]
            .sudo()
            .search_fetch(
                [("module", "=", "account"), ("model", "=", "account.tax"), ("res_id", "in", taxes.ids)],
                ["name", "res_id"],
            )
        )
        known = {tax.id: tax for tax in taxes}
        every = {row.name.partition("_")[2]: known[row.res_id] for row in data}
        names = {name: tax for name, tax in every.items() if tax.active}
        ended = {name: tax for name, tax in every.items() if not tax.active}
        if company.chart_template != "ro" and "tvad_21" not in names:
            names = ended = {}
        return TaxTable(taxes.filtered("active"), names, ended)

    @api.private
    def _is_on_payment(self, proposal):
        """Return True where the VAT is deducted on payment: code 432, a mention in the XML, or our own scheme."""
        document = proposal.document
        if document.vat_point_code == ON_PAYMENT_CODE or proposal.company.l10n_ro_efactura_vat_on_payment:
            return True
        said = [
            *document.notes,
            document.payment_terms,
            *(subtotal.exemption_text for subtotal in document.subtotals),
            *(line.exemption_text for line in document.lines[:50]),
        ]
        text = remove_accents(" . ".join(filter(None, said))).lower()
        return bool(_ON_PAYMENT.search(text)) and not _NOT_ON_PAYMENT.search(text)

    @api.private
    def _is_service(self, line_proposal):
        """Return True for a service: by the product, else the account (classes 61 and 62), the unit and the words."""
        product, account = line_proposal.product.value, line_proposal.account
        if product:
            return product.type == "service"
        if account.value and account.source in ("user", "remembered"):
            return (account.value.code or "")[:2] in ("61", "62")
        line = line_proposal.line
        if line and line.unit_code in SERVICE_UNITS:
            return True
        return bool(_SERVICE_WORDS.search(remove_accents(line_proposal.name or "").lower()))

    @api.private
    def _propose_taxes(self, proposal, line_proposal):
        """Propose the taxes of one line; remembered ones have the same category and rate already."""
        if line_proposal.taxes.source == "user":
            return
        service = self._is_service(line_proposal)
        on_payment = proposal.on_payment
        remembered = line_proposal.taxes.value if line_proposal.taxes.source == "remembered" else None
        if remembered:
            vat = remembered.filtered(lambda tax: tax.amount_type == "percent")
            if (
                any(shape(tax) == "part" for tax in vat)
                or shape(vat[:1]) != "full"
                or ((vat[:1].tax_exigibility == "on_payment") == on_payment)
            ):
                return
            service = service or vat[:1].tax_scope == "service"
        if line_proposal.category in RATED and not proposal.lookup.vat_payer:
            # who is not registered deducts nothing; where there is no such tax the stand-in is made with the bill
            tax = proposal.lookup.taxes.as_cost.get((line_proposal.rate or Decimal(0)).normalize())
            line_proposal.taxes = (
                Choice(tax.sudo(self.env.su), "default") if tax else Choice(self.env["account.tax"], "none")
            )
            return
        tax, source = self._tax_of(
            proposal.lookup.taxes,
            line_proposal.category,
            line_proposal.rate or Decimal(0),
            service,
            on_payment,
            abroad=(proposal.document.seller.country or "RO") != "RO",
            day=proposal.document.facts.issue_date,
        )
        line_proposal.taxes = Choice(tax.sudo(self.env.su), source if tax else "none")

    @api.private
    def _tax_of(self, table, category, rate, service, on_payment, abroad=False, day=None):
        """Return (tax, source) for a VAT category (UNTDID 5305) and rate; an empty tax where none is certain."""
        end = "_s" if service else ""
        code = f"{int(rate):02d}" if rate == int(rate) else ""
        standard = standard_rate(day)
        if category == "S" and rate:
            names = [f"tvaid_{code}"] if on_payment else [f"tvad_{code}{end}", f"tvad_{code}"]
            kinds = [("full", rate)]
        elif category == "AE":
            own = int(rate) or standard
            names = [f"tvati_intrap{own}s"] if abroad else [f"tvatip{own:02d}"]
            kinds, on_payment = [("reverse", own)], False
        elif category == "K":
            names, kinds, on_payment = [f"tvati_intrap{standard}b"], [("reverse", standard)], False
        elif category == "G":
            names, kinds, on_payment = [f"tvati_extrap0{'s' if service else 'b'}"], [("zero", 0)], False
        elif category == "E":
            names, kinds, on_payment = ["tvatiscdeda"], [("zero", 0)], False
        elif category == "O":
            names, kinds, on_payment = ["tvatinea"], [("zero", 0)], False
        elif category == "Z":
            names, kinds, on_payment = [f"tvad_00{end}", "tvad_00"], [("zero", 0)], False
        else:
            return table.none, "none"
        for name in names:
            if tax := table.named(name):
                return tax, "xml" if category != "AE" or rate else "default"
        ended = next(((table.ended[name], "xml") for name in names if name in table.ended), (table.none, "none"))
        if table.names and category not in ("S", "AE"):
            return ended  # another archived tax of the chart: the user has to choose its replacement
        for kind, amount in kinds:
            tax, only = table.shaped(kind, amount, service, on_payment)
            if tax and (kind != "zero" or only):
                return tax, "xml" if only else "default"
        return ended

    # -- stand-ins ------------------------------------------------------------------------------------------

    @api.private
    def _lacks_tax(self, line):
        """Return True where VAT is charged on this line and no tax is known for it."""
        return line.category in RATED and line.rate and line.taxes.source == "none" and not line.taxes.value

    @api.private
    def _lacks_currency(self, proposal):
        """Return True where the currency is inactive and the XML gives its rate (BT-110 and BT-111)."""
        document = proposal.document
        return bool(not proposal.currency.active and document.vat_in_vat_currency and document.facts.tax_amount)

    @api.private
    def _warn_stand_ins(self, proposal):
        """Warn on the bill about its stand-ins."""
        for rate in sorted({line.rate for line in proposal.lines if self._lacks_tax(line)}):
            proposal.warnings.append(
                self.env._(
                    "No purchase tax has %s %%: this VAT is booked as cost, not deducted, until another tax is chosen.",
                    f"{rate.normalize():f}",
                )
            )
        if self._lacks_currency(proposal):
            proposal.warnings.append(
                self.env._(
                    "The currency %s was not in use: it is from now on, at the rate of the XML.", proposal.currency.name
                )
            )

    @api.private
    @contextmanager
    def _stand_ins(self, batch):
        """Give a batch its missing taxes and currencies while its bills are created (context manager).

        Where the creation fails, the proposals get their previous values back: a tax created here is rolled back.
        """
        lacking = [
            (proposal, line, line.taxes) for proposal in batch for line in proposal.lines if self._lacks_tax(line)
        ]
        for proposal in batch:
            if self._lacks_currency(proposal):
                proposal.currency.sudo().active = True
        try:
            for proposal, line, _choice in lacking:
                line.taxes = Choice(self._vat_as_cost(proposal.company, line.rate), "none")
            yield
        except Exception:
            for _proposal, line, choice in lacking:
                line.taxes = choice
            raise

    @api.private
    def _vat_as_cost(self, company, rate):
        """Return a purchase tax of `rate` per cent without an account of its own; create it where there is none."""
        Tax = self.env["account.tax"].sudo().with_company(company)
        taxes = Tax.search(
            [
                *Tax._check_company_domain(company),
                ("type_tax_use", "=", "purchase"),
                ("amount_type", "=", "percent"),
                ("amount", "=", float(rate)),
                ("price_include_override", "!=", "tax_included"),
            ]
        )
        for tax in taxes:
            parts = tax.invoice_repartition_line_ids.filtered(lambda part: part.repartition_type == "tax")
            if parts.mapped("factor_percent") == [100.0] and not parts.account_id:
                return tax.sudo(self.env.su)
        parts = [
            Command.clear(),
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "factor_percent": 100}),
        ]
        return Tax.create(
            {
                "name": self.env._("%s %% not deducted", f"{rate.normalize():f}"),
                "description": self.env._("VAT of a rate that has no purchase tax, booked as cost"),
                "amount": float(rate),
                "amount_type": "percent",
                "type_tax_use": "purchase",
                "company_id": company.id,
                "invoice_repartition_line_ids": parts,
                "refund_repartition_line_ids": parts,
            }
        ).sudo(self.env.su)
