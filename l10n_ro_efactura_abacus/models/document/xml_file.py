import hashlib
from contextlib import suppress

from markupsafe import Markup
from odoo import api, fields, models
from psycopg2.errors import UniqueViolation

from ...anaf import AnafClient, AnafError, cius, formatted
from ..common.actions import notification
from ..common.core import binary, bytes_of
from ..common.knobs import WAIT_SECONDS
from ..common.rights import check_bill
from .account_move_check import finding_text

VERDICTS = [("pass", "Passes"), ("fail", "Would be refused")]


class EfacturaXmlFile(models.Model):
    """One XML that was generated, sent or not: the exact bytes, and what the checker said of them.

    One row per invoice and content: generating the same again finds it. A submission keeps its own frozen copy.
    """

    _name = "l10n_ro_efactura.xml.file"
    _description = "e-Factura XML"
    _order = "create_date DESC, id DESC"
    _rec_name = "number"

    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    number = fields.Char(readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True, ondelete="set null")
    sha256 = fields.Char(string="SHA-256", required=True, readonly=True)
    xml = fields.Binary(string="XML", attachment=False, readonly=True, copy=False)
    size = fields.Integer(string="Bytes", readonly=True)
    verdict = fields.Selection(VERDICTS, string="Check", readonly=True)
    findings = fields.Json(string="What Was Found", readonly=True)
    findings_html = fields.Html(string="Findings", compute="_compute_findings_html")
    xml_text = fields.Text(string="Document", compute="_compute_xml_text")
    note = fields.Char(readonly=True, help="What the document lacks that the company wanted in it")

    _move_content_uniq = models.UniqueIndex("(move_id, sha256)")

    # -------------------------------------------------------------------------
    # READING
    # -------------------------------------------------------------------------

    def _xml_bytes(self):
        self.ensure_one()
        return bytes_of(self, "xml")

    @api.depends("xml")
    def _compute_xml_text(self):
        for file in self:
            file.xml_text = formatted(file._xml_bytes())

    @api.depends("findings")
    def _compute_findings_html(self):
        for file in self:
            file.findings_html = self._findings_list(file.findings)

    def action_download(self):
        """The exact bytes."""
        check_bill(self, "read").ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/l10n_ro_efactura/xml_file/{self.id}", "target": "download"}

    def action_validate(self):
        """ANAF's own opinion of these bytes."""
        check_bill(self, "read").ensure_one()
        ok, text = self._second_opinion(self._xml_bytes())
        return notification(text, "success" if ok else "warning", title=self.env._("ANAF's validation"), sticky=not ok)

    # -------------------------------------------------------------------------
    # KEEPING, JUDGING
    # -------------------------------------------------------------------------

    @api.model
    def _get_or_create(self, move, xml, findings):
        """The row of these bytes of `move`, made where it is new."""
        sha256 = hashlib.sha256(xml).hexdigest()
        values = {
            "findings": findings or False,
            "note": move._l10n_ro_efactura_pdf_note(xml) or False,
            "verdict": "fail" if any(finding["severity"] == "fatal" for finding in findings) else "pass",
        }
        file = self.sudo().search([("move_id", "=", move.id), ("sha256", "=", sha256)], limit=1)
        if file:
            file.write(values)
        else:
            with suppress(UniqueViolation), self.env.cr.savepoint():  # another worker keeps the same bytes
                file = self.sudo().create(
                    {
                        **values,
                        "move_id": move.id,
                        "company_id": move.company_id.id,
                        "number": move.name or "/",
                        "partner_id": move.commercial_partner_id.id,
                        "sha256": sha256,
                        "xml": binary(xml),
                        "size": len(xml),
                    }
                )
        return file.sudo(self.env.su)

    @api.model
    def _findings(self, xml, lang=None):
        """What the checker says of `xml`, each finding a dict in `lang` (Romanian, else English)."""
        romanian = (lang or self.env.lang or "").startswith("ro")
        return [
            {
                "rule": found.rule,
                "severity": found.severity,
                "bt": found.bt,
                "text": found.text_ro if romanian else found.text_en,
                "node": found.node,
                "line": found.line,
                "place": found.place,
                "odoo": list(found.odoo) if found.odoo else None,
            }
            for found in cius.check(xml).findings
        ]

    @api.model
    def _findings_list(self, findings):
        """Return findings as a list to show, what stops the document first; False where there are none."""
        rows = [
            Markup("<li class='%s'>%s<div class='text-muted small'>%s</div></li>")
            % (
                "text-danger" if finding["severity"] == "fatal" else "text-warning",
                finding_text(finding),
                finding["node"] or "",
            )
            for finding in sorted(findings or [], key=lambda finding: finding["severity"] != "fatal")
        ]
        return bool(rows) and Markup("<ul class='mb-0 ps-3'>%s</ul>") % Markup().join(rows)

    @api.model
    def _second_opinion(self, xml):
        """ANAF's public validator: (accepted, text to show). It needs no connection of ours, only the network."""
        endpoints = self.env["l10n_ro_efactura.credential"].sudo()._endpoints()
        client = AnafClient(endpoints, "prod", "public", deadline=WAIT_SECONDS)  # no token goes along
        client.observer = self.env["l10n_ro_efactura.call.log"]._observer(self.env.company, "none")
        document = "FCN" if b"CreditNote-2" in xml[:2000] else "FACT1"
        try:
            answer = client.validate(xml, document)
        except AnafError as error:
            return False, self.env._(
                "ANAF's validator gave no verdict, which says nothing about the document: %s",
                "\n".join(error.texts or [error.text or error.code]),
            )
        if answer.ok:
            return True, self.env._("ANAF's validator accepts this document.")
        return False, "\n".join([self.env._("ANAF's validator refuses this document:"), *answer.messages])
