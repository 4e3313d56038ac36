"""Small invented documents."""

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"

INVOICE = f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="{UBL}Invoice-2" xmlns:cac="{UBL}CommonAggregateComponents-2" xmlns:cbc="{UBL}CommonBasicComponents-2">
  <!-- a comment -->
  <cbc:ID>AB-101</cbc:ID>
  <cbc:IssueDate>2026-01-30</cbc:IssueDate>
  <cbc:DueDate>2026-02-28</cbc:DueDate>
  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cbc:TaxCurrencyCode>RON</cbc:TaxCurrencyCode>
  <cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>AB-99</cbc:ID></cac:InvoiceDocumentReference>
  </cac:BillingReference>
  <cac:AccountingSupplierParty><cac:Party>
    <cac:PartyTaxScheme><cbc:CompanyID>777</cbc:CompanyID><cac:TaxScheme><cbc:ID>!VAT</cbc:ID></cac:TaxScheme>
    </cac:PartyTaxScheme>
    <cac:PartyTaxScheme><cbc:CompanyID>RO1234567897</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID>
    </cac:TaxScheme></cac:PartyTaxScheme>
    <cac:PartyLegalEntity><cbc:RegistrationName>Vânzător SRL</cbc:RegistrationName></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party>
    <cac:PartyName><cbc:Name>Client</cbc:Name></cac:PartyName>
    <cac:PartyLegalEntity><cbc:CompanyID>0000000000000</cbc:CompanyID></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingCustomerParty>
  <cac:TaxTotal><cbc:TaxAmount currencyID="RON">104.50</cbc:TaxAmount></cac:TaxTotal>
  <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">21.00</cbc:TaxAmount></cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:TaxExclusiveAmount currencyID="EUR">100.00</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">121.00</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="EUR">120.00</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
</Invoice>
""".encode()

CREDIT_NOTE = f"""<n:CreditNote xmlns:n="{UBL}CreditNote-2" xmlns:b="{UBL}CommonBasicComponents-2"
 xmlns:a="{UBL}CommonAggregateComponents-2"><b:ID>CN1</b:ID><b:IssueDate>nonsense</b:IssueDate>
<b:CreditNoteTypeCode>381</b:CreditNoteTypeCode><a:PaymentMeans><b:PaymentDueDate>2026-03-01</b:PaymentDueDate>
</a:PaymentMeans><a:LegalMonetaryTotal><b:PayableAmount>NaN</b:PayableAmount></a:LegalMonetaryTotal></n:CreditNote>
""".encode()

ERRORS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<header xmlns="mfp:anaf:dgti:efactura:mesajEroriFactuta:v1" Index_incarcare="6552704998" Cif_emitent="1">\n'
    b'    <Error errorMessage="E: validari globale&#xA; eroare regula: R6.1: CIF-ul vanzatorului nu figureaza"/>\n'
    b'    <Error errorMessage="[BR-RO-065]-x &#xA;&#x9;&#x9;#English"/>\n'
    b"</header>"
)

DUPLICATE = (
    b'<header xmlns="mfp:anaf:dgti:efactura:mesajEroriFactura:v1" Index_incarcare="6552704998" Cif_emitent="1">'
    b'<Error errorMessage="Factura a mai fost transmisa anterior cu index=6552704990 si data incarcare=2026-07-13"/>'
    b"</header>"
)

BUYER_MESSAGE = (
    b'<header xmlns="mfp:anaf:dgti:spv:reqMesaj:v1" index_incarcare="4009876" message="Cantitatea nu corespunde."/>'
)
