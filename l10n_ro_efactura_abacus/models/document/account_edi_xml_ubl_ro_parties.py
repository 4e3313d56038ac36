from odoo import models

from .texts import cut, plain

# street, its continuation, the line after, city, postal code: the BTs of each address
ADDRESS_BT = {
    'supplier': ('BT-35', 'BT-36', 'BT-162', 'BT-37', 'BT-38'),
    'customer': ('BT-50', 'BT-51', 'BT-163', 'BT-52', 'BT-53'),
    'representative': ('BT-64', 'BT-65', 'BT-164', 'BT-66', 'BT-67'),
    'delivery': ('BT-75', 'BT-76', 'BT-165', 'BT-77', 'BT-78'),
}
NAME_BT = {'supplier': 'BT-27', 'customer': 'BT-44', 'representative': 'BT-62', 'delivery': 'BT-70'}
CONTACT_BT = {'supplier': ('BT-41', 'BT-42', 'BT-43'), 'customer': ('BT-56', 'BT-57', 'BT-58')}
TRADE_REGISTER = "Nr. reg. com.: "


class AccountEdiXmlUblRoAbacus(models.AbstractModel):
    """Seller (BG-4), buyer (BG-7), tax representative (BG-11): who they are and where."""
    _inherit = 'account.edi.xml.ubl_ro_abacus'

    def _ro_text(self, vals, bt, record, text, limit, label):
        """`text` on one line within `limit`; what does not fit goes to the notes (BT-22) behind `label`.

        :return: the text, or None where there is none
        """
        text = plain(text)
        kept, rest = cut(text, limit)
        if rest:
            vals['ro']['overflow'].append(f"{label}: {rest}")
            self._ro_moved(vals, bt, record, text, kept, 'BT-22')
        return kept or None

    # -------------------------------------------------------------------------
    # ADDRESSES
    # -------------------------------------------------------------------------

    def _get_address_node(self, vals):
        # EXTENDS 'l10n_ro_edi'
        node = super()._get_address_node(vals)
        partner, role = vals['partner'], vals.get('role')
        if partner._name != 'res.partner' or role not in ADDRESS_BT:
            return node
        street_bt, second_bt, third_bt, city_bt, zip_bt = ADDRESS_BT[role]
        street, second, third = self._ro_street(vals, partner, street_bt, second_bt, third_bt)
        node.update({
            'cbc:StreetName': {'_text': street},
            'cbc:AdditionalStreetName': {'_text': second},
            'cac:AddressLine': {'cbc:Line': {'_text': third}},
            'cbc:CityName': {'_text': self._ro_text(
                vals, city_bt, partner, partner._l10n_ro_efactura_city_name(), 50, "Localitate")},
            'cbc:PostalZone': {'_text': self._ro_text(vals, zip_bt, partner, partner.zip, 20, "Cod poștal")},
        })
        return node

    def _ro_street(self, vals, partner, *bts):
        """The street over its three elements (150, 100 and 100 characters)."""
        street, rest = cut(plain(partner.street), 150)
        if rest:
            self._ro_moved(vals, bts[0], partner, partner.street, street, bts[1])
        wanted = ' '.join(filter(None, (rest, plain(partner.street2))))
        second, rest = cut(wanted, 100)
        if rest:
            self._ro_moved(vals, bts[1], partner, wanted, second, bts[2])
        third = self._ro_text(vals, bts[2], partner, rest, 100, "Adresă")
        return street or None, second or None, third

    # -------------------------------------------------------------------------
    # PARTIES
    # -------------------------------------------------------------------------

    def _add_invoice_config_vals(self, vals):
        # EXTENDS own: the registered address, where the contact of the invoice has none of its own
        super()._add_invoice_config_vals(vals)
        if not vals['customer'].street:
            vals['customer'] = vals['customer'].commercial_partner_id
        if not vals['supplier'].street:
            vals['supplier'] = vals['supplier'].commercial_partner_id

    def _get_party_node(self, vals):
        # EXTENDS 'l10n_ro_edi'
        node = super()._get_party_node(vals)
        role, partner = vals['role'], vals['partner']
        commercial = partner.commercial_partner_id
        name = self._ro_text(vals, NAME_BT[role], commercial, commercial.name, 200, "Denumire")
        vat, legal_id = vals['invoice']._l10n_ro_efactura_party_ids(role)
        if not vals['ro']['vat_payer']:
            vat = ''  # BR-O-02: nobody's VAT number beside category O
        # Our own code of a customer is neither its identifier (BT-46) nor its electronic address (BT-49).
        node.update({
            'cbc:EndpointID': None,
            'cac:PartyIdentification': None,
            'cac:PartyName': {'cbc:Name': {'_text': name}},
            'cac:PartyTaxScheme': [{
                'cbc:CompanyID': {'_text': vat},
                'cac:TaxScheme': {'cbc:ID': {'_text': 'VAT'}},
            }] if vat else [],
            'cac:PartyLegalEntity': {
                'cbc:RegistrationName': {'_text': name},
                'cbc:CompanyID': {'_text': legal_id or None},
            },
            'cac:Contact': self._ro_contact(vals),
        })
        register = role == 'supplier' and plain(commercial.nrc)
        if register and vat:
            node['cac:PartyLegalEntity']['cbc:CompanyID']['_text'] = register
        elif register:
            node['cac:PartyLegalEntity']['cbc:CompanyLegalForm'] = {'_text': f"{TRADE_REGISTER}{register}"}
        return node

    def _ro_contact(self, vals):
        """BG-6, BG-9: name, telephone, e-mail; only what is there."""
        partner = vals['partner']
        commercial = partner.commercial_partner_id
        texts = {
            'cbc:Name': (partner.name if partner != commercial else '', "Contact"),
            'cbc:Telephone': (partner.phone or commercial.phone, "Telefon"),
            'cbc:ElectronicMail': (partner.email or commercial.email, "E-mail"),
        }
        return {
            name: {'_text': self._ro_text(vals, bt, partner, text, 100, label)}
            for bt, (name, (text, label)) in zip(CONTACT_BT[vals['role']], texts.items(), strict=True) if text
        }

    def _add_invoice_seller_supplier_party_nodes(self, document_node, vals):
        # EXTENDS 'account_edi_ubl_cii': the seller's fiscal representative
        super()._add_invoice_seller_supplier_party_nodes(document_node, vals)
        partner = vals['invoice']._l10n_ro_efactura_representative()
        if partner and vals['ro']['vat_payer']:
            document_node['cac:TaxRepresentativeParty'] = {
                'cac:PartyName': {'cbc:Name': {'_text': self._ro_text(
                    vals, NAME_BT['representative'], partner, partner.name, 200, "Reprezentant fiscal")}},
                'cac:PostalAddress': self._get_address_node({**vals, 'partner': partner, 'role': 'representative'}),
                'cac:PartyTaxScheme': {
                    'cbc:CompanyID': {'_text': partner._l10n_ro_efactura_vat()},
                    'cac:TaxScheme': {'cbc:ID': {'_text': 'VAT'}},
                },
            }
