"""Our own texts are stored by code and shown in the reader's language; ANAF's texts stay unchanged."""

from odoo.tests import tagged

from ...anaf.errors import FACTS, Throttled, Unauthorized
from ...models.common.anaf_words import anaf_error_words, fact_words, in_words
from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAnafWords(PipelineCase):
    def test_every_fact_has_its_words(self):
        self.assertEqual(fact_words(self.env), FACTS, "the English words are the facts themselves")

    def test_anafs_own_words_stay(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        romanian = self.env(context={**self.env.context, "lang": "ro_RO"})
        self.assertEqual(anaf_error_words(romanian, Throttled("throttled")), "prea multe apeluri")
        for text in ("API calls quota exceeded", FACTS["forbidden"]):
            self.assertEqual(anaf_error_words(romanian, Unauthorized("unauthorized", text)), text)
        self.assertEqual(in_words(romanian, "text of today", "a_code_of_tomorrow"), "text of today")

    def test_what_is_kept_is_read_in_any_language(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.sim.fault("maintenance", "list_paged")
        self.messages._cron_refresh_spv()
        box = self.boxes._for_lane(self._lanes()[0])
        self.assertEqual((box.last_error, box.last_error_code), (FACTS["maintenance"], "maintenance"))
        wizard = self.env["l10n_ro_efactura.refresh"].with_context(lang="ro_RO").create({"company_id": self.company.id})
        self.assertEqual(wizard.last_error, "ANAF anunță mentenanță")
        self.gates.search([]).unlink()
        submission = self._queue()
        self._upload()
        self.sim.settings.processing_delay = 0
        self.sim.fault("maintenance", "status")
        submission._ask_statuses(self._lanes()[0])
        self.assertIn("ANAF anunță mentenanță", submission.with_context(lang="ro_RO").errors_text)
        submission.invalidate_recordset()
        self.assertIn(FACTS["maintenance"], submission.errors_text)
