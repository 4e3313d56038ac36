"""The sector of Bucharest in a contact's address: read from texts, proposed, and required before use."""

import re

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import remove_accents
from odoo.tools.sql import column_exists, create_column

from ..common.actions import notification, soft_reload

# Values and labels of the sector fields, '1' to '6'.
SECTORS = [(str(number), f"Sector {number}") for number in range(1, 7)]
# Numerals of a sector in words or Roman digits, without diacritics: its number.
_NUMERALS = {
    "I": "1",
    "II": "2",
    "III": "3",
    "IV": "4",
    "V": "5",
    "VI": "6",
    "UNU": "1",
    "INTAI": "1",
    "DOI": "2",
    "TREI": "3",
    "PATRU": "4",
    "CINCI": "5",
    "SASE": "6",
}
# Pattern of one sector's number, and of what joins two of them.
_ONE = rf"(?:[0-9]{{1,2}}|{'|'.join(sorted(_NUMERALS, key=len, reverse=True))})(?![A-Z0-9])"
_AND = r"\s*(?:[-/+,&]|\bSI\b)\s*"
# Matches "Sector 2", "SECTORUL4", "Sect. III", "Sec.1", "sector nr. 5", and several in a row: "Sector 2-3".
_NAMED = re.compile(
    rf"(?<![A-Z])SEC(?:T(?:OR(?:UL(?:UI)?)?)?)?(?![A-Z])[\W_]*(?:(?:NR|NO)(?![A-Z])[\W_]*)?({_ONE}(?:{_AND}{_ONE})*)"
)
# Matches "S5" and "S. 5", for cities only: in a street it names a block of flats.
_SHORT = re.compile(r"(?<![A-Z0-9])S\.?\s?([0-9]+)(?![A-Z0-9])")
# Contacts that an error message names at most.
_NAMED_AT_MOST = 10


def sector_in(text, short=True):
    """Return the sector of Bucharest that `text` names, ``'1'``..``'6'``; False when it names none, or several.

    :param text: e.g. ``'București, Sector 2'``, ``'SECTOR 3'``, ``'Sectorul IV'``
    :param short: True also reads ``'Bucuresti S5'``
    """
    plain = remove_accents(text or "").upper()
    named = [word for match in _NAMED.findall(plain) for word in re.findall(_ONE, match)]
    found = {_NUMERALS.get(word, word) for word in named or (short and _SHORT.findall(plain)) or ()}
    sector = found.pop() if len(found) == 1 else ""
    return sector if sector in dict(SECTORS) else False


