"""Packages asked for together as a long work."""

from odoo import fields, models


class EfacturaProgress(models.Model):
    """Download of packages that a user asked for.

    There is nothing to cancel: each listed package is archived by itself, before ANAF deletes it.
    """

    _inherit = "l10n_ro_efactura.progress"

    kind = fields.Selection(selection_add=[("download", "Download packages")], ondelete={"download": "cascade"})

    def _counts(self):
        if self.kind != "download":
            return super()._counts()
        return self.env["l10n_ro_efactura.message"]._download_counts(self.batch, self.env.cr)

    def _title(self, counts, state):
        if self.kind != "download":
            return super()._title(counts, state)
        if counts["ok"] >= counts["total"]:
            return self.env._("SPV: all %s packages are archived", counts["total"])
        return self.env._("SPV: %(ok)s of %(total)s packages archived", ok=counts["ok"], total=counts["total"])

    def _text(self, counts, state):
        if self.kind != "download":
            return super()._text(counts, state)
        if counts["failed"]:
            return self.env._("%s failed: they are tried again by themselves", counts["failed"])
        return ""

    def _buttons(self, counts):
        if self.kind != "download":
            return super()._buttons(counts)
        buttons = [("failed", self.env._("Open failed (%s)", counts["failed"]))] if counts["failed"] else []
        return [*buttons, ("all", self.env._("Open all"))]

    def _open(self, key):
        if self.kind != "download":
            return super()._open(key)
        domain = [("batch", "=", self.sudo().batch)]
        if key == "failed":
            domain.append(("archive_state", "!=", "archived"))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "l10n_ro_efactura_abacus.l10n_ro_efactura_message_action"
        )
        action.pop("path", None)
        name = self.env._("Not archived") if key == "failed" else self.env._("Downloaded together")
        messages = self.env["l10n_ro_efactura.message"].search(domain)
        return {**action, "domain": [("id", "in", messages.ids)], "context": {}, "display_name": name}
