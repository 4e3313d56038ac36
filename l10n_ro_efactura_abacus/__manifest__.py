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
        'data/mail_activity_type.xml',
        'data/ir_cron.xml',
        'data/ir_cron_credential.xml',
    ],
    'demo': [
        'demo/company.xml',
        'demo/partners.xml',
        'demo/products.xml',
        'demo/invoices.xml',
    ],
    'license': 'LGPL-3',
}
