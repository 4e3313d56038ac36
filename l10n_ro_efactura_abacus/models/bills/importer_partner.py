"""The supplier of an XML: found by CIF, or created from what the XML says."""

import re

from odoo import api, models
from odoo.addons.base.models.res_bank import sanitize_account_number
from odoo.exceptions import AccessError

from ...anaf import NO_CNP
from ..common.core import ACCOUNT_NUMBER, PLAIN_ACCOUNT_NUMBER
from ..common.rights import check_bill
from ..parties.res_partner_sector import sector_in
from .lookup import plain_vat
from .proposal import Choice

# Trade register number: J40/1234/2020 or J2020001234401.
_REGISTRATION = re.compile(r"[JFC]\s*\d[\d/.\- ]*", re.IGNORECASE)


class EfacturaImporter(models.AbstractModel):
    _inherit = "l10n_ro_efactura.importer"

    @api.private
    def _propose_partner(self, proposal):
        """Find the supplier, or propose the values of a new one."""
        lookup, seller = proposal.lookup, proposal.document.seller
        none = self.env["res.partner"]
        if seller.cif:
            found = lookup.partners.get(seller.cif.lstrip("0"), none)
        elif seller.vat:
            found = lookup.partners.get(plain_vat(seller.vat), none)
        else:
            named = lookup.named_partners.get(seller.name, none)
            found = named if len(named) == 1 else none
        partner = found[:1]
        proposal.partner = Choice(partner, "xml" if partner else "none")
        if not partner:
            proposal.partner_values = self._partner_values(proposal)
            return
        lookup.suppliers |= partner
        if not partner.active:
            proposal.warnings.append(self.env._("The contact %s is archived.", partner.display_name))
        elif len(found.filtered("active")) > 1:
            proposal.warnings.append(
                self.env._(
                    "Several contacts have the CIF of %(supplier)s: %(names)s. The first is used.",
                    supplier=seller.name,
                    names=", ".join(found.filtered("active").mapped("display_name")),
                )
            )

    @api.private
    def _partner_values(self, proposal):
        """Return the values of the contact to create; `acc_numbers` are its bank accounts (no field of res.partner)."""
        seller = proposal.document.seller
        countries, states = proposal.lookup.places
        code = (seller.country or "RO").upper()
        country = countries.get(code) or countries["RO"]
        county = seller.county.upper()
        state = states.get((code, county.removeprefix(f"{code}-")), self.env["res.country.state"])
        values = {
            "name": seller.name or seller.trading_name or seller.cif or seller.vat,
            "is_company": len(seller.cif) != 13,
            "street": seller.street or False,
            "street2": seller.street2 or False,
            "city": seller.city or False,
            "zip": seller.postcode or False,
            "country_id": country.id,
            "state_id": state.id,
            "phone": seller.phone or False,
            "email": seller.email or False,
            "supplier_rank": 1,
        }
        if len(seller.cif) == 13:  # a private person, found by the CNP next time
            values["vat"] = seller.cif if seller.cif != NO_CNP else False
        elif seller.cif:
            payer = any(plain_vat(text).startswith("RO") for text in (seller.vat, seller.tax_registration))
            values["vat"] = f"RO{seller.cif}" if payer else seller.cif
        else:
            values["vat"] = plain_vat(seller.vat) or False
        # BT-30 often repeats the CIF, and the number of the trade register stands in BT-33
        registration = _REGISTRATION.match(seller.registration) or _REGISTRATION.match(seller.legal_form)
        if "nrc" in self.env["res.partner"] and registration:
            values["nrc"] = registration[0].strip(" .-")
        if country.code == "RO" and self.env["res.lang"]._get_data(code="ro_RO"):
            values["lang"] = "ro_RO"
        if state and state.id == self.env["res.partner"]._l10n_ro_efactura_bucharest():
            sector = sector_in(seller.city) or sector_in(" ".join((seller.street, seller.street2)), short=False)
            values |= {"city": "București", "l10n_ro_efactura_sector": sector}
        return {**values, "acc_numbers": self._ibans(proposal)}

    @api.private
    def _ibans(self, proposal):
        """Return the accounts in the XML that belong to the supplier itself."""
        document = proposal.document
        if document.payee and document.payee.name and document.payee.name != document.seller.name:
            return []
        return list(dict.fromkeys(filter(None, map(sanitize_account_number, document.ibans))))

    @api.private
    def _create_partner(self, proposal):
        """Create the supplier of `proposal`; importing is the only right that is needed.

        :return: the contact, not as superuser
        """
        check_bill(self)
        if not self.env.su and proposal.company not in self.env.user.company_ids:
            raise AccessError(self.env._("%s is not one of your companies.", proposal.company.sudo().name))
        seller = proposal.document.seller
        self.env["l10n_ro_efactura.supplier.claim"]._take(seller.cif or plain_vat(seller.vat) or seller.name)
        values = dict(proposal.partner_values)
        accounts = values.pop("acc_numbers", [])
        Partner = (
            self.env["res.partner"]
            .sudo()
            .with_company(proposal.company)
            .with_context(
                no_vat_validation=True, mail_create_nolog=True, mail_create_nosubscribe=True, tracking_disable=True
            )
        )
        partner = Partner.create(values)
        taken = (
            self.env["res.partner.bank"]
            .sudo()
            .with_context(active_test=False)
            .search([(PLAIN_ACCOUNT_NUMBER, "in", accounts)])
            .mapped(PLAIN_ACCOUNT_NUMBER)
        )
        self.env["res.partner.bank"].sudo().create(
            [
                {"partner_id": partner.id, ACCOUNT_NUMBER: number, "company_id": False}
                for number in accounts
                if number not in taken
            ]
        )
        package = proposal.message.anaf_id if proposal.message else self.env._("an uploaded file")
        partner._message_log(
            body=self.env._(
                "Created by %(user)s from the e-Factura %(number)s (%(package)s).",
                user=self.env.user.name,
                number=proposal.document.facts.number,
                package=package,
            )
        )
        return partner.sudo(self.env.su).with_context(self.env.context)

    @api.private
    def _propose_bank(self, proposal):
        """Propose the supplier's account that the XML asks to be paid to; warn about an unknown one (fraud)."""
        partner = proposal.partner.value
        wanted = self._ibans(proposal)
        if not partner or not wanted:
            return
        known = {bank[PLAIN_ACCOUNT_NUMBER]: bank for bank in partner.sudo().bank_ids}
        found = next((known[number] for number in wanted if number in known), None)
        if found:
            proposal.extra["partner_bank_id"] = found.id
        elif known:
            proposal.warnings.append(
                self.env._(
                    "The account %(iban)s is none of the known accounts of %(supplier)s: ask before paying.",
                    iban=wanted[0],
                    supplier=partner.name,
                )
            )
