{
    "name": "Romania - e-Factura (SPV)",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations/EDI",
    "summary": "Send invoices to ANAF's RO e-Factura and get them back sealed",
    "author": "l10n_ro_efactura_abacus contributors",
    "depends": ["l10n_ro_edi", "mail"],
    "external_dependencies": {
        "python": ["lxml", "requests", "cryptography"],
    },
    "data": [
        "security/ir.model.access.csv",
        "security/ir_rule.xml",
        "data/mail_activity_type.xml",
        "data/ir_cron.xml",
        "data/mail_template.xml",
        # common, takeover and events show nothing of their own; the other rooms stand in their order
        # parties
        "views/parties/res_partner_views.xml",
        "views/parties/res_partner_sector_views.xml",
        # codes
        "data/code_map.xml",
        "views/codes/code_map_views.xml",
        "views/codes/product_views.xml",
        # connection
        "views/connection/oauth_templates.xml",
        "wizards/connection/holder_link_views.xml",
        "wizards/connection/paste_tokens_views.xml",
        "views/connection/credential_views.xml",
        "views/connection/res_config_settings_views.xml",
        # calls
        "views/calls/guard_views.xml",
        "views/calls/call_log_views.xml",
        # registry
        "views/registry/taxpayer_views.xml",
        "views/registry/res_partner_views.xml",
        # inbox
        "wizards/inbox/refresh_views.xml",  # the list of messages has a button that opens it
        "views/inbox/message_views.xml",
        "views/inbox/archive_check_views.xml",
        "views/inbox/account_move_views.xml",
        "views/inbox/account_journal_views.xml",
        # package
        "views/package/package_templates.xml",
        "views/package/message_views.xml",
        "wizards/package/proof_pack_views.xml",
        # document
        "views/document/xml_file_views.xml",
        "views/document/res_config_settings_views.xml",
        "wizards/document/file_check_views.xml",
        # sending
        "wizards/sending/manual_upload_views.xml",  # the invoice's form has a button that opens it
        "wizards/sending/not_at_anaf_views.xml",
        "wizards/sending/set_aside_views.xml",
        "wizards/sending/account_move_send_wizard_views.xml",
        "wizards/sending/window_views.xml",
        "views/sending/submission_views.xml",
        "views/sending/account_move_lists.xml",
        "views/sending/account_move_views.xml",
        "views/sending/account_move_confirm_views.xml",
        "views/sending/account_journal_views.xml",
        "views/sending/res_config_settings_views.xml",
        # pairing
        "views/pairing/account_move_views.xml",
        "views/pairing/message_views.xml",
        "wizards/pairing/find_views.xml",
        # assets
        "views/assets/account_move_views.xml",
        "views/assets/res_config_settings_views.xml",
        "wizards/assets/asset_register_views.xml",
        "wizards/assets/inventory_transfer_views.xml",
        # bills
        "views/bills/message_views.xml",
        "views/bills/account_move_views.xml",
        "views/bills/line_map_views.xml",
        "views/bills/res_config_settings_views.xml",
        "wizards/bills/import_views.xml",
        # verification
        "views/verification/verification_views.xml",
        "views/verification/verification_report.xml",
        "views/verification/res_partner_views.xml",
        "wizards/verification/verify_views.xml",
        # buyer_messages
        "views/buyer_messages/rasp_views.xml",
        "views/buyer_messages/account_move_views.xml",
        "wizards/buyer_messages/write_message_views.xml",
        # home
        "views/home/home_views.xml",
        "views/home/account_journal_views.xml",
        "views/home/res_users_views.xml",
        "views/home/res_config_settings_views.xml",
        # menus of all rooms
        "views/menus.xml",
    ],
    "demo": [
        "demo/company.xml",
        "demo/partners.xml",
        "demo/products.xml",
        "demo/invoices.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "l10n_ro_efactura_abacus/static/src/**/*",
            ("remove", "l10n_ro_efactura_abacus/static/src/sending/state_graph.js"),
        ],
        # what extends core's graph, which is loaded when the first graph is shown
        "web.assets_backend_lazy": [
            "l10n_ro_efactura_abacus/static/src/sending/state_graph.js",
        ],
        "web.assets_tests": [
            "l10n_ro_efactura_abacus/static/tests/tours/**/*",
        ],
    },
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
    "application": True,
    "license": "LGPL-3",
}
