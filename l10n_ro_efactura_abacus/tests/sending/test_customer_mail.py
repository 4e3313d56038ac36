"""The mail to the customer after Ok: whom it goes to, what it holds, and that it goes once."""

from odoo.tests import tagged

from ..pipeline import PipelineCase

PDF = b"%PDF-1.4 the printed invoice"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCustomerMail(PipelineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._partner(name="Ion Popescu", is_company=False, vat=False, email="ion@persoana.example")

    def _sent(self, partner, pdf=PDF):
        """Send an invoice to `partner` to Ok and archive its package; return it."""
        move = self._invoice(partner=partner)
        if pdf:
            self.env["ir.attachment"].create(
                {
                    "name": "invoice.pdf",
                    "raw": pdf,
                    "mimetype": "application/pdf",
                    "res_model": "account.move",
                    "res_id": move.id,
                    "res_field": "invoice_pdf_report_file",
                }
            )
            move.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
        move.action_l10n_ro_efactura_send()
        self._upload()
        self._settle()
        self.assertEqual(move.l10n_ro_efactura_state, "ok")
        self._archive()
        return move

    def _mails(self, move):
        return self.env["mail.mail"].sudo().search([("model", "=", "account.move"), ("res_id", "=", move.id)])

    def _run(self):
        self.env["account.move"]._l10n_ro_efactura_cron_customer_mail()

    def test_nobody_is_mailed_unless_the_company_wants_it(self):
        move = self._sent(self.person)
        self._run()
        self.assertFalse(move.l10n_ro_efactura_customer_mail)
        self.assertFalse(self._mails(move))

    def test_a_person_gets_the_pdf_and_the_sealed_package_once(self):
        self.company.l10n_ro_efactura_customer_mail = "persons"
        move, firm = self._sent(self.person), self._sent(self.customer)
        self._run()
        mail = self._mails(move)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, "outgoing", "the mail queue sends it")
        self.assertEqual(mail.recipient_ids, self.person)
        self.assertIn(move.name, mail.subject)
        self.assertIn(move.l10n_ro_efactura_upload_index, mail.body_html)
        package = self.messages.search([("move_id", "=", move.id), ("kind", "=", "sent")])
        self.assertEqual(sorted(mail.attachment_ids.mapped("raw")), sorted([PDF, package._package_bytes()]))
        self.assertEqual(move.l10n_ro_efactura_customer_mail, "sent")
        self.assertFalse(self._mails(firm), "firms find it in SPV")
        move._l10n_ro_efactura_after_change("prod")
        self._run()
        self.assertEqual(len(self._mails(move)), 1, "never twice")

    def test_it_waits_for_the_package(self):
        self.company.l10n_ro_efactura_customer_mail = "all"
        move = self._invoice()
        move.action_l10n_ro_efactura_send()
        self._upload()
        self._settle()
        self._run()
        self.assertEqual(move.l10n_ro_efactura_customer_mail, "waiting")
        self.assertFalse(self._mails(move))

    def test_a_mail_that_cannot_be_written_is_told_and_leaves_nothing_behind(self):
        self.company.l10n_ro_efactura_customer_mail = "all"
        self.person.email = False
        failed, good = self._sent(self.person), self._sent(self.customer)
        self._run()
        self.assertEqual(failed.l10n_ro_efactura_customer_mail, "failed")
        self.assertIn("the customer has no e-mail address", failed.message_ids[0].body)
        self.assertFalse(self._mails(failed))
        self.assertEqual(good.l10n_ro_efactura_customer_mail, "sent", "one bad record stops no other")

    def test_a_test_at_anaf_mails_nobody(self):
        self.company.l10n_ro_efactura_customer_mail = "all"
        move = self._invoice()
        move.action_l10n_ro_efactura_send_test()
        self._upload()
        self._settle()
        self.assertEqual(move.l10n_ro_efactura_test_state, "ok")
        self.assertFalse(move.l10n_ro_efactura_customer_mail)

    def test_an_invoice_that_another_program_sent_is_not_mailed(self):
        self.company.l10n_ro_efactura_customer_mail = "all"
        move = self._invoice()
        submission = self.submissions._adopt(move, "prod", "4000000009", origin="elsewhere")
        self._set(submission, state="ok")
        submission._show_on_moves()
        self.assertEqual(move.l10n_ro_efactura_state, "ok")
        self.assertFalse(move.l10n_ro_efactura_customer_mail)

    def test_settings_switch_journals_and_confirm_says_that_it_sends(self):
        journal = self.company_data["default_journal_sale"]
        draft = self._invoice(post=False)
        self.assertFalse(draft.l10n_ro_efactura_sends_at_posting)
        settings = self.env["res.config.settings"].with_company(self.company).create({})
        self.assertFalse(settings.l10n_ro_efactura_auto_journal_ids)
        settings.l10n_ro_efactura_auto_journal_ids = journal
        settings.execute()
        self.assertTrue(journal.l10n_ro_efactura_auto_send)
        draft.invalidate_recordset()
        self.assertTrue(draft.l10n_ro_efactura_sends_at_posting)
        settings = self.env["res.config.settings"].with_company(self.company).create({})
        self.assertEqual(settings.l10n_ro_efactura_auto_journal_ids, journal)
        journal.l10n_ro_efactura_send_delay = "2"
        draft.invalidate_recordset()
        self.assertFalse(draft.l10n_ro_efactura_sends_at_posting)
        settings.l10n_ro_efactura_auto_journal_ids = False
        settings.execute()
        self.assertFalse(journal.l10n_ro_efactura_auto_send)
