from lxml import etree
from odoo.tests import tagged

from .xml_common import XmlCommon


@tagged('post_install_l10n', 'post_install', '-at_install')
class TestXmlProblems(XmlCommon):
    """What stops an e-Factura is told at once and completely; texts that are too long are moved, not lost."""

    def _codes(self, move):
        return [problem['code'] for problem in move._l10n_ro_efactura_problems()]

    def _only(self, move, code, bt, record, field):
        """`move` has one problem, told on `field` of `record`."""
        [problem] = move._l10n_ro_efactura_problems()
        self.assertEqual(
            (problem['code'], problem['bt'], problem['model'], problem['res_id'], problem['field']),
            (code, bt, record._name, record.id, field))
        self.assertEqual(move._l10n_ro_efactura_build_xml(), (b'', [problem['text']]))

    # -------------------------------------------------------------------------
    # ALL AT ONCE
    # -------------------------------------------------------------------------

    def test_many_mistakes(self):
        """An invoice with a dozen mistakes shows a dozen."""
        self.company.partner_id.street = False
        unit = self.env['uom.uom'].create({'name': "Cutie mare"})
        nobody = self._partner(name="Fără Cod SRL", vat=False, street=False, city=False, state_id=False)
        product = self._product("Fier vechi", l10n_ro_efactura_nc8="7204")
        move = self._move(
            self._line(product_uom_id=unit.id),
            self._line(tax=None),
            self._line(tax='tvac_00'),
            self._line(tax=self._tax('tvac_21') + self._tax('tvac_11')),
            self._line(product=product),
            partner=nobody, name="FĂRĂ CIFRE", ref="C" * 201, l10n_ro_efactura_contract="D" * 201,
            l10n_ro_efactura_payment_means='30', partner_bank_id=False, post=False)
        move.partner_bank_id = False
        self.assertEqual(sorted(self._codes(move)), sorted([
            'number_digit', 'identifier_length', 'identifier_length', 'street', 'buyer_cui', 'street', 'city', 'county',
            'bank_account', 'unit', 'tax_missing', 'tax', 'taxes', 'classification']))
        _xml, errors = move._l10n_ro_efactura_build_xml()
        self.assertEqual(len(errors), 14)

    def test_nothing(self):
        self.assertFalse(self._codes(self._move()))

    # -------------------------------------------------------------------------
    # ONE BY ONE
    # -------------------------------------------------------------------------

    def test_unit(self):
        unit = self.env['uom.uom'].create({'name': "Cutie mare"})
        move = self._move(self._line(product_uom_id=unit.id), self._line(product_uom_id=unit.id))
        self._only(move, 'unit', 'BT-130', unit, 'code')
        self.env['l10n_ro_efactura.code.map'].create({
            'kind': 'uom', 'uom_id': unit.id, 'code': 'XBX', 'company_id': self.company.id})
        self.assertEqual(self._texts(self._read(move), '//InvoicedQuantity/@unitCode'), ['XBX', 'XBX'])

    def test_tax_asked(self):
        tax = self._tax('tvac_00')
        self._only(self._move(self._line(tax='tvac_00')), 'tax', 'BT-151', tax, 'code')

    def test_seller_not_registered_charges_vat(self):
        self.company.vat = "1234567897"
        self._only(self._move(), 'seller_vat', 'BT-31', self.company.partner_id, 'vat')

    def test_company_without_cui(self):
        nobody = self._partner(vat=False)
        self._only(self._move(partner=nobody), 'buyer_cui', 'BT-47', nobody, 'vat')

    def test_wrong_digit_in_a_cui(self):
        wrong = self.customer.with_context(no_vat_validation=True)
        wrong.vat = "RO987654321"
        self._only(self._move(), 'cui_invalid', 'BT-48', self.customer, 'vat')

    def test_foreign_company_without_number(self):
        self.american.vat = False
        self._only(self._move(self._line(tax='tvati_extra'), partner=self.american), 'buyer_cui', 'BT-47',
                   self.american, 'vat')

    def test_foreign_person(self):
        self.american.write({'vat': False, 'is_company': False})
        tree = self._read(self._move(partner=self.american))
        self.assertEqual(
            self._texts(tree, '//AccountingCustomerParty//PartyLegalEntity/CompanyID'), ['0000000000000'])

    def test_foreign_county_is_not_asked(self):
        self.assertFalse(self._codes(self._move(partner=self.german)))

    def test_intra_community_to_nobody(self):
        self.german.vat = False
        self.german.company_registry = "HRB 1"
        self._only(self._move(self._line(tax='tvati_intrab'), partner=self.german), 'buyer_vat', 'BT-48',
                   self.german, 'vat')

    def test_delivery_address(self):
        depot = self._partner(name="Depozit", parent_id=self.customer.id, type='delivery', street=False)
        self._only(self._move(partner_shipping_id=depot.id), 'street', 'BT-75', depot, 'street')

    def test_storno_without_origin(self):
        """Either kind of credit note says what it corrects, and why."""
        for storno, root in (('negative', '/Invoice'), ('credit_note', '/CreditNote')):
            with self.subTest(storno):
                self.company.l10n_ro_efactura_storno = storno
                refund = self._move(move_type='out_refund', name=f'STO/{storno}/1')
                self.assertEqual(self._codes(refund), ['origin', 'origin_date', 'reason'])
                refund.write({'l10n_ro_efactura_origin_number': "F 1", 'l10n_ro_efactura_reason': "Retur"})
                self._only(refund, 'origin_date', 'BT-26', refund, 'l10n_ro_efactura_origin_date')
                refund.l10n_ro_efactura_origin_date = '2026-08-01'
                tree = self._read(refund)
                self.assertEqual(self._texts(tree, '//BillingReference//ID'), ["F 1"])
                self.assertEqual(self._texts(tree, f'{root}/Note'), ["Motiv: Retur"])

    def test_the_date_of_an_invoice_of_ours(self):
        origin = self._move()
        refund = self._move(move_type='out_refund', name='STO/1', l10n_ro_efactura_reason="Retur",
                            l10n_ro_efactura_origin_number=f' {origin.name} ')
        self.assertEqual(self._texts(self._read(refund), '//BillingReference//IssueDate'), ['2026-09-15'])

    def test_a_rebate_over_a_period(self):
        """Only the user says that a credit note corrects no single invoice; then it tells the period."""
        refund = self._move(move_type='out_refund', l10n_ro_efactura_for_period=True)
        self.assertEqual(self._codes(refund), ['period', 'period', 'reason'])
        refund.write({
            'l10n_ro_efactura_period_start': '2026-08-31', 'l10n_ro_efactura_period_end': '2026-08-01',
            'l10n_ro_efactura_reason': "Bonus de volum"})
        self._only(refund, 'period', 'BT-74', refund, 'l10n_ro_efactura_period_end')
        refund.l10n_ro_efactura_period_start = '2026-07-01'
        tree = self._read(refund)
        self.assertEqual(self._texts(tree, '//BillingReference//ID'), [])
        self.assertEqual(self._texts(tree, '/CreditNote/InvoicePeriod/*'), ['2026-07-01', '2026-08-01'])
        self.assertEqual(self._texts(tree, '/CreditNote/Note'), ["Motiv: Bonus de volum"])
        _xml, errors, findings = refund._l10n_ro_efactura_checked_xml()
        self.assertEqual((errors, findings), ([], []))

    def test_the_checker_does_not_ask_for_the_origin(self):
        """ANAF takes a credit note without BT-25: a file made elsewhere is judged as ANAF judges it."""
        refund = self._move(move_type='out_refund', l10n_ro_efactura_for_period=True, l10n_ro_efactura_reason="Bonus",
                            l10n_ro_efactura_period_start='2026-07-01', l10n_ro_efactura_period_end='2026-07-31')
        tree = self._read(refund)
        for node in tree.xpath("*[local-name()='InvoicePeriod' or local-name()='Note']"):
            tree.remove(node)
        self.assertEqual(self.env['l10n_ro_efactura.xml.file']._findings(etree.tostring(tree)), [])

    def test_a_plain_reversal_says_why_itself(self):
        origin = self._move()
        refund = self._reverse(origin, reason=False)
        refund.action_post()
        self.assertIn(f"Motiv: Storno {origin.name}", self._texts(self._read(refund), '/CreditNote/Note'))

    def test_type_of_another_kind(self):
        self._only(self._move(l10n_ro_efactura_type='381'), 'type', 'BT-3', self.env['account.move'].search(
            [('name', '=', f'FCT/{self.number}')]), 'l10n_ro_efactura_type')

    def test_transfer_to_no_iban(self):
        bank = self.company.partner_id.bank_ids
        bank.allow_out_payment = False  # core lets no trusted account be renumbered
        bank.acc_number = "12345"
        bank.allow_out_payment = True
        move = self._move(l10n_ro_efactura_payment_means='30')
        self._only(move, 'iban', 'BT-84', self.company.partner_id.bank_ids, 'acc_number')
        move.l10n_ro_efactura_payment_means = False
        self.assertEqual(self._texts(self._read(move), '//PaymentMeansCode'), ['42'])

    # -------------------------------------------------------------------------
    # STORNO
    # -------------------------------------------------------------------------

    def test_storno_of_one_credit_note(self):
        """The company sends 381; this one goes as an invoice with a minus, by another call."""
        refund = self._reverse(self._move())
        refund.l10n_ro_efactura_type = '380'
        refund.action_post()
        tree = self._read(refund)
        self.assertEqual(self._texts(tree, '/Invoice/InvoiceTypeCode'), ['380'])
        self.assertEqual(self._texts(tree, '//PayableAmount'), ['-121.00'])
        self.assertEqual(refund._l10n_ro_efactura_upload_params()['standard'], 'UBL')
        refund.l10n_ro_efactura_type = '381'
        self.assertEqual(refund._l10n_ro_efactura_upload_params()['standard'], 'CN')

    def test_storno_in_another_currency(self):
        self.company.l10n_ro_efactura_storno = 'negative'
        refund = self._reverse(self._move(currency_id=self.eur.id))
        refund.action_post()
        self.assertEqual(self._texts(self._read(refund), '/Invoice/TaxTotal/TaxAmount'), ['-21.00', '-105.00'])

    def test_storno_of_discount_and_rounding(self):
        """Discounts of the document keep their sense, and the rounding its sign."""
        self.company.l10n_ro_efactura_storno = 'negative'
        product = self._product("Reducere", type='service', l10n_ro_efactura_document_level=True)
        rounding = self.env['account.cash.rounding'].create({
            'name': "Numerar", 'rounding': 0.5, 'strategy': 'add_invoice_line', 'rounding_method': 'HALF-UP',
            'profit_account_id': self.company_data['default_account_revenue'].id,
            'loss_account_id': self.company_data['default_account_expense'].id})
        refund = self._reverse(self._move(
            self._line(100.02), self._line(-20, product=product), invoice_cash_rounding_id=rounding.id))
        refund.action_post()
        tree = self._read(refund)
        self.assertEqual(self._texts(tree, '/Invoice/AllowanceCharge/ChargeIndicator'), ['false'])
        self.assertEqual(self._texts(tree, '/Invoice/AllowanceCharge/Amount'), ['-20.00'])
        self.assertEqual(self._texts(tree, '//TaxInclusiveAmount'), ['-96.82'])
        self.assertEqual(self._texts(tree, '//PayableRoundingAmount'), ['-0.18'])
        self.assertEqual(self._texts(tree, '//PayableAmount'), ['-97.00'])

    def test_credit_note_over_a_discount_only(self):
        product = self._product("Reducere", type='service', l10n_ro_efactura_document_level=True)
        refund = self._move(self._line(20, product=product), move_type='out_refund', l10n_ro_efactura_reason="Bonus",
                            l10n_ro_efactura_origin_number="F 1", l10n_ro_efactura_origin_date='2026-08-01')
        tree = self._read(refund)
        self.assertEqual(self._texts(tree, '//CreditNoteLine/LineExtensionAmount'), ['20.00'])
        self.assertEqual(self._texts(tree, '/CreditNote/AllowanceCharge'), [])

    # -------------------------------------------------------------------------
    # TEXTS
    # -------------------------------------------------------------------------

    def test_cuts(self):
        product = self._product(' '.join(['Denumire'] * 30))
        move = self._move(self._line(product=product, name=' '.join(['Descriere'] * 80)))
        cuts = move._l10n_ro_efactura_cuts()
        self.assertEqual([(cut['bt'], cut['to']) for cut in cuts], [
            ('BT-153', 'BT-154'), ('BT-154', 'BT-127'), ('BT-127', 'BT-22'), ('BT-22', 'BT-22')])
        self.assertEqual(cuts[0]['res_id'], move.invoice_line_ids.id)
        self.assertEqual(cuts[0]['kept'], ' '.join(['Denumire'] * 11))
        tree = self._read(move)
        words = ' '.join(text for path in (
            '//Item/Name', '//Item/Description', '//InvoiceLine/Note', '/Invoice/Note')
            for text in self._texts(tree, path)).split()
        self.assertEqual((words.count('Denumire'), words.count('Descriere')), (30, 80), "nothing is lost")
        self.assertFalse(self._move(name="FCT/2")._l10n_ro_efactura_cuts())

    def test_twenty_notes(self):
        move = self._move(narration=f"<p>{' '.join(['Observații'] * 1000)}</p>")
        notes = self._texts(self._read(move), '/Invoice/Note')
        self.assertEqual(len(notes), 20)
        self.assertLessEqual(max(map(len, notes)), 300)
        [cut] = move._l10n_ro_efactura_cuts()
        self.assertEqual((cut['bt'], cut['to']), ('BT-22', ''))

    def test_language_of_the_user(self):
        """The bytes do not depend on who makes them."""
        self.env['res.lang']._activate_lang('ro_RO')
        move = self._move(self._line(discount=10), self._line(tax='tvaic_21'))
        texts = {move.with_context(lang=lang)._l10n_ro_efactura_build_xml()[0] for lang in ('en_US', 'ro_RO')}
        self.assertEqual(len(texts), 1)

    # -------------------------------------------------------------------------
    # ONE DOCUMENT ON EVERY PATH
    # -------------------------------------------------------------------------

    def test_core_path(self):
        """Core's builder gives a connected company the same bytes, and core's own document to others."""
        move = self._move()
        builder = self.env['account.edi.xml.ubl_ro']
        self.assertEqual(builder._export_invoice(move)[0], move._l10n_ro_efactura_build_xml()[0])
        self.credential.sudo().unlink()
        self.assertNotEqual(builder._export_invoice(move)[0], move._l10n_ro_efactura_build_xml()[0])
        self.assertEqual(move._l10n_ro_efactura_build_xml()[1], [], "no connection is needed to make the XML")

    def test_core_still_has_what_is_extended(self):
        """A method of core's builder that has another name one day would be missed silently."""
        classes = type(self.env['account.edi.xml.ubl_ro_abacus']).mro()
        ours = [cls for cls in classes if vars(cls).get('_module') == 'l10n_ro_efactura_abacus']
        core = [vars(cls) for cls in classes if str(vars(cls).get('_module')).startswith(('account', 'l10n_ro_edi'))]
        names = {name for cls in ours for name, value in vars(cls).items()
                 if callable(value) and name.startswith('_') and not name.startswith(('__', '_ro_', '_l10n_ro_'))}
        self.assertGreater(len(names), 25)
        self.assertFalse([name for name in names if not any(name in members for members in core)])

    def test_debit_note_is_an_invoice(self):
        if 'debit_origin_id' not in self.env['account.move']._fields:
            self.skipTest("account_debit_note is not installed")
        origin = self._move()
        move = self._move(name="FCT/2", debit_origin_id=origin.id)
        tree = self._read(move)
        self.assertEqual(self._texts(tree, '/Invoice/InvoiceTypeCode'), ['380'])
        self.assertEqual(self._texts(tree, '//BillingReference//ID'), [origin.name])

    def test_later_credit_note_is_no_payment(self):
        move = self._move()
        refund = self._reverse(move)
        refund.action_post()
        self.assertEqual(move.amount_residual, 0)
        self.assertEqual(self._texts(self._read(move), '//PayableAmount'), ['121.00'])

    def test_many_small_lines(self):
        """The document adds up whatever the rounding, mixed with taxes that allow no cent of difference."""
        lines = [self._line(0.333, quantity=7, discount=3.5, tax=tax)
                 for tax in ('tvac_21', 'tvac_11', 'tvatiscnoded', 'tvatine') for _number in range(9)]
        self.same_xml('many_small_lines', self._read(self._move(*lines)))
