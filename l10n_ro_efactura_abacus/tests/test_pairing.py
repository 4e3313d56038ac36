"""Pairing by hand: the database guard, undoing, who may."""
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .pipeline import PipelineCase

SUPPLIER_CIF = '14399840'


@tagged('post_install_l10n', 'post_install', '-at_install')
class TestPairing(PipelineCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls._partner(name="Furnizor Test SRL", vat=f'RO{SUPPLIER_CIF}')
        cls.tax_in = cls.env['account.chart.template'].with_company(cls.company).ref('tvad_21')

    def _bill(self, ref='ABC 0012', date='2026-10-05', price=100.0, partner=None, post=True, move_type='in_invoice',
              **values):
        bill = self.env['account.move'].with_company(self.company).create({
            'move_type': move_type, 'partner_id': (partner or self.supplier).id, 'ref': ref, 'invoice_date': date,
            'date': date,
            'invoice_line_ids': [Command.create({
                'name': "Marfă", 'quantity': 1, 'price_unit': price, 'tax_ids': [Command.set(self.tax_in.ids)]})],
            **values})
        if post:
            bill.action_post()
        return bill

    def _message(self, number='ABC 0012', date='2026-10-05', total=121.0, kind='received', **values):
        count = self.messages.search_count([]) + 1
        parties = {'seller_cif': SUPPLIER_CIF, 'buyer_cif': '1234567897'}
        return self.messages.create({
            'anaf_id': f'70{count}', 'upload_index': f'50{count}', 'environment': 'prod', 'company_id': self.company.id,
            'kind': kind, 'number': number, 'issue_date': date, 'amount_total': total,
            'currency_id': self.env.ref('base.RON').id, 'archive_state': 'archived', **parties, **values})

    def test_by_hand_and_back(self):
        message, bill = self._message(number='X 1'), self._bill()
        message.with_user(self.biller)._pair(bill, "I have both on my desk")
        self.assertEqual((message.move_id, message.pairing_reason), (bill, "I have both on my desk"))
        for record in (message, bill):
            note = record.message_ids[0]
            self.assertIn("I have both on my desk", note.body)
            self.assertEqual(note.author_id, self.biller.partner_id)
        message.with_user(self.biller).action_unpair()
        self.assertFalse(message.move_id)
        self.assertEqual(message.refused_move_ids, bill)
        for record in (message, bill):
            self.assertEqual(record.message_ids[0].author_id, self.biller.partner_id)
            self.assertIn("undone", record.message_ids[0].body)
        message._auto_pair()
        self.assertFalse(message.move_id)
        message._pair(bill, "after all")  # by hand it may be made again
        self.assertEqual(message.move_id, bill)
        self.assertFalse(message.refused_move_ids)

    def test_one_package_a_bill(self):
        first, second, bill = self._message(), self._message(), self._bill()
        first._pair(bill, "one")
        with self.assertRaises(UserError):
            second._pair(bill, "two")
        with self.assertRaises(UserError):
            first._pair(self._bill(ref='ABC 0013'), "another")
        with mute_logger('odoo.sql_db'), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.env.cr.execute("UPDATE l10n_ro_efactura_message SET move_id = %s WHERE id = %s", [bill.id, second.id])
        self.env.invalidate_all()

    def test_what_cannot_be(self):
        bill, invoice = self._bill(), self._invoice()
        for message, move in (
            (self._message(kind='sent'), bill), (self._message(), invoice), (self._message(kind='error'), bill),
        ):
            with self.assertRaises(UserError):
                message._pair(move, "wrong way")
        bill.button_cancel()
        with self.assertRaises(UserError):
            self._message()._pair(bill, "cancelled")

    def test_the_answer_to_our_own_upload_stays(self):
        submission = self._queue()
        self._upload()
        self._settle()
        self.assertEqual(submission.state, 'ok')
        with self.assertRaises(UserError):
            submission.message_id._unpair()

    @mute_logger('odoo.addons.base.models.ir_model')
    def test_who_may(self):
        message = self._message()
        message._pair(self._bill(), "x")
        with self.assertRaises(AccessError):
            message.with_user(self.env.ref('base.user_admin').copy({'group_ids': [
                Command.set([self.env.ref('base.group_user').id])]})).action_unpair()
