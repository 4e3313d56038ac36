"""What workers write is in the language of the people who read it, whatever the cron's user speaks."""

from odoo.tests import new_test_user, tagged

from ...models.common.language import language_of
from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLanguages(PipelineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ro_RO")
        cls.biller.lang = "ro_RO"

    def _queued_by_the_biller(self, **values):
        move = self._invoice(**values)
        move.with_user(self.biller).action_l10n_ro_efactura_send()
        return move.l10n_ro_efactura_submission_ids.sudo().with_env(self.submissions.env)

    def test_what_the_worker_finds_missing_is_said_in_the_language_of_who_queued_it(self):
        submission = self._queued_by_the_biller()
        self.customer.city = False
        self._upload()
        move = submission.move_id
        self.assertEqual(submission.state, "refused")
        self.assertEqual(submission.errors[0]["text"], move.l10n_ro_efactura_missing[0])
        self.assertNotIn("has no city", submission.errors[0]["text"])
        self.assertIn("Client Test SRL", submission.errors[0]["text"])

    def test_a_reason_to_wait_is_written_in_the_language_of_the_company(self):
        self.company.partner_id.lang = "ro_RO"
        self.env["ir.config_parameter"].sudo().set_param("l10n_ro_efactura.database", "the_original")
        submission = self._queued_by_the_biller()
        self._upload()
        self.assertEqual(self._codes(submission), ["held"])
        self.assertNotIn("This database was copied", submission.errors[0]["text"])
        self.assertIn("the_original", submission.errors[0]["text"])
        self.credential.sudo().active = False
        self._set(submission, errors=None)
        self._upload()
        self.assertEqual(self._codes(submission), ["not_connected"])
        self.assertNotIn("is not connected", submission.errors[0]["text"])

    def test_the_language_of_the_user_then_of_the_contact_then_of_most_people_responsible(self):
        robot = self.env.ref("base.user_root")
        self.assertEqual(language_of(self.company, self.biller), "ro_RO")
        self.company.partner_id.lang = "ro_RO"
        self.assertEqual(language_of(self.company, robot), "ro_RO")
        self.company.partner_id.lang = "en_US"
        people = [
            new_test_user(self.env, f"efactura_person_{lang}_{number}", lang=lang, company_id=self.company.id)
            for number, lang in enumerate(("ro_RO", "en_US", "ro_RO"))
        ]
        self.company.l10n_ro_efactura_responsible_ids = [person.id for person in people]
        self.assertEqual(language_of(self.company), "ro_RO")
        self.company.l10n_ro_efactura_responsible_ids = [people[1].id]
        self.assertEqual(language_of(self.company), "en_US")
