"""In the browser, as a user who invoices and administers nothing, against the simulated ANAF."""
import threading

from odoo import SUPERUSER_ID, api
from odoo.tests import HttpCase, tagged

from .common import EfacturaCommon


@tagged('post_install_l10n', 'post_install', '-at_install')
class TestTours(EfacturaCommon, HttpCase):

    def _tour(self, name, url):
        """Run a tour while the background jobs work, as the crons of a server would."""
        self.env.flush_all()
        stop = threading.Event()
        worker = threading.Thread(target=self._work, args=(stop,))
        worker.start()
        try:
            self.start_tour(url, name, login='efactura_biller', timeout=120)
        finally:
            stop.set()
            worker.join()
        self.env.invalidate_all()

    def _work(self, stop):
        while not stop.wait(2):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env['l10n_ro_efactura.submission']._cron_upload()
                env['l10n_ro_efactura.submission']._cron_settle()
                env['l10n_ro_efactura.message']._cron_archive()

    def test_send_one(self):
        move = self._invoice(post=False, name='BROWSER/2026/00001')
        before = len(self.sim.uploads('prod'))
        self._tour('l10n_ro_efactura_send_one', f'/odoo/customer-invoices/{move.id}')
        self.assertEqual(move.l10n_ro_efactura_state, 'ok')
        self.assertEqual([upload['index'] for upload in self.sim.uploads('prod')[before:]],
                         [move.l10n_ro_efactura_upload_index])
        self.authenticate('efactura_biller', 'efactura_biller')
        message = move.l10n_ro_efactura_submission_ids.message_id
        package = self.url_open(message.with_user(self.biller).action_download_package()['url'])
        self.assertEqual(package.content, message._package_bytes())
        document = self.url_open(move.l10n_ro_efactura_submission_ids.action_download_xml()['url'])
        self.assertEqual(document.content, move.l10n_ro_efactura_submission_ids._xml_bytes())

    def test_send_many(self):
        for partner in (None, None, self._partner(name="Fara Oras SRL", city=False)):
            self._invoice(partner)
        self._tour('l10n_ro_efactura_send_many', '/odoo/customer-invoices')
