"""Base class of browser tours that run while the background jobs work."""

import threading
from contextlib import nullcontext

from odoo import SUPERUSER_ID, api
from odoo.tests import HttpCase

from .common import EfacturaCommon


class TourCase(EfacturaCommon, HttpCase):
    def _tour(self, name, url):
        """Run a tour while the background jobs work, as the crons of a server would."""
        self.env.flush_all()
        stop, self._at_work = threading.Event(), threading.Lock()
        worker = threading.Thread(target=self._work, args=(stop,))
        worker.start()
        try:
            self.start_tour(url, name, login="efactura_biller", timeout=120)
        finally:
            stop.set()
            worker.join()
        self.env.invalidate_all()

    def authenticate(self, *args, **kwargs):
        # EXTENDS: it flushes the test's cursor, which the background jobs use too
        with getattr(self, "_at_work", nullcontext()):
            return super().authenticate(*args, **kwargs)

    def _work(self, stop):
        while not stop.wait(2):
            with self._at_work, self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["l10n_ro_efactura.submission"]._cron_upload()
                env["l10n_ro_efactura.submission"]._cron_settle()
                env["l10n_ro_efactura.message"]._cron_archive()
