from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    l10n_ro_efactura_nc8 = fields.Char(
        string="NC8 Code",
        size=8,
        help="Combined Nomenclature, 8 digits: goods under reverse charge and of high fiscal risk have it on the "
        "e-Factura.",
    )
    l10n_ro_efactura_cpv = fields.Char(
        string="CPV Code", size=10, help="Common Procurement Vocabulary, as 03222000-3: public buyers ask for it."
    )
    l10n_ro_efactura_document_level = fields.Boolean(
        string="Discount on the Document",
        help="Lines with this product are discounts or charges on the whole e-Factura (BG-20, BG-21), not lines of it.",
    )

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        # EXTENDS 'base': one place for the CPV code, core's where its list is installed
        arch, view = super()._get_view(view_id, view_type, **options)
        if "cpv_code_id" in self._fields:
            for node in arch.xpath("//field[@name='l10n_ro_efactura_cpv']"):
                node.getparent().remove(node)
        return arch, view


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _l10n_ro_efactura_classification(self):
        """BT-158 as [(list id, code)]: ANAF knows CPV as STI and NC8 as TSP (UNTDID 7143)."""
        cpv = self.cpv_code_id.code if "cpv_code_id" in self._fields else self.l10n_ro_efactura_cpv
        nc8 = self.l10n_ro_efactura_nc8
        if not nc8 and "intrastat_code_id" in self._fields:
            nc8 = self.intrastat_code_id.code
        return [("STI", cpv), ("TSP", nc8)]
