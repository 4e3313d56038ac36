"""After an installation over core's history the crons send nothing again that core may have sent."""

import base64
import time
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...models.takeover.history import _adopt_history
from ..common import COMPANY_CIF
from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestHistoryCrons(PipelineCase):
    def _sent_by_core(self, arrived=True, state="invoice_not_indexed", days=2):
        """An invoice that core sent `days` ago without an answer; adopt it, and return its submission."""
        self.sim.settings.duplicates = "accept"
        self.company.l10n_ro_edi_test_env = False
        move = self._invoice()
        xml, problems, _findings = move._l10n_ro_efactura_checked_xml()
        self.assertFalse(problems)
        if arrived:
            self.sim.advance(0, days=-days)
            self.credential._client("prod").upload(xml, standard="UBL", cif=COMPANY_CIF)
            self.sim.finish()
            self.sim.advance(0, days=days)
        document = {"invoice_id": move.id, "state": "invoice_sent", "attachment": base64.b64encode(xml)}
        if state == "invoice_refused":  # core's own doubt after some days: neither index nor package
            document = {"invoice_id": move.id, "state": state, "message": "Probably refused"}
        sent_at = fields.Datetime.now() - timedelta(days=days)
        self.env["l10n_ro_edi.document"].sudo().create({**document, "datetime": sent_at})
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_move SET l10n_ro_edi_state = %s WHERE id = %s", [state, move.id])
        self.env.invalidate_all()
        _adopt_history(self.env)
        submission = self.submissions.search([("move_id", "=", move.id)])
        self.assertEqual((submission.state, submission.origin), ("uncertain", "core"))
        time.sleep(1.1)
        return submission

    def _run_crons(self, rounds=3, **between):
        for _round in range(rounds):
            self._settle()
            self._upload()
            self._archive()
            self._later(**(between or {"minutes": 6}))

    def test_what_core_sent_without_an_answer_is_found_and_not_sent_again(self):
        submission = self._sent_by_core()
        self._run_crons()
        self.assertEqual(submission.state, "ok")
        self.assertEqual(len(self.sim.uploads("prod")), 1)

    def test_a_package_listed_before_and_not_yet_archived_counts_too(self):
        submission = self._sent_by_core()
        self.messages._cron_refresh_spv()
        self.sim.fault("http_503", "download", times=0)
        self._run_crons(hours=7)
        self.assertEqual(submission.state, "uncertain")
        self.sim.clear_faults()
        self.gates.search([]).unlink()
        self._run_crons(hours=1)
        self.assertEqual((submission.state, len(self.sim.uploads("prod"))), ("ok", 1))

    def test_what_core_sent_in_vain_goes_once_after_a_quiet_period_from_the_installation(self):
        submission = self._sent_by_core(arrived=False)
        self._run_crons()
        self.assertEqual((submission.state, self.sim.calls()["upload"]), ("uncertain", 0))
        self._run_crons(hours=7)
        self.assertEqual((submission.state, len(self.sim.accepted("prod"))), ("ok", 1))

    def test_what_core_gave_up_as_probably_refused_is_searched_first(self):
        submission = self._sent_by_core(state="invoice_refused", days=4)
        submission.move_id.action_l10n_ro_efactura_send()
        self.assertEqual(
            submission.move_id.l10n_ro_efactura_submission_ids, submission, "not sent before it was sought"
        )
        self._run_crons()
        self.assertEqual((submission.state, len(self.sim.uploads("prod"))), ("ok", 1))
