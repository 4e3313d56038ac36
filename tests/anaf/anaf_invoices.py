"""Invented invoices: one with every business term, and a maker of small ones whose amounts are given freely."""

from xml.sax.saxutils import escape

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
UNIT = ' unitCode="H87"'

#: every business term that the reader knows, prefixes of its own, blanks and comments where they may be
FULL = f"""<?xml version="1.0" encoding="UTF-8"?>
<ubl:Invoice xmlns:ubl="{UBL}Invoice-2"
 xmlns:g="{UBL}CommonAggregateComponents-2" xmlns:b="{UBL}CommonBasicComponents-2">
  <b:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1</b:CustomizationID>
  <b:ID> FV 12/7 </b:ID><b:IssueDate>2026-10-05</b:IssueDate><b:DueDate>2026-11-04+02:00</b:DueDate>
  <b:InvoiceTypeCode>380</b:InvoiceTypeCode>
  <b:Note>Prima notă</b:Note><b:Note/><b:Note>A doua</b:Note>
  <b:TaxPointDate>2026-10-01</b:TaxPointDate>
  <b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode><b:TaxCurrencyCode>RON</b:TaxCurrencyCode>
  <b:BuyerReference>CUMP-1</b:BuyerReference>
  <g:InvoicePeriod><b:StartDate>2026-09-01</b:StartDate><b:EndDate>2026-09-30</b:EndDate>
    <b:DescriptionCode>432</b:DescriptionCode></g:InvoicePeriod>
  <g:OrderReference><b:ID>PO77</b:ID><b:SalesOrderID>SO5</b:SalesOrderID></g:OrderReference>
  <g:BillingReference><g:InvoiceDocumentReference><b:ID>FV 11</b:ID><b:IssueDate>2026-09-01</b:IssueDate>
  </g:InvoiceDocumentReference></g:BillingReference>
  <g:BillingReference><g:InvoiceDocumentReference><b:ID>FV 10</b:ID></g:InvoiceDocumentReference></g:BillingReference>
  <g:DespatchDocumentReference><b:ID>AVIZ 3</b:ID></g:DespatchDocumentReference>
  <g:ContractDocumentReference><b:ID>C-2025</b:ID></g:ContractDocumentReference>
  <g:AdditionalDocumentReference><b:ID>D1</b:ID><b:DocumentDescription>Deviz</b:DocumentDescription><g:Attachment>
    <b:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="../../etc/deviz.pdf">JVBE
      Ri0=</b:EmbeddedDocumentBinaryObject></g:Attachment></g:AdditionalDocumentReference>
  <g:AdditionalDocumentReference><b:ID>D2</b:ID><g:Attachment><g:ExternalReference>
    <b:URI>https://example.com/d2</b:URI></g:ExternalReference></g:Attachment></g:AdditionalDocumentReference>
  <g:AdditionalDocumentReference><b:ID>OBJ</b:ID><b:DocumentTypeCode>130</b:DocumentTypeCode>
  </g:AdditionalDocumentReference>
  <g:ProjectReference><b:ID>PR9</b:ID></g:ProjectReference>
  <g:AccountingSupplierParty><g:Party>
    <b:EndpointID schemeID="EM">facturi@example.com</b:EndpointID>
    <g:PartyName><b:Name>Vânzătorul</b:Name></g:PartyName>
    <g:PostalAddress><b:StreetName>Str. Unu 1</b:StreetName><b:AdditionalStreetName>et. 2</b:AdditionalStreetName>
      <b:CityName>Timișoara</b:CityName><b:PostalZone>300001</b:PostalZone>
      <b:CountrySubentity>RO-TM</b:CountrySubentity><g:AddressLine><b:Line>ap. 3</b:Line></g:AddressLine>
      <g:Country><b:IdentificationCode>RO</b:IdentificationCode></g:Country></g:PostalAddress>
    <g:PartyTaxScheme><b:CompanyID>0099</b:CompanyID><g:TaxScheme><b:ID>FC</b:ID></g:TaxScheme></g:PartyTaxScheme>
    <g:PartyTaxScheme><b:CompanyID>RO 1234567897</b:CompanyID><g:TaxScheme><b:ID>VAT</b:ID></g:TaxScheme>
    </g:PartyTaxScheme>
    <g:PartyLegalEntity><b:RegistrationName>Vânzător SRL</b:RegistrationName><b:CompanyID>J35/1/2020</b:CompanyID>
      <b:CompanyLegalForm>capital 200 lei</b:CompanyLegalForm></g:PartyLegalEntity>
    <g:Contact><b:Name>Ana</b:Name><b:Telephone>0256 000 000</b:Telephone></g:Contact>
  </g:Party></g:AccountingSupplierParty>
  <g:AccountingCustomerParty><g:Party>
    <g:PartyTaxScheme><b:CompanyID>DE123456789</b:CompanyID><g:TaxScheme><b:ID>VAT</b:ID></g:TaxScheme>
    </g:PartyTaxScheme>
    <g:PartyLegalEntity><b:RegistrationName>Käufer GmbH</b:RegistrationName></g:PartyLegalEntity>
  </g:Party></g:AccountingCustomerParty>
  <g:PayeeParty><g:PartyName><b:Name>Factor SA</b:Name></g:PartyName>
    <g:PartyLegalEntity><b:CompanyID>99</b:CompanyID></g:PartyLegalEntity></g:PayeeParty>
  <g:Delivery><b:ActualDeliveryDate>2026-10-02</b:ActualDeliveryDate><g:DeliveryLocation><g:Address>
    <b:StreetName>Depozit 4</b:StreetName><b:CityName>Arad</b:CityName></g:Address></g:DeliveryLocation>
    <g:DeliveryParty><g:PartyName><b:Name>Depozitul</b:Name></g:PartyName></g:DeliveryParty></g:Delivery>
  <g:PaymentMeans><b:PaymentMeansCode>30</b:PaymentMeansCode><b:PaymentID>REF1</b:PaymentID>
    <g:PayeeFinancialAccount><b:ID>RO49AAAA1B31007593840000</b:ID></g:PayeeFinancialAccount></g:PaymentMeans>
  <g:PaymentMeans><g:PayeeFinancialAccount><b:ID>RO49AAAA1B31007593840000</b:ID></g:PayeeFinancialAccount>
  </g:PaymentMeans>
  <g:PaymentTerms><b:Note>30 de zile</b:Note></g:PaymentTerms>
  <g:AllowanceCharge><b:ChargeIndicator>true</b:ChargeIndicator>
    <b:AllowanceChargeReasonCode>FC</b:AllowanceChargeReasonCode>
    <b:AllowanceChargeReason>Transport</b:AllowanceChargeReason>
    <b:MultiplierFactorNumeric>10</b:MultiplierFactorNumeric><b:Amount currencyID="EUR">9.00</b:Amount>
    <b:BaseAmount currencyID="EUR">90.00</b:BaseAmount><g:TaxCategory><b:ID>S</b:ID><b:Percent>21.00</b:Percent>
    <g:TaxScheme><b:ID>VAT</b:ID></g:TaxScheme></g:TaxCategory></g:AllowanceCharge>
  <g:TaxTotal><b:TaxAmount currencyID="RON">104.50</b:TaxAmount></g:TaxTotal>
  <g:TaxTotal><b:TaxAmount currencyID="EUR">20.79</b:TaxAmount><g:TaxSubtotal>
    <b:TaxableAmount currencyID="EUR">99.00</b:TaxableAmount><b:TaxAmount currencyID="EUR">20.79</b:TaxAmount>
    <g:TaxCategory><b:ID>S</b:ID><b:Percent>21.00</b:Percent><g:TaxScheme><b:ID>VAT</b:ID></g:TaxScheme>
    </g:TaxCategory></g:TaxSubtotal></g:TaxTotal>
  <g:LegalMonetaryTotal><b:LineExtensionAmount currencyID="EUR">90.00</b:LineExtensionAmount>
    <b:TaxExclusiveAmount currencyID="EUR">99.00</b:TaxExclusiveAmount>
    <b:TaxInclusiveAmount currencyID="EUR">119.79</b:TaxInclusiveAmount>
    <b:ChargeTotalAmount currencyID="EUR">9.00</b:ChargeTotalAmount>
    <b:PrepaidAmount currencyID="EUR">19.80</b:PrepaidAmount>
    <b:PayableRoundingAmount currencyID="EUR">0.01</b:PayableRoundingAmount>
    <b:PayableAmount currencyID="EUR">100.00</b:PayableAmount></g:LegalMonetaryTotal>
  <g:InvoiceLine><b:ID>1</b:ID><b:Note>lotul 5</b:Note>
    <b:InvoicedQuantity unitCode="KGM">500</b:InvoicedQuantity>
    <b:LineExtensionAmount currencyID="EUR">90.00</b:LineExtensionAmount><b:AccountingCost>CC1</b:AccountingCost>
    <g:InvoicePeriod><b:StartDate>2026-09-01</b:StartDate><b:EndDate>2026-09-15</b:EndDate></g:InvoicePeriod>
    <g:OrderLineReference><b:LineID>10</b:LineID></g:OrderLineReference>
    <g:AllowanceCharge><b:ChargeIndicator>false</b:ChargeIndicator>
      <b:AllowanceChargeReason>Rabat</b:AllowanceChargeReason><b:Amount currencyID="EUR">10.00</b:Amount>
    </g:AllowanceCharge>
    <g:Item><b:Description>Saci de 25 kg</b:Description><b:Name>Ciment <!-- gri -->alb</b:Name>
      <g:BuyersItemIdentification><b:ID>B1</b:ID></g:BuyersItemIdentification>
      <g:SellersItemIdentification><b:ID>S1</b:ID></g:SellersItemIdentification>
      <g:StandardItemIdentification><b:ID schemeID="0160">5941234567899</b:ID></g:StandardItemIdentification>
      <g:CommodityClassification><b:ItemClassificationCode listID="HS">25232100</b:ItemClassificationCode>
      </g:CommodityClassification>
      <g:ClassifiedTaxCategory><b:ID>S</b:ID><b:Percent>21.00</b:Percent><g:TaxScheme><b:ID>VAT</b:ID></g:TaxScheme>
      </g:ClassifiedTaxCategory></g:Item>
    <g:Price><b:PriceAmount currencyID="EUR">20</b:PriceAmount><b:BaseQuantity unitCode="KGM">100</b:BaseQuantity>
      <g:AllowanceCharge><b:ChargeIndicator>false</b:ChargeIndicator><b:Amount currencyID="EUR">5</b:Amount>
      <b:BaseAmount currencyID="EUR">25</b:BaseAmount></g:AllowanceCharge></g:Price></g:InvoiceLine>
</ubl:Invoice>
""".encode()


