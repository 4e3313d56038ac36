"""How many invoices are to be sent, late, nok, uncertain and so on: the numbers of a home page, and their lists."""

from datetime import UTC, datetime, time

from odoo import fields, models
from odoo.fields import Domain

from ...anaf import BUCHAREST, today
from ..calls.outgoing import FAILED, ON_THE_WAY

# What is counted, most urgent first.
KEYS = ("late", "nok", "missing", "uncertain", "to_send", "in_work", "ok_today")


class AccountMove(models.Model):
    """An invoice, with the domain of each counted list of sending."""

    _inherit = "account.move"

    def _l10n_ro_efactura_sending_domain(self, key):
        """Return the domain of the posted entries that `key` counts, in all companies of the user.

        ========= ============================================================================
        to_send   due, and not at ANAF: never sent, nok or refused
        late      due, not reported, and the last day to send it has passed
        nok       nok or refused in production
        uncertain ANAF's answer was lost, and the invoice is looked for in SPV
        missing   due, and not sent because of missing data
        in_work   queued, being sent or in processing in production
        ok_today  Ok in production since midnight, Bucharest time
        ========= ============================================================================

        :param key: one of `KEYS`
        :return: Domain over account.move; it may be put into an action as a list
        """
        posted = Domain("state", "=", "posted")
        if key == "to_send":
            return posted & Domain("l10n_ro_efactura_to_send", "=", True)
        if key == "late":
            return posted & Domain("l10n_ro_efactura_late", "=", True)
        if key == "nok":
            return posted & Domain("l10n_ro_efactura_state", "in", list(FAILED))
        if key == "uncertain":
            return posted & Domain("l10n_ro_efactura_state", "=", "uncertain")
        if key == "missing":
            return (
                posted & Domain("l10n_ro_efactura_missing", "!=", False) & Domain("l10n_ro_efactura_to_send", "=", True)
            )
        if key == "in_work":
            return posted & Domain("l10n_ro_efactura_state", "in", list(ON_THE_WAY))
        if key == "ok_today":
            midnight = datetime.combine(today(), time(), BUCHAREST).astimezone(UTC).replace(tzinfo=None)
            settled = (
                Domain("environment", "=", "prod")
                & Domain("state", "=", "ok")
                & Domain("settled_at", ">=", fields.Datetime.to_string(midnight))
            )
            return (
                posted
                & Domain("l10n_ro_efactura_state", "=", "ok")
                & Domain("l10n_ro_efactura_submission_ids", "any", list(settled))
            )
        raise ValueError(key)

    def _l10n_ro_efactura_sending_action(self, key, companies=None):
        """Return the window action of the list that `key` counts.

        :param key: one of `KEYS`
        :param companies: only their invoices; all companies of the user by default
        :return: dict of an act_window on account.move
        """
        _ = self.env._
        domain = self._l10n_ro_efactura_sending_domain(key)
        if companies:
            domain &= Domain("company_id", "in", companies.ids)
        action = self.env["ir.actions.actions"]._for_xml_id("l10n_ro_efactura_abacus.account_move_action_to_send")
        action.pop("path", None)  # the address of another list
        return {
            **action,
            "name": {
                "to_send": _("Invoices to Send"),
                "late": _("Late for e-Factura"),
                "nok": _("Rejected by ANAF"),
                "uncertain": _("Unconfirmed by ANAF"),
                "missing": _("Missing Data for e-Factura"),
                "in_work": _("On the Way to ANAF"),
                "ok_today": _("Accepted by ANAF Today"),
            }[key],
            "domain": list(domain),
            "context": {"default_move_type": "out_invoice", "create": False},
            "help": False,
        }


class ResCompany(models.Model):
    """A company whose invoices are counted by what sending still wants of them."""

    _inherit = "res.company"

    def _l10n_ro_efactura_sending_counts(self):
        """Count the invoices of each company, as the user may see them; a query for each key.

        :return: {company id: {key of `KEYS`: int}}; all keys are there, also where the count is 0
        """
        counts = {company.id: dict.fromkeys(KEYS, 0) for company in self}
        moves = self.env["account.move"].with_context(allowed_company_ids=self.ids)
        for key in KEYS:
            domain = moves._l10n_ro_efactura_sending_domain(key) & Domain("company_id", "in", self.ids)
            for company, count in moves._read_group(domain, ["company_id"], ["__count"]):
                counts[company.id][key] = count
        return counts