class ResPartner(models.Model):
    """A contact with its sector, which ANAF requires in every address of Bucharest (BR-RO-100, BR-RO-202)."""

    _inherit = "res.partner"

    l10n_ro_efactura_sector = fields.Selection(
        SECTORS,
        string="Sector",
        compute="_compute_l10n_ro_efactura_sector",
        store=True,
        readonly=False,
        precompute=True,
        help="The sector of Bucharest. What the city's text says is filled in by itself.",
    )
    l10n_ro_efactura_is_bucharest = fields.Boolean("In Bucharest", compute="_compute_l10n_ro_efactura_is_bucharest")
    l10n_ro_efactura_sector_guess = fields.Selection(
        SECTORS, string="Proposal", compute="_compute_l10n_ro_efactura_sector_guess"
    )
    l10n_ro_efactura_sector_source = fields.Selection(
        [("city", "City"), ("street", "Street"), ("zip", "Postal code")],
        string="Read From",
        compute="_compute_l10n_ro_efactura_sector_guess",
    )

    def _auto_init(self):
        # EXTENDS 'base': create the column here, so that Odoo does not compute it for every existing contact
        new = not column_exists(self.env.cr, self._table, "l10n_ro_efactura_sector")
        if new:
            create_column(self.env.cr, self._table, "l10n_ro_efactura_sector", "varchar")
        result = super()._auto_init()
        if new:
            self._l10n_ro_efactura_fill_sectors()
        return result

    @api.model
    def _l10n_ro_efactura_fill_sectors(self):
        """Set the sector of existing contacts from their city, by one UPDATE for each distinct city."""
        cr, bucharest = self.env.cr, self._l10n_ro_efactura_bucharest()
        cr.execute(
            "SELECT DISTINCT city FROM res_partner WHERE state_id = %s AND l10n_ro_efactura_sector IS NULL", [bucharest]
        )
        for [city] in cr.fetchall():
            if sector := sector_in(city):
                cr.execute(
                    "UPDATE res_partner SET l10n_ro_efactura_sector = %s WHERE state_id = %s AND city = %s"
                    " AND l10n_ro_efactura_sector IS NULL",
                    [sector, bucharest, city],
                )
        self.invalidate_model(["l10n_ro_efactura_sector"])

    # -------------------------------------------------------------------------
    # THE FIELD
    # -------------------------------------------------------------------------

    @api.model
    def _l10n_ro_efactura_bucharest(self):
        """Return the id of county B (Bucharest), or False."""
        return self.env["ir.model.data"]._xmlid_to_res_id("base.RO_B", raise_if_not_found=False)

    @api.depends("city", "state_id")
    def _compute_l10n_ro_efactura_sector(self):
        """Set the sector that the city names; where it names none, keep the chosen one."""
        bucharest = self._l10n_ro_efactura_bucharest()
        for partner in self:
            inside = partner.state_id.id == bucharest
            partner.l10n_ro_efactura_sector = inside and (sector_in(partner.city) or partner.l10n_ro_efactura_sector)

    @api.depends("state_id")
    def _compute_l10n_ro_efactura_is_bucharest(self):
        bucharest = self._l10n_ro_efactura_bucharest()
        for partner in self:
            partner.l10n_ro_efactura_is_bucharest = bool(bucharest) and partner.state_id.id == bucharest

    @api.depends("city", "street", "street2", "zip", "state_id")
    def _compute_l10n_ro_efactura_sector_guess(self):
        for partner in self:
            sector, source = partner._l10n_ro_efactura_read_sector()
            partner.l10n_ro_efactura_sector_guess = sector
            partner.l10n_ro_efactura_sector_source = source

    @api.model
    def _address_fields(self):
        # EXTENDS 'base': contacts that share their company's address share its sector
        return [*super()._address_fields(), "l10n_ro_efactura_sector"]

    # -------------------------------------------------------------------------
    # READING AND WRITING
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_sector_proposal(self):
        """Return the sector that the city names, or False."""
        self.ensure_one()
        return self.l10n_ro_efactura_is_bucharest and sector_in(self.city)

    def _l10n_ro_efactura_read_sector(self):
        """Read the sector from the city, else the street, else the postal code (01.... is sector 1).

        Only the city's is filled in automatically. Street and postal code that differ give no proposal.

        :return: (sector, 'city' | 'street' | 'zip'), or (False, False)
        """
        if sector := self._l10n_ro_efactura_sector_proposal():
            return sector, "city"
        if not self.l10n_ro_efactura_is_bucharest:
            return False, False
        street = sector_in(" / ".join(filter(None, [self.street, self.street2])), short=False)
        code = re.fullmatch(r"0([1-6])\d{4}", (self.zip or "").replace(" ", ""))
        if street and code and street != code[1]:
            return False, False
        return (street, "street") if street else (code[1], "zip") if code else (False, False)

    def _l10n_ro_efactura_city_name(self):
        """Return the city as an e-invoice names it (BT-37, 52, 66, 77): SECTORn in Bucharest, else as typed."""
        self.ensure_one()
        if self.l10n_ro_efactura_is_bucharest and self.l10n_ro_efactura_sector:
            return f"SECTOR{self.l10n_ro_efactura_sector}"
        return self.city or ""

    def action_l10n_ro_efactura_apply_sectors(self):
        """Apply the proposed sectors to the selected contacts, or to all without a sector when none is selected."""
        self.check_access("write")
        partners = self or self.search(self._l10n_ro_efactura_no_sector_domain())
        proposed = partners.filtered(
            lambda partner: not partner.l10n_ro_efactura_sector and partner.l10n_ro_efactura_sector_guess
        )
        for sector, some in proposed.grouped("l10n_ro_efactura_sector_guess").items():
            some.write({"l10n_ro_efactura_sector": sector})
        left = len(partners - proposed)
        return notification(
            self.env._(
                "%(done)s contacts have their sector now, %(left)s are still to be filled in.",
                done=len(proposed),
                left=left,
            ),
            "success" if proposed else "info",
            then=soft_reload(),
        )

    @api.model
    def _l10n_ro_efactura_no_sector_domain(self):
        """Return the domain of contacts in Bucharest without a sector, except those that share a parent's address."""
        bucharest = self._l10n_ro_efactura_bucharest()
        return [
            ("state_id", "=", bucharest),
            ("l10n_ro_efactura_sector", "=", False),
            "|",
            "|",
            ("parent_id", "=", False),
            ("type", "!=", "contact"),
            ("parent_id.state_id", "!=", bucharest),
        ]

    # -------------------------------------------------------------------------
    # CHECK BEFORE USE
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_check_sector(self):
        """Check that every address in Bucharest has a sector.

        :raise RedirectWarning: names those without, and its button opens them; a UserError where no user can click
        """
        bucharest = self._l10n_ro_efactura_bucharest()
        lacking = self.sudo().filtered(
            lambda partner: partner.state_id.id == bucharest and not partner.l10n_ro_efactura_sector
        )
        if not bucharest or not lacking:
            return
        names = ", ".join(lacking[:_NAMED_AT_MOST].mapped("display_name")).replace("\n", " ")
        if len(lacking) > _NAMED_AT_MOST:
            names = self.env._("%(names)s and %(more)s more", names=names, more=len(lacking) - _NAMED_AT_MOST)
        message = self.env._(
            "ANAF takes no address in Bucharest without its sector. Choose the sector (1-6) of: %(names)s.", names=names
        )
        context = self.env.context
        if context.get("l10n_ro_efactura_no_dialog") or context.get("cron_id") or not self.env.user._is_internal():
            raise UserError(message)  # no internal user is there to click
        raise RedirectWarning(message, lacking._l10n_ro_efactura_open_action(), self.env._("Choose the sector"))

    def _l10n_ro_efactura_open_action(self):
        """Return the action that opens the contact's form or, for several, the list for filling in sectors."""
        if len(self) == 1:
            return self._get_records_action(name=self.env._("Contact"), context={})
        action = self.env["ir.actions.act_window"]._for_xml_id("l10n_ro_efactura_abacus.res_partner_action_no_sector")
        return {**action, "domain": [("id", "in", self.ids)]}
