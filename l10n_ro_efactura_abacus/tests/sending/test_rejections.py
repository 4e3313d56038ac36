"""ANAF says no: each error on the invoice, where it is mended, who is told, and the next attempt."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.sending.account_move_told import KINDS, MISSING, REJECTED, UNCERTAIN
from ..pipeline import PipelineCase

COUNTY = "[BR-RO-110]-Daca codul tarii cumparatorului (BT-55) este RO, judetul (BT-54) trebuie sa fie din lista."
UNIT = "[BR-CL-23]-Unit code MUST be coded according to the UN/ECE Recommendation 20 with Rec 21 extension"
TOTAL = "[BR-CO-15]-Invoice total amount with VAT (BT-112) = Invoice total amount without VAT (BT-109) + VAT (BT-110)."
TECHNICAL = "A aparut o eroare tehnica. Cod: 1814"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRejections(PipelineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kinds = [cls.env.ref(kind).id for kind in KINDS]

    def _sent(self, move=None):
        """Send an invoice as the biller; return it."""
        move = move or self._invoice()
        move.with_user(self.biller).action_l10n_ro_efactura_send()
        return move

    def _work(self):
        self._upload()
        self._settle()
        self.env.invalidate_all()

    def _rejected(self, *errors):
        """Return an invoice that the biller sent and that ANAF rejected for `errors`."""
        move = self._sent()
        self.sim.fault("nok", "upload", errors=list(errors or [COUNTY]))
        self._work()
        self.assertEqual(move.l10n_ro_efactura_state, "nok")
        return move

    def _told(self, move):
        """Return the open activities about the sending of `move` as [(xml id of the type, user)]."""
        activities = move.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id.id in self.kinds)
        names = activities.activity_type_id.get_external_id()
        return [(names[activity.activity_type_id.id], activity.user_id) for activity in activities]

    # -- the errors -----------------------------------------------------------------------------------------

    def test_every_error_is_shown_with_its_rule_its_term_and_where_it_is_mended(self):
        move = self._rejected(COUNTY, UNIT, TOTAL, TECHNICAL).with_user(self.biller)
        errors = move.l10n_ro_efactura_error_ids
        self.assertEqual(errors.mapped("said"), [COUNTY, UNIT, TOTAL, TECHNICAL])
        self.assertEqual(errors.mapped("rule"), ["BR-RO-110", "BR-CL-23", "BR-CO-15", False])
        self.assertEqual(
            [error.term and error.term.split()[0] for error in errors], ["BT-54", "BT-130", "BT-112", False]
        )
        self.assertEqual(errors.mapped("mend"), ["open", "window", "draft", False])
        self.assertIn("unit of measure", errors[1].meaning)
        self.assertIn("technical problem", errors[3].meaning)

    def test_the_explanation_is_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        move = self._rejected(UNIT)
        english = move.l10n_ro_efactura_error_ids
        romanian = english.with_context(lang="ro_RO")
        self.assertIn("the unit of measure", english.term)
        self.assertIn("unitatea de măsură", romanian.term)
        self.assertEqual(english.said, romanian.said)

    def test_an_error_of_the_buyer_opens_the_buyer_with_the_field_marked(self):
        move = self._rejected("[BR-RO-110]-BT-54 judet").with_user(self.biller)
        action = move.l10n_ro_efactura_error_ids.action_mend()
        self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", self.customer.id))
        self.assertEqual((action["target"], action["context"]["l10n_ro_efactura_field"]), ("new", "state_id"))

    def test_an_error_of_the_posted_invoice_resets_it_to_draft_instead_of_opening_it_again(self):
        move = self._rejected(TOTAL).with_user(self.biller)
        action = move.l10n_ro_efactura_error_ids.action_mend()
        self.assertEqual(action["tag"], "l10n_ro_efactura_mark")
        self.assertEqual(move.state, "draft")
        move.invalidate_recordset()
        self.assertEqual(move.l10n_ro_efactura_error_ids.mend, "field")

    def test_nothing_is_offered_to_mend_where_the_fault_is_of_anaf(self):
        error = self._rejected(TECHNICAL).with_user(self.biller).l10n_ro_efactura_error_ids
        with self.assertRaises(UserError):
            error.action_mend()

    def test_what_our_own_checks_found_leads_to_the_record_that_lacks_it(self):
        move = self._sent()
        self.customer.street = False
        self._work()
        self.assertEqual(move.l10n_ro_efactura_state, "refused")
        error = move.with_user(self.biller).l10n_ro_efactura_error_ids
        self.assertEqual(error.action_mend()["res_id"], self.customer.id)
        self.assertNotIn("rejected", move._get_alerts()["l10n_ro_efactura_prod_nok"]["message"])
        self.assertEqual(self._told(move), [(MISSING, self.biller)])

    def test_errors_of_another_company_are_not_read(self):
        error = self._rejected().l10n_ro_efactura_error_ids
        other = self.setup_other_company(name="Alta firma SRL")["company"]
        self.biller.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        errors = error.with_user(self.biller).with_context(allowed_company_ids=other.ids)
        self.assertFalse(errors.search([("id", "=", error.id)]))

    # -- who is told ----------------------------------------------------------------------------------------

    def test_a_rejection_is_told_once_to_whoever_sent_it_and_the_note_goes_with_the_next_attempt(self):
        move = self._rejected()
        self.assertEqual(self._told(move), [(REJECTED, self.biller)])
        self._settle()
        move._l10n_ro_efactura_tell()
        self.assertEqual(self._told(move), [(REJECTED, self.biller)])
        self._sent(move)
        self.assertFalse(self._told(move))
        self._work()
        self.assertEqual((move.l10n_ro_efactura_state, self._told(move)), ("ok", []))

    def test_the_company_chooses_who_is_told(self):
        responsible = self.env.ref("base.user_admin")
        responsible.company_ids += self.company
        self.company.l10n_ro_efactura_responsible_ids = responsible
        self.company.l10n_ro_efactura_told = "responsible"
        self.assertEqual(self._told(self._rejected()), [(REJECTED, responsible)])
        self.company.l10n_ro_efactura_told = "both"
        self.assertCountEqual(self._told(self._rejected()), [(REJECTED, responsible), (REJECTED, self.biller)])
        self.company.l10n_ro_efactura_told = "sender"
        move = self._sent()
        self.biller.active = False
        self.sim.fault("nok", "upload", errors=[COUNTY])
        self._work()
        self.assertEqual(self._told(move), [(REJECTED, responsible)])

    def test_a_rejection_is_told_in_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.biller.lang = "ro_RO"
        move = self._rejected("[BR-RO-110]-BT-54 judet")
        self.assertIn("Județul lipsește", move.sudo().activity_ids.note)

    def test_a_test_a_withdrawn_and_a_cancelled_invoice_tell_nobody(self):
        self.sim.fault("nok", "upload", errors=[COUNTY])
        tested = self._queue(environment="test").move_id
        self._work()
        self.assertEqual((tested.l10n_ro_efactura_test_state, self._told(tested)), ("nok", []))
        withdrawn = self._sent()
        withdrawn.l10n_ro_efactura_submission_ids.with_user(self.biller).action_withdraw()
        self.assertFalse(self._told(withdrawn))
        cancelled = self._rejected()
        cancelled.button_draft()
        cancelled.button_cancel()
        self.assertFalse(self._told(cancelled))

    def test_an_uncertain_invoice_is_told_after_an_hour_and_only_once(self):
        submission = self._queue()
        self._set(submission, state="uncertain", uncertain_since=fields.Datetime.now() - timedelta(minutes=50))
        submission._show_on_moves()
        move = submission.move_id
        self.submissions._cron_tell_uncertain()
        self.assertFalse(self._told(move))
        self._later(minutes=20)
        self.submissions._cron_tell_uncertain()
        self.assertEqual([kind for kind, _user in self._told(move)], [UNCERTAIN] * len(self._told(move)))
        self.assertTrue(self._told(move))
        move._l10n_ro_efactura_tell()
        self.assertTrue(self._told(move))
        move.sudo().activity_ids.unlink()  # done by its reader
        self.submissions._cron_tell_uncertain()
        self.assertFalse(self._told(move))

    # -- the form -------------------------------------------------------------------------------------------

    def test_missing_data_is_checked_again_at_confirmation(self):
        partner = self._partner(name="Fara Strada SRL", street=False)
        move = self._invoice(partner)
        move._l10n_ro_efactura_queue("prod")
        self.assertTrue(move.l10n_ro_efactura_missing)
        move.button_draft()
        partner.street = "Strada Nouă 1"
        move.action_post()
        self.assertFalse(move.l10n_ro_efactura_missing)

    def test_missing_data_of_an_automatic_journal_is_told_at_posting_until_it_is_mended(self):
        partner = self._partner(name="Fara Strada SRL", street=False)
        move = self._invoice(partner, post=False)
        move.journal_id.l10n_ro_efactura_auto_send = True
        self.addCleanup(setattr, move.journal_id, "l10n_ro_efactura_auto_send", False)
        move.with_user(self.biller).action_post()
        self.assertEqual(self._told(move), [(MISSING, self.biller)])
        partner.street = "Strada Nouă 1"
        self._sent(move)
        self.assertFalse(self._told(move))

    def test_sending_again_says_what_it_did_and_shows_the_new_attempt(self):
        submission = self._rejected().l10n_ro_efactura_submission_ids
        action = submission.with_user(self.biller).action_regenerate()
        self.assertIn(submission.number, action["params"]["message"])
        new = submission.move_id.l10n_ro_efactura_submission_ids - submission
        self.assertEqual(action["params"]["next"]["res_id"], new.id)

    def test_the_card_of_a_batch_names_its_rejected_invoices(self):
        moves = (self._invoice() + self._invoice()).with_user(self.biller)
        moves.action_l10n_ro_efactura_send()
        self.sim.fault("nok", "upload", errors=[COUNTY], times=1)
        self._work()
        batch = moves.sudo().l10n_ro_efactura_submission_ids.mapped("batch")[0]
        nok = moves.filtered(lambda move: move.l10n_ro_efactura_state == "nok")
        problems = self.submissions.sudo(False).with_user(self.biller).batch_problems(batch)
        self.assertEqual([row["name"] for row in problems["rows"]], nok.mapped("name"))
        self.assertEqual(problems["action"]["res_id"], nok.id)

    def test_empty_fields_show_what_the_document_gets(self):
        invoice = self._invoice()
        refund = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        self.assertIn("380", invoice.l10n_ro_efactura_automatic_type)
        self.assertIn("381", refund.l10n_ro_efactura_automatic_type)
        self.assertEqual(refund.l10n_ro_efactura_automatic_origin, invoice.name)
        self.assertTrue(invoice.l10n_ro_efactura_automatic_means)
