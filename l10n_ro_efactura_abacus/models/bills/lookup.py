"""Records that the proposals of one call need, read once for all their documents."""

import re
from collections import defaultdict
from functools import cached_property

from odoo.fields import Domain

from ...anaf import cif_digits
from ..codes.unit import normalized
from ..common.core import registry_domain, registry_number
from .amounts import Digits

# Unit codes that invoices use for "piece" beside core's C62; a company's own answer comes first.
PIECES = ("H87", "EA", "XPP", "NAR", "PCE")
# Characters that a VAT number is compared without.
_NOT_IN_VAT = re.compile(r"[\s.\-/]+")


def same_digits(text):
    """Return a CIF without RO and leading zeros, ``''`` where the text is none."""
    return cif_digits(text).lstrip("0")


def plain_vat(text):
    """Normalize a VAT number for comparison: ``'DE 123.456'`` -> ``'DE123456'``."""
    return _NOT_IN_VAT.sub("", text or "").upper()


class Lookup:
    """Tables of one call, read on first use: a few statements each, never one per document.

    :ivar suppliers: commercial partners found for the documents; set before the tables that depend on it are read
    :ivar keys: keys of the documents' lines in line.map; filled before `maps` is read
    """

    def __init__(self, importer, company, documents):
        self.env = importer.env
        self.importer = importer
        self.company = company
        self.documents = documents
        precision = self.env["decimal.precision"].precision_get
        self._digits = precision("Product Unit"), precision("Discount")
        self.suppliers = self.env["res.partner"]
        self.keys = set()

    def digits(self, currency):
        return Digits(*self._digits, currency.decimal_places)

    # -- suppliers ------------------------------------------------------------------------------------------

    @cached_property
    def partners(self):
        """Return {identifier: partners, best first}, by the digits of a CIF or a plain foreign VAT number."""
        digits = {document.seller.cif.lstrip("0") for document in self.documents} - {""}
        foreign = {plain_vat(document.seller.vat) for document in self.documents if not document.seller.cif} - {""}
        written = {f"{prefix}{number}" for number in digits for prefix in ("", "RO", "RO ", "ro")} | foreign
        written |= {document.seller.vat for document in self.documents} - {""}
        Partner = self.env["res.partner"].with_context(active_test=False)
        domain = Domain("vat", "in", list(written)) | registry_domain(digits)
        found = Partner.search(domain & Domain(Partner._check_company_domain(self.company)))
        table = defaultdict(lambda: self.env["res.partner"])
        for partner in found.commercial_partner_id.sorted(
            lambda one: (not one.active, not one.company_id, -one.supplier_rank, one.id)
        ):
            for key in {same_digits(partner.vat), same_digits(registry_number(partner)), plain_vat(partner.vat)} - {""}:
                table[key] |= partner
        return {key: records.with_context(active_test=True) for key, records in table.items()}

    @cached_property
    def named_partners(self):
        """Return {name: partners} of sellers without any identifier."""
        names = [
            document.seller.name
            for document in self.documents
            if not document.seller.cif and not document.seller.vat and document.seller.name
        ]
        Partner = self.env["res.partner"]
        found = (
            Partner.search(
                Domain("name", "in", names)
                & Domain("parent_id", "=", False)
                & Domain(Partner._check_company_domain(self.company))
            )
            if names
            else Partner
        )
        return found.grouped("name")

    @cached_property
    def places(self):
        """Return ({country code: country}, {(country code, state code): state}) of the sellers."""
        codes = {document.seller.country or "RO" for document in self.documents} | {"RO"}
        countries = {country.code: country for country in self.env["res.country"].search([("code", "in", list(codes))])}
        states = self.env["res.country.state"].search([("country_id.code", "in", list(codes))])
        return countries, {(state.country_id.code, state.code): state for state in states}

    @cached_property
    def currencies(self):
        names = list({document.facts.currency or "RON" for document in self.documents})
        found = self.env["res.currency"].with_context(active_test=False).search([("name", "in", names)])
        return found.grouped("name")

    # -- the books ------------------------------------------------------------------------------------------

    @cached_property
    def bills(self):
        """Return {(commercial partner id, date): [bill]} of the suppliers and dates of the documents."""
        days = [document.facts.issue_date for document in self.documents if document.facts.issue_date]
        if not self.suppliers or not days:
            return {}
        found = self.env["account.move"].search_fetch(
            [
                ("company_id", "=", self.company.id),
                ("move_type", "in", ("in_invoice", "in_refund")),
                ("state", "!=", "cancel"),
                ("commercial_partner_id", "in", self.suppliers.ids),
                ("invoice_date", "in", list(set(days))),
            ],
            ["commercial_partner_id", "invoice_date", "ref", "name"],
        )
        return found.grouped(lambda bill: (bill.commercial_partner_id.id, bill.invoice_date))

    @cached_property
    def corrected(self):
        """Return {commercial partner id: posted bills} that the documents may correct (BT-25)."""
        if not self.suppliers or not any(document.preceding for document in self.documents):
            return {}
        days = [day for document in self.documents for _number, day in document.preceding if day]
        every = len(days) != sum(len(document.preceding) for document in self.documents)
        domain = [
            ("company_id", "=", self.company.id),
            ("move_type", "=", "in_invoice"),
            ("state", "=", "posted"),
            ("commercial_partner_id", "in", self.suppliers.ids),
        ]
        if not every:
            domain.append(("invoice_date", "in", list(set(days))))
        found = self.env["account.move"].search_fetch(
            domain, ["commercial_partner_id", "ref", "invoice_date"], order="invoice_date DESC", limit=20_000
        )
        return found.grouped(lambda bill: bill.commercial_partner_id.id)

    @cached_property
    def usual_accounts(self):
        """Return {commercial partner id: account}, the one used most on the supplier's bills of the last two years."""
        if not self.suppliers:
            return {}
        self.env.cr.execute(
            """
            SELECT DISTINCT ON (partner) partner, account_id FROM (
                SELECT line.account_id, move.commercial_partner_id AS partner, count(*) AS times, max(move.id) AS last
                  FROM account_move move JOIN account_move_line line ON line.move_id = move.id
                 WHERE move.commercial_partner_id = ANY(%s) AND move.company_id = %s AND move.state = 'posted'
                   AND move.move_type IN ('in_invoice', 'in_refund') AND line.display_type = 'product'
                   AND move.date > now() - interval '2 years'
              GROUP BY line.account_id, move.commercial_partner_id) AS used
            ORDER BY partner, times DESC, last DESC""",
            [self.suppliers.ids, self.company.id],
        )
        rows = dict(self.env.cr.fetchall())
        active = self.env["account.account"].browse(rows.values()).filtered("active")
        return {
            partner: account
            for partner, identifier in rows.items()
            for account in active.browse(identifier)
            if account in active
        }

    # -- what is remembered ---------------------------------------------------------------------------------

    @cached_property
    def maps(self):
        """Return {(commercial partner id, key): rows of line.map} of the documents' lines."""
        rows = (
            self.env["l10n_ro_efactura.line.map"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company.id),
                    ("partner_id", "in", self.suppliers.ids),
                    ("key", "in", list(self.keys)),
                ]
            )
        )
        return rows.grouped(lambda row: (row.partner_id.id, row.key))

    @cached_property
    def supplier_products(self):
        """Return ({(partner id, code): product}, {(partner id, plain name): product}) of product.supplierinfo."""
        domain = Domain("partner_id", "child_of", self.suppliers.ids) & Domain(
            "company_id", "in", [False, self.company.id]
        )
        by_code, by_name = {}, {}
        for info in self.env["product.supplierinfo"].sudo().search(domain) if self.suppliers else ():
            product = info.product_id or (
                info.product_tmpl_id.product_variant_id if info.product_variant_count == 1 else info.product_id
            )
            if not product.active:
                continue
            partner = info.partner_id.commercial_partner_id.id
            if info.product_code:
                by_code.setdefault((partner, normalized(info.product_code)), product.sudo(False))
            if info.product_name:
                by_name.setdefault((partner, normalized(info.product_name)), product.sudo(False))
        return by_code, by_name

    def _products(self, field, values):
        Product = self.env["product.product"]
        values = sorted(values - {"", "0"})
        if not values:
            return {}
        found = Product.search(Domain(field, "in", values) & Domain(Product._check_company_domain(self.company)))
        return {key: records[0] for key, records in found.grouped(field).items() if len(records) == 1}

    @cached_property
    def barcodes(self):
        return self._products("barcode", {line.standard_code for document in self.documents for line in document.lines})

    @cached_property
    def codes(self):
        """Return {our own code: product} for the buyer's codes in the XMLs (BT-156)."""
        return self._products(
            "default_code", {line.buyer_code for document in self.documents for line in document.lines}
        )

    @cached_property
    def names(self):
        return self._products("name", {line.name for document in self.documents for line in document.lines})

    # -- units ----------------------------------------------------------------------------------------------

    @cached_property
    def units(self):
        """Return {UN/ECE code: (unit, source)}: core's units, then the company's answers, then codes for piece."""
        Map = self.env["l10n_ro_efactura.code.map"]
        table = {}
        for identifier, code in Map._core_units().items():
            table.setdefault(code, (identifier, "xml"))
        for (kind, identifier), (code, *_exemption) in Map._known(self.company.id).items():
            if kind == "uom":
                table.setdefault(code, (identifier, "xml"))
        for code in PIECES:
            if "C62" in table:
                table.setdefault(code, (table["C62"][0], "default"))
        active = self.env["uom.uom"].browse({identifier for identifier, _source in table.values()}).filtered("active")
        return {
            code: (active.browse(identifier), source)
            for code, (identifier, source) in table.items()
            if identifier in active.ids
        }

    # -- the rest -------------------------------------------------------------------------------------------

    @cached_property
    def journal(self):
        """Return the company's journal of bills."""
        Journal = self.env["account.journal"]
        return Journal.search([*Journal._check_company_domain(self.company), ("type", "=", "purchase")], limit=1)

    @cached_property
    def vat_payer(self):
        """Return True where the company is registered for VAT and so deducts it."""
        return self.company._l10n_ro_efactura_is_vat_payer()

    @cached_property
    def taxes(self):
        return self.importer._tax_table(self.company)

    @cached_property
    def analytic_needed(self):
        """Return True where a plan makes an analytic account mandatory on every bill."""
        plans = (
            self.env["account.analytic.plan"]
            .sudo()
            .get_relevant_plans(business_domain="bill", company_id=self.company.id)
        )
        return any(plan["applicability"] == "mandatory" for plan in plans)

    @cached_property
    def distributions(self):
        """Return the cache {arguments of the analytic distribution models: distribution}, filled by the caller."""
        return {}

    @cached_property
    def locks(self):
        """Return the cache {(journal, day): violated lock dates}, filled by the caller."""
        return {}
