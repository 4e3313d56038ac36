"""A bare client of the wire and a valid invoice to send; nothing here comes from the simulator's own code."""

import re

import requests

SELLER, BUYER, STRANGER = "900000018", "900000026", "900000034"

INVOICE = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1</cbc:CustomizationID>
<cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-10-05</cbc:IssueDate><cbc:DueDate>2026-11-05</cbc:DueDate>
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>RON</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PostalAddress><cbc:StreetName>Str. Gării 1</cbc:StreetName>
<cbc:CityName>SECTOR1</cbc:CityName><cbc:CountrySubentity>RO-B</cbc:CountrySubentity>
<cac:Country><cbc:IdentificationCode>RO</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
<cac:PartyTaxScheme><cbc:CompanyID>RO{seller}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
</cac:PartyTaxScheme><cac:PartyLegalEntity><cbc:RegistrationName>Vânzător SRL</cbc:RegistrationName>
</cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PostalAddress><cbc:StreetName>Str. Morii 2</cbc:StreetName>
<cbc:CityName>Cluj-Napoca</cbc:CityName><cbc:CountrySubentity>RO-CJ</cbc:CountrySubentity>
<cac:Country><cbc:IdentificationCode>RO</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
<cac:PartyLegalEntity><cbc:RegistrationName>Cumpărător SRL</cbc:RegistrationName>
<cbc:CompanyID>{buyer}</cbc:CompanyID></cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="RON">21.00</cbc:TaxAmount><cac:TaxSubtotal>
<cbc:TaxableAmount currencyID="RON">100.00</cbc:TaxableAmount><cbc:TaxAmount currencyID="RON">21.00</cbc:TaxAmount>
<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>21.00</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID>
</cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="RON">100.00</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="RON">100.00</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="RON">121.00</cbc:TaxInclusiveAmount>
<cbc:PayableAmount currencyID="RON">121.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="H87">1</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount currencyID="RON">100.00</cbc:LineExtensionAmount><cac:Item><cbc:Name>Cărămidă</cbc:Name>
<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>21.00</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID>
</cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item>
<cac:Price><cbc:PriceAmount currencyID="RON">100.00</cbc:PriceAmount></cac:Price></cac:InvoiceLine></Invoice>
"""


def invoice(number="F-1", seller=SELLER, buyer=BUYER) -> bytes:
    return INVOICE.format(number=number, seller=seller, buyer=buyer).encode()


def attribute(text: str, name: str) -> str:
    """Value of an XML attribute in a short answer, '' when missing."""
    found = re.search(rf'\b{name}="([^"]*)"', text)
    return found.group(1) if found else ""


class Client:
    def __init__(self, sim, token):
        self.sim, self.session = sim, requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def get(self, name, environment="prod", **params):
        return self.session.get(f"{self.sim.url}/{environment}/FCTEL/rest/{name}", params=params, timeout=20)

    def upload(self, data=None, environment="prod", call="upload", **params):
        params = {"standard": "UBL", "cif": SELLER, **params}
        return self.session.post(
            f"{self.sim.url}/{environment}/FCTEL/rest/{call}",
            params=params,
            data=invoice() if data is None else data,
            timeout=20,
        )

    def send(self, data=None, environment="prod", **params) -> str:
        """Upload, expect an index, return it."""
        answer = self.upload(data, environment, **params).text
        index = attribute(answer, "index_incarcare")
        assert index, answer
        return index

    def refusal(self, data=None, **params) -> str:
        answer = self.upload(data, **params)
        assert answer.status_code == 200 and 'ExecutionStatus="1"' in answer.text, answer.text
        return attribute(answer.text, "errorMessage")

    def errors(self, data=None, environment="prod", **params) -> list:
        """The asynchronous errors of an upload."""
        index = self.send(data, environment, **params)
        self.sim.finish()
        return next(item.errors for item in self.sim.uploads(environment) if item.index == index)
