{
    'name': "Romania - e-Factura (SPV) like Abacus",
    'version': '19.0.1.0.0',
    'category': 'Accounting/Localizations/EDI',
    'summary': "Send invoices to ANAF's RO e-Factura and get them back sealed",
    'author': "l10n_ro_efactura_abacus contributors",
    'depends': ['l10n_ro_edi', 'mail'],
    'external_dependencies': {
        'python': ['lxml', 'requests', 'cryptography'],
    },
    'data': [
        'security/ir.model.access.csv',
        'security/efactura_credential_rules.xml',
        'security/efactura_security.xml',
        'data/mail_activity_type.xml',
        'data/ir_cron.xml',
        'data/ir_cron_credential.xml',
        'wizards/account_move_send_wizard_views.xml',
        'wizards/efactura_wizard_views.xml',
        'views/account_journal_views.xml',
        'views/account_move_views.xml',
        'views/efactura_message_views.xml',
        'views/efactura_submission_views.xml',
        'views/res_partner_views.xml',
        'views/efactura_menus.xml',
    ],
    'demo': [
        'demo/company.xml',
        'demo/partners.xml',
        'demo/products.xml',
        'demo/invoices.xml',
    ],
    'assets': {
        'web.assets_backend': [
            'l10n_ro_efactura_abacus/static/src/**/*',
        ],
        'web.assets_tests': [
            'l10n_ro_efactura_abacus/static/tests/tours/**/*',
        ],
    },
    'post_init_hook': 'post_init_hook',
    'uninstall_hook': 'uninstall_hook',
    'license': 'LGPL-3',
}
