"""Memory of a supplier's lines: product.supplierinfo where there is a product, line.map for the rest."""

from odoo import Command, api, models

from ..codes.unit import normalized
from .keys import split_key


def title(text):
    """Return the first line of a bill line's text."""
    return (text or "").partition("\n")[0][:200]


class EfacturaImporter(models.AbstractModel):
    _inherit = "l10n_ro_efactura.importer"

    @api.private
    def _remember(self, proposals):
        """Remember the choices of `proposals` for their suppliers' next invoices; the last of equal lines counts.

        An account that was only a default is not remembered: it is asked again until a bill is posted with it.
        """
        for proposal in proposals:
            partner = proposal.partner.value.commercial_partner_id
            if not partner or not proposal.document:
                continue
            facts = {}
            for line_proposal in proposal.lines:
                account = line_proposal.account
                facts[line_proposal.key] = {
                    "name": title(line_proposal.name),
                    "product_id": line_proposal.product.value.id if line_proposal.product.value else False,
                    "account_id": account.value.id if account.value and account.source != "default" else False,
                    "tax_ids": line_proposal.taxes.value.ids if line_proposal.taxes.value else [],
                    "uom_id": line_proposal.uom.value.id if line_proposal.uom.value else False,
                    "analytic_distribution": self._own_analytic(proposal, line_proposal),
                    **self._remembered_values(line_proposal),
                }
            self._write_line_maps(proposal.company, partner, facts)
            self._remember_products(proposal, partner)
            self._remember_location(proposal, partner)

    @api.private
    def _remembered_values(self, line_proposal):
        """Return further values of line.map to remember of a proposed line. Other addons extend it."""
        return {
            "treatment": line_proposal.treatment.value or "expense",
            "to_expense": bool(line_proposal.to_expense.value),
        }

    @api.private
    def _learned_values(self, line):
        """Return further values of line.map to remember of the line of a posted bill. Other addons extend it."""
        return {
            "treatment": line.l10n_ro_efactura_treatment or "expense",
            "to_expense": line.l10n_ro_efactura_to_expense,
        }

    @api.private
    def _own_analytic(self, proposal, line_proposal):
        """Return the line's analytic distribution, False where it is only the location of the whole bill."""
        location = proposal.location.value
        if (
            location is not None
            and getattr(location, "_name", "") == "account.analytic.account"
            and location
            and (line_proposal.analytic.value == {str(location.id): 100.0})
        ):
            return False
        return line_proposal.analytic.value or False

    @api.private
    def _write_line_maps(self, company, partner, facts):
        """Create or update rows of line.map, as superuser: billing users have no write access to the table.

        :param facts: {line key: values}
        """
        Map = self.env["l10n_ro_efactura.line.map"].sudo()
        if not facts:
            return
        rows = {
            (row.category, round(row.rate, 2), row.key): row
            for row in Map.search(
                [
                    ("company_id", "=", company.id),
                    ("partner_id", "=", partner.id),
                    ("key", "in", [split_key(key)[3] for key in facts]),
                ]
            )
        }
        new = []
        for key, values in facts.items():
            category, rate, unit, what = split_key(key)
            values = {**values, "unit_code": unit or False}
            taxes = values.pop("tax_ids")
            row = rows.get((category, rate, what))
            if row:
                changed = {
                    name: value
                    for name, value in values.items()
                    if (row[name].id if isinstance(row[name], models.BaseModel) else row[name]) != value
                }
                if set(row.tax_ids.ids) != set(taxes):
                    changed["tax_ids"] = [Command.set(taxes)]
                if changed:
                    row.write(changed)
                continue
            new.append(
                {
                    "company_id": company.id,
                    "partner_id": partner.id,
                    "category": category,
                    "rate": rate,
                    "key": what,
                    **values,
                    "tax_ids": [Command.set(taxes)],
                }
            )
        Map.create(new)

    @api.private
    def _remember_products(self, proposal, partner):
        """Create or update a supplierinfo for each product of the supplier: code, name, price, unit."""
        lines = {
            line_proposal.product.value: line_proposal
            for line_proposal in proposal.lines
            if line_proposal.line and line_proposal.product.value
        }
        if not lines:
            return
        Info = self.env["product.supplierinfo"].sudo().with_company(proposal.company)
        templates = {product.product_tmpl_id.id for product in lines}
        known = Info.search(
            [
                ("partner_id", "child_of", partner.id),
                ("product_tmpl_id", "in", list(templates)),
                ("company_id", "in", [False, proposal.company.id]),
            ]
        )
        for product, line_proposal in lines.items():
            line, uom = line_proposal.line, line_proposal.uom.value or product.uom_id
            infos = known.filtered(
                lambda info, product=product: (
                    info.product_id == product
                    or info.product_tmpl_id == product.product_tmpl_id
                    and not info.product_id
                )
            )
            same = infos.filtered(
                lambda info, line=line: (
                    normalized(info.product_code) == normalized(line.seller_code)
                    if line.seller_code
                    else normalized(info.product_name) == normalized(line.name)
                )
            )
            info = same[:1] or infos.filtered(lambda info: not info.product_code and not info.product_name)[:1]
            values = {
                "product_code": line.seller_code or (info.product_code if info else False),
                "product_name": line.name[:200],
                "price": line_proposal.price_unit * (1 - line_proposal.discount / 100),
                "currency_id": proposal.currency.id,
                "product_uom_id": uom.id,
            }
            if info:
                changed = {
                    name: value
                    for name, value in values.items()
                    if (info[name].id if isinstance(info[name], models.BaseModel) else info[name]) != value
                }
                if changed:
                    info.write(changed)
            else:
                known |= Info.create(
                    {
                        **values,
                        "partner_id": partner.id,
                        "company_id": proposal.company.id,
                        "product_id": product.id,
                        "product_tmpl_id": product.product_tmpl_id.id,
                        "min_qty": 0.0,
                    }
                )

    @api.private
    def _remember_location(self, proposal, partner):
        name = self._location_field(proposal.company)
        if name and proposal.location.value and proposal.location.source == "user":
            partner.sudo().with_company(proposal.company)[name] = proposal.location.value

    @api.private
    def _learn(self, bills):
        """Remember what users changed on imported bills before they posted them."""
        for bill in bills:
            lines = bill.invoice_line_ids.filtered(
                lambda line: line.display_type == "product" and line.l10n_ro_efactura_line_key
            )
            if not lines:
                continue
            location = bill.company_id.l10n_ro_efactura_location == "analytic" and (
                bill.commercial_partner_id.with_company(bill.company_id).sudo().l10n_ro_efactura_analytic_id
            )
            facts = {}
            for line in lines:
                analytic = line.analytic_distribution or False
                if location and analytic == {str(location.id): 100.0}:
                    analytic = False
                facts[line.l10n_ro_efactura_line_key] = {
                    "name": title(line.name),
                    "product_id": line.product_id.id,
                    "account_id": line.account_id.id,
                    "tax_ids": line.tax_ids.ids,
                    "uom_id": line.product_uom_id.id,
                    "analytic_distribution": analytic,
                    **self._learned_values(line),
                }
            self._write_line_maps(bill.company_id, bill.commercial_partner_id, facts)
