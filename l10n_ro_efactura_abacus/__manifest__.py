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
    ],
    'license': 'LGPL-3',
}
