"""Browser tour of the SPV list, as a user who may only invoice."""

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from ..tour_case import TourCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestInboxTour(TourCase):
    def _work(self, stop):
        """The workers begin when the user asks."""
        while not stop.wait(2):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                if env["l10n_ro_efactura.progress"].search_count([], limit=1):
                    env["l10n_ro_efactura.progress"]._cron_work()
                messages = env["l10n_ro_efactura.message"]
                if messages.search_count([("batch", "!=", False)], limit=1):
                    messages._cron_archive()

    def test_refresh_and_download_all(self):
        self.sim.generate_supplier_invoices(self.company.vat, 100, days=58)
        self._tour("l10n_ro_efactura_inbox", "/odoo/efactura-messages")
        messages = self.env["l10n_ro_efactura.message"].search([("company_id", "=", self.company.id)])
        self.assertEqual(len(messages), 100)
        self.assertEqual(set(messages.mapped("archive_state")), {"archived"})
        self.assertEqual(self.sim.calls()["download"], 100, "each once")
