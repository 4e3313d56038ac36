from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import EfacturaCommon


@tagged('post_install_l10n', 'post_install', '-at_install')
class TestCredential(EfacturaCommon):

    def test_common(self):
        self.assertEqual(self.credential.state, 'connected')
        self.assertIn(self.credential.access_days_left, (89, 90))
        self.assertIn(self.credential.refresh_days_left, (364, 365))
        self.assertTrue(self.credential.has_client_secret)
        self.assertFalse(self.credential.client_secret)
        self.assertIn("Hello", self.credential._client().hello('x'))
        self.assertEqual(self._invoice().state, 'posted')
        self.assertEqual(self.company._l10n_ro_efactura_credential(), self.credential)
        self.assertEqual(self.company._l10n_ro_efactura_cif(), '1234567897')
        with self.assertRaises(UserError):
            self.credential.set_tokens('x', 'y')
