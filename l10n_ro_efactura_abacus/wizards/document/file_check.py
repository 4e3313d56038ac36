from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...anaf import formatted
from ...models.common.core import bytes_of
from ...models.common.rights import check_bill
from ...models.document.xml_file import VERDICTS


class EfacturaFileCheck(models.TransientModel):
    """Dialog that checks an XML made elsewhere with the rules for our own."""

    _name = "l10n_ro_efactura.file.check"
    _description = "Check an e-Factura file"

    content = fields.Binary(string="XML File", attachment=False)
    name = fields.Char()
    verdict = fields.Selection(VERDICTS, string="Check", compute="_compute_verdict")
    findings_html = fields.Html(string="Findings", compute="_compute_verdict")
    xml_text = fields.Text(string="Document", compute="_compute_verdict")
    anaf_ok = fields.Boolean(readonly=True)
    anaf_answer = fields.Text(string="ANAF's validation", readonly=True)

    @api.depends("content")
    @api.depends_context("lang")
    def _compute_verdict(self):
        files = self.env["l10n_ro_efactura.xml.file"]
        for check in self:
            xml = check._bytes()
            findings = files._findings(xml) if xml else []
            fatal = any(finding["severity"] == "fatal" for finding in findings)
            check.verdict = xml and ("fail" if fatal else "pass")
            check.findings_html = files._findings_list(findings) or (
                xml and Markup("<span class='text-success'>%s</span>") % self.env._("No problem was found.")
            )
            check.xml_text = formatted(xml) if xml else False

    @api.onchange("content")
    def _onchange_content(self):
        self.anaf_answer = False

    def _bytes(self):
        return bytes_of(self, "content")

    def action_validate(self):
        """Ask ANAF's validator about the file."""
        check_bill(self)
        self.ensure_one()
        xml = self._bytes()
        if not xml:
            raise UserError(self.env._("Choose a file first."))
        self.anaf_ok, self.anaf_answer = self.env["l10n_ro_efactura.xml.file"]._second_opinion(xml)
        return self._get_records_action(
            name=self.env._("Check a file"), target="new", context={"dialog_size": "extra-large"}
        )
