"""Browser tour: a supplier's invoice becomes a bill, as a user who may only enter bills."""

from odoo.tests import HttpCase, tagged

from .import_common import ImportCase, line, supplier_xml


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportTour(ImportCase, HttpCase):
    def test_import(self):
        self.company_data["default_journal_purchase"].default_account_id = False
        [message] = self._messages(
            supplier_xml(
                number="TUR 7",
                date="2026-11-10",
                cif="RO14399840",
                seller="Furnizor Nou SRL",
                city="Cluj-Napoca",
                county="RO-CJ",
                lines=[line("Hârtie A4", "3", "21.90", unit="XPQ"), line("Cutii", "2", "50", unit="XYZ")],
            )
        )
        self.start_tour("/odoo/efactura-messages", "l10n_ro_efactura_import", login="efactura_biller", timeout=120)
        self.env.invalidate_all()
        bill = message.move_id
        self.assertEqual((bill.state, bill.ref, bill.amount_total), ("posted", "TUR 7", 200.5))
        self.assertEqual((bill.partner_id.vat, bill.partner_id.city), ("RO14399840", "Florești"))
        self.assertEqual(len(bill.invoice_line_ids.account_id), 1)
        # the next invoice of this supplier asks nothing
        [message] = self._messages(
            supplier_xml(
                number="TUR 8",
                date="2026-11-12",
                cif="RO14399840",
                seller="Furnizor Nou SRL",
                city="Cluj-Napoca",
                county="RO-CJ",
                lines=[line("Hârtie A4", "5", "21.90", unit="XPQ"), line("Cutii", "1", "50", unit="XYZ")],
            )
        )
        action = message.with_user(self.biller).action_import()
        page = self.env[action["res_model"]].with_user(self.biller).browse(action["res_id"])
        self.assertEqual((page.state, page.partner_id, page.is_equal), ("ready", bill.partner_id, True))
