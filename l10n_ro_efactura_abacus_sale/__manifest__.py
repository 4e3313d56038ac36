{
    "name": "Romania - e-Factura: sales orders",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations/EDI",
    "summary": "No sales order with an address in Bucharest that lacks its sector",
    "author": "l10n_ro_efactura_abacus contributors",
    "depends": ["l10n_ro_efactura_abacus", "sale"],
    "auto_install": True,
    "license": "LGPL-3",
}
