"""Base class of browser tours that run while the background jobs work."""

import threading

from odoo import SUPERUSER_ID, api
from odoo.tests import HttpCase

from .common import EfacturaCommon


class TourCase(EfacturaCommon, HttpCase):
    def _tour(self, name, url):
        """Run a tour while the background jobs work, as the crons of a server would."""
        self.env.flush_all()
        stop = threading.Event()
        self.signed_in = threading.Event()
        worker = threading.Thread(target=self._work, args=(stop,))
        worker.start()
        try:
            self.start_tour(url, name, login="efactura_biller", timeout=120)
        finally:
            stop.set()
            self.signed_in.set()
            worker.join()
        self.env.invalidate_all()

    def authenticate(self, *arguments, **options):
        # EXTENDS: signing in uses the test's cursor outside any lock, so the jobs start after it
        session = super().authenticate(*arguments, **options)
        if hasattr(self, "signed_in"):
            self.signed_in.set()
        return session

    def _work(self, stop):
        self.signed_in.wait()
        while not stop.wait(2):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["l10n_ro_efactura.submission"]._cron_upload()
                env["l10n_ro_efactura.submission"]._cron_settle()
                env["l10n_ro_efactura.message"]._cron_archive()
