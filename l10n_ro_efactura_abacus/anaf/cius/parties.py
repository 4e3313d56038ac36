"""Seller, buyer, payee, tax representative and the place of delivery: names, addresses, identifiers."""

from collections.abc import Iterable

from .codes import codes
from .model import Document, Node, Say, is_vat


def check(doc: Document, say: Say) -> None:
    root = doc.root
    for rule, role in (("BR-06", "cac:AccountingSupplierParty"), ("BR-07", "cac:AccountingCustomerParty")):
        if not root.filled(role, "cac:Party", "cac:PartyLegalEntity", "cbc:RegistrationName"):
            say(rule, root.first(role) or root)
    for rule, role in (("BR-08", "cac:AccountingSupplierParty"), ("BR-10", "cac:AccountingCustomerParty")):
        if not root.all(role, "cac:Party", "cac:PostalAddress"):
            say(rule, root.first(role) or root)
    for role, country, endpoint in (
        ("cac:AccountingSupplierParty", "BR-09", "BR-62"),
        ("cac:AccountingCustomerParty", "BR-11", "BR-63"),
    ):
        for party in doc.every(role):
            for address in party.all("cac:Party", "cac:PostalAddress"):
                if not address.filled("cac:Country", "cbc:IdentificationCode"):
                    say(country, address)
            for node in party.all("cac:Party", "cbc:EndpointID"):
                if "schemeID" not in node.attrs:
                    say(endpoint, node)
    for seller in doc.every("cac:AccountingSupplierParty"):
        if not (
            vat_numbers(seller.all("cac:Party"))
            or seller.all("cac:Party", "cac:PartyIdentification", "cbc:ID")
            or seller.all("cac:Party", "cac:PartyLegalEntity", "cbc:CompanyID")
        ):
            say("BR-CO-26", seller)
    for scheme in doc.every("cac:PartyTaxScheme"):
        number = scheme.value("cbc:CompanyID")
        if is_vat(scheme) and not _has_prefix(number):
            say("BR-CO-09", scheme, value=number)
    _payees(doc, say)
    _agents(doc, say)
    for place in doc.every("cac:DeliveryLocation"):
        if place.parent.name == "cac:Delivery":
            for address in place.all("cac:Address"):
                if not address.all("cac:Country", "cbc:IdentificationCode"):
                    say("BR-57", address)


def vat_numbers(parties: Iterable[Node]) -> list[Node]:
    """List CompanyID of every PartyTaxScheme of these nodes whose scheme is VAT."""
    return [
        number
        for party in parties
        for scheme in party.all("cac:PartyTaxScheme")
        if is_vat(scheme)
        for number in scheme.all("cbc:CompanyID")
    ]


def _has_prefix(number: str) -> bool:
    """Tell whether a number starts with the two letters of a country.

    ANAF looks for the two first characters in the written list, so a blank may slip by.
    """
    return number[:2] in f" {' '.join(codes('vat_prefix'))} "


def _texts(nodes: Iterable[Node]) -> set[str]:
    return {node.text for node in nodes}


def _payees(doc: Document, say: Say) -> None:
    for payee in doc.every("cac:PayeeParty"):
        names = payee.all("cac:PartyName", "cbc:Name")
        seller = payee.parent.all("cac:AccountingSupplierParty", "cac:Party")
        same_name = _texts(names) & {name.text for one in seller for name in one.all("cac:PartyName", "cbc:Name")}
        same_id = _texts(payee.all("cac:PartyIdentification", "cbc:ID")) & {
            number.text for one in seller for number in one.all("cac:PartyIdentification", "cbc:ID")
        }
        if not names or same_name or same_id:
            say("BR-17", payee)
        legal = [name.text for one in seller for name in one.all("cac:PartyLegalEntity", "cbc:RegistrationName")]
        differs = any(name.text != other for name in names for other in legal)
        identifiers = [
            number
            for number in payee.all("cac:PartyIdentification", "cbc:ID")
            if number.attrs.get("schemeID", "").upper() != "SEPA"
        ]
        for rule, found in (
            ("UBL-SR-19", names),
            ("UBL-SR-20", identifiers),
            ("UBL-SR-21", payee.all("cac:PartyLegalEntity", "cbc:CompanyID")),
        ):
            if len(found) > 1:
                say(rule, found[1], count=len(found), limit=1)
            elif not differs:
                say(rule, payee, words="payee_is_seller")


def _agents(doc: Document, say: Say) -> None:
    for agent in doc.every("cac:TaxRepresentativeParty"):
        if not agent.filled("cac:PartyName", "cbc:Name"):
            say("BR-18", agent)
        addresses = agent.all("cac:PostalAddress")
        if not addresses:
            say("BR-19", agent)
        for address in addresses:
            if not address.filled("cac:Country", "cbc:IdentificationCode"):
                say("BR-20", address)
        if not vat_numbers([agent]):
            say("BR-56", agent)
