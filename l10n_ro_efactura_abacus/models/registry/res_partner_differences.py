"""Where a contact differs from ANAF's register, field by field, and taking over what the register says."""

from markupsafe import Markup
from odoo import models
from odoo.exceptions import UserError

from ...anaf.registry_words import same_name, same_place, same_street
from ..common.core import registry_number, registry_values
from ..parties.res_partner_sector import sector_in


class ResPartner(models.Model):
    """The comparison of a contact with the register's last answer."""

    _inherit = "res.partner"

    def _l10n_ro_efactura_differences(self):
        """Compare this contact with the register. What the register does not say is no difference.

        :return: list of {`name`, `label`, `ours`, `theirs`}: texts for users; `name` is the key to take it over by
        """
        self.ensure_one()
        taxpayer = self.l10n_ro_efactura_taxpayer_id
        if not taxpayer.found:
            return []
        _ = self.env._
        labels = {
            "name": _("Name"),
            "vat": _("Tax ID"),
            "nrc": _("Trade Register No."),
            "street": _("Street"),
            "city": _("City"),
            "state": _("County"),
            "sector": _("Sector"),
            "zip": _("ZIP"),
        }
        found = self._l10n_ro_efactura_compare(taxpayer)
        return [
            {"name": name, "label": label, "ours": found[name][0], "theirs": found[name][1]}
            for name, label in labels.items()
            if name in found
        ]

    def _l10n_ro_efactura_compare(self, taxpayer):
        """Return {key: (our text, the register's text)} of what differs."""
        street = " ".join(filter(None, [self.street, self.street2]))
        theirs = (taxpayer.street or "", taxpayer.street2 or "")
        city = (self.city or "").strip()
        same_city = same_place(city, taxpayer.city or "") or (
            taxpayer.sector and sector_in(city) == taxpayer.sector  # "SECTOR 2" is how e-Factura names the city
        )
        sector = self.l10n_ro_efactura_sector if self.state_id == taxpayer.state_id else False
        ours, vat = self._l10n_ro_efactura_tax_id(), self._l10n_ro_efactura_registered_tax_id(taxpayer)
        rows = {
            "name": (self.name, taxpayer.name, taxpayer.name and not same_name(self.name or "", taxpayer.name)),
            "vat": (ours, vat, vat and (ours.upper().startswith("RO") != vat.startswith("RO"))),
            "nrc": (
                self.nrc,
                taxpayer.trade_register,
                taxpayer.trade_register
                and (self.nrc or "").replace(" ", "").upper() != taxpayer.trade_register.replace(" ", "").upper(),
            ),
            "street": (street, ", ".join(filter(None, theirs)), theirs[0] and not same_street(street, theirs)),
            "city": (city, taxpayer.city, taxpayer.city and not same_city),
            "state": (
                self.state_id.name,
                taxpayer.state_id.name,
                taxpayer.state_id and self.state_id != taxpayer.state_id,
            ),
            "sector": (sector, taxpayer.sector, taxpayer.sector and sector != taxpayer.sector),
            "zip": (self.zip, taxpayer.zip, taxpayer.zip and (self.zip or "").replace(" ", "") != taxpayer.zip),
        }
        return {name: (mine or "", other or "") for name, (mine, other, differs) in rows.items() if differs}

    def _l10n_ro_efactura_tax_id(self):
        """Return the number that says whether the contact is a VAT payer: with RO where Tax ID or Company ID has it."""
        return self._l10n_ro_efactura_vat() or self._l10n_ro_efactura_cui()

    def _l10n_ro_efactura_registered_tax_id(self, taxpayer):
        """Return the Tax ID by the register: "RO" and the CUI of a VAT payer, else the CUI; '' where it is not said."""
        cui = self._l10n_ro_efactura_cui()
        return {"yes": f"RO{cui}", "no": cui}.get(taxpayer.vat_payer, "")

    def action_l10n_ro_efactura_take_over(self, names=None):
        """Write what the register says into this contact, and log what it replaces.

        :param names: keys of differences; all of them by default
        :raise AccessError: the user may not write this contact
        :raise UserError: nothing is left to take over
        """
        self.ensure_one()
        self.check_access("write")
        taxpayer = self.l10n_ro_efactura_taxpayer_id
        rows = [row for row in self._l10n_ro_efactura_differences() if names is None or row["name"] in names]
        if not rows:
            raise UserError(self.env._("The contact already says what ANAF's register says. Reload the page."))
        values = {}
        for row in rows:
            values |= self._l10n_ro_efactura_values_of(row["name"], taxpayer)
        self.write(values)
        items = Markup("").join(
            Markup("<li>%s: %s → %s</li>") % (row["label"], row["ours"] or "—", row["theirs"]) for row in rows
        )
        self.message_post(
            body=Markup("<p>%s</p><ul>%s</ul>") % (self.env._("Taken over from ANAF's register of taxpayers:"), items)
        )
        return True

    def _l10n_ro_efactura_values_of(self, name, taxpayer):
        """Return the values to write for the difference `name`."""
        romania = {} if self.country_id else {"country_id": self.env.ref("base.ro").id}
        if name == "vat":
            number = self._l10n_ro_efactura_registered_tax_id(taxpayer)
            values = {"vat": number}
            if registry_number(self).upper().startswith("RO"):
                values |= registry_values(self._l10n_ro_efactura_cui())
            return values
        return {
            "name": {"name": taxpayer.name},
            "nrc": {"nrc": taxpayer.trade_register},
            "street": {"street": taxpayer.street, "street2": taxpayer.street2},
            "city": {"city": taxpayer.city, "l10n_ro_efactura_sector": taxpayer.sector or self.l10n_ro_efactura_sector},
            "state": {"state_id": taxpayer.state_id.id, "l10n_ro_efactura_sector": taxpayer.sector, **romania},
            "sector": {"state_id": taxpayer.state_id.id, "l10n_ro_efactura_sector": taxpayer.sector, **romania},
            "zip": {"zip": taxpayer.zip},
        }[name]
