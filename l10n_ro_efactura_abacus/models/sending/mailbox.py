"""What the submissions tell the mailbox: the company that sent an index, and the test boxes in use."""

from odoo import api, models
from odoo.tools import SQL

from ..calls.worker import UTC_NOW


class EfacturaMailbox(models.Model):
    """The mailbox, with the senders known from submissions and the test environments of recent tests."""

    _inherit = "l10n_ro_efactura.mailbox"

    def _senders(self, indexes):
        # EXTENDS
        self.env.cr.execute(
            SQL(
                "SELECT upload_index, company_id FROM l10n_ro_efactura_submission WHERE environment = %s"
                " AND upload_index = ANY(%s)",
                self.environment,
                [index for index in indexes if index],
            )
        )
        companies = self.env["res.company"].sudo()
        return super()._senders(indexes) | {
            (index, companies.browse(company_id)._l10n_ro_efactura_cif()): company_id
            for index, company_id in self.env.cr.fetchall()
        }

    @api.model
    @api.private
    def _pairs(self):
        # EXTENDS: the test boxes of companies that sent a test in the last 60 days
        self.env.cr.execute(
            SQL(
                "SELECT DISTINCT company_id, environment FROM l10n_ro_efactura_submission"
                " WHERE environment = 'test' AND uploaded_at > %s - interval '60 days'",
                UTC_NOW,
            )
        )
        return super()._pairs() + self.env.cr.fetchall()
