"""Core's record of an invoice follows ours: one row or none, its state, its index, its file."""

import base64

from odoo.tests import tagged

from ..common import EfacturaCommon

MIRRORED = {  # our state: (core's row, core's state on the invoice)
    "queued": (None, False),
    "uploading": (None, False),
    "processing": ("invoice_sent", "invoice_sent"),
    "uncertain": ("invoice_sent", "invoice_not_indexed"),
    "ok": ("invoice_validated", "invoice_validated"),
    "nok": (None, False),
    "refused": (None, False),
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCoreMirror(EfacturaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moves = cls.env["account.move"].concat(*(cls._invoice(price=100 + n) for n in range(len(MIRRORED))))

    def _show(self, moves, state, environment="prod", index=None, download=None):
        """Write the columns as the pipeline does, and tell the moves."""
        prefix = "l10n_ro_efactura_" + ("test_" if environment == "test" else "")
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE account_move SET {prefix}state = %s, {prefix}upload_index = %s, {prefix}download_id = %s"
            " WHERE id IN %s",
            [state, index, download, tuple(moves.ids)],
        )
        moves.invalidate_recordset()
        moves._l10n_ro_efactura_after_change(environment)

    def _core(self, move):
        self.env.flush_all()
        self.env.invalidate_all()
        return [row.state for row in move.l10n_ro_edi_document_ids], move.l10n_ro_edi_state, move.l10n_ro_edi_index

    def test_each_state_after_each_other(self):
        move = self.moves[0]
        for before in MIRRORED:
            for after, (row, state) in MIRRORED.items():
                with self.subTest(before=before, after=after):
                    self._show(move, before, index="5001")
                    self._show(move, after, index="5002")
                    self.assertEqual(self._core(move), ([row] if row else [], state, "5002" if row else False))

    def test_a_test_changes_nothing(self):
        move = self.moves[0]
        self._show(move, "ok", index="5001", download="9001")
        before = self._core(move)
        for state in MIRRORED:
            self._show(move, state, "test", "7001", "7002")
            self.assertEqual(self._core(move), before)

    def test_many_at_once(self):
        for move, state in zip(self.moves, MIRRORED):
            self.env.cr.execute("UPDATE account_move SET l10n_ro_efactura_state = %s WHERE id = %s", [state, move.id])
        self.moves.invalidate_recordset()
        self.moves._l10n_ro_efactura_after_change("prod")
        for move, (row, state) in zip(self.moves, MIRRORED.values()):
            self.assertEqual(self._core(move)[:2], ([row] if row else [], state))
        documents = self.moves.l10n_ro_edi_document_ids
        self.moves._l10n_ro_efactura_after_change("prod")
        self.assertEqual(self.moves.l10n_ro_edi_document_ids, documents, "the second time changes nothing")

    def test_the_cost_does_not_grow_with_the_number(self):
        self._show(self.moves[0], "processing")  # warm
        counts = []
        for moves in (self.moves[1:2], self.moves[2:]):
            before = self.env.cr.sql_log_count
            self._show(moves, "processing")
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)

    def test_core_keeps_the_file_that_was_sent_and_then_the_seal(self):
        move = self.moves[0]
        move.action_l10n_ro_efactura_send()
        submission = move.l10n_ro_efactura_submission_ids
        submission.sudo()._freeze(b"<Invoice>sent</Invoice>")
        self._show(move, "processing", index="5001")
        document = move.l10n_ro_edi_document_ids.with_context(bin_size=False)
        self.assertEqual(base64.b64decode(document.attachment), b"<Invoice>sent</Invoice>")
        self._show(move, "ok", index="5001", download="9001")
        document = move.l10n_ro_edi_document_ids.with_context(bin_size=False)
        self.assertEqual((document.key_download, document.attachment), ("9001", False), "no package yet, no seal")

    def test_a_refused_invoice_can_be_reset_and_sent_again(self):
        move = self.moves[0]
        self._show(move, "processing", index="5001")
        self.assertFalse(move.show_reset_to_draft_button)
        self._show(move, "nok", index="5001")
        self.assertTrue(move.show_reset_to_draft_button)
        self.assertEqual(move._l10n_ro_edi_get_pre_send_errors(b"x"), [])
