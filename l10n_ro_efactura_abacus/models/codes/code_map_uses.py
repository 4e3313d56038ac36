"""Where a code is used, and which one is proposed in place of one that ANAF refuses."""

from odoo import api, models
from odoo.fields import Domain

from .vat_tables import RO_TAXES

# Records counted at most: a user wants to know that they are many.
COUNTED = 1000


class EfacturaCodeMap(models.Model):
    """A code of a unit or tax is the company's: changing it changes all its later invoices."""

    _inherit = "l10n_ro_efactura.code.map"

    @api.model
    def _products_of(self, record):
        """Return the domain of the products sold in a unit, or with a tax."""
        if record._name == "uom.uom":
            return Domain("uom_id", "=", record.id)
        return Domain("taxes_id", "in", record.ids)

    @api.model
    def _lines_of(self, record, company, but):
        """Return the domain of the lines of a company's sales documents in a unit or with a tax, without those of
        the invoices `but`."""
        domain = Domain("company_id", "child_of", company.id) & Domain(
            "move_id.move_type", "in", ("out_invoice", "out_refund")
        )
        field = "product_uom_id" if record._name == "uom.uom" else "tax_ids"
        return (
            domain
            & Domain("display_type", "=", "product")
            & Domain("parent_state", "!=", "cancel")
            & Domain(field, "in", record.ids)
            & Domain("move_id", "not in", but.ids)
        )

    @api.model
    def _uses(self, record, company, but):
        """Return where else a code is used as a text for users, '' where nowhere.

        :param record: the unit or the tax
        :param but: the invoices that the user is looking at
        """
        products = self.env["product.product"].search_count(self._products_of(record), limit=COUNTED)
        lines = self.env["account.move.line"].search_count(self._lines_of(record, company, but), limit=COUNTED)
        if not products and not lines:
            return ""
        many = f"{COUNTED}+"
        return self.env._(
            "Also used by: products %(products)s, lines of other invoices %(lines)s. "
            "The change is for all that is sent from now on.",
            products=products if products < COUNTED else many,
            lines=lines if lines < COUNTED else many,
        )

    @api.model
    def _proposed_uom_code(self, uom, but):
        """Return the code that a unit's name or Odoo's own list says, other than `but`; False where there is none."""
        proposed = (self.env["l10n_ro_efactura.unit"]._named(uom.name).code, self._core_units().get(uom.id))
        return next((code for code in proposed if code and code != but), False)

    @api.model
    def _proposed_tax_code(self, company, tax, but):
        """Return the VAT category of the Romanian chart, of the tax's form or of its rate, other than `but`.

        :return: (category, exemption code or False, exemption text or False), or False
        """
        proposed = []
        names = tax.sudo()._get_external_ids().get(tax.id, [])
        for name in names:
            known = RO_TAXES.get(name.removeprefix(f"account.{company.root_id.id}_"))
            proposed += [known] if known else []
        if category := tax.ubl_cii_tax_category_code:
            proposed.append((category, tax.ubl_cii_tax_exemption_reason_code or False, False))
        if self._charges(tax):
            proposed.append(("S", False, False))
        return next((code for code in proposed if code[0] != but and self._fits(code[0], tax)), False)
