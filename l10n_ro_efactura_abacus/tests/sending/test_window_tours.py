"""Browser tours of the eFactura window of an invoice that ANAF refused."""

from odoo.tests import tagged

from ..tour_case import TourCase


class RefusedWindowCase(TourCase):
    def _refused_invoice(self):
        """Return an invoice whose unit ANAF refused, and the unit."""
        unit = self.env["uom.uom"].create({"name": "Paletă proprie"})
        self.env["l10n_ro_efactura.code.map"]._remember(self.company, unit, "XBX")
        move = self._invoice(post=False)
        move.invoice_line_ids.product_uom_id = unit
        move.action_post()
        self.sim.fault(
            "nok", "upload", errors=["[BR-CL-23]-Unit code MUST be coded according to UN/ECE Recommendation 20"]
        )
        move.with_user(self.biller)._l10n_ro_efactura_send("prod")
        self.env["l10n_ro_efactura.submission"]._cron_upload()
        self.env["l10n_ro_efactura.submission"]._cron_settle()
        self.env.invalidate_all()
        self.assertEqual(move.l10n_ro_efactura_state, "nok")
        return move, unit

    def _correct(self, tour):
        move, unit = self._refused_invoice()
        self._tour(tour, f"/odoo/customer-invoices/{move.id}")
        self.assertEqual(self.env["l10n_ro_efactura.code.map"]._uom_code(self.company, unit), "XPX")
        self.assertEqual(len(move.l10n_ro_efactura_submission_ids), 1, "nothing was sent again")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestWindowTours(RefusedWindowCase):
    def test_the_refused_unit_is_changed_with_one_click_and_typed_values_are_not_lost(self):
        self._correct("l10n_ro_efactura_window_refused")
