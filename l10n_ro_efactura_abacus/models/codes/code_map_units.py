"""Which UN/ECE unit an Odoo unit of measure is (BT-130)."""

from odoo import api, models
from odoo.addons.account_edi_ubl_cii.models.account_edi_common import UOM_TO_UNECE_CODE

from ..common.core import ormcache

# core's own units that its table lacks, or maps to a code that is not in the list
CORE_UNITS = {**UOM_TO_UNECE_CODE, "uom.product_uom_qt": "QTL", "uom.product_uom_milliliter": "MLT"}
#: a line without a unit counts: "one" of Recommendation 20
NO_UNIT = "C62"


class EfacturaCodeMap(models.Model):
    _inherit = "l10n_ro_efactura.code.map"

    @api.model
    @ormcache()
    def _core_units(self):
        """{uom id: code} of Odoo's own units."""
        data = (
            self.env["ir.model.data"]
            .sudo()
            .search_fetch([("module", "=", "uom"), ("model", "=", "uom.uom")], ["name", "res_id"])
        )
        codes = {row.res_id: CORE_UNITS.get(f"uom.{row.name}") for row in data}
        allowed = self.env["l10n_ro_efactura.unit"]._codes()
        return {res_id: code for res_id, code in codes.items() if code in allowed}

    @api.model
    def _uom_code(self, company, uom):
        """The Recommendation 20/21 code of `uom` for `company`, or False: it must be asked, it is never guessed."""
        if not uom:
            return NO_UNIT
        known = self._known(company.id).get(("uom", uom.id))
        return known[0] if known else self._core_units().get(uom.id, False)
