"""The guard: nothing is sent while it has a reason, and the reason is shown."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.sending.guard import NEEDED_INDEXES
from ..pipeline import PipelineCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGuard(PipelineCase):
    def _held(self):
        """What the guard says; an upload run sends nothing while it says something."""
        reason = self.env["l10n_ro_efactura.guard"].sudo()._hold_reason("prod")
        submission = self._queue()
        self._upload()
        self.assertEqual(submission.state, "queued" if reason else "processing")
        if reason:
            self.assertEqual(self._codes(submission), ["held"])
            self.assertEqual(submission.errors[0]["text"], reason)
        return reason

    def test_free(self):
        self.assertFalse(self._held())

    def test_the_indexes(self):
        self.env.cr.execute("SELECT indexname, indexdef FROM pg_indexes WHERE indexname IN %s", [NEEDED_INDEXES])
        found = dict(self.env.cr.fetchall())
        self.assertEqual(set(found), set(NEEDED_INDEXES))
        for definition in found.values():
            self.assertRegex(definition, r"^CREATE UNIQUE INDEX .* WHERE .*'nok'.*'refused'")

    def test_a_missing_index_holds_everything(self):
        for name in NEEDED_INDEXES:
            with self.subTest(index=name), mute_logger("odoo.sql_db"):
                savepoint = self.env.cr.savepoint()
                self.env.cr.execute(f"DROP INDEX {name}")
                self.assertIn("indexes", self._held())
                savepoint.rollback()
                savepoint.close()
                self.env.invalidate_all()

    def test_an_index_that_is_not_unique_holds_everything(self):
        name = NEEDED_INDEXES[0]
        self.env.cr.execute(f"DROP INDEX {name}")
        self.env.cr.execute(f"CREATE INDEX {name} ON l10n_ro_efactura_submission (move_id)")
        self.assertTrue(self._held())

    def test_the_banner_of_a_copy_has_the_administrators_button(self):
        move = self._invoice()
        self.env["ir.config_parameter"].sudo().set_param("l10n_ro_efactura.database", "the_original")
        self.assertNotIn("action", move.with_user(self.biller)._get_alerts()["l10n_ro_efactura_hold"])
        alert = move.with_user(self.env.ref("base.user_admin"))._get_alerts()["l10n_ro_efactura_hold"]
        self.env["ir.actions.server"].browse(alert["action"]["id"]).with_user(self.env.ref("base.user_admin")).run()
        self.assertNotIn("l10n_ro_efactura_hold", move._get_alerts())

    def test_a_renamed_database(self):
        self.env["ir.config_parameter"].sudo().set_param("l10n_ro_efactura.database", "another")
        self.assertIn("another", self._held())

    def test_a_neutralized_copy_never_sends_to_production(self):
        self.env["ir.config_parameter"].sudo().set_param("database.is_neutralized", True)
        self.assertIn("neutralized", self._held())
        test = self._queue(environment="test")
        self._upload()
        self.assertEqual(test.state, "processing")
        self.assertFalse(self.sim.uploads("prod"))
        self._settle()
        self._archive()
        self.messages._cron_refresh_spv()
        self.assertFalse(any(self.sim.calls()["prod"].values()), "not even a question")

    def test_without_a_connection(self):
        submission = self._queue()
        self.credential.sudo()._forget_tokens()
        self._upload()
        self.assertEqual((submission.state, self._codes(submission)), ("queued", ["not_connected"]))
        self.credential.sudo().active = False
        self._upload()
        self.assertEqual((submission.state, self._codes(submission)), ("queued", ["not_connected"]))
        self._settle()
        self._archive()
        self.messages._cron_refresh_spv()
