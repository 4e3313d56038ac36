"""Browser tour of the home: a card opens its list, and the way back leads to the home."""

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from ..tour_case import TourCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestHomeTour(TourCase):
    def _work(self, stop):
        """Send what the user queues; before that, the browser logs in on the cursor that the workers share."""
        while not stop.wait(2):
            with self.registry.cursor() as cr:
                submissions = api.Environment(cr, SUPERUSER_ID, {})["l10n_ro_efactura.submission"]
                if submissions.search_count([], limit=1):
                    submissions._cron_upload()
                    submissions._cron_settle()

    def test_a_card_opens_its_list_and_the_home_counts_again(self):
        self._invoice()
        self._tour("l10n_ro_efactura_home", "/odoo/efactura")
