"""Guard against two concurrent imports creating the same supplier."""

from odoo import api, fields, models
from odoo.tools import SQL


class EfacturaSupplierClaim(models.Model):
    """The claim of an import to create a supplier; unique, so that two imports never create the same one.

    The second import waits for the first and then fails with a serialization failure, which Odoo retries: its snapshot
    does not contain the contact that the first has created.
    """

    _name = "l10n_ro_efactura.supplier.claim"
    _description = "e-Factura: supplier being created"
    _log_access = False

    key = fields.Char(required=True)
    at = fields.Datetime()

    _key_uniq = models.UniqueIndex("(key)")

    @api.model
    @api.private
    def _take(self, key):
        self.env.cr.execute(
            SQL(
                """INSERT INTO l10n_ro_efactura_supplier_claim (key, at) VALUES (%s, now() AT TIME ZONE 'UTC')
               ON CONFLICT (key) DO UPDATE SET at = excluded.at""",
                key,
            ),
            log_exceptions=False,
        )
