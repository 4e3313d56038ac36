"""Browser tour: the bar of a long work survives a reload, can be cancelled, and its summary stays until closed."""

from odoo.tests import tagged

from ..tour_case import TourCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestProgressTour(TourCase):
    def test_reload_cancel_and_summary(self):
        moves = self._invoice() | self._invoice() | self._invoice()
        self.start_tour("/odoo/customer-invoices", "l10n_ro_efactura_progress", login="efactura_biller", timeout=120)
        self.env.invalidate_all()
        self.assertEqual(set(moves.l10n_ro_efactura_submission_ids.mapped("state")), {"withdrawn"})
        self.assertFalse(self.sim.calls()["upload"])
        self.assertFalse(self.env["l10n_ro_efactura.progress"].with_user(self.biller).open_cards())
