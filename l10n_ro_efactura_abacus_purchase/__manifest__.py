{
    "name": "Romania - e-Factura: purchase orders",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations/EDI",
    "summary": "Suppliers' invoices bill their purchase orders; no order with an address in Bucharest lacks its sector",
    "author": "l10n_ro_efactura_abacus contributors",
    "depends": ["l10n_ro_efactura_abacus", "purchase"],
    "data": [
        "views/import_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "l10n_ro_efactura_abacus_purchase/static/src/**/*",
        ],
    },
    "auto_install": True,
    "license": "LGPL-3",
}
