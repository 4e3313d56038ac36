"""Choices of a bill line: product, account, unit, taxes, analytic, treatment; each with its source."""

from odoo import api, models

from ..codes.unit import normalized
from .keys import split_key
from .proposal import Choice


class EfacturaImporter(models.AbstractModel):
    _inherit = "l10n_ro_efactura.importer"

    @api.private
    def _propose_line(self, proposal, line_proposal):
        """Fill the choices of one line, except those of the user; a wizard calls this again after a change."""
        row = self._remembered(proposal, line_proposal)
        self._propose_product(proposal, line_proposal, row)
        self._propose_account(proposal, line_proposal, row)
        self._propose_uom(proposal, line_proposal, row)
        self._recall_taxes(proposal, line_proposal, row)
        self._propose_taxes(proposal, line_proposal)
        self._propose_analytic(proposal, line_proposal, row)
        self._propose_treatment(proposal, line_proposal, row)

    @api.private
    def _remembered(self, proposal, line_proposal):
        """Return the row of line.map for a line: with the same VAT, else the latest (its taxes are not used then)."""
        partner = proposal.partner.value
        if not partner:
            return self.env["l10n_ro_efactura.line.map"]
        category, rate, _unit, what = split_key(line_proposal.key)
        rows = proposal.lookup.maps.get((partner.id, what), self.env["l10n_ro_efactura.line.map"])
        same = rows.filtered(lambda row: row.category == category and abs(row.rate - rate) < 0.005)
        return (same or rows.sorted("write_date", reverse=True))[:1]

    @api.private
    def _propose_product(self, proposal, line_proposal, row):
        if line_proposal.product.source == "user":
            return
        line_proposal.product = self._find_product(proposal, line_proposal, row)

    @api.private
    def _find_product(self, proposal, line_proposal, row):
        """Return the Choice of a product: remembered, by supplier code, barcode, our own code, or name."""
        none, line, lookup = self.env["product.product"], line_proposal.line, proposal.lookup
        if row and row.product_id.active:
            return Choice(row.product_id.sudo(self.env.su), "remembered")
        if row or line is None:
            return Choice(none, "remembered" if row else "default")
        partner = proposal.partner.value
        by_code, by_name = lookup.supplier_products if partner else ({}, {})
        if found := by_code.get((partner.id, normalized(line.seller_code))):
            return Choice(found, "supplier_code")
        if found := lookup.barcodes.get(line.standard_code):
            return Choice(found, "barcode")
        if found := lookup.codes.get(line.buyer_code):
            return Choice(found, "xml")
        if found := by_name.get((partner.id, normalized(line.name))) or lookup.names.get(line.name):
            return Choice(found, "name")
        return Choice(none, "none")

    @api.private
    def _propose_account(self, proposal, line_proposal, row):
        if line_proposal.account.source == "user":
            return
        product = line_proposal.product.value
        if row and row.account_id.active and row.product_id == (product or row.product_id.browse()):
            line_proposal.account = Choice(row.account_id.sudo(self.env.su), "remembered")
            return
        if product:
            accounts = product.with_company(proposal.company).product_tmpl_id.get_product_accounts()
            if accounts["expense"]:
                line_proposal.account = Choice(accounts["expense"], "default")
                return
        usual = proposal.lookup.usual_accounts.get(proposal.partner.value.id)
        account = usual or proposal.journal.value.default_account_id
        line_proposal.account = Choice(account, "default" if account else "none")

    @api.private
    def _propose_uom(self, proposal, line_proposal, row):
        line = line_proposal.line
        if line_proposal.uom.source == "user" or line is None:
            return
        none, product = self.env["uom.uom"], line_proposal.product.value
        if row and (row.unit_code or "") == line.unit_code:
            choice = Choice(row.uom_id.sudo(self.env.su), "remembered")
        elif not line.unit_code:
            choice = Choice(product.uom_id if product else none, "default")
        else:
            choice = Choice(*proposal.lookup.units.get(line.unit_code, (none, "none")))
        if product and choice.value and not choice.value._has_common_reference(product.uom_id):
            choice = Choice(none, "none")  # core refuses a unit not convertible into the product's
        line_proposal.uom = choice

    @api.private
    def _recall_taxes(self, proposal, line_proposal, row):
        if line_proposal.taxes.source == "user":
            return
        line_proposal.taxes = Choice(self.env["account.tax"], "none")
        if row:
            category, rate, _unit, _what = split_key(line_proposal.key)
            taxes = row.tax_ids.filtered("active")
            if taxes and taxes == row.tax_ids and row.category == category and abs(row.rate - rate) < 0.005:
                line_proposal.taxes = Choice(taxes.sudo(self.env.su), "remembered")

    @api.private
    def _propose_analytic(self, proposal, line_proposal, row):
        if line_proposal.analytic.source == "user":
            return
        partner, product = proposal.partner.value, line_proposal.product.value
        if row and row.analytic_distribution:
            line_proposal.analytic = Choice(row.analytic_distribution, "remembered")
            return
        arguments = {
            "product_id": product.id,
            "product_categ_id": product.categ_id.id,
            "partner_id": partner.id,
            "partner_category_id": partner.category_id.ids,
            "account_prefix": line_proposal.account.value.code,
            "company_id": proposal.company.id,
        }
        cache = proposal.lookup.distributions
        key = tuple(map(str, arguments.values()))
        if key not in cache:
            cache[key] = (
                self.env["account.analytic.distribution.model"]
                .sudo()
                ._get_distribution({**arguments, "related_root_plan_ids": self.env["account.analytic.plan"]})
            )
        unknown = "remembered" if row else "none" if proposal.lookup.analytic_needed else "default"
        line_proposal.analytic = Choice(cache[key] or {}, "default" if cache[key] else unknown)

    @api.private
    def _propose_treatment(self, proposal, line_proposal, row):
        """Propose expense, fixed asset or inventory object: remembered, else by the account."""
        account = line_proposal.account.value
        same = bool(row) and row.account_id == account
        if line_proposal.treatment.source != "user":
            line_proposal.treatment = (
                Choice(row.treatment, "remembered")
                if same
                else Choice(
                    proposal.company._l10n_ro_efactura_default_treatment(account) if account else "expense", "default"
                )
            )
        if line_proposal.to_expense.source != "user":
            is_object = line_proposal.treatment.value == "inventory_object"
            line_proposal.to_expense = (
                Choice(row.to_expense and is_object, "remembered")
                if same
                else Choice(is_object and proposal.company.sudo().l10n_ro_efactura_inventory_to_expense, "default")
            )
