"""From packages to bills: once, each by itself, never more than one."""

from odoo.tests import tagged

from .import_common import BUYER_CIF, ImportCase, supplier_xml


@tagged('post_install_l10n', 'post_install', '-at_install')
class TestImportMessages(ImportCase):

    def test_a_bill_per_message_and_no_second(self):
        messages = self._messages(supplier_xml(number='A 1'), supplier_xml(number='A 2'))
        bills = messages.with_user(self.biller)._import_bills()
        self.assertEqual(sorted(bills.mapped('ref')), ['A 1', 'A 2'])
        self.assertEqual(messages.move_id, bills)
        self.assertEqual(messages.mapped('import_error'), [False, False])
        self.assertEqual(messages.with_user(self.biller)._import_bills(), bills)
        self.assertEqual(self.env['account.move'].search_count([('ref', 'in', ['A 1', 'A 2'])]), 2)
        files = self.env['ir.attachment'].search([('res_model', '=', 'account.move'), ('res_id', 'in', bills.ids)])
        self.assertEqual(files.mapped('mimetype'), ['application/xml'] * 2)

    def test_what_anaf_delivered_is_ours_whoever_the_xml_names(self):
        message = self._messages(supplier_xml(number='C 1', buyer='RO14399840'))
        bill = message._import_bills()
        self.assertEqual((bill.ref, message.import_error), ('C 1', False))
        self.assertIn('14399840', ' '.join(bill.l10n_ro_efactura_import_warnings))

    def test_one_bad_message_stops_nothing(self):
        good, own_sale, test = (
            self._messages(supplier_xml(number='B 1')),
            self._messages(supplier_xml(number='B 2', cif=f'RO{BUYER_CIF}')),
            self._messages(supplier_xml(number='B 3'), environment='test'))
        listed = self.messages.create({
            'anaf_id': '77', 'environment': 'prod', 'company_id': self.company.id, 'kind': 'received'})
        messages = good | own_sale | test | listed
        bills = messages._import_bills()
        self.assertEqual(bills, good.move_id)
        self.assertFalse(good.import_error)
        self.assertIn('a sale', own_sale.import_error)
        self.assertIn('test', test.import_error)
        self.assertIn('downloaded', listed.import_error)
