"""The connections and ANAF's health on the home: tokens, the last success, what is wrong, quotas."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import format_datetime, formatLang

from ...anaf import today
from ..calls.budget import WINDOW
from ..calls.circuit import right_key
from ..calls.lane import LISTS_A_DAY
from ..common.anaf_words import fact_words, in_words
from ..common.knobs import knob
from ..common.rights import check_system, is_system

# Colour of the badge of each state of a connection.
STATE_TONES = {"draft": "secondary", "connected": "success", "expiring": "warning", "expired": "danger"}


class EfacturaHome(models.AbstractModel):
    """The home's panel about ANAF. Whoever sees the home sees it; only administrators open a connection."""

    _inherit = "l10n_ro_efactura.home"

    @api.model
    def _connections(self, companies):
        """Return a row for each company.

        :return: [dict(company_id, company, state, label, tone, days, warning, health, health_tone, last_success,
            lists, calls, may_open)]; `warning` is what must be done about the tokens, `health` whether ANAF answers
        """
        heads = {company: company._l10n_ro_efactura_head() for company in companies}
        boxes = self.env["l10n_ro_efactura.mailbox"].sudo()
        box_of = {
            box.company_id.id: box
            for box in boxes.search(
                [("environment", "=", "prod"), ("company_id", "in", [head.id for head in heads.values()])]
            )
        }
        return [self._connection(company, box_of.get(head.id, boxes)) for company, head in heads.items()]

    @api.model
    def _connection(self, company, box):
        credential = company._l10n_ro_efactura_credential()
        state = credential.state or "draft"
        labels = dict(credential._fields["state"]._description_selection(self.env))
        warning = credential.with_env(self.env(su=True))._warning() if credential else False
        health, tone = self._health(company, credential, box)
        return {
            "company_id": company.id,
            "company": company.display_name,
            "state": state,
            "label": labels[state],
            "tone": STATE_TONES[state],
            "days": credential.refresh_days_left if state in ("connected", "expiring") else False,
            "warning": warning and warning["text"],
            "health": health,
            "health_tone": tone,
            "last_success": box.listed_until and self._moment(box.listed_until),
            "may_open": is_system(self.env),
            **self._quotas(company, credential),
        }

    @api.model
    def _health(self, company, credential, box):
        """Return (text, tone): whether ANAF answers this company's calls, and why not. A hook."""
        _ = self.env._
        if not credential or credential.state in ("draft", "expired"):
            return _("Nothing is sent or received until the company is connected."), "none"
        key = credential._gate_key()
        gates = self.env["l10n_ro_efactura.gate"].sudo()
        closed = gates.search(
            [
                ("key", "in", (key, right_key(key, company._l10n_ro_efactura_cif()))),
                ("environment", "=", "prod"),
                ("closed_until", "!=", False),
            ],
            limit=1,
        )
        if closed:
            reason = fact_words(self.env).get(closed.reason) or closed.reason or ""
            since = box.listed_until and self._moment(box.listed_until)
            if since:
                return _("ANAF does not answer since %(since)s: %(reason)s", since=since, reason=reason), "danger"
            return _("ANAF does not answer: %s", reason), "danger"
        if box.last_error:
            return _("SPV was not read: %s", in_words(self.env, box.last_error, box.last_error_code)), "warning"
        if not box.listed_until:
            return _("SPV was not read yet."), "none"
        return _("ANAF answers."), "success"

    @api.model
    def _quotas(self, company, credential):
        """Return dict(lists, calls) of texts: today's lists of the CIF, and the connection's calls of a minute."""
        if not credential:
            return {"lists": "", "calls": ""}
        cif = company._l10n_ro_efactura_cif()
        used = (
            self.env["l10n_ro_efactura.quota"]
            .sudo()
            .search([("key", "=", f"list/prod/{cif}"), ("day", "=", today())], limit=1)
        )
        calls = (
            self.env["l10n_ro_efactura.call"]
            .sudo()
            ._read_group(
                [
                    ("key", "=", credential._gate_key()),
                    ("at", ">", fields.Datetime.now() - timedelta(seconds=WINDOW)),
                ],
                [],
                ["n:sum"],
            )[0][0]
        )

        def left(cap, spent):
            return {
                "left": formatLang(self.env, max(cap - spent, 0), digits=0),
                "cap": formatLang(self.env, cap, digits=0),
            }

        return {
            "lists": self.env._(
                "%(left)s of %(cap)s readings of SPV left today", **left(knob("lists_per_day", LISTS_A_DAY), used.n)
            ),
            "calls": self.env._(
                "%(left)s of %(cap)s calls left this minute", **left(knob("calls_per_minute", 950), calls or 0)
            ),
        }

    def _moment(self, moment):
        return format_datetime(self.env, moment, dt_format="d MMM, HH:mm")


class ResCompany(models.Model):
    """A company whose connection the home opens."""

    _inherit = "res.company"

    def _l10n_ro_efactura_connection_action(self):
        """Return the action of the company's connection, or of a new one where it has none.

        :raise AccessError: the user is no administrator
        """
        self.ensure_one()
        check_system(self)
        return self._l10n_ro_efactura_credential()._get_records_action(
            name=self.env._("Connection to ANAF"), context={"default_company_id": self.id}
        )
