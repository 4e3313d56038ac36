"""The submission of a generated XML file."""

from odoo import fields, models

from .states import STATES


class EfacturaXmlFile(models.Model):
    """A generated XML, with the last submission that sent its bytes."""

    _inherit = "l10n_ro_efactura.xml.file"

    submission_id = fields.Many2one(
        "l10n_ro_efactura.submission",
        string="Sent As",
        compute="_compute_submission_id",
        help="The last time that exactly these bytes went to ANAF.",
    )
    submission_state = fields.Selection(STATES, string="ANAF", compute="_compute_submission_id")
    submission_failed = fields.Boolean(string="Nok or refused", compute="_compute_submission_id")

    def _compute_submission_id(self):
        found = self.env["l10n_ro_efactura.submission"].search_fetch(
            [("move_id", "in", self.move_id.ids), ("sha256", "in", self.mapped("sha256"))],
            ["move_id", "sha256"],
            order="id",
        )
        sent = {(submission.move_id.id, submission.sha256): submission for submission in found}
        for file in self:
            file.submission_id = sent.get((file.move_id.id, file.sha256), False)
            file.submission_state = file.submission_id.state
            file.submission_failed = file.submission_id.is_failed
