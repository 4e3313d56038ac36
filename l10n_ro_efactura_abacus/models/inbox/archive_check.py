"""The monthly check that every archived package still has the bytes that ANAF gave."""

import logging
from datetime import timedelta

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ..common.actions import soft_reload
from ..common.alerts import alert, people_told
from ..common.rights import check_manage

_logger = logging.getLogger(__name__)
# Packages hashed in one SQL statement; PostgreSQL computes the hashes, so that no package is transferred.
BATCH = 100
# Days after which a company's archive is checked again.
EVERY_DAYS = 27
# Xml ids of the cron and of the activity type of its alerts.
CRON = "l10n_ro_efactura_abacus.ir_cron_archive_check"
ACTIVITY = "l10n_ro_efactura_abacus.activity_type_archive"


class EfacturaArchiveCheck(models.Model):
    """One check of one company's archive; an interrupted one is continued by the next run."""

    _name = "l10n_ro_efactura.archive.check"
    _description = "e-Factura archive check"
    _inherit = ["mail.thread", "mail.activity.mixin", "l10n_ro_efactura.worker"]
    _order = "id DESC"
    _rec_name = "result"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    started_at = fields.Datetime(string="Started on", required=True, readonly=True, default=fields.Datetime.now)
    finished_at = fields.Datetime(string="Finished on", readonly=True)
    state = fields.Selection(
        [("running", "Running"), ("intact", "Intact"), ("damaged", "Damaged")],
        required=True,
        readonly=True,
        default="running",
    )
    total = fields.Integer(string="Packages", readonly=True, help="In the archive when the check began")
    checked = fields.Integer(readonly=True)
    intact = fields.Integer(readonly=True)
    last_id = fields.Integer(readonly=True, help="Messages up to here are checked")
    until_id = fields.Integer(readonly=True, help="Messages up to here are part of this check")
    progress = fields.Float(compute="_compute_result")
    result = fields.Char(compute="_compute_result")
    damaged_ids = fields.Many2many("l10n_ro_efactura.message", string="Damaged", readonly=True)

    _running_uniq = models.UniqueIndex("(company_id) WHERE state = 'running'")

    @api.depends("total", "checked", "intact", "state")
    @api.depends_context("lang")
    def _compute_result(self):
        for check in self:
            check.progress = 100.0 * check.checked / check.total if check.total else 100.0
            if check.state == "running":
                check.result = self.env._("%(checked)s of %(total)s checked", checked=check.checked, total=check.total)
            else:
                check.result = self.env._("%(intact)s of %(total)s intact", intact=check.intact, total=check.checked)

    @api.model
    @api.private
    def _last_of(self, message):
        """Return the last finished check that covers `message`."""
        return self.sudo().search(
            [("company_id", "=", message.company_id.id), ("until_id", ">=", message.id), ("state", "!=", "running")],
            limit=1,
        )

    # -- the worker -----------------------------------------------------------------------------------------

    @api.model
    @api.private
    def _cron_check_archive(self):
        """Begin the checks that are due and continue those that are running."""
        self = self.sudo()
        recent = fields.Datetime.now() - timedelta(days=EVERY_DAYS)
        fresh = self.search([("started_at", ">", recent)]).company_id
        archives = (
            self.env["l10n_ro_efactura.message"]
            .sudo()
            ._read_group([("archive_state", "=", "archived"), ("company_id", "not in", fresh.ids)], ["company_id"])
        )
        for [company] in archives:
            if not self.search_count([("company_id", "=", company.id), ("state", "=", "running")], limit=1):
                self._begin(company)
        for check in self.search([("state", "=", "running")], order="id"):
            if not check._go_on():
                self.env.ref(CRON).sudo()._trigger()
                break
        self._checkpoint(remaining=0)

    @api.model
    def _begin(self, company):
        """Return a new check of all packages that `company` has archived."""
        self.env.cr.execute(
            "SELECT count(*), COALESCE(MAX(id), 0) FROM l10n_ro_efactura_message"
            " WHERE company_id = %s AND archive_state = 'archived'",
            [company.id],
        )
        total, until = self.env.cr.fetchone()
        return self.create({"company_id": company.id, "total": total, "until_id": until})

    def _go_on(self):
        """Check batch after batch; return False where the time of this run ends first."""
        self.ensure_one()
        while self.state == "running":
            done = self._in_fresh_transaction(self._check_batch)
            if self._checkpoint(done, remaining=max(self.total - self.checked, 0)) <= 0:
                return self.state != "running"
        return True

    def _check_batch(self):
        """Hash the next packages and return how many; an empty batch finishes the check."""
        self.env.cr.execute(
            "SELECT id FROM l10n_ro_efactura_message WHERE company_id = %s AND archive_state = 'archived'"
            " AND id > %s AND id <= %s ORDER BY id LIMIT %s",
            [self.company_id.id, self.last_id, self.until_id, BATCH],
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        if not ids:
            self._finish()
            return 0
        damaged = self._damaged(ids)
        self.write(
            {
                "last_id": ids[-1],
                "checked": self.checked + len(ids),
                "intact": self.intact + len(ids) - len(damaged),
                "damaged_ids": [fields.Command.link(message_id) for message_id in damaged],
            }
        )
        return len(ids)

    @api.model
    def _damaged(self, ids):
        """Return those of the message `ids` whose package does not match its hash, or that PostgreSQL cannot read."""
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    SQL(
                        "SELECT id FROM l10n_ro_efactura_message WHERE id IN %s AND (package IS NULL OR sha256 IS NULL"
                        " OR encode(sha256(decode(encode(package, 'escape'), 'base64')), 'hex') <> sha256)",
                        tuple(ids),
                    ),
                    log_exceptions=False,
                )
                return [row[0] for row in self.env.cr.fetchall()]
        except (psycopg2.DataError, psycopg2.InternalError):
            if len(ids) == 1:
                return ids
            return [message_id for one in ids for message_id in self._damaged([one])]

    def _finish(self):
        """Set the final state; log and alert where packages are damaged."""
        self.write(
            {
                "state": "damaged" if self.damaged_ids else "intact",
                "finished_at": fields.Datetime.now(),
                "total": self.checked,
            }
        )
        if self.damaged_ids:
            _logger.error(
                "%s packages of company %s are not what ANAF gave any more: messages %s",
                len(self.damaged_ids),
                self.company_id.id,
                self.damaged_ids.ids,
            )
            self._alert()

    def _alert(self):
        """Alert the responsible users of damaged packages."""
        alert(
            self,
            ACTIVITY,
            people_told(self.company_id),
            lambda env: (
                env._("Packages of ANAF's were damaged"),
                env._(
                    "%(count)s packages are not any more what ANAF gave. Put them back from a backup; "
                    "ANAF itself keeps a package for 60 days only.",
                    count=len(self.damaged_ids),
                ),
            ),
        )

    # -- what a user may do ---------------------------------------------------------------------------------

    def action_check_now(self):
        """Check the archive of the current company now, in the background."""
        check_manage(self)
        company = self.env.company
        checks = self.sudo()
        if not checks.search_count([("company_id", "=", company.id), ("state", "=", "running")], limit=1):
            checks._begin(company)
        self.env.ref(CRON).sudo()._trigger()
        return soft_reload()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The record of what was checked is never deleted."))


class EfacturaMessage(models.Model):
    """A message that shows the last check of its package."""

    _inherit = "l10n_ro_efactura.message"

    archive_check = fields.Char(string="Last check of the archive", compute="_compute_archive_check")

    @api.depends("archive_state")
    @api.depends_context("lang")
    def _compute_archive_check(self):
        for message in self:
            check = self.env["l10n_ro_efactura.archive.check"]._last_of(message) if message.id else False
            if not check:
                message.archive_check = False
                continue
            values = {"day": format_date(self.env, check.finished_at), "result": check.result}
            message.archive_check = (
                self.env._("%(day)s: THIS PACKAGE IS DAMAGED (%(result)s)", **values)
                if message in check.damaged_ids
                else self.env._("%(day)s: intact (%(result)s)", **values)
            )
