{
    "name": "Romania - e-Factura: e-Transport",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations/EDI",
    "summary": "Keeps Odoo's e-Transport working for users who cannot read ANAF's tokens",
    "author": "l10n_ro_efactura_abacus contributors",
    "depends": ["l10n_ro_efactura_abacus", "l10n_ro_edi_stock", "l10n_ro_edi_stock_batch"],
    "data": [
        "security/ir_rule.xml",
        "views/res_config_settings_views.xml",
    ],
    "auto_install": ["l10n_ro_efactura_abacus", "l10n_ro_edi_stock"],
    "license": "LGPL-3",
}
