from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import date_utils, format_date

from ...anaf import today
from ...models.common.anaf_words import in_words
from ...models.common.rights import check_bill, check_system
from ...models.inbox.message import KEPT_DAYS


class EfacturaRefresh(models.TransientModel):
    """Dialog that reads the SPV messages of a period of invoice dates; ANAF is always asked up to now."""

    _name = "l10n_ro_efactura.refresh"
    _description = "Refresh SPV"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    period = fields.Selection(
        [("month", "This month"), ("previous", "Last month"), ("all", "All 60 days"), ("other", "Other period")],
        required=True,
        default="month",
    )
    date_from = fields.Date(
        "Invoices dated from", required=True, default=lambda self: date_utils.start_of(today(), "month")
    )
    date_to = fields.Date("to", required=True, default=lambda self: date_utils.end_of(today(), "month"))
    days = fields.Integer(compute="_compute_asked")
    asked = fields.Char(compute="_compute_asked")
    too_old = fields.Boolean(compute="_compute_asked")
    connected = fields.Boolean(compute="_compute_connected")
    problem = fields.Char(compute="_compute_connected")
    last_read = fields.Datetime("Read completely until", compute="_compute_last_read")
    last_error = fields.Char("ANAF's last answer", compute="_compute_last_read")

    @api.model
    def _oldest(self):
        return today() - timedelta(days=KEPT_DAYS - 1)

    @api.onchange("period")
    def _onchange_period(self):
        if self.period in ("month", "previous"):
            day = today() if self.period == "month" else date_utils.start_of(today(), "month") - timedelta(days=1)
            self.date_from, self.date_to = date_utils.start_of(day, "month"), date_utils.end_of(day, "month")
        elif self.period == "all":
            self.date_from, self.date_to = self._oldest(), date_utils.end_of(today(), "month")

    @api.depends("date_from")
    @api.depends_context("lang")
    def _compute_asked(self):
        for wizard in self:
            start = max(wizard.date_from or today(), self._oldest())
            wizard.too_old = bool(wizard.date_from and wizard.date_from < self._oldest())
            wizard.days = max((today() - start).days + 1, 1)
            wizard.asked = self.env._(
                "ANAF is asked from %(start)s to now: %(days)s days.",
                start=format_date(self.env, min(start, today())),
                days=wizard.days,
            )

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_connected(self):
        for wizard in self:
            credential = wizard.company_id._l10n_ro_efactura_credential()
            warning = credential._warning() if credential else False
            wizard.connected = bool(credential) and credential.state in ("connected", "expiring")
            wizard.problem = (
                self.env._("%s is not connected to ANAF.", wizard.company_id.name)
                if not credential
                else warning and warning["text"]
            )

    @api.depends("company_id")
    def _compute_last_read(self):
        boxes = self.env["l10n_ro_efactura.mailbox"]
        for wizard in self:
            box = boxes.search([("company_id", "=", wizard.company_id.id), ("environment", "=", "prod")])
            wizard.last_read = box.listed_until
            wizard.last_error = in_words(self.env, box.last_error, box.last_error_code)

    def action_connect(self):
        """Open the connection, for users who may create one."""
        check_system(self)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "l10n_ro_efactura_abacus.l10n_ro_efactura_credential_action"
        )

    def action_refresh(self):
        """Start reading ANAF's lists in the background and open the list of the period; the card says what came.

        :raise UserError: wrong period, no connection, or ANAF does not answer
        """
        check_bill(self)
        self.ensure_one()
        messages = self.env["l10n_ro_efactura.message"]
        messages._refresh_lane(self.company_id, self.date_from, self.date_to)
        self.env["l10n_ro_efactura.progress"]._start_job(
            "refresh",
            self.company_id,
            {
                "date_from": fields.Date.to_string(self.date_from),
                "date_to": fields.Date.to_string(self.date_to),
            },
        )
        return messages._period_action(self.company_id, self.date_from, self.date_to)
