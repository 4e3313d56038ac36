"""Seller (BG-4), buyer (BG-7), tax representative (BG-11) and delivery (BG-13) of the Document of an invoice."""

from odoo import models

from ...anaf import Address, Delivery, Party
from .texts import cut, plain

#: by role: street, its continuation, the line after, city, postal code
ADDRESS_BT = {
    "supplier": ("BT-35", "BT-36", "BT-162", "BT-37", "BT-38"),
    "customer": ("BT-50", "BT-51", "BT-163", "BT-52", "BT-53"),
    "representative": ("BT-64", "BT-65", "BT-164", "BT-66", "BT-67"),
    "delivery": ("BT-75", "BT-76", "BT-165", "BT-77", "BT-78"),
}
NAME_BT = {"supplier": "BT-27", "customer": "BT-44"}
CONTACT_BT = {"supplier": ("BT-41", "BT-42", "BT-43"), "customer": ("BT-56", "BT-57", "BT-58")}
TRADE_REGISTER = "Nr. reg. com.: "


class AccountMove(models.Model):
    _inherit = "account.move"

    def _l10n_ro_efactura_document_parties(self, build):
        """Return `seller`, `buyer`, `tax_representative` and `delivery` of a Document."""
        ours, other = self._l10n_ro_efactura_own_contact(), self.partner_id
        seller, buyer = (other, ours) if build.purchase else (ours, other)
        return {
            "seller": self._l10n_ro_efactura_party(build, "supplier", seller),
            "buyer": self._l10n_ro_efactura_party(build, "customer", buyer),
            "tax_representative": self._l10n_ro_efactura_representative_party(build),
            "delivery": self._l10n_ro_efactura_delivery(build),
        }

    def _l10n_ro_efactura_party(self, build, role, partner):
        """Return the Party of `partner`: the firm's name and numbers, the contact's address where it has one.

        :param role: 'supplier' or 'customer'
        """
        firm = partner.commercial_partner_id
        if not partner.street:
            partner = firm
        name = build.fit(NAME_BT[role], firm, firm.name, 200, "Denumire")
        if role == "customer":
            (vat, legal_id), legal_form = build.buyer_ids, ""
        else:
            vat, register = build.seller_vat, plain(firm.nrc)
            legal_id = register if vat and register else build.seller_id
            legal_form = f"{TRADE_REGISTER}{register}" if register and not vat else ""
        name_bt, phone_bt, email_bt = CONTACT_BT[role]
        return Party(
            legal_name=name,
            trading_name=name,
            vat=vat,
            registration=legal_id or "",
            legal_form=legal_form,
            address=self._l10n_ro_efactura_address(build, role, partner),
            contact=build.fit(name_bt, partner, partner.name if partner != firm else "", 100, "Contact"),
            phone=build.fit(phone_bt, partner, partner.phone or firm.phone, 100, "Telefon"),
            contact_email=build.fit(email_bt, partner, partner.email or firm.email, 100, "E-mail"),
        )

    def _l10n_ro_efactura_representative_party(self, build):
        """Return BG-11, or None."""
        partner = build.representative
        if not partner or not build.seller_vat:
            return None
        return Party(
            trading_name=build.fit("BT-62", partner, partner.name, 200, "Reprezentant fiscal"),
            vat=partner._l10n_ro_efactura_vat(),
            address=self._l10n_ro_efactura_address(build, "representative", partner),
        )

    def _l10n_ro_efactura_delivery(self, build):
        """Return BG-13, or None: the date, and the address where it is not simply the buyer's."""
        address, day = build.delivery_address, self.delivery_date or None
        if not address:
            return Delivery(day=day) if day else None
        if not day and self._l10n_ro_efactura_has_category("K", build.tax_code):
            day = self.invoice_date or None  # BR-IC-11
        name = address.name or address.commercial_partner_id.name
        return Delivery(
            day=day,
            name=build.fit("BT-70", address, name, 200, "Livrare"),
            address=self._l10n_ro_efactura_address(build, "delivery", address),
        )

    def _l10n_ro_efactura_address(self, build, role, partner):
        """Return the Address of `partner`; the street goes on in the second and third element (150, 100 and 100)."""
        street_bt, second_bt, third_bt, city_bt, zip_bt = ADDRESS_BT[role]
        place, county = build.place(partner), ""
        street, rest = cut(place.street, 150)
        if rest:
            build.moved(street_bt, partner, place.street, street, second_bt)
        wanted = " ".join(filter(None, (rest, place.street2)))
        second, rest = cut(wanted, 100)
        if rest:
            build.moved(second_bt, partner, wanted, second, third_bt)
        if place.state:
            county = f"{place.country}-{place.state}"
        elif role == "delivery":  # BR-RO-211 wants one abroad, too
            county = place.typed_city
        return Address(
            street=street,
            additional_street=second,
            line=build.fit(third_bt, partner, rest, 100, "Adresă"),
            city=build.fit(city_bt, partner, place.city, 50, "Localitate"),
            postcode=build.fit(zip_bt, partner, place.zip, 20, "Cod poștal"),
            county=county,
            country=place.country,
        )
