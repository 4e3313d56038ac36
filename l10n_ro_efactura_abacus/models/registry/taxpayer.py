"""A taxpayer as ANAF's public register last described it."""

from datetime import timedelta

from odoo import api, fields, models

from ...anaf import today
from ...anaf.registry_words import city_name, street_lines
from ..parties.res_partner_sector import SECTORS, sector_in
from .taxpayer_change import FACTS, YES_NO

# Days for which a change of the VAT registration is new.
NEWS_DAYS = 60


class EfacturaTaxpayer(models.Model):
    """The last answer of the register for one CUI, for all companies: the register is public.

    Only a check writes it (`_keep`). Facts that an answer leaves out keep their last value.
    """

    _name = "l10n_ro_efactura.taxpayer"
    _inherit = ["l10n_ro_efactura.worker"]
    _description = "Taxpayer in ANAF's register"
    _rec_name = "cif"
    _order = "cif"

    cif = fields.Char(string="CIF", required=True, readonly=True)
    due = fields.Boolean(readonly=True, help="To be checked in the background")
    checked_at = fields.Datetime(string="Checked at ANAF", readonly=True)
    found = fields.Boolean(string="Known to ANAF", readonly=True)
    name = fields.Char(string="Name", readonly=True)
    trade_register = fields.Char(string="Trade Register No.", readonly=True)
    status = fields.Char(string="Registration", readonly=True)
    street = fields.Char(string="Street", readonly=True)
    street2 = fields.Char(string="Street 2", readonly=True)
    zip = fields.Char(string="ZIP", readonly=True)
    city = fields.Char(string="City", readonly=True)
    state_id = fields.Many2one("res.country.state", string="County", readonly=True)
    sector = fields.Selection(SECTORS, string="Sector", readonly=True)
    vat_payer = fields.Selection(YES_NO, string="VAT Payer", readonly=True)
    vat_since = fields.Date(string="VAT Payer Since", readonly=True)
    vat_until = fields.Date(string="VAT Payer Until", readonly=True)
    vat_periods = fields.Text(string="VAT Periods", readonly=True, help="All periods that ANAF names, oldest first")
    cash_vat = fields.Selection(YES_NO, string="VAT on Payment", readonly=True)
    cash_vat_since = fields.Date(string="VAT on Payment Since", readonly=True)
    cash_vat_until = fields.Date(string="VAT on Payment Until", readonly=True)
    inactive = fields.Selection(YES_NO, string="Inactive", readonly=True)
    inactive_since = fields.Date(string="Inactive Since", readonly=True)
    reactivated_on = fields.Date(string="Active Again Since", readonly=True)
    deregistered_on = fields.Date(string="Deregistered On", readonly=True)
    split_vat = fields.Selection(YES_NO, string="Split VAT", readonly=True)
    in_efactura = fields.Selection(YES_NO, string="RO e-Factura Register", readonly=True)
    efactura_since = fields.Date(string="In the Register Since", readonly=True)
    change_ids = fields.One2many("l10n_ro_efactura.taxpayer.change", "taxpayer_id", string="Changes", readonly=True)

    _cif_uniq = models.UniqueIndex("(cif)")
    _due_idx = models.Index("(id) WHERE due")

    @api.model
    @api.private
    def _of_cifs(self, cifs):
        """Return the taxpayers of `cifs` (digits) that were asked for, as superuser: the register is public."""
        return self.sudo().search([("cif", "in", list(cifs))])

    @api.model
    @api.private
    def _get_or_create(self, cifs):
        """Return the taxpayers of `cifs` (digits), new ones without an answer."""
        for cif in sorted(set(cifs)):  # sorted: two workers wait for each other in one direction only
            self.env.cr.execute(
                "INSERT INTO l10n_ro_efactura_taxpayer (cif, create_uid, write_uid, create_date, write_date)"
                " VALUES (%(cif)s, %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')"
                " ON CONFLICT (cif) DO NOTHING",
                {"cif": cif, "uid": self.env.uid},
            )
        return self._of_cifs(cifs)

    @api.model
    @api.private
    def _keep(self, cifs, answer):
        """Store the register's answer for `cifs`, and what changed since the last one.

        A CUI that the answer does not mention keeps what it had, and is not due any longer.

        :param cifs: list of digits that were asked for
        :param answer: RegistryAnswer
        :return: (taxpayers with an answer, their new changes)
        """
        now, answered, changes = (
            fields.Datetime.now(),
            self.browse(),
            self.env["l10n_ro_efactura.taxpayer.change"].sudo(),
        )
        counties = self._counties()
        for taxpayer in self._get_or_create(cifs):
            cif = taxpayer.cif.lstrip("0")
            values = {"due": False}
            if cif in answer.found:
                facts = self._values(answer.found[cif], counties)
                changes += taxpayer._note_changes(facts)
                values |= {**facts, "found": True, "checked_at": now}
            elif cif in answer.not_found:
                values |= {"found": False, "checked_at": now}
            taxpayer.write(values)
            if "found" in values:
                answered += taxpayer
        return answered, changes

    @api.model
    def _counties(self):
        """Return {plate code: county} of Romania."""
        romania = self.env.ref("base.ro")
        return {
            county.code: county for county in self.env["res.country.state"].search([("country_id", "=", romania.id)])
        }

    @api.model
    def _values(self, found, counties):
        """Return the values of the fields for an :class:`anaf.Taxpayer`, without those that it leaves out."""
        address, last = found.address, found.vat_periods[-1] if found.vat_periods else None
        street, street2 = street_lines(address)
        county = counties.get(address.county_code)
        values = {
            "name": found.name,
            "trade_register": found.trade_register,
            "status": found.status,
        }
        if address.city or address.street or address.number:
            bucharest = address.county_code == "B"
            values |= {
                "street": street,
                "street2": street2,
                "zip": address.zip,
                "city": city_name(address),
                "state_id": county.id if county else False,
                "sector": bucharest and (sector_in(address.city) or sector_in(address.county)),
            }
        flags = {name: getattr(found, name) for name, _label in FACTS}
        values |= {name: "yes" if flag else "no" for name, flag in flags.items() if flag is not None}
        if flags["vat_payer"] is not None:
            values |= {
                "vat_since": last and last.start,
                "vat_until": last and last.end,
                "vat_periods": "\n".join(self._period_line(period) for period in found.vat_periods),
            }
        if flags["cash_vat"] is not None:
            values |= {"cash_vat_since": found.cash_vat_since, "cash_vat_until": found.cash_vat_until}
        if flags["inactive"] is not None:
            values |= {
                "inactive_since": found.inactive_since,
                "reactivated_on": found.reactivated_on,
                "deregistered_on": found.deregistered_on,
            }
        if flags["in_efactura"] is not None:
            values["efactura_since"] = found.efactura_since
        return values

    @staticmethod
    def _period_line(period):
        """Return a period of VAT as a line: '2012-03-01 - 2020-06-01 (reason)'."""
        line = f"{period.start or '?'} - {period.end or ''}".rstrip()
        return f"{line} ({period.note})" if period.note else line

    def _note_changes(self, values):
        """Write down the facts that `values` change, and return these changes; a first answer changes nothing."""
        self.ensure_one()
        since = {
            "vat_payer": {"yes": values.get("vat_since"), "no": values.get("vat_until")},
            "cash_vat": {"yes": values.get("cash_vat_since"), "no": values.get("cash_vat_until")},
            "inactive": {"yes": values.get("inactive_since"), "no": values.get("reactivated_on")},
            "in_efactura": {"yes": values.get("efactura_since")},
        }
        return (
            self.env["l10n_ro_efactura.taxpayer.change"]
            .sudo()
            .create(
                [
                    {
                        "taxpayer_id": self.id,
                        "fact": fact,
                        "old": self[fact],
                        "new": values[fact],
                        "effective_on": since.get(fact, {}).get(values[fact]),
                    }
                    for fact, _label in FACTS
                    if self[fact] and values.get(fact) and self[fact] != values[fact]
                ]
            )
        )

    # -- what it means on a day -------------------------------------------------------------------------------------

    def _is_gone(self):
        """Return True for a firm that is inactive or deregistered now."""
        self.ensure_one()
        return self.inactive == "yes" or bool(self.deregistered_on)

    def _was_inactive(self, day):
        """Return True where the firm was inactive on `day`; the register names only the last time."""
        self.ensure_one()
        if self.inactive == "yes":
            return not self.inactive_since or self.inactive_since <= day
        return bool(self.inactive_since and self.reactivated_on and self.inactive_since <= day < self.reactivated_on)

    def _vat_news(self, day=None):
        """Return a recent change of the VAT registration as ('became' | 'ceased', its date), else (False, None).

        :param day: changes of the 60 days before this day, and later ones, are recent; today by default
        """
        self.ensure_one()
        oldest = (day or today()) - timedelta(days=NEWS_DAYS)
        if self.vat_payer == "yes" and self.vat_since and self.vat_since >= oldest:
            return "became", self.vat_since
        if self.vat_payer == "no" and self.vat_until and self.vat_until >= oldest:
            return "ceased", self.vat_until
        return False, None
