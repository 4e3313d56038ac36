"""Checks of taxpayers: in a click, and in the background for what was used this month."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ...anaf import AnafError, Malformed, Refused, today, valid_cui
from ...anaf.registry import MOST_CIFS
from ..common.alerts import alert, people_told
from .registry_lane import RegistryLane

_logger = logging.getLogger(__name__)
# Name of the cron that checks in the background.
CRON = ("ir_cron_check_taxpayers",)
# Hours for which an answer is fresh enough for the nightly check.
FRESH_HOURS = 20
# Minutes after which the background check tries again where the register did not answer.
RETRY_MINUTES = 30
# Seconds that one whole call of the background may take.
DEADLINE = 60.0
# Changes that are told to the people responsible, because they change how an invoice is booked.
TOLD = ("vat_payer", "inactive")


class EfacturaTaxpayer(models.Model):
    """The calls that bring answers, each for up to 100 CUIs."""

    _inherit = "l10n_ro_efactura.taxpayer"

    @api.model
    @api.private
    def _check_now(self, cifs, deadline):
        """Ask the register in this transaction, and keep its answer.

        :param cifs: at most 100, as digits
        :param deadline: seconds that the call may take
        :return: (taxpayers with an answer, their new changes)
        :raise AnafError: no answer; nothing is changed
        """
        answer = RegistryLane(self.env, deadline).taxpayers(cifs)
        return self._keep(cifs, answer)

    @api.model
    @api.private
    def _check_later(self, cifs):
        """Have the background check `cifs` (digits)."""
        self._get_or_create(cifs).write({"due": True})
        self._wake(CRON)

    @api.model
    @api.private
    def _cron_check_taxpayers(self):
        """Check the CUIs that are due, and those of this month's invoices and bills that were not checked today.

        A batch that ANAF refuses is halved down to the CUI that it does not like. Without an answer the rest waits
        for half an hour.
        """
        partners = self._used_this_month()
        due = self.sudo().search([("due", "=", True)]).mapped("cif")
        fresh = self._of_cifs(partners).filtered_domain(
            [("checked_at", ">=", fields.Datetime.now() - timedelta(hours=FRESH_HOURS))]
        )
        cifs = list(dict.fromkeys([*due, *sorted(partners.keys() - set(fresh.mapped("cif")))]))
        batches = [cifs[start : start + MOST_CIFS] for start in range(0, len(cifs), MOST_CIFS)]
        lane, left = RegistryLane(self.env, DEADLINE), len(cifs)
        self._checkpoint(remaining=left)
        while batches:
            batch = batches.pop(0)
            try:
                answer = lane.taxpayers(batch)
            except (Refused, Malformed) as error:
                if len(batch) > 1:
                    batches[:0] = [batch[: len(batch) // 2], batch[len(batch) // 2 :]]
                    continue
                _logger.warning("ANAF's register does not take CUI %s: %s", batch[0], error.code)
                self._in_fresh_transaction(self._give_up, batch)
            except AnafError as error:
                _logger.info("ANAF's register does not answer (%s): %s checks wait.", error.code, left)
                self._in_fresh_transaction(self._postpone, [cif for some in (batch, *batches) for cif in some])
                return
            else:
                self._in_fresh_transaction(self._keep_and_tell, batch, answer, partners)
            left -= len(batch)
            if self._checkpoint(len(batch), left) < DEADLINE and batches:
                return  # out of time: woken again, because something remains

    def _give_up(self, cifs):
        self._of_cifs(cifs).write({"due": False})

    def _postpone(self, cifs):
        self._get_or_create(cifs).write({"due": True})
        self._wake(CRON, fields.Datetime.now() + timedelta(minutes=RETRY_MINUTES))

    def _keep_and_tell(self, cifs, answer, partners):
        _answered, changes = self._keep(cifs, answer)
        for change in changes.filtered(lambda change: change.fact in TOLD):
            for partner, companies in partners.get(change.taxpayer_id.cif, ()):
                change._tell(partner, companies)

    @api.model
    def _used_this_month(self):
        """Return the partners of this month's invoices and bills of Romanian companies.

        :return: {CUI digits: [(commercial partner, companies)]}
        """
        self.env["account.move"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT move.commercial_partner_id, array_agg(DISTINCT move.company_id)"
                " FROM account_move move JOIN res_company company ON company.id = move.company_id"
                " WHERE move.move_type IN ('out_invoice', 'out_refund', 'in_invoice', 'in_refund')"
                " AND move.state != 'cancel' AND move.commercial_partner_id IS NOT NULL"
                " AND COALESCE(move.invoice_date, move.date) >= %s AND company.account_fiscal_country_id = %s"
                " GROUP BY move.commercial_partner_id ORDER BY move.commercial_partner_id",
                today().replace(day=1),
                self.env.ref("base.ro").id,
            )
        )
        found = {}
        partners = self.env["res.partner"].sudo().browse([partner_id for partner_id, _companies in rows])
        for partner, (_partner_id, companies) in zip(partners, rows, strict=True):
            cif = partner._l10n_ro_efactura_cui()
            if valid_cui(cif):
                found.setdefault(cif, []).append((partner, self.env["res.company"].sudo().browse(companies)))
        return found


class EfacturaTaxpayerChange(models.Model):
    """The alert about a change."""

    _inherit = "l10n_ro_efactura.taxpayer.change"

    def _tell(self, partner, companies):
        """Schedule an activity about this change on `partner` for the people responsible in `companies`."""
        self.ensure_one()

        def words(env):
            change = self.with_env(env)
            since = format_date(env, change.effective_on) if change.effective_on else ""
            summary = env._("ANAF: %(partner)s %(change)s", partner=partner.name, change=change._words())
            note = (
                env._("Since %(date)s, says ANAF's register. Compare the contact before the next invoice.", date=since)
                if since
                else env._("Noticed in ANAF's register today. Compare the contact before the next invoice.")
            )
            return summary, note

        alert(partner, "mail.mail_activity_data_warning", people_told(companies), words)
