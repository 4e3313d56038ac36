"""Base class of tests of the background jobs: runs them as the crons do, and lets time pass."""

from contextlib import contextmanager

from odoo.tools import config

from ..models.calls.lane import lanes
from .common import EfacturaCommon

# {table: datetime columns that `_later` shifts into the past}.
CLOCKS = {
    "l10n_ro_efactura_submission": (
        "create_date",
        "queued_at",
        "looked_up_at",
        "next_attempt_at",
        "lease_until",
        "attempted_at",
        "uncertain_since",
        "uploaded_at",
        "unknown_since",
        "searched_since",
    ),
    "l10n_ro_efactura_message": ("next_attempt_at",),
    "l10n_ro_efactura_mailbox": ("next_list_at", "wide_at", "whole_at"),
    "l10n_ro_efactura_gate": ("closed_until",),
    "l10n_ro_efactura_call": ("at",),
}


class PipelineCase(EfacturaCommon):
    """A test that queues invoices, runs the workers, and moves their clocks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.submissions = cls.env["l10n_ro_efactura.submission"].sudo()
        cls.messages = cls.env["l10n_ro_efactura.message"].sudo()
        cls.boxes = cls.env["l10n_ro_efactura.mailbox"].sudo()
        cls.gates = cls.env["l10n_ro_efactura.gate"].sudo()

    def setUp(self):
        super().setUp()
        self.sim.reset()
        self.addCleanup(self.sim.settings.update, processing_delay=0, list_lag=0, clock_skew=0, duplicates="nok")

    def _queue(self, count=1, environment="prod", **values):
        """Queue `count` new invoices as a user does; return their submissions."""
        moves = self.env["account.move"].concat(*(self._invoice(**values) for _ in range(count)))
        if environment == "test":
            moves.action_l10n_ro_efactura_send_test()
        else:
            moves.action_l10n_ro_efactura_send()
        return self.submissions.search([("move_id", "in", moves.ids), ("environment", "=", environment)], order="id")

    def _upload(self):
        self.submissions._cron_upload()

    def _settle(self):
        self.submissions._cron_settle()

    def _archive(self):
        self.messages._cron_archive()

    def _later(self, **time):
        """Let time pass for everything that waits; ANAF's clock stays."""
        self.env.flush_all()
        interval = " ".join(f"{value} {unit}" for unit, value in time.items())
        for table, columns in CLOCKS.items():
            shifted = ", ".join(f"{column} = {column} - interval '{interval}'" for column in columns)
            self.env.cr.execute(f"UPDATE {table} SET {shifted}")  # pylint: disable=sql-injection
        self.env.invalidate_all()

    def _set(self, records, **values):
        """Write columns by SQL, as the addon itself never does."""
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {records._table} SET {', '.join(f'{name} = %s' for name in values)} WHERE id IN %s",  # noqa: S608
            [*values.values(), tuple(records.ids)],
        )
        self.env.invalidate_all()

    def _lanes(self, environment="prod"):
        return lanes(self.submissions.env, [(self.company.id, environment)])

    def _codes(self, record):
        return [row["code"] for row in record.errors or []]

    def _alarms(self):
        return (
            self.env["mail.activity"]
            .sudo()
            .search([("activity_type_id", "=", self.env.ref("l10n_ro_efactura_abacus.activity_type_connection").id)])
        )

    @contextmanager
    def _api_url(self, url):
        """Move ANAF to another URL."""
        config["l10n_ro_efactura_api_url"] = url
        try:
            yield
        finally:
            config["l10n_ro_efactura_api_url"] = self.sim.url

    def _drop_certificates(self):
        """Let the certificate act only for another company's CIF until the end of the test."""
        self.sim.add_certificate("director", ["14399840"])
        self.addCleanup(self.sim.add_certificate, "director", [self.company.vat])
