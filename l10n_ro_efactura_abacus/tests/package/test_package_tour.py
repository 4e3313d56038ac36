"""Browser tour: open a package, read it, write to its seller."""

from odoo.tests import HttpCase, tagged

from .common import PackageCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPackageTour(PackageCase, HttpCase):
    def test_open_look_answer(self):
        self.knob("trusted_certificates", "")
        message = self._received(archive=False)
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.customer.id, "invoice_date": "2026-11-02"}
        )
        message._pair(bill, "by hand")
        self.start_tour("/odoo/efactura-messages", "l10n_ro_efactura_package", login="efactura_biller", timeout=120)
        self.env.invalidate_all()
        self.assertEqual(message.archive_state, "archived")
        rasp = bill.l10n_ro_efactura_rasp_ids
        self.assertEqual((rasp.text, rasp.state, rasp.create_uid), ("Cantitatea nu corespunde", "queued", self.biller))
        rasp._cron_rasp()
        self.assertEqual(rasp.state, "ok")
