{
    "name": "Romania - e-Factura: warehouses",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations/EDI",
    "summary": "The warehouse (gestiune) of every line of a supplier's invoice, remembered",
    "author": "l10n_ro_efactura_abacus contributors",
    "depends": ["l10n_ro_efactura_abacus", "stock_account"],
    "data": [
        "views/account_move_views.xml",
        "views/import_views.xml",
        "views/line_map_views.xml",
        "views/product_views.xml",
        "views/res_config_settings_views.xml",
        "views/res_partner_views.xml",
    ],
    "auto_install": True,
    "license": "LGPL-3",
}
