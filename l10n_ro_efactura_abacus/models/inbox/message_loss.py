"""Alerts for packages that are not archived before ANAF deletes them (60 days)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from ...anaf import today
from ..common.alerts import open_activities
from ..common.anaf_words import in_words
from .message_request import UNREADABLE

# Days before ANAF deletes a message, from which it is alerted.
ALERT_DAYS = 10
# Time that the workers have to download a message before it is alerted.
PATIENCE = timedelta(hours=2)
# Time without a complete reading of the lists after which it is alerted.
UNREAD = timedelta(days=2)
# Xml ids of the alerts' activity types: packages in danger, packages lost, lists unread.
SOON, GONE = "l10n_ro_efactura_abacus.activity_type_package_soon", "l10n_ro_efactura_abacus.activity_type_package_gone"
BLIND = "l10n_ro_efactura_abacus.activity_type_spv_unread"


class EfacturaMessage(models.Model):
    """A message whose loss is alerted."""

    _inherit = "l10n_ro_efactura.message"

    loss_told = fields.Boolean(readonly=True, help="Those responsible know that ANAF has deleted it")

    @api.model
    @api.private
    def _alert_before_loss(self):
        """Alert the responsible users of packages in danger or lost; close the alerts whose cause has passed."""
        soon = self.sudo().search(
            Domain(
                [
                    ("environment", "=", "prod"),
                    ("expires_on", "<=", today() + timedelta(days=ALERT_DAYS)),
                    "|",
                    ("create_date", "<", fields.Datetime.now() - PATIENCE),
                    ("last_error", "!=", False),
                ]
            )
            & (Domain("archive_state", "=", "listed") | UNREADABLE & Domain("expires_on", ">=", today()))
        )
        gone = self.sudo().search(
            [
                ("environment", "=", "prod"),
                ("archive_state", "=", "gone"),
                ("loss_told", "=", False),
                ("last_error", "!=", False),
            ]
        )
        self._close_alerts(SOON, soon.company_id)
        for company, messages in soon.grouped("company_id").items():
            company._l10n_ro_efactura_alert(
                SOON,
                min(messages.mapped("expires_on")),
                lambda env, messages=messages: (
                    env._("%s packages are not archived yet and ANAF deletes them soon", len(messages)),
                    messages,
                ),
            )
        for company, messages in gone.grouped("company_id").items():
            company._l10n_ro_efactura_alert(
                GONE,
                today(),
                lambda env, messages=messages: (
                    env._(
                        "%s packages were deleted by ANAF before they were archived: ask the suppliers for the XML, "
                        "or the Ministry of Finance for the archived original",
                        len(messages),
                    ),
                    messages,
                ),
            )
        gone.loss_told = True
        self._alert_unread()

    @api.model
    def _alert_unread(self):
        """Alert the responsible users of mailboxes whose lists were not read completely for `UNREAD`."""
        boxes = (
            self.env["l10n_ro_efactura.mailbox"]
            .sudo()
            .search([("environment", "=", "prod"), ("listed_until", "<", fields.Datetime.now() - UNREAD)])
            .filtered(
                lambda box: (
                    box.company_id.active
                    and box.company_id._l10n_ro_efactura_credential()
                    and box.company_id._l10n_ro_efactura_head() == box.company_id
                )
            )
        )
        self._close_alerts(BLIND, boxes.company_id)
        for box in boxes:
            box.company_id._l10n_ro_efactura_alert(
                BLIND,
                today(),
                lambda env, box=box: (
                    env._(
                        "SPV has not been read completely since %(date)s. %(why)s",
                        date=format_datetime(env, box.listed_until),
                        why=in_words(env, box.last_error, box.last_error_code),
                    ),
                    self.browse(),
                ),
            )

    @api.model
    def _close_alerts(self, kind, companies):
        """Delete the activities of `kind` of all companies except `companies`."""
        others = self.env["res.company"].sudo().search([("id", "not in", companies.ids)])
        open_activities(others.partner_id - companies.partner_id, kind).unlink()
