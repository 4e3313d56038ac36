from odoo.tests import tagged

from .random_invoices import RandomInvoices
from .xml_common import XmlCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRandomInvoices(RandomInvoices, XmlCommon):
    """Whatever is invoiced: the writer takes it, no rule is broken, and the document says what is booked."""

    def test_sixty(self):
        for seed in range(60):
            with self.subTest(seed=seed):
                self._check_books(self._random_invoice(seed))
