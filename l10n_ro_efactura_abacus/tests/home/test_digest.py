"""The digest by mail: who gets it, when, in which language, and that nothing is sent where nothing is to be told."""

from datetime import timedelta

from odoo import Command
from odoo.fields import Datetime
from odoo.tests import Form, new_test_user, tagged

from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDigest(PipelineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ro_RO")
        cls.biller.write({"l10n_ro_efactura_digest": "daily", "email": "ana@abacus-test.example", "lang": "en_US"})

    def _digest(self):
        """Run the cron; return the new mails to the biller."""
        before = self.env["mail.mail"].sudo().search([])
        self.env["res.users"]._l10n_ro_efactura_cron_digest()
        new = self.env["mail.mail"].sudo().search([]) - before
        return new.filtered(lambda mail: self.biller.partner_id in mail.recipient_ids)

    def test_it_tells_what_is_to_be_done_once_a_day(self):
        self._invoice()
        nok = self._invoice()
        self._set(nok, l10n_ro_efactura_state="nok")
        mail = self._digest()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, "outgoing", "the mail queue sends it")
        self.assertIn("Rejected (Nok) 1", mail.subject)
        self.assertIn("Abacus Test SRL", mail.body_html)
        self.assertRegex(mail.body_html, r"(?s)To send</td>.*?>2</td>")
        self.assertIn("/odoo/efactura", mail.body_html)
        self.assertFalse(self._digest(), "not twice on one day")
        self.biller.l10n_ro_efactura_digest_at = Datetime.now() - timedelta(days=1)
        self.assertEqual(len(self._digest()), 1)

    def test_what_anaf_accepted_is_told(self):
        self._queue(2)
        self._upload()
        self._settle()
        self.assertRegex(self._digest().body_html, r"(?s)Accepted by ANAF</td>.*?>2</td>")

    def test_an_empty_digest_is_not_sent(self):
        self.assertFalse(self._digest())
        self.assertTrue(self.biller.l10n_ro_efactura_digest_at)

    def test_a_connection_that_ends_is_told_though_nothing_else_is_to_be_done(self):
        self._set(self.credential, refresh_expires_at=Datetime.now() + timedelta(days=4, hours=23))
        self.assertIn("The connection to ANAF ends in 5 days", self._digest().body_html)

    def test_it_is_in_the_user_s_language(self):
        self._invoice()
        self.biller.lang = "ro_RO"
        values = self.biller._l10n_ro_efactura_digest_values()
        labels = self.env["l10n_ro_efactura.home"].with_context(lang="ro_RO")._labels()
        self.assertEqual(values["companies"][0]["rows"][0]["label"], labels["to_send"])

    def test_a_weekly_one_comes_on_mondays_or_after_a_missed_one(self):
        self.biller.l10n_ro_efactura_digest = "weekly"
        for last, weekly in ((Datetime.now() - timedelta(days=8), True), (Datetime.now(), False)):
            self.biller.l10n_ro_efactura_digest_at = last
            self.assertEqual(self.biller._l10n_ro_efactura_digest_due(), weekly)

    def test_who_does_not_want_it_or_may_not_read_it_gets_none(self):
        self._invoice()
        self.biller.l10n_ro_efactura_digest = "no"
        self.assertFalse(self._digest())
        employee = new_test_user(
            self.env,
            "digest_employee",
            groups="base.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        employee.l10n_ro_efactura_digest = "daily"
        self.assertFalse(employee._l10n_ro_efactura_digest_values())

    def test_a_user_sets_it_in_the_own_preferences(self):
        me = self.biller.with_user(self.biller)
        self.assertTrue(me.l10n_ro_efactura_may_digest)
        with Form(me, view="base.view_users_form_simple_modif") as form:
            form.l10n_ro_efactura_digest = "weekly"
        self.assertEqual(self.biller.l10n_ro_efactura_digest, "weekly")
