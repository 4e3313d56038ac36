"""The invoice shows the state of its last submission, after errors and interruptions too."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..pipeline import PipelineCase

COLUMNS = ("l10n_ro_efactura_state", "l10n_ro_efactura_upload_index", "l10n_ro_efactura_download_id")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMirror(PipelineCase):
    def _settled(self, count=1):
        submissions = self._queue(count)
        self._upload()
        self._settle()
        return submissions

    def test_all_columns(self):
        submission = self._settled()
        move = submission.move_id
        self.assertEqual([move[name] for name in COLUMNS], ["ok", submission.upload_index, submission.download_id])
        self.assertFalse(move.l10n_ro_efactura_test_state)

    def test_an_invoice_that_disagrees_is_repaired(self):
        submission = self._settled()
        self._set(submission.move_id, l10n_ro_efactura_state="queued", l10n_ro_efactura_upload_index=None)
        self._settle()
        self.assertEqual(
            [submission.move_id[name] for name in COLUMNS], ["ok", submission.upload_index, submission.download_id]
        )

    def test_the_last_submission_counts(self):
        submission = self._queue()
        self.sim.fault("nok", "upload")
        self._upload()
        self._settle()
        new = submission._again(same_bytes=False)
        self.assertEqual(submission.move_id.l10n_ro_efactura_state, "queued")
        self._set(submission, changed_at=new.changed_at)
        self.submissions._sync_moves()
        self.assertEqual(submission.move_id.l10n_ro_efactura_state, "queued")

    def test_chatter_on_final_states_once(self):
        submission = self._settled()
        for _run in range(3):
            self._settle()
            self._archive()
        logged = submission.move_id.message_ids.filtered(lambda m: submission.upload_index in (m.body or ""))
        self.assertEqual(len(logged), 1)
        self.assertEqual(logged.author_id, submission.create_uid.partner_id)

    def test_one_invoice_whose_chatter_fails(self):
        submissions = self._queue(50)
        victim = submissions[17].move_id
        self.env.flush_all()
        self.env.cr.execute(f"""
            CREATE FUNCTION pg_temp.refuse() RETURNS trigger AS $$ BEGIN
                IF NEW.model = 'account.move' AND NEW.res_id = {victim.id} THEN RAISE 'no'; END IF;
                RETURN NEW; END $$ LANGUAGE plpgsql;
            CREATE TRIGGER refuse BEFORE INSERT ON mail_message FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse()""")
        self._upload()
        with (
            mute_logger("odoo.sql_db"),
            self.assertLogs("odoo.addons.l10n_ro_efactura_abacus.models.sending.submission_mirror"),
        ):
            self._settle()
        self.assertEqual(set(submissions.mapped("state")), {"ok"})
        shown = submissions.move_id.mapped("l10n_ro_efactura_state")
        self.assertEqual((shown.count("ok"), victim.l10n_ro_efactura_state), (49, "processing"))
        self.env.cr.execute("DROP TRIGGER refuse ON mail_message")
        self._settle()
        self.assertEqual(victim.l10n_ro_efactura_state, "ok")

    def test_progress_and_badges_are_told(self):
        submissions = self._queue(3)
        moves = self._invoice() | self._invoice()
        moves.action_l10n_ro_efactura_send()
        self.assertTrue(moves.l10n_ro_efactura_submission_ids.mapped("batch")[0])
        self.env["bus.bus"].sudo().search([]).unlink()
        self._upload()
        self._settle()
        self.env.cr.precommit.run()
        sent = "".join(self.env["bus.bus"].sudo().search([]).mapped("message"))
        self.assertIn("l10n_ro_efactura/state", sent)
        self.assertIn("l10n_ro_efactura/progress", sent)
        self.assertEqual(set(submissions.mapped("state")), {"ok"})

    def test_the_user_who_sent_left(self):
        submission = self._queue()
        leaver = self.biller.copy({"login": "leaver"})
        self._set(submission, create_uid=leaver.id)
        leaver.active = False
        self._upload()
        self._settle()
        self.assertEqual(submission.move_id.l10n_ro_efactura_state, "ok")
