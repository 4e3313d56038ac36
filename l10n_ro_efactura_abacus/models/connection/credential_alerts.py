"""The daily renewal of tokens, and reminders and alerts before a connection ends."""

import logging

from odoo import api, fields, models

from ..common.alerts import alert, open_activities, people_told
from .credential import EXPIRING_DAYS

_logger = logging.getLogger(__name__)

# Days before the refresh token's end at which users are reminded, once each.
REMINDERS = (30, 14, 7, 3, 1)
# Days of the access token that are left when a failed refresh, which is repeated daily, is alerted.
PATIENCE_DAYS = 15
# Xml id of the alerts' activity type.
ACTIVITY = "l10n_ro_efactura_abacus.activity_type_connection"


class EfacturaCredential(models.Model):
    """A connection that renews itself and reminds its users."""

    _inherit = "l10n_ro_efactura.credential"

    @api.model
    def _cron_refresh_tokens(self):
        """Renew the tokens that are due and remind of those that only a certificate holder can renew (daily)."""
        for credential in self.sudo().search([]):
            try:
                if credential._needs_refresh():
                    credential._refresh(credential.token_version)
                credential._isolated(lambda own: own._remind())
            except Exception:
                _logger.exception("The connection to ANAF of company %s could not be checked", credential.company_id.id)

    def _remind(self):
        """Alert the users once at each step of `REMINDERS`, and once when the connection has ended."""
        if self.state == "draft" or not self.refresh_expires_at:
            return
        left = (self.refresh_expires_at - fields.Datetime.now()).total_seconds() / 86400
        step = min((days for days in REMINDERS if left <= days), default=0)
        if left <= 0:
            step = -1
        if not step or (self.reminded_step and step >= self.reminded_step):
            return
        self.reminded_step = step
        if step < 0:
            self._alert(
                self.env._("The connection to ANAF has ended"),
                self.env._("Invoices cannot be sent to e-Factura until the certificate holder connects again."),
            )
        else:
            self._alert(
                self.env._("The connection to ANAF ends in %s days", max(int(left), 0)),
                self.env._(
                    "Only the holder of the certificate can renew it: Connect to ANAF, or send a link for the "
                    "certificate holder."
                ),
                deadline=fields.Date.to_date(self.refresh_expires_at),
            )

    def _alert_refresh_failed(self):
        """Alert the users of a failed refresh, where the connection has ended or ends soon."""
        if self.state == "expired" or self.access_days_left < PATIENCE_DAYS:
            self._alert(self.env._("The connection to ANAF could not be renewed"), self.last_error or "")

    def _alert(self, summary, note, deadline=None):
        """Schedule one activity for each user and cause, on a record that the user may open."""
        for user in self._alert_users():
            seen = self.with_user(user).with_context(allowed_company_ids=None)
            record = self if seen.has_access("read") else self.company_id.partner_id
            alert(record, ACTIVITY, user, lambda env: (summary, note), deadline)

    def _alert_users(self):
        """Return the users responsible for e-Factura in the companies on this connection, else its administrators."""
        return people_told(self.user_company_ids | self.company_id, "base.group_system", self.company_id)

    def _close_alerts(self):
        """Delete the alerts of this connection, because it works again."""
        (open_activities(self, ACTIVITY) | open_activities(self.company_id.partner_id, ACTIVITY)).unlink()

    def _warning(self):
        """Return the warning for users who send invoices: {'level': 'info'|'warning'|'danger', 'text'}, or False."""
        self.ensure_one()
        if self.key_problem:
            return {"level": "danger", "text": self.key_problem}
        if self.state == "draft":
            return {
                "level": "info",
                "text": self.env._("Not connected to ANAF: what is sent waits in the queue until someone connects."),
            }
        if self.state == "expired":
            return {
                "level": "danger",
                "text": self.env._(
                    "The connection to ANAF has ended: the certificate holder must connect again. %s",
                    self.last_error or "",
                ).strip(),
            }
        if self.state == "expiring" and self.refresh_days_left <= EXPIRING_DAYS:
            return {
                "level": "warning",
                "text": self.env._(
                    "The connection to ANAF ends in %s days: the certificate holder must connect again.",
                    self.refresh_days_left,
                ),
            }
        if self.last_error and self.access_days_left < PATIENCE_DAYS:
            return {
                "level": "warning",
                "text": self.env._("The connection to ANAF could not be renewed: %s", self.last_error),
            }
        return False
