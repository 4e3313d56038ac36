"""Browser tours of sending, as a user who may only invoice, with the simulator."""

from odoo.tests import tagged

from ..common import CUSTOMER_CIF
from ..tour_case import TourCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTours(TourCase):
    def test_send_one(self):
        move = self._invoice(post=False, name="BROWSER/2026/00001")
        before = len(self.sim.uploads("prod"))
        self._tour("l10n_ro_efactura_send_one", f"/odoo/customer-invoices/{move.id}")
        self.assertEqual(move.l10n_ro_efactura_state, "ok")
        self.assertEqual(
            [upload["index"] for upload in self.sim.uploads("prod")[before:]], [move.l10n_ro_efactura_upload_index]
        )
        self.authenticate("efactura_biller", "efactura_biller")
        message = move.l10n_ro_efactura_submission_ids.message_id
        package = self.url_open(message.with_user(self.biller).action_download_package()["url"])
        self.assertEqual(package.content, message._package_bytes())
        document = self.url_open(move.l10n_ro_efactura_submission_ids.action_download_xml()["url"])
        self.assertEqual(document.content, move.l10n_ro_efactura_submission_ids._xml_bytes())

    def test_window(self):
        """A fresh company's first invoice: a unit of its own, and a customer in Bucharest without sector."""
        self.biller.group_ids += self.env.ref("base.group_partner_manager")
        unit = self.env["uom.uom"].create({"name": "Pachet mare"})
        customer = self._partner(name="Client București SRL", state_id=self.bucharest.id, city="București Sector 1")
        moves = self.env["account.move"]
        for number in (1, 2):
            move = self._invoice(customer, post=False, name=f"FEREASTRA/2026/0000{number}")
            move.invoice_line_ids.product_uom_id = unit
            move.action_post()
            moves += move
        # posting asks for the sector; this contact is one that lost it
        customer.flush_recordset()
        self.env.cr.execute(
            "UPDATE res_partner SET l10n_ro_efactura_sector = NULL, city = 'București' WHERE id = %s", [customer.id]
        )
        customer.invalidate_recordset()
        self._tour("l10n_ro_efactura_window", f"/odoo/customer-invoices/{moves[0].id}")
        self.assertEqual(moves.mapped("l10n_ro_efactura_state"), ["ok", False])
        self.assertEqual(customer.l10n_ro_efactura_sector, "3")
        self.assertEqual(self.env["l10n_ro_efactura.code.map"]._uom_code(self.company, unit), "XBX")
        self._tour("l10n_ro_efactura_window_again", f"/odoo/customer-invoices/{moves[1].id}")
        self.assertEqual(moves.mapped("l10n_ro_efactura_state"), ["ok", "ok"])

    def test_send_many(self):
        self.biller.group_ids += self.env.ref("base.group_partner_manager")
        for partner in (None, None, self._partner(name="Fara Oras SRL", city=False)):
            self._invoice(partner)
        self._tour("l10n_ro_efactura_send_many", "/odoo/customer-invoices")

    def test_a_rejected_invoice_is_mended_tested_and_sent_again_without_leaving_it(self):
        self.biller.group_ids += self.env.ref("base.group_partner_manager")
        customer = self._partner(name="Client Refuzat SRL", vat="RO14399840")
        self.sim.settings.cuis_unknown = {"14399840"}
        self.addCleanup(setattr, self.sim.settings, "cuis_unknown", set())
        move = self._invoice(customer, name="REFUZ/2026/00001")
        self._tour("l10n_ro_efactura_rejected", f"/odoo/customer-invoices/{move.id}")
        self.assertEqual((move.l10n_ro_efactura_state, move.l10n_ro_efactura_test_state), ("ok", "ok"))
        self.assertEqual(customer.vat, f"RO{CUSTOMER_CIF}")
        self.assertEqual(len(move.l10n_ro_efactura_submission_ids), 3)
