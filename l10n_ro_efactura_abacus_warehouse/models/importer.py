from odoo import api, models
from odoo.addons.l10n_ro_efactura_abacus.models.bills.proposal import Choice


class EfacturaImporter(models.AbstractModel):
    """The importer with warehouses (gestiune): remembered, the location, or the product's, supplier's or company's."""

    _inherit = "l10n_ro_efactura.importer"

    # -- location -------------------------------------------------------------------------------------------

    @api.private
    def _locations(self, company):
        # EXTENDS l10n_ro_efactura_abacus
        if company.l10n_ro_efactura_location == "warehouse":
            return self._warehouses(company)
        return super()._locations(company)

    @api.private
    def _location_field(self, company):
        # EXTENDS l10n_ro_efactura_abacus
        if company.l10n_ro_efactura_location == "warehouse":
            return "l10n_ro_efactura_warehouse_id"
        return super()._location_field(company)

    @api.private
    def _apply_location(self, proposal):
        # EXTENDS l10n_ro_efactura_abacus
        super()._apply_location(proposal)
        for line_proposal in proposal.lines:
            self._propose_warehouse(proposal, line_proposal)

    # -- lines ----------------------------------------------------------------------------------------------

    @api.private
    def _propose_line(self, proposal, line_proposal):
        # EXTENDS l10n_ro_efactura_abacus
        super()._propose_line(proposal, line_proposal)
        self._propose_warehouse(proposal, line_proposal)

    @api.private
    def _propose_warehouse(self, proposal, line_proposal):
        if line_proposal.warehouse.source not in ("user", "order"):
            line_proposal.warehouse = self._find_warehouse(proposal, line_proposal)

    @api.private
    def _find_warehouse(self, proposal, line_proposal):
        none, row = self.env["stock.warehouse"], self._remembered(proposal, line_proposal)
        if (
            row
            and row.warehouse_id.active
            and row.product_id == (line_proposal.product.value or row.product_id.browse())
        ):
            return Choice(row.warehouse_id.sudo(self.env.su), "remembered")
        if not self._is_goods(line_proposal):
            return Choice(none, "default")
        location = self._location_warehouse(proposal)
        warehouse = (
            location
            if proposal.location.source == "user"
            else self._default_warehouse(
                proposal.company, line_proposal.product.value, proposal.partner.value, location
            )
        )
        return Choice(warehouse or none, "default" if warehouse else "none")

    @api.private
    def _default_warehouse(self, company, product, partner, location):
        """Return the warehouse of the product, the supplier, the bill, the company, or its only one; may be empty."""
        owners = (product.product_tmpl_id if product else None, partner, company)
        *own, general = (
            owner.sudo().with_company(company).l10n_ro_efactura_warehouse_id if owner else None for owner in owners
        )
        for found in (*own, location, general):
            if found and found.sudo().active and found.sudo().company_id == company:
                return found.sudo(self.env.su)
        warehouses = self._warehouses(company)
        return warehouses if len(warehouses) == 1 else warehouses.browse()

    @api.private
    def _location_warehouse(self, proposal):
        """Return the location of the bill where it is a warehouse, else empty."""
        location, none = proposal.location.value, self.env["stock.warehouse"]
        return location if location is not None and location._name == none._name else none

    @api.private
    def _is_goods(self, line_proposal):
        """Return True where the line needs a warehouse: a product that is goods, else an account of class 3."""
        if product := line_proposal.product.value:
            return product.type != "service"
        account = line_proposal.account.value
        return line_proposal.line is not None and bool(account) and (account.code or "").startswith("3")

    @api.private
    def _warehouses(self, company):
        Warehouse = self.env["stock.warehouse"]
        return Warehouse.sudo().search([("company_id", "=", company.id)]).sudo(self.env.su)

    @api.private
    def _propose_account(self, proposal, line_proposal, row):
        # EXTENDS l10n_ro_efactura_abacus: goods valued with each bill are on their account of stocks, as on any bill
        super()._propose_account(proposal, line_proposal, row)
        product = line_proposal.product.value
        if product and line_proposal.account.source == "default" and product.is_storable:
            product = product.with_company(proposal.company)
            stock = product.product_tmpl_id.get_product_accounts()["stock_valuation"]
            if product.valuation == "real_time" and stock:
                line_proposal.account = Choice(stock, "default")

    # -- the bill -------------------------------------------------------------------------------------------

    @api.private
    def _bill_values(self, proposal):
        # EXTENDS l10n_ro_efactura_abacus
        values = super()._bill_values(proposal)
        if location := self._location_warehouse(proposal):
            values["l10n_ro_efactura_warehouse_id"] = location.id
        return values

    @api.private
    def _bill_line_values(self, proposal, line_proposal):
        # EXTENDS l10n_ro_efactura_abacus
        values = super()._bill_line_values(proposal, line_proposal)
        if line_proposal.warehouse.value:
            values["l10n_ro_efactura_warehouse_id"] = line_proposal.warehouse.value.id
        proposal.to_check |= line_proposal.warehouse.source == "none"
        return values

    # -- memory ---------------------------------------------------------------------------------------------

    @api.private
    def _remembered_values(self, line_proposal):
        # EXTENDS l10n_ro_efactura_abacus
        # a default is not remembered, so that the line follows its changes
        chosen = line_proposal.warehouse
        kept = chosen.value.id if chosen.value and chosen.source in ("user", "remembered") else False
        return {**super()._remembered_values(line_proposal), "warehouse_id": kept}

    @api.private
    def _learned_values(self, line):
        # EXTENDS l10n_ro_efactura_abacus
        warehouse = line.l10n_ro_efactura_warehouse_id
        kept = warehouse.id if warehouse != line.move_id.l10n_ro_efactura_warehouse_id else False
        return {**super()._learned_values(line), "warehouse_id": kept}
