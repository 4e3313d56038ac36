"""The home of the app: what is to be done about sent and received invoices, each number with its list."""

from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Date, Datetime, Domain
from odoo.tools.misc import format_amount, format_date

from ...anaf import today
from ..common.rights import check_read_spv, may_bill
from ..inbox.message_loss import ALERT_DAYS

# The cards of each part of the home, in the order in which they stand there.
SENT = ("to_send", "late", "nok", "missing", "uncertain", "in_work", "ok_today")
RECEIVED = ("to_import", "unpaired", "leaving", "vat_at_risk")
# Colour of a card that counts something.
TONES = {
    "to_send": "warning",
    "late": "danger",
    "nok": "danger",
    "missing": "danger",
    "uncertain": "warning",
    "in_work": "info",
    "ok_today": "success",
    "to_import": "warning",
    "unpaired": "warning",
    "leaving": "danger",
    "vat_at_risk": "danger",
}
# Weeks of the graph, the current one included.
WEEKS = 8


class EfacturaHome(models.AbstractModel):
    """The numbers of the home, counted as the user may see them, in all companies that are ticked in the switcher."""

    _name = "l10n_ro_efactura.home"
    _description = "e-Factura home"

    @api.model
    def get_home(self):
        """Return everything that the home shows.

        :return: dict(parts=[dict(name, label, cards)], companies=[dict(id, name, counts)], weeks=[dict(label, sent,
            received)], connections=[dict], may_bill=bool); a card is dict(key, label, count, tone, hints)
        :raise AccessError: the user may neither invoice nor read the books
        """
        check_read_spv(self)
        companies = self._companies()
        counts = self._counts(companies)
        return {
            "parts": self._parts(companies, counts),
            "companies": [
                {"id": company.id, "name": company.display_name, "counts": counts[company.id]} for company in companies
            ],
            "weeks": self._weeks(companies),
            "connections": self._connections(companies),
            "may_bill": may_bill(self.env),
        }

    @api.model
    def open_list(self, key, company_id=None):
        """Return the action that opens what `key` counts.

        :param key: of a card, or 'connection'
        :param company_id: only this company's; all of the home by default
        :raise AccessError: as `get_home`, or a company that is not on the user's home
        """
        check_read_spv(self)
        companies = self._companies()
        if company_id:
            companies = companies.filtered(lambda company: company.id == company_id)
        if not companies:
            raise AccessError(self.env._("Choose the company first."))
        if key == "connection":
            return companies[0]._l10n_ro_efactura_connection_action()
        if key in SENT:
            return self.env["account.move"]._l10n_ro_efactura_sending_action(key, companies)
        if key == "vat_at_risk":
            found = self._verifications(companies)
            return found._get_records_action(name=self._labels()[key])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "l10n_ro_efactura_abacus.l10n_ro_efactura_message_action_received"
        )
        action.pop("path", None)  # the address of another list
        return {
            **action,
            "name": self._labels()[key],
            "domain": list(self._received_domain(key, companies)),
            "context": {"create": False},
        }

    # -- the numbers -----------------------------------------------------------------------------------------

    @api.model
    def _companies(self):
        """Return the Romanian companies among those that the user has ticked."""
        return self.env.companies.filtered(lambda company: company.account_fiscal_country_id.code == "RO")

    @api.model
    def _counts(self, companies):
        """Return {company id: {key: int}} of all cards; of `vat_at_risk` the number of bills."""
        counts = companies._l10n_ro_efactura_sending_counts()
        for key in RECEIVED[:3]:
            rows = self.env["l10n_ro_efactura.message"]._read_group(
                self._received_domain(key, companies), ["company_id"], ["__count"]
            )
            found = {company.id: count for company, count in rows}
            for company in companies:
                counts[company.id][key] = found.get(company.id, 0)
        risks = self._vat_at_risk(companies)
        for company in companies:
            counts[company.id]["vat_at_risk"] = risks.get(company, (0, 0.0))[0]
        return counts

    @api.model
    def _received_domain(self, key, companies):
        """Return the domain of the SPV messages that `key` counts.

        ========= ==========================================================================================
        to_import invoices of suppliers without a bill, dated since the company uses e-Factura
        unpaired  packages of sent invoices that belong to no invoice here: sent by another program, or not matched
        leaving   not downloaded, and deleted by ANAF within `ALERT_DAYS` days
        ========= ==========================================================================================
        """
        if key == "to_import":
            return Domain.OR(company._l10n_ro_efactura_to_import_domain() for company in companies)
        domain = Domain("company_id", "in", companies.ids) & Domain("environment", "=", "prod")
        if key == "unpaired":
            return domain & Domain([("kind", "=", "sent"), ("move_id", "=", False), ("archive_state", "!=", "gone")])
        if key == "leaving":
            return domain & Domain(
                [("archive_state", "=", "listed"), ("expires_on", "<=", today() + timedelta(days=ALERT_DAYS))]
            )
        raise ValueError(key)

    @api.model
    def _verifications(self, companies):
        """Return the last verification of each company."""
        verifications = self.env["l10n_ro_efactura.verification"]
        return verifications.concat(
            *(
                verifications.search([("company_id", "=", company.id)], order="date_to DESC, id DESC", limit=1)
                for company in companies
            )
        )

    @api.model
    def _vat_at_risk(self, companies):
        """Return {company: (bills, lei)}: VAT deducted without an XML, as the last verification of each found it."""
        rows = self.env["l10n_ro_efactura.verification.line"]._read_group(
            [
                ("verification_id", "in", self._verifications(companies).ids),
                ("section", "=", "book_only"),
                ("done", "=", False),
            ],
            ["verification_id"],
            ["__count", "vat_company:sum"],
        )
        return {verification.company_id: (count, vat) for verification, count, vat in rows}

    # -- what is shown ----------------------------------------------------------------------------------------

    @api.model
    def _labels(self):
        _ = self.env._
        return {
            "to_send": _("To send"),
            "late": _("Late"),
            "nok": _("Rejected (Nok)"),
            "missing": _("Missing data"),
            "uncertain": _("Unconfirmed"),
            "in_work": _("On the way"),
            "ok_today": _("Ok today"),
            "to_import": _("To import"),
            "unpaired": _("Sent, without an invoice here"),
            "leaving": _("Leaving SPV"),
            "vat_at_risk": _("VAT without an XML"),
        }

    @api.model
    def _parts(self, companies, counts):
        """Return the parts of the home with their cards."""
        labels, hints = self._labels(), self._hints(companies)
        titles = {"sent": self.env._("Sent"), "received": self.env._("Received")}
        parts = []
        for name, keys in (("sent", SENT), ("received", RECEIVED)):
            cards = []
            for key in keys:
                count = sum(counts[company.id][key] for company in companies)
                lines = hints.get(key, []) if count else []
                tone = TONES[key] if count else "none"
                cards.append({"key": key, "label": labels[key], "count": count, "tone": tone, "hints": lines})
            parts.append({"name": name, "label": titles[name], "cards": cards})
        return parts

    @api.model
    def _hints(self, companies):
        """Return {key: texts under the number}: amounts, the oldest date, days left."""
        _ = self.env._
        moves, messages = self.env["account.move"], self.env["l10n_ro_efactura.message"]
        to_send = moves._l10n_ro_efactura_sending_domain("to_send") & Domain("company_id", "in", companies.ids)
        ((amount, oldest),) = moves._read_group(to_send, [], ["amount_total_signed:sum", "invoice_date:min"])
        hints = {}
        if oldest:
            deadline = moves.search(to_send, order="invoice_date, id", limit=1).l10n_ro_efactura_deadline
            left = (deadline - today()).days if deadline else 0
            hints["to_send"] = [
                *([format_amount(self.env, amount, companies.currency_id)] if len(companies.currency_id) == 1 else []),
                _("oldest of %s", format_date(self.env, oldest)),
                _("%s days late", -left) if left < 0 else _("%s days left", left) if left else _("last day today"),
            ]
        ((first,),) = messages._read_group(self._received_domain("to_import", companies), [], ["listed_at:min"])
        if first:
            hints["to_import"] = [_("oldest of %s", format_date(self.env, first))]
        ((day,),) = messages._read_group(self._received_domain("leaving", companies), [], ["expires_on:min"])
        if day:
            hints["leaving"] = [_("ANAF deletes the first on %s", format_date(self.env, day))]
        if risks := self._vat_at_risk(companies):
            vat = sum(lei for _count, lei in risks.values())
            hints["vat_at_risk"] = [_("%s deducted", format_amount(self.env, vat, companies[:1].currency_id))]
        return hints

    @api.model
    def _weeks(self, companies):
        """Return the graph: for each of the last `WEEKS` weeks the invoices that SPV lists as sent and received."""
        monday = today() - timedelta(days=today().weekday())
        starts = [monday - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
        weeks = {
            start: {"label": format_date(self.env, start, date_format="d MMM"), "sent": 0, "received": 0}
            for start in starts
        }
        rows = self.env["l10n_ro_efactura.message"]._read_group(
            [
                ("company_id", "in", companies.ids),
                ("environment", "=", "prod"),
                ("kind", "in", ("sent", "received")),
                ("listed_at", ">=", Datetime.to_datetime(starts[0])),
            ],
            ["listed_at:day", "kind"],
            ["__count"],
        )
        for day, kind, count in rows:
            day = Date.to_date(day)
            start = day - timedelta(days=day.weekday())
            if start in weeks:
                weeks[start][kind] += count
        return list(weeks.values())

    @api.model
    def _tone(self, key):
        """Return the colour of a number that is not 0: 'danger', 'warning', 'info' or 'success'."""
        return TONES[key]
