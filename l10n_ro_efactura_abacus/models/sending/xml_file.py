"""The submissions of a generated XML file."""

from odoo import fields, models

from ..calls.outgoing import FAILED
from .states import STATES


class EfacturaXmlFile(models.Model):
    """A generated XML, with the last submission of its bytes to production and to the test environment.

    Both environments get the same bytes, so each has fields of its own: a test is no report.
    """

    _inherit = "l10n_ro_efactura.xml.file"

    submission_id = fields.Many2one(
        "l10n_ro_efactura.submission",
        string="Sent As",
        compute="_compute_submission_id",
        help="The last time that exactly these bytes were reported to ANAF.",
    )
    submission_state = fields.Selection(STATES, string="ANAF", compute="_compute_submission_id")
    submission_failed = fields.Boolean(string="Nok or refused", compute="_compute_submission_id")
    test_submission_id = fields.Many2one(
        "l10n_ro_efactura.submission",
        string="Tested As",
        compute="_compute_submission_id",
        help="The last time that exactly these bytes were tested at ANAF. A test does not report the invoice.",
    )
    test_submission_state = fields.Selection(STATES, string="ANAF Test", compute="_compute_submission_id")
    test_submission_failed = fields.Boolean(string="Test Nok or refused", compute="_compute_submission_id")

    def _compute_submission_id(self):
        found = self.env["l10n_ro_efactura.submission"].search_fetch(
            [("move_id", "in", self.move_id.ids), ("sha256", "in", self.mapped("sha256"))],
            ["move_id", "sha256", "environment", "state"],
            order="id",
        )
        sent = {(row.move_id.id, row.sha256, row.environment): row for row in found}
        for file in self:
            for environment, prefix in (("prod", ""), ("test", "test_")):
                submission = sent.get((file.move_id.id, file.sha256, environment), found.browse())
                file[f"{prefix}submission_id"] = submission
                file[f"{prefix}submission_state"] = submission.state
                file[f"{prefix}submission_failed"] = submission.state in FAILED
