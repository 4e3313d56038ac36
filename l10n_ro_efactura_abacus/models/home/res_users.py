"""The digest: what is to be done about e-Factura, by mail, as often as each user wants it."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.urls import urljoin

from ...anaf import day_of, today
from ..common.rights import check_read_spv, may_read_spv

_logger = logging.getLogger(__name__)
# Numbers of the home that the digest tells, most urgent first.
DIGEST = ("late", "due_soon", "nok", "missing", "uncertain", "to_send", "to_import", "leaving")
# Colour of a number in the mail, for each tone of the home.
COLORS = {"danger": "#b02a37", "warning": "#b8860b", "success": "#1f7a3f"}


class ResUsers(models.Model):
    """A user who may want the digest, in the user's own language and for the user's own companies."""

    _inherit = "res.users"

    l10n_ro_efactura_digest = fields.Selection(
        [("no", "Never"), ("daily", "Every day"), ("weekly", "Every Monday")],
        string="e-Factura by Mail",
        default="no",
        required=True,
        help="What was sent, rejected, is late, unconfirmed or to be imported. No mail comes when there is nothing.",
    )
    l10n_ro_efactura_digest_at = fields.Datetime(readonly=True, copy=False, help="When the last digest was made")
    l10n_ro_efactura_may_digest = fields.Boolean(compute="_compute_l10n_ro_efactura_may_digest")

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + ["l10n_ro_efactura_digest", "l10n_ro_efactura_may_digest"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + ["l10n_ro_efactura_digest"]

    @api.depends("group_ids", "company_ids")
    def _compute_l10n_ro_efactura_may_digest(self):
        for user in self:
            user.l10n_ro_efactura_may_digest = may_read_spv(self.with_user(user).env) and any(
                company.account_fiscal_country_id.code == "RO" for company in user.sudo().company_ids
            )

    @api.model
    def _l10n_ro_efactura_cron_digest(self):
        """Queue the mails of the users whose day it is; a day without anything to tell is passed in silence."""
        worker = self.env["l10n_ro_efactura.worker"]
        users = self.sudo().search([("l10n_ro_efactura_digest", "in", ("daily", "weekly")), ("share", "=", False)])
        for user in users.filtered(lambda user: user._l10n_ro_efactura_digest_due()):
            try:
                worker._in_fresh_transaction(user._l10n_ro_efactura_mail_digest)
            except Exception:
                _logger.exception("The e-Factura digest of user %s could not be made", user.id)

    def _l10n_ro_efactura_digest_due(self):
        """Return True where today's digest is not made yet; a weekly one is due on Mondays, or after a missed one."""
        now, last = today(), self.l10n_ro_efactura_digest_at
        if not last:
            return self.l10n_ro_efactura_digest == "daily" or now.weekday() == 0
        last = day_of(last)
        first = now if self.l10n_ro_efactura_digest == "daily" else now - timedelta(days=now.weekday())
        return last < first

    def _l10n_ro_efactura_mail_digest(self):
        """Queue this user's digest, where it has something to tell, and remember that it was made."""
        self.ensure_one()
        digest = self._l10n_ro_efactura_digest_values()
        self.l10n_ro_efactura_digest_at = fields.Datetime.now()
        template = self.env.ref("l10n_ro_efactura_abacus.mail_template_digest", raise_if_not_found=False)
        if digest and template and self.email:
            template.with_context(digest=digest).send_mail(self.id)

    def _l10n_ro_efactura_digest_values(self):
        """Return what the digest tells, read with the rights and in the language of this user.

        :return: dict(headline, url, companies=[dict(name, rows=[dict(label, count, color)], warning)]); False where
            there is nothing to tell, or the user may no longer read it
        """
        user = self.with_user(self).with_context(
            lang=self.lang, tz=self.tz or "Europe/Bucharest", allowed_company_ids=self.company_ids.ids
        )
        if not may_read_spv(user.env):
            return False
        home = user.env["l10n_ro_efactura.home"]
        companies = home._companies()
        if not companies:
            return False
        counts, labels = home._counts(companies), home._labels()
        accepted = user._l10n_ro_efactura_accepted(companies)
        warnings = {row["company_id"]: row["warning"] for row in home._connections(companies)}
        told, total = [], {}
        for company in companies:
            rows = [
                {"label": labels[key], "count": counts[company.id][key], "color": COLORS[home._tone(key)]}
                for key in DIGEST
                if counts[company.id][key]
            ]
            if accepted.get(company):
                ok = {"label": user.env._("Accepted by ANAF"), "count": accepted[company], "color": COLORS["success"]}
                rows.append(ok)
            for row in rows:
                total[row["label"]] = total.get(row["label"], 0) + row["count"]
            if rows or warnings.get(company.id):
                told.append({"name": company.display_name, "rows": rows, "warning": warnings.get(company.id)})
        if not told:
            return False
        headline = ", ".join(f"{label} {count}" for label, count in list(total.items())[:3])
        return {
            "headline": headline or user.env._("the connection to ANAF"),
            "url": urljoin(self.get_base_url(), "/odoo/efactura"),
            "companies": told,
        }

    def _l10n_ro_efactura_accepted(self, companies):
        """Return {company: invoices that ANAF accepted since this user's last digest, at most a week ago}."""
        since = fields.Datetime.now() - timedelta(days=7 if self.l10n_ro_efactura_digest == "weekly" else 1)
        last = self.sudo().l10n_ro_efactura_digest_at
        rows = self.env["l10n_ro_efactura.submission"]._read_group(
            [
                ("company_id", "in", companies.ids),
                ("environment", "=", "prod"),
                ("state", "=", "ok"),
                ("settled_at", ">=", max(since, last) if last else since),
            ],
            ["company_id"],
            ["__count"],
        )
        return dict(rows)


class ResConfigSettings(models.TransientModel):
    """Settings page: the way to the user's own digest."""

    _inherit = "res.config.settings"

    def action_l10n_ro_efactura_preferences(self):
        """Open the user's own preferences.

        :raise AccessError: the user may neither invoice nor read the books
        """
        check_read_spv(self)
        action = self.env["ir.actions.actions"]._for_xml_id("base.action_res_users_my")
        return {**action, "res_id": self.env.uid}
