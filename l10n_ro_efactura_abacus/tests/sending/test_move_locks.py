from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.sending.states import LIVE
from ..common import EfacturaCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMoveLocks(EfacturaCommon):
    def test_what_anaf_has_or_may_have_stays(self):
        for state in LIVE:
            with self.subTest(state), self.cr.savepoint(flush=True) as savepoint:
                move = self._invoice()
                move.l10n_ro_efactura_state = state
                self.assertFalse(move.show_reset_to_draft_button)
                for change in (
                    lambda move: move.button_draft(),
                    lambda move: move.button_cancel(),
                    lambda move: move.write({"name": "OTHER/1"}),
                    lambda move: move.write({"state": "draft"}),
                    lambda move: move.with_context(force_delete=True).unlink(),
                    lambda move: (
                        self.env["account.resequence.wizard"]
                        .create({"move_ids": move.ids, "first_name": "OTHER/2026/00001"})
                        .resequence()
                    ),
                ):
                    with self.assertRaisesRegex(UserError, "ANAF"):
                        change(move)
                # the rest of an accountant's life goes on
                move.write({"ref": "a note", "name": move.name, "state": "posted"})
                self.assertTrue(move.action_reverse())
                savepoint.rollback()

    def test_refused_or_only_tested_is_free(self):
        for values in (
            {"l10n_ro_efactura_state": "nok"},
            {"l10n_ro_efactura_state": "refused"},
            *({"l10n_ro_efactura_test_state": state} for state in LIVE),
        ):
            with self.subTest(values=values):
                move = self._invoice()
                move.write(values)
                self.assertTrue(move.show_reset_to_draft_button)
                move.button_draft()
                move.button_cancel()

    def test_copies_start_anew(self):
        move = self._invoice()
        move.write(
            {
                "l10n_ro_efactura_state": "ok",
                "l10n_ro_efactura_upload_index": "1",
                "l10n_ro_efactura_test_state": "ok",
                "l10n_ro_efactura_missing": ["x"],
            }
        )
        copy = move.copy()
        self.assertFalse(
            copy.l10n_ro_efactura_state
            or copy.l10n_ro_efactura_upload_index
            or copy.l10n_ro_efactura_test_state
            or copy.l10n_ro_efactura_missing
        )
