"""Reading SPV for a period as a long work."""

from odoo import fields, models


class EfacturaProgress(models.Model):
    """Refresh SPV, in the background: ANAF's lists are read, then the packages of the period are asked for."""

    _inherit = "l10n_ro_efactura.progress"

    kind = fields.Selection(selection_add=[("refresh", "Refresh SPV")], ondelete={"refresh": "cascade"})

    def _period(self):
        return [fields.Date.to_date(self.parameters[name]) for name in ("date_from", "date_to")]

    def _run(self):
        if self.kind != "refresh":
            return super()._run()
        messages = (
            self.env["l10n_ro_efactura.message"]
            .with_user(self.user_id)
            .with_context(allowed_company_ids=self.company_id.ids)
        )
        new = messages.refresh_spv(self.company_id, *self._period())
        kinds = {kind: len(some) for kind, some in new.grouped("kind").items()}
        self.invalidate_recordset(flush=False)
        found = messages.browse()
        if not self.is_cancelled:
            found = messages.search(self._period_messages() & fields.Domain("archive_state", "=", "listed"))
        if found:
            found._request()
        return {"new": kinds, "downloading": len(found)}

    def _period_messages(self):
        """Return the domain of the period's messages."""
        return self.env["l10n_ro_efactura.message"]._period_domain(self.company_id, *self._period(), until_now=True)

    def _counts(self):
        return self._job_counts() if self.kind == "refresh" else super()._counts()

    def _title(self, counts, state):
        if self.kind != "refresh":
            return super()._title(counts, state)
        if counts["waiting"]:
            return self.env._("SPV: ANAF's lists are being read")
        if counts["failed"]:
            return self.env._("SPV was not read")
        new = (self.result or {}).get("new")
        if not new:
            return self.env._("SPV: cancelled") if self.is_cancelled else self.env._("SPV: nothing new")
        kinds = dict(self.env["l10n_ro_efactura.message"]._fields["kind"]._description_selection(self.env))
        counts = ", ".join(f"{kinds[kind]} {count}" for kind, count in new.items())
        return self.env._("SPV: %(count)s new (%(counts)s)", count=sum(new.values()), counts=counts)

    def _text(self, counts, state):
        if self.kind != "refresh":
            return super()._text(counts, state)
        result = self.result or {}
        if counts["failed"]:
            return result["error"] or self.env._("It could not be done. Try again, or ask your administrator.")
        if counts["waiting"] or self.is_cancelled:
            return ""
        if result["downloading"]:
            return self.env._("%s packages are being downloaded.", result["downloading"])
        return self.env._("All packages of the period are archived.")

    def _buttons(self, counts):
        if self.kind != "refresh":
            return super()._buttons(counts)
        return [("period", self.env._("Open the list"))]

    def _open(self, key):
        if self.kind != "refresh":
            return super()._open(key)
        return self.env["l10n_ro_efactura.message"]._period_action(self.sudo().company_id, *self.sudo()._period())

    def _can_cancel(self):
        return self.kind == "refresh" and not self.begun or super()._can_cancel()

    def _cancel(self):
        if self.kind != "refresh":
            return super()._cancel()
        return None  # the worker looks at `is_cancelled` before it begins
