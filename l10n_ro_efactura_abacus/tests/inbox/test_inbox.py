"""Fields of a message from its package, and how long ANAF keeps it."""

from datetime import timedelta

from odoo.tests import tagged

from ...anaf import Package, today
from ...models.inbox.message_archive import Archived
from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestInbox(PipelineCase):
    def _received(self, count=1, **values):
        self.sim.generate_supplier_invoices(self.company.vat, count, **values)
        self.messages._cron_refresh_spv()
        return self.messages.search([("company_id", "=", self.company.id), ("kind", "=", "received")], order="id")

    def test_what_a_package_says_stands_in_columns(self):
        submission = self._queue(price=200.0)
        self._upload()
        self._settle()
        self._archive()
        message = submission.message_id
        self.assertEqual((message.document_type, message.currency_id.name), ("380", "RON"))
        self.assertEqual((message.amount_untaxed, message.amount_tax, message.amount_total), (200.0, 42.0, 242.0))
        self.assertFalse(message.preceding)

    def test_a_credit_note_names_what_it_corrects(self):
        invoice = self._invoice()
        refund = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        refund = self.env["account.move"].browse(refund.refund_moves()["res_id"])
        refund.action_post()
        refund.action_l10n_ro_efactura_send()
        self._upload()
        self._settle()
        self._archive()
        message = refund.l10n_ro_efactura_submission_ids.message_id
        self.assertEqual((message.document_type, message.preceding), ("381", [invoice.name]))

    def test_what_takes_money_back_is_marked(self):
        [message] = self._received()
        for document_type, total, text in (
            ("380", 121, False),
            ("381", 121, "Storno"),
            ("380", -121, "Storno"),
            ("384", -121, "Storno"),
            ("384", 121, "Correction"),
            (False, 0, False),
        ):
            message.write({"document_type": document_type, "amount_total": total})
            with self.subTest(type=document_type, total=total):
                self.assertEqual(message.correction_text, text)

    def test_a_message_is_named_after_its_document(self):
        message = self._received()
        self.assertEqual(message.display_name, message.anaf_id, "nothing more is known of it")
        self._archive()
        self.assertTrue(message.number and message.partner_name)
        self.assertEqual(message.display_name, f"{message.partner_name} {message.number}")
        for text in (message.number, message.partner_name, message.anaf_id, message.upload_index):
            self.assertIn(message.id, [found[0] for found in self.messages.name_search(text)])

    def test_a_buyer_s_message(self):
        message = self._received()
        package = Package(
            None, b"<header/>", "1.xml", None, "buyer_message", message="Marfa nu a ajuns", answered_index="6552700005"
        )
        message._keep_package(Archived(b"PK", package, None, None), {"quota_count": 1})
        self.assertEqual((message.buyer_message, message.answers_index), ("Marfa nu a ajuns", "6552700005"))

    def test_days_left(self):
        self._received(30, days=59)
        for message in self.messages.search([]):
            self.assertEqual(message.days_left, (message.expires_on - today()).days)
        soon = self.messages.search([("days_left", "<", 10)])
        self.assertTrue(soon)
        self.assertEqual(soon, self.messages.search([("expires_on", "<", today() + timedelta(days=10))]))
        some = soon[0]
        self.assertIn(some, self.messages.search([("days_left", "=", some.days_left)]))
        self.assertNotIn(some, self.messages.search([("days_left", "!=", some.days_left)]))
        self.assertNotIn(some, self.messages.search([("days_left", ">=", 10)]))
