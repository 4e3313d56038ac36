"""The files of a support ticket in one ZIP: the text, what was sent, and what ANAF answered."""

import zipfile

from odoo import api, models

from ...anaf import support_text
from ..common.file_names import safe_name
from ..common.rights import is_system, may_bill


class EfacturaSupportTicket(models.Model):
    """A support ticket with its files."""

    _inherit = "l10n_ro_efactura.support.ticket"

    @api.private
    def _pack_name(self):
        """Return the file name of the ZIP."""
        return f"tichet_{safe_name(self.number or self.move_ids[:1].name or str(self.id), '_')}.zip"

    @api.private
    def _write_pack(self, file):
        """Write the ticket to `file` (binary, open for writing) as a ZIP.

        `tichet.txt`; for each invoice a folder with the attempts, each with the exact XML that was sent, ANAF's
        packages as they came, and, for who may read them, ANAF's answers whole. Memory is bounded by one package.
        """
        self.ensure_one()
        attempts = {attempt.id: attempt for attempt in self._attempts()}
        raw = may_bill(self.env) or is_system(self.env)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
            pack.writestr("tichet.txt", support_text(self._sections()))
            used = set()
            for invoice in self._facts()["invoices"]:
                folder = safe_name((invoice["number"] or "").replace("/", "_"), "_")
                while folder in used:
                    folder += "_"
                used.add(folder)
                for number, facts in enumerate(invoice["attempts"], 1):
                    attempt = attempts.get(facts["id"])
                    name = f"{folder}/{number}_{safe_name(facts['environment'])}"
                    if attempt:
                        self._add_attempt(pack, name, attempt)
                    if raw and facts["raw"]:
                        pack.writestr(f"{name}_raspunsuri.txt", facts["raw"])

    def _add_attempt(self, pack, name, attempt):
        """Add the XML and the packages of one submission to `pack` under names that begin with `name`."""
        xml = attempt._xml_bytes()
        if xml:
            pack.writestr(f"{name}.xml", xml)
        messages = attempt.message_id
        if attempt.upload_index:
            messages |= self.env["l10n_ro_efactura.message"].search(
                [
                    ("company_id", "=", attempt.company_id.id),
                    ("environment", "=", attempt.environment),
                    ("upload_index", "=", attempt.upload_index),
                    ("kind", "in", ("sent", "error")),
                ]
            )
        for message in messages:
            content = message._package_bytes()
            if content:
                pack.writestr(f"{name}_pachet_{safe_name(message.anaf_id)}.zip", content)
