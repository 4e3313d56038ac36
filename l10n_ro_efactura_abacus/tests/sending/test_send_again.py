"""Sending again: the same bytes only while the invoice states the same, and parameters that fit the document."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CUSTOMER_CIF
from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSendAgain(PipelineCase):
    def _rejected(self, **values):
        """Return a submission that ANAF answered with nok."""
        self.sim.settings.cuis_unknown = {CUSTOMER_CIF}
        self.addCleanup(setattr, self.sim.settings, "cuis_unknown", set())
        submission = self._queue(**values)
        self._upload()
        self._settle()
        self.assertEqual(submission.state, "nok")
        self.sim.settings.cuis_unknown = set()
        return submission

    # -- the same bytes -------------------------------------------------------------------------------------

    def test_the_old_document_does_not_go_again_once_the_invoice_has_other_amounts(self):
        submission = self._rejected()
        move = submission.move_id
        move.button_draft()
        move.invoice_line_ids.price_unit = 250.0
        move.action_post()
        with self.assertRaisesRegex(UserError, "was changed after this document was made"):
            submission.action_send_again()
        self.assertEqual(submission.move_id.l10n_ro_efactura_state, "nok")
        new = submission._again(same_bytes=False)
        self._upload()
        self._settle()
        self.assertEqual(new.state, "ok")
        self.assertIn(b"302.50", new._xml_bytes(), "what the books hold")
        self.assertEqual(len(self.sim.accepted("prod")), 1)

    def test_the_old_document_goes_again_while_the_invoice_states_the_same(self):
        submission = self._rejected()
        self.customer.street = "Strada Nouă 7"  # an address makes no other statement
        again = submission._again(same_bytes=True)
        self.assertEqual(again._xml_bytes(), submission._xml_bytes())
        self._upload()
        self._settle()
        self.assertEqual(again.state, "ok")

    def test_the_old_document_does_not_go_again_to_another_buyer_or_as_another_call(self):
        submission = self._rejected()
        self.customer.vat = "RO1234567897"
        with self.assertRaisesRegex(UserError, "was changed after"):
            submission.action_send_again()
        self.customer.write({"vat": False, "is_company": False})
        with self.assertRaisesRegex(UserError, "was changed after"):
            submission.action_send_again()

    def test_what_was_taken_back_and_corrected_does_not_go_with_its_old_amounts(self):
        submission = self._queue()
        self.submissions._prepare(self._lanes()[0])
        submission.action_withdraw()
        move = submission.move_id
        move.button_draft()
        move.write({"invoice_line_ids": [Command.update(move.invoice_line_ids.id, {"quantity": 3})]})
        move.action_post()
        with self.assertRaisesRegex(UserError, "was not rejected"):
            submission.action_send_again()
        self.assertEqual(move._l10n_ro_efactura_queue("prod"), ({}, {}))
        self._upload()
        self.assertEqual(self.submissions.search([("move_id", "=", move.id)], limit=1).amount_total, move.amount_total)

    def test_only_the_last_attempt_can_be_sent_again(self):
        first = self._rejected()
        self.assertTrue(first.can_send_again)
        self.sim.settings.cuis_unknown = {CUSTOMER_CIF}
        second = first._again(same_bytes=True)
        self._upload()
        self._settle()
        self.env.invalidate_all()
        self.assertEqual((second.state, first.can_send_again, second.can_send_again), ("nok", False, True))
        for again in (first.action_send_again, first.action_regenerate):
            with self.assertRaisesRegex(UserError, "last one"):
                again()
        # a test is an attempt of its own
        first.move_id.action_l10n_ro_efactura_send_test()
        self.env.invalidate_all()
        self.assertTrue(second.can_send_again)

    # -- parameters and document ----------------------------------------------------------------------------

    def test_what_changed_while_it_waited_changes_the_call_too(self):
        person = self._partner(name="Ion Popescu", is_company=False, vat=False)
        submission = self._queue(partner=person)
        self.assertTrue(submission.is_b2c)
        person.write({"is_company": True, "vat": f"RO{CUSTOMER_CIF}"})
        self._upload()
        self.assertEqual((submission.state, submission.is_b2c), ("processing", False))
        self.assertEqual(submission.buyer_cif, CUSTOMER_CIF)
        self.assertIn(f"RO{CUSTOMER_CIF}".encode(), submission._xml_bytes())
        [upload] = self.sim.uploads("prod")
        self.assertFalse(upload["b2c"], "a business invoice reaches the buyer's SPV")

    def test_a_credit_note_is_called_as_what_it_is_when_it_is_built(self):
        refund = self._invoice(
            move_type="out_refund",
            l10n_ro_efactura_origin_number="F 1",
            l10n_ro_efactura_origin_date="2026-01-05",
            l10n_ro_efactura_reason="Retur",
        )
        refund.action_l10n_ro_efactura_send()
        submission = refund.l10n_ro_efactura_submission_ids.sudo()
        self.assertEqual((submission.standard, submission.document_type), ("CN", "381"))
        self.company.l10n_ro_efactura_storno = "negative"
        self._upload()
        self.assertEqual((submission.standard, submission.document_type), ("UBL", "380"))
        self._settle()
        self.assertEqual(submission.state, "ok")

    def test_a_test_whose_number_became_anothers_is_refused_and_says_so(self):
        journal = self.company_data["default_journal_sale"]
        journals = journal, journal.copy({"code": "FIL"})
        first, second = (self._queue(environment="test", journal_id=one.id) for one in journals)
        self._set(second.move_id, name=first.number)  # tests lock nothing
        with mute_logger("odoo.sql_db"):
            self._upload()
        self.assertEqual((second.state, self._codes(second)), ("refused", ["number_taken"]))
        self.assertEqual(first.state, "processing")