def small(lines, *, kind="Invoice", allowances=(), subtotals=(), vat=None, currency="RON", **totals):
    """An invoice of amounts given as texts, however little they agree.

    :param lines: dicts of ``net, quantity, price, base, category, rate, allowances`` (a list of amounts, < 0 adds)
    :param allowances: ``(amount, category, rate)``; a text that begins with ``+`` is a charge
    :param subtotals: ``(category, rate, taxable, vat)``
    :param totals: UBL names of LegalMonetaryTotal without ``Amount``
    """
    quantity = "InvoicedQuantity" if kind == "Invoice" else "CreditedQuantity"

    def element(name, text, attributes=""):
        return "" if text is None else f"<b:{name}{attributes}>{escape(text)}</b:{name}>"

    def amount(name, text):
        return element(name, text, f' currencyID="{currency}"')

    def category(tag, code, rate):
        return f"<a:{tag}>{element('ID', code)}{element('Percent', rate)}</a:{tag}>"

    def adjust(text, *vat_of):
        charge = "true" if text.startswith("+") else "false"
        inner = category("TaxCategory", *vat_of) if vat_of else ""
        return (
            f"<a:AllowanceCharge>{element('ChargeIndicator', charge)}{amount('Amount', text.lstrip('+'))}{inner}"
            "</a:AllowanceCharge>"
        )

    parts = [adjust(*one) for one in allowances]
    if vat is not None or subtotals:
        inner = "".join(
            f"<a:TaxSubtotal>{amount('TaxableAmount', taxable)}{amount('TaxAmount', tax)}"
            f"{category('TaxCategory', code, rate)}</a:TaxSubtotal>"
            for code, rate, taxable, tax in subtotals
        )
        parts.append(f"<a:TaxTotal>{amount('TaxAmount', vat)}{inner}</a:TaxTotal>")
    money = "".join(amount(f"{name}Amount", text) for name, text in totals.items())
    parts.append(f"<a:LegalMonetaryTotal>{money}</a:LegalMonetaryTotal>")
    for number, line in enumerate(lines, 1):
        parts.append(
            f"<a:{kind}Line><b:ID>{number}</b:ID>{element(quantity, line.get('quantity', '1'), UNIT)}"
            f"{amount('LineExtensionAmount', line.get('net'))}{''.join(map(adjust, line.get('allowances', ())))}"
            f"<a:Item><b:Name>Marfă</b:Name>"
            f"{category('ClassifiedTaxCategory', line.get('category', 'S'), line.get('rate', '21'))}</a:Item>"
            f"<a:Price>{amount('PriceAmount', line.get('price', line.get('net')))}"
            f"{element('BaseQuantity', line.get('base'))}</a:Price></a:{kind}Line>"
        )
    return (
        f'<x:{kind} xmlns:x="{UBL}{kind}-2" xmlns:a="{UBL}CommonAggregateComponents-2" '
        f'xmlns:b="{UBL}CommonBasicComponents-2"><b:ID>1</b:ID>'
        f"<b:DocumentCurrencyCode>{currency}</b:DocumentCurrencyCode>{''.join(parts)}</x:{kind}>"
    ).encode()
