"""Invoices of suppliers, written as their programs write them: totals follow from the lines unless they are given."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from xml.sax.saxutils import escape

CENT = Decimal("0.01")
SUPPLIER_CIF = "18765430"
BUYER_CIF = "1234567897"


def cents(value):
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def _tag(name, value, **attributes):
    if value is None or value == "":
        return ""
    shown = "".join(f' {key}="{text}"' for key, text in attributes.items())
    return f"<cbc:{name}{shown}>{escape(str(value))}</cbc:{name}>"


def line(
    name="Servicii",
    quantity="1",
    price="100",
    net=None,
    rate="21",
    category="S",
    unit="H87",
    base=None,
    code="",
    buyer_code="",
    barcode="",
    allowances=(),
    description="",
    exemption="",
):
    """A line; `net` is quantity * price / base less `allowances` [(is charge, amount)] unless it is given."""
    if net is None:
        net = Decimal(quantity) * Decimal(price) / Decimal(base or 1)
        net += sum((Decimal(amount) * (1 if charge else -1) for charge, amount in allowances), Decimal(0))
    return {
        "name": name,
        "quantity": quantity,
        "price": price,
        "net": cents(net),
        "rate": rate,
        "category": category,
        "unit": unit,
        "base": base,
        "code": code,
        "buyer_code": buyer_code,
        "barcode": barcode,
        "allowances": allowances,
        "description": description,
        "exemption": exemption,
    }


def _category(name, category, rate, exemption=""):
    rate = "" if category == "O" else rate
    return (
        f"<cac:{name}><cbc:ID>{category}</cbc:ID>{_tag('Percent', rate)}{_tag('TaxExemptionReason', exemption)}"
        f"<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:{name}>"
    )


def _charge(charge, amount, currency, reason="", tax=None):
    return (
        f"<cac:AllowanceCharge><cbc:ChargeIndicator>{'true' if charge else 'false'}</cbc:ChargeIndicator>"
        f"{_tag('AllowanceChargeReason', reason)}{_tag('Amount', amount, currencyID=currency)}"
        f"{_category('TaxCategory', *tax) if tax else ''}</cac:AllowanceCharge>"
    )


def _line(number, one, root, currency):
    quantity = "CreditedQuantity" if root == "CreditNote" else "InvoicedQuantity"
    charges = "".join(_charge(charge, amount, currency, "Ajustare") for charge, amount in one["allowances"])
    base = _tag("BaseQuantity", one["base"], unitCode=one["unit"])
    identifiers = "".join(
        f"<cac:{name}><cbc:ID{scheme}>{escape(value)}</cbc:ID></cac:{name}>"
        for name, value, scheme in (
            ("BuyersItemIdentification", one["buyer_code"], ""),
            ("SellersItemIdentification", one["code"], ""),
            ("StandardItemIdentification", one["barcode"], ' schemeID="0160"'),
        )
        if value
    )
    return (
        f"<cac:{root}Line><cbc:ID>{number}</cbc:ID>{_tag(quantity, one['quantity'], unitCode=one['unit'])}"
        f"{_tag('LineExtensionAmount', one['net'], currencyID=currency)}{charges}"
        f"<cac:Item>{_tag('Description', one['description'])}{_tag('Name', one['name'])}{identifiers}"
        f"{_category('ClassifiedTaxCategory', one['category'], one['rate'])}</cac:Item>"
        f"<cac:Price>{_tag('PriceAmount', one['price'], currencyID=currency)}{base}</cac:Price></cac:{root}Line>"
    )


def supplier_xml(
    lines=None,
    number="FCT-1",
    date="2026-10-15",
    due="2026-11-14",
    root="Invoice",
    type_code=None,
    currency="RON",
    cif=f"RO{SUPPLIER_CIF}",
    seller="Furnizor Test SRL",
    city="Timișoara",
    county="RO-TM",
    street="Strada Fabricii 7",
    registration="J35/100/2010",
    legal_form="",
    country="RO",
    buyer=f"RO{BUYER_CIF}",
    iban="",
    notes=(),
    vat_point="",
    preceding=(),
    charges=(),
    vat=None,
    vat_ron=None,
    totals=None,
    prepaid=None,
    rounding=None,
    order="",
    attachments=(),
    exemptions=None,
):
    """Bytes of an Invoice or CreditNote.

    :param charges: of the document: [(is charge, amount, reason, (category, rate))]
    :param vat: {(category, rate): amount} where it is not the rounded percentage
    :param totals: (untaxed, VAT, total) where the XML says something else than its lines
    :param exemptions: {category: text}
    """
    lines = [line()] if lines is None else lines
    bases = defaultdict(Decimal)
    for one in lines:
        bases[one["category"], one["rate"]] += one["net"]
    for charge, amount, _reason, tax in charges:
        bases[tax] += Decimal(amount) * (1 if charge else -1)
    taxes = {group: cents((vat or {}).get(group, base * Decimal(group[1] or 0) / 100)) for group, base in bases.items()}
    untaxed, tax, total = totals or (sum(bases.values(), Decimal(0)), sum(taxes.values(), Decimal(0)), None)
    total = cents(untaxed) + cents(tax) if total is None else cents(total)
    payable = total - cents(prepaid or 0) + cents(rounding or 0)
    money = {"currencyID": currency}
    subtotals = "".join(
        f"<cac:TaxSubtotal>{_tag('TaxableAmount', cents(base), **money)}{_tag('TaxAmount', taxes[group], **money)}"
        f"{_category('TaxCategory', *group, (exemptions or {}).get(group[0], ''))}</cac:TaxSubtotal>"
        for group, base in bases.items()
    )
    type_code = type_code or ("381" if root == "CreditNote" else "380")
    allowance = sum((Decimal(amount) for charge, amount, *_more in charges if not charge), Decimal(0))
    charged = sum((Decimal(amount) for charge, amount, *_more in charges if charge), Decimal(0))
    period = (
        f"<cac:InvoicePeriod><cbc:DescriptionCode>{vat_point}</cbc:DescriptionCode></cac:InvoicePeriod>"
        if vat_point
        else ""
    )
    ron = f"<cac:TaxTotal>{_tag('TaxAmount', vat_ron, currencyID='RON')}</cac:TaxTotal>" if vat_ron else ""
    means = (
        f"<cac:PaymentMeans><cbc:PaymentMeansCode>42</cbc:PaymentMeansCode><cac:PayeeFinancialAccount>"
        f"<cbc:ID>{iban}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
        if iban
        else ""
    )
    references = "".join(
        f"<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>{old}</cbc:ID>{_tag('IssueDate', day)}"
        "</cac:InvoiceDocumentReference></cac:BillingReference>"
        for old, day in preceding
    )
    files = "".join(
        f"<cac:AdditionalDocumentReference><cbc:ID>{name}</cbc:ID><cac:Attachment>"
        f'<cbc:EmbeddedDocumentBinaryObject mimeCode="{mime}" filename="{name}">{data}'
        "</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
        for name, mime, data in attachments
    )
    if root == "CreditNote":
        due_tag, type_name = "", "CreditNoteTypeCode"
    else:
        due_tag, type_name = _tag("DueDate", due), "InvoiceTypeCode"
    scheme = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
    seller_vat = cif if cif.startswith("RO") or country != "RO" else ""
    order_tag = f"<cac:OrderReference>{_tag('ID', order)}</cac:OrderReference>" if order else ""
    buyer_tag = (
        f"<cac:PartyTaxScheme>{_tag('CompanyID', buyer)}{scheme}</cac:PartyTaxScheme>" if buyer.startswith("RO") else ""
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1</cbc:CustomizationID>
{_tag("ID", number)}{_tag("IssueDate", date)}{due_tag}<cbc:{type_name}>{type_code}</cbc:{type_name}>
{"".join(_tag("Note", note) for note in notes)}{_tag("DocumentCurrencyCode", currency)}
{_tag("TaxCurrencyCode", "RON" if vat_ron else "")}{period}
{order_tag}{references}{files}
<cac:AccountingSupplierParty><cac:Party><cac:PostalAddress>{_tag("StreetName", street)}{_tag("CityName", city)}
{_tag("CountrySubentity", county)}<cac:Country><cbc:IdentificationCode>{country}</cbc:IdentificationCode></cac:Country>
</cac:PostalAddress>{
        f"<cac:PartyTaxScheme><cbc:CompanyID>{seller_vat}</cbc:CompanyID>{scheme}</cac:PartyTaxScheme>"
        if seller_vat
        else ""
    }
<cac:PartyLegalEntity>{_tag("RegistrationName", seller)}{_tag("CompanyID", registration if seller_vat else cif)}
{_tag("CompanyLegalForm", legal_form)}</cac:PartyLegalEntity><cac:Contact><cbc:Telephone>0256 111 222</cbc:Telephone>
<cbc:ElectronicMail>facturi@furnizor-test.example</cbc:ElectronicMail></cac:Contact></cac:Party>
</cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PostalAddress><cbc:StreetName>Calea Victoriei 10</cbc:StreetName>
<cbc:CityName>SECTOR1</cbc:CityName><cbc:CountrySubentity>RO-B</cbc:CountrySubentity><cac:Country>
<cbc:IdentificationCode>RO</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
{buyer_tag}
<cac:PartyLegalEntity>
<cbc:RegistrationName>Abacus Test SRL</cbc:RegistrationName><cbc:CompanyID>{buyer}</cbc:CompanyID>
</cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>{means}
{"".join(_charge(charge, amount, currency, reason, tax) for charge, amount, reason, tax in charges)}
<cac:TaxTotal>{_tag("TaxAmount", cents(tax), **money)}{subtotals}</cac:TaxTotal>{ron}
<cac:LegalMonetaryTotal>{_tag("LineExtensionAmount", sum((one["net"] for one in lines), Decimal(0)), **money)}
{_tag("TaxExclusiveAmount", cents(untaxed), **money)}{_tag("TaxInclusiveAmount", total, **money)}
{_tag("AllowanceTotalAmount", allowance or None, **money)}{_tag("ChargeTotalAmount", charged or None, **money)}
{_tag("PrepaidAmount", prepaid, **money)}{_tag("PayableRoundingAmount", rounding, **money)}
{_tag("PayableAmount", payable, **money)}</cac:LegalMonetaryTotal>
{"".join(_line(index, one, root, currency) for index, one in enumerate(lines, start=1))}
</{root}>""".encode()
