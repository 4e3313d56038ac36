"""Browser tour of the home: a card opens its list, and the way back leads to the home."""

from odoo.tests import tagged

from ..tour_case import TourCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestHomeTour(TourCase):
    def test_a_card_opens_its_list_and_the_home_counts_again(self):
        self._invoice()
        self._tour("l10n_ro_efactura_home", "/odoo/efactura")
