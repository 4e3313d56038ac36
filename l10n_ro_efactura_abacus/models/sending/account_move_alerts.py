"""Alerts above the invoice form: its sending, its deadline, and the connection to ANAF."""

from datetime import timedelta

from odoo import fields, models
from odoo.tools.misc import format_date

from ...anaf import today
from ..calls.outgoing import FAILED, IN_WORK
from ..common.rights import is_system


class AccountMove(models.Model):
    """An invoice's alerts: 'danger' for what stops it, 'warning' for what needs attention, 'info' for progress."""

    _inherit = "account.move"

    l10n_ro_efactura_ours = fields.Boolean(compute="_compute_l10n_ro_efactura_ours")

    def _compute_l10n_ro_efactura_ours(self):
        for move in self:
            move.l10n_ro_efactura_ours = move._l10n_ro_efactura_is_ours()

    def _l10n_ro_efactura_is_ours(self):
        """Return True where this addon sends for the company; False leaves it to core's `l10n_ro_edi`."""
        return self.country_code == "RO" and bool(self.company_id._l10n_ro_efactura_credential())

    def _l10n_ro_efactura_sending_alerts(self):
        """Return the alerts of this invoice's sending and of its connection: {key: core's alert}."""
        alerts = {}
        if (
            self.id
            and self._l10n_ro_efactura_is_document()
            and (
                self.l10n_ro_efactura_state
                or self.l10n_ro_efactura_test_state
                or self.l10n_ro_efactura_missing
                or self._l10n_ro_efactura_is_ours()
            )
        ):
            alerts.update(self._l10n_ro_efactura_invoice_alerts())
            if self.state == "posted" and self.l10n_ro_efactura_state != "ok":
                alerts.update(self._l10n_ro_efactura_connection_alerts())
        return alerts

    def _l10n_ro_efactura_recheck_missing(self):
        """Check again, at confirmation, the invoices that lacked data; of many the document is not built."""
        lacking = self.filtered("l10n_ro_efactura_missing")
        lacking._l10n_ro_efactura_mark_missing(lacking._l10n_ro_efactura_lacking_data())

    def _l10n_ro_efactura_invoice_alerts(self):
        _ = self.env._
        alerts = {}
        for environment in ("prod", "test"):
            state = self.l10n_ro_efactura_state if environment == "prod" else self.l10n_ro_efactura_test_state
            if state in FAILED:
                level, message = self._l10n_ro_efactura_last_submission(environment)._l10n_ro_efactura_headline()
                alerts[f"l10n_ro_efactura_{environment}_nok"] = {"level": level, "message": message}
        if self.l10n_ro_efactura_state == "uncertain":
            stuck = self._l10n_ro_efactura_last_submission("prod")._l10n_ro_efactura_stuck_alert()
            alerts["l10n_ro_efactura_uncertain"] = stuck or {
                "level": "warning",
                "message": _(
                    "The answer of ANAF was lost. The invoice is being looked for in SPV; it is not sent "
                    "again before that is known. You have nothing to do."
                ),
            }
        elif self.l10n_ro_efactura_state in IN_WORK:
            waiting = self._l10n_ro_efactura_last_submission("prod")._l10n_ro_efactura_plain_texts()
            alerts["l10n_ro_efactura_in_work"] = {
                "level": "warning" if waiting else "info",
                "message": "\n".join(
                    [_("Being sent to ANAF. The page updates automatically."), *(f"• {text}" for text in waiting)]
                ),
            }
        if self.l10n_ro_efactura_missing and self.l10n_ro_efactura_to_send:
            alerts["l10n_ro_efactura_missing"] = {
                "level": "warning",
                "message": "\n".join(
                    [_("Missing data, not sent to ANAF:"), *(f"• {text}" for text in self.l10n_ro_efactura_missing)]
                ),
                "action_text": _("Fill in"),
                "action": self._l10n_ro_efactura_window_action(),
            }
        if self.l10n_ro_efactura_test_state == "ok" and self.l10n_ro_efactura_to_send:
            alerts["l10n_ro_efactura_test_ok"] = {
                "level": "info",
                "message": _("The test was Ok. The invoice is NOT reported: send it to ANAF."),
            }
        if self.l10n_ro_efactura_late:
            alerts["l10n_ro_efactura_late"] = {
                "level": "danger",
                "message": _(
                    "Late: it should have been sent to ANAF by %s.",
                    format_date(self.env, self.l10n_ro_efactura_deadline),
                ),
            }
        elif (
            self.l10n_ro_efactura_to_send
            and self.l10n_ro_efactura_deadline
            and self.l10n_ro_efactura_deadline <= today() + timedelta(days=1)
        ):
            alerts["l10n_ro_efactura_deadline"] = {
                "level": "warning",
                "message": _("To be sent to ANAF by %s.", format_date(self.env, self.l10n_ro_efactura_deadline)),
            }
        return alerts

    def _l10n_ro_efactura_connection_alerts(self):
        _ = self.env._
        alerts = {}
        guard = self.env["l10n_ro_efactura.guard"]
        if reason := guard._hold_reason("prod"):
            alerts["l10n_ro_efactura_hold"] = {
                "level": "danger",
                "message": _("Nothing is sent to ANAF at the moment: %s", reason),
            }
            if guard._is_copied() and is_system(self.env):
                alerts["l10n_ro_efactura_hold"] |= {
                    "action_text": _("Confirm: only this database sends"),
                    "action": self.env["ir.actions.actions"]
                    .sudo()
                    ._for_xml_id("l10n_ro_efactura_abacus.l10n_ro_efactura_guard_action_confirm_database"),
                }
        credential = self.company_id._l10n_ro_efactura_credential()
        if credential and credential.state != "connected":
            expired = credential.state in ("draft", "expired")
            alerts["l10n_ro_efactura_connection"] = {
                "level": "danger" if expired else "warning",
                "message": _("Not connected to ANAF: what is sent waits in the queue until someone connects.")
                if credential.state == "draft"
                else _("The connection with ANAF has expired: invoices wait in the queue.")
                if expired
                else _("The connection with ANAF expires soon."),
            }
            if is_system(self.env):
                alerts["l10n_ro_efactura_connection"] |= {
                    "action_text": _("Open the connection"),
                    "action": credential.sudo(False)._get_records_action(),
                }
        return alerts

    def _l10n_ro_efactura_last_submission(self, environment):
        return (
            self.env["l10n_ro_efactura.submission"]
            .sudo()
            .search([("move_id", "=", self.id), ("environment", "=", environment)], limit=1)
        )
