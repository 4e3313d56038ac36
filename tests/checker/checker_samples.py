"""Invoices of invented parties, composed from a few parts; every kind here is one ANAF accepts."""

from decimal import ROUND_HALF_UP, Decimal

NS = "urn:oasis:names:specification:ubl:schema:xsd:"
CIUS = "urn:cen.eu:en16931:2017#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1"
REASONS = {
    "E": "Scutit conform art. 292",
    "AE": "Taxare inversa",
    "K": "Livrare intracomunitara",
    "G": "Export",
    "O": "Neplatitor de TVA",
}
CODES = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}


def cents(value):
    return Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)


def tag(name, content, /, **attributes):
    """``tag('cbc:ID', 'x', schemeID='0160')``; nothing when the content is None."""
    if content is None:
        return ""
    written = "".join(f' {key}="{value}"' for key, value in attributes.items() if value is not None)
    return f"<{name}{written}>{content}</{name}>"


def category(kind, name, code, rate, scheme="VAT", reason=""):
    percent = None if code == "O" else rate
    return tag(
        f"cac:{name}",
        tag("cbc:ID", code) + tag("cbc:Percent", percent) + reason + tag("cac:TaxScheme", tag("cbc:ID", scheme)),
    )


def address(
    name="cac:PostalAddress",
    street="Str. Lunga 1",
    city="SECTOR3",
    county="RO-B",
    country="RO",
    zip="030011",
    street2=None,
    line=None,
):
    return tag(
        name,
        tag("cbc:StreetName", street)
        + tag("cbc:AdditionalStreetName", street2)
        + tag("cbc:CityName", city)
        + tag("cbc:PostalZone", zip)
        + tag("cbc:CountrySubentity", county)
        + (tag("cac:AddressLine", tag("cbc:Line", line)) if line else "")
        + tag("cac:Country", tag("cbc:IdentificationCode", country)),
    )


def party(
    role,
    legal_name,
    vat=None,
    legal_id=None,
    tax_id=None,
    trade_name=None,
    endpoint=None,
    own_id=None,
    contact=False,
    legal_form=None,
    **place,
):
    schemes = ""
    if vat:
        schemes += tag("cac:PartyTaxScheme", tag("cbc:CompanyID", vat) + tag("cac:TaxScheme", tag("cbc:ID", "VAT")))
    if tax_id:
        schemes += tag("cac:PartyTaxScheme", tag("cbc:CompanyID", tax_id) + tag("cac:TaxScheme", tag("cbc:ID", "FC")))
    inside = (
        (tag("cbc:EndpointID", endpoint, schemeID="EM") if endpoint else "")
        + (tag("cac:PartyIdentification", tag("cbc:ID", own_id)) if own_id else "")
        + (tag("cac:PartyName", tag("cbc:Name", trade_name)) if trade_name else "")
        + address(**place)
        + schemes
        + tag(
            "cac:PartyLegalEntity",
            tag("cbc:RegistrationName", legal_name)
            + tag("cbc:CompanyID", legal_id)
            + tag("cbc:CompanyLegalForm", legal_form),
        )
        + (
            tag(
                "cac:Contact",
                tag("cbc:Name", "Ana Pop")
                + tag("cbc:Telephone", "0740000000")
                + tag("cbc:ElectronicMail", "ana@exemplu.ro"),
            )
            if contact
            else ""
        )
    )
    return tag(f"cac:{role}", tag("cac:Party", inside))


def allowance(amount, currency, charge=False, tax=None, reason="Discount", code=None, base=None, percent=None):
    return tag(
        "cac:AllowanceCharge",
        tag("cbc:ChargeIndicator", "true" if charge else "false")
        + tag("cbc:AllowanceChargeReasonCode", code)
        + tag("cbc:AllowanceChargeReason", reason)
        + tag("cbc:MultiplierFactorNumeric", percent)
        + tag("cbc:Amount", amount, currencyID=currency)
        + (tag("cbc:BaseAmount", base, currencyID=currency) if base is not None else "")
        + (category("", "TaxCategory", *tax) if tax else ""),
    )


def line(
    number,
    kind,
    currency,
    quantity="2",
    price="50",
    code="S",
    rate="21",
    unit="H87",
    name="Scaun",
    extra="",
    item="",
    sides="",
    net=None,
    price_extra="",
    note=None,
):
    net = cents(Decimal(quantity) * Decimal(price)) if net is None else Decimal(net)
    word = "Invoiced" if kind == "Invoice" else "Credited"
    return (
        net,
        (code, rate),
        tag(
            f"cac:{kind}Line",
            tag("cbc:ID", number)
            + tag("cbc:Note", note)
            + tag(f"cbc:{word}Quantity", quantity, unitCode=unit)
            + tag("cbc:LineExtensionAmount", net, currencyID=currency)
            + extra
            + sides
            + tag("cac:Item", tag("cbc:Name", name) + item + category("", "ClassifiedTaxCategory", code, rate))
            + tag("cac:Price", tag("cbc:PriceAmount", price, currencyID=currency) + price_extra),
        ),
    )


def invoice(
    kind="Invoice",
    type_code=None,
    currency="RON",
    tax_currency=None,
    seller=None,
    buyer=None,
    lines=None,
    sides=(),
    due="2026-02-14",
    head="",
    references="",
    parties="",
    delivery="",
    payment=None,
    terms="",
    prepaid=None,
    rounding=None,
    number="FCT-2026/001",
    exchange="4.97",
    notes=("Multumim",),
):
    """One document as bytes; totals and breakdown follow from lines and sides: ``(amount, charge, code, rate)``."""
    lines = [line(i, kind, currency, **values) for i, values in enumerate(lines or [{}], 1)]
    bases = {}
    for net, tax, _xml in lines:
        bases[tax] = bases.get(tax, Decimal(0)) + net
    document_sides, allowances, charges = "", Decimal(0), Decimal(0)
    for amount, charge, code, rate in sides:
        amount = Decimal(amount)
        bases[code, rate] = bases.get((code, rate), Decimal(0)) + (amount if charge else -amount)
        charges, allowances = (charges + amount, allowances) if charge else (charges, allowances + amount)
        document_sides += allowance(
            amount, currency, charge, (code, rate), "Transport" if charge else "Discount", "FC" if charge else "95"
        )
    subtotals, tax_total = "", Decimal(0)
    for (code, rate), base in bases.items():
        tax = cents(base * Decimal(rate) / 100) if code in "SLM" else Decimal("0.00")
        tax_total += tax
        reason = ""
        if code in REASONS:
            reason = tag("cbc:TaxExemptionReasonCode", CODES.get(code)) + tag("cbc:TaxExemptionReason", REASONS[code])
        subtotals += tag(
            "cac:TaxSubtotal",
            tag("cbc:TaxableAmount", base, currencyID=currency)
            + tag("cbc:TaxAmount", tax, currencyID=currency)
            + category("", "TaxCategory", code, rate, reason=reason),
        )
    net_total = sum(net for net, _tax, _xml in lines)
    untaxed = net_total - allowances + charges
    total = untaxed + tax_total
    payable = total - Decimal(prepaid or 0) + Decimal(rounding or 0)
    seller = {"vat": "RO18547290", "legal_id": "J40/1234/2006", **(seller or {})}
    buyer = {"vat": "RO4221306", "city": "Cluj-Napoca", "county": "RO-CJ", "street": "Str. Scurta 2", **(buyer or {})}
    if payment is None:
        payment = tag(
            "cac:PaymentMeans",
            tag("cbc:PaymentMeansCode", "30")
            + tag("cbc:PaymentID", number)
            + tag(
                "cac:PayeeFinancialAccount", tag("cbc:ID", "RO49AAAA1B31007593840000") + tag("cbc:Name", "Mobila Noua")
            ),
        )
    credit = kind == "CreditNote"
    body = (
        tag("cbc:CustomizationID", CIUS)
        + tag("cbc:ID", number)
        + tag("cbc:IssueDate", "2026-01-15")
        + (tag("cbc:DueDate", due) if not credit else "")
        + ("" if credit else tag("cbc:InvoiceTypeCode", type_code or "380"))
        + "".join(tag("cbc:Note", note) for note in (() if credit else notes))
        + (tag("cbc:CreditNoteTypeCode", type_code or "381") if credit else "")
        + tag("cbc:DocumentCurrencyCode", currency)
        + tag("cbc:TaxCurrencyCode", tax_currency)
        + head
        + references
        + party("AccountingSupplierParty", **{"legal_name": "Mobila Noua SRL", **seller})
        + party("AccountingCustomerParty", **{"legal_name": "Casa Buna SRL", **buyer})
        + parties
        + delivery
        + payment
        + terms
        + document_sides
        + tag("cac:TaxTotal", tag("cbc:TaxAmount", tax_total, currencyID=currency) + subtotals)
        + (
            tag("cac:TaxTotal", tag("cbc:TaxAmount", cents(tax_total * Decimal(exchange)), currencyID=tax_currency))
            if tax_currency and tax_currency != currency
            else ""
        )
        + tag(
            "cac:LegalMonetaryTotal",
            tag("cbc:LineExtensionAmount", net_total, currencyID=currency)
            + tag("cbc:TaxExclusiveAmount", untaxed, currencyID=currency)
            + tag("cbc:TaxInclusiveAmount", total, currencyID=currency)
            + tag("cbc:AllowanceTotalAmount", allowances or None, currencyID=currency)
            + tag("cbc:ChargeTotalAmount", charges or None, currencyID=currency)
            + tag("cbc:PrepaidAmount", prepaid, currencyID=currency)
            + tag("cbc:PayableRoundingAmount", rounding, currencyID=currency)
            + tag("cbc:PayableAmount", payable, currencyID=currency),
        )
        + "".join(xml for _net, _tax, xml in lines)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} xmlns="{NS}{kind}-2" '
        f'xmlns:cac="{NS}CommonAggregateComponents-2" xmlns:cbc="{NS}CommonBasicComponents-2">{body}</{kind}>'
    ).encode()


def reference(name, number, date=None, kind=None, inside="", description=None, scheme=None):
    return tag(
        name,
        tag("cbc:ID", number, schemeID=scheme)
        + tag("cbc:IssueDate", date)
        + tag("cbc:DocumentTypeCode", kind)
        + tag("cbc:DocumentDescription", description)
        + inside,
    )


def preceding(number="FCT-2025/900", date="2025-12-20"):
    return tag("cac:BillingReference", reference("cac:InvoiceDocumentReference", number, date))


def delivery(country="RO", **place):
    return tag(
        "cac:Delivery",
        tag("cbc:ActualDeliveryDate", "2026-01-14")
        + tag(
            "cac:DeliveryLocation",
            tag("cbc:ID", "4006381333931", schemeID="0088") + address("cac:Address", country=country, **place),
        )
        + tag("cac:DeliveryParty", tag("cac:PartyName", tag("cbc:Name", "Depozit Vest"))),
    )


def _foreign(country, vat=None, city="Wien", county="AT-9"):
    return dict(
        vat=vat,
        legal_id="FN 12345",
        city=city,
        county=county,
        country=country,
        zip="1010",
        street="Ringstrasse 5",
        legal_name="Haus GmbH",
    )


def _rich(kind):
    """Everything EN 16931 has, once."""
    word = "Invoice" if kind == "Invoice" else "Credit"
    attached = tag(
        "cac:Attachment",
        tag("cbc:EmbeddedDocumentBinaryObject", "QUJD", mimeCode="application/pdf", filename="deviz.pdf")
        + tag("cac:ExternalReference", tag("cbc:URI", "https://exemplu.ro/deviz.pdf")),
    )
    references = (
        tag("cbc:AccountingCost", "4426")
        + tag("cbc:BuyerReference", "PO-77")
        + tag(
            "cac:InvoicePeriod",
            tag("cbc:StartDate", "2026-01-01") + tag("cbc:EndDate", "2026-01-31") + tag("cbc:DescriptionCode", "35"),
        )
        + tag("cac:OrderReference", tag("cbc:ID", "CMD-5") + tag("cbc:SalesOrderID", "SO-5"))
        + preceding()
        + reference("cac:DespatchDocumentReference", "AVIZ-1")
        + reference("cac:ReceiptDocumentReference", "NIR-1")
        + (reference("cac:OriginatorDocumentReference", "LIC-1") if word == "Invoice" else "")
        + reference("cac:ContractDocumentReference", "CTR-1")
        + reference("cac:AdditionalDocumentReference", "DEV-1", inside=attached, description="Deviz")
        + reference("cac:AdditionalDocumentReference", "OBJ-1", kind="130", scheme="AAA")
        + (reference("cac:OriginatorDocumentReference", "LIC-1") if word == "Credit" else "")
        + (tag("cac:ProjectReference", tag("cbc:ID", "PRJ-1")) if word == "Invoice" else "")
    )
    parties = tag(
        "cac:PayeeParty",
        tag("cac:PartyIdentification", tag("cbc:ID", "5060012349998", schemeID="0088"))
        + tag("cac:PartyName", tag("cbc:Name", "Factoring Plus IFN"))
        + tag("cac:PartyLegalEntity", tag("cbc:CompanyID", "J12/55/2010")),
    ) + tag(
        "cac:TaxRepresentativeParty",
        tag("cac:PartyName", tag("cbc:Name", "Fiscal Repr SRL"))
        + address(city="Timisoara", county="RO-TM", street="Bd. Republicii 9", street2="et. 2", line="ap. 4")
        + tag("cac:PartyTaxScheme", tag("cbc:CompanyID", "RO6859662") + tag("cac:TaxScheme", tag("cbc:ID", "VAT"))),
    )
    payment = "".join(
        tag(
            "cac:PaymentMeans",
            tag("cbc:PaymentMeansCode", "30", name=name)
            + tag("cbc:PaymentID", "FCT-2026/001")
            + card
            + tag(
                "cac:PayeeFinancialAccount",
                tag("cbc:ID", iban)
                + tag("cbc:Name", "Mobila Noua")
                + tag("cac:FinancialInstitutionBranch", tag("cbc:ID", "BTRLRO22")),
            )
            + mandate,
        )
        for name, iban, card, mandate in (
            (
                "Virament",
                "RO49AAAA1B31007593840000",
                tag(
                    "cac:CardAccount",
                    tag("cbc:PrimaryAccountNumberID", "1234")
                    + tag("cbc:NetworkID", "VISA")
                    + tag("cbc:HolderName", "Ion Pop"),
                ),
                tag(
                    "cac:PaymentMandate",
                    tag("cbc:ID", "MAND-1") + tag("cac:PayerFinancialAccount", tag("cbc:ID", "RO11")),
                ),
            ),
            (None, "RO09BCYP0000001234567890", "", ""),
        )
    )
    extra = (
        tag("cbc:AccountingCost", "607")
        + tag("cac:InvoicePeriod", tag("cbc:StartDate", "2026-01-01") + tag("cbc:EndDate", "2026-01-31"))
        + tag("cac:OrderLineReference", tag("cbc:LineID", "3"))
        + reference("cac:DocumentReference", "OBJ-L1", kind="130", scheme="AAB")
    )
    sides = allowance("5.00", "RON", reason="Discount linie", code="95", base="105.00", percent="4.76") + allowance(
        "5.00", "RON", charge=True, reason="Ambalare", code="PC", base="100.00"
    )
    item = (
        tag("cac:BuyersItemIdentification", tag("cbc:ID", "B-1"))
        + tag("cac:SellersItemIdentification", tag("cbc:ID", "S-1"))
        + tag("cac:StandardItemIdentification", tag("cbc:ID", "4006381333931", schemeID="0160"))
        + tag("cac:OriginCountry", tag("cbc:IdentificationCode", "RO"))
        + tag("cac:CommodityClassification", tag("cbc:ItemClassificationCode", "03222000-3", listID="STI"))
        + tag("cac:CommodityClassification", tag("cbc:ItemClassificationCode", "08055010", listID="TSP"))
    )
    after = tag("cac:AdditionalItemProperty", tag("cbc:Name", "Culoare") + tag("cbc:Value", "Verde"))
    price = tag("cbc:BaseQuantity", "1", unitCode="H87") + tag(
        "cac:AllowanceCharge",
        tag("cbc:ChargeIndicator", "false")
        + tag("cbc:Amount", "2.5", currencyID="RON")
        + tag("cbc:BaseAmount", "52.5", currencyID="RON"),
    )
    xml = invoice(
        kind,
        tax_currency="RON",
        references=references,
        parties=parties,
        delivery=delivery(city="Arad", county="RO-AR", street2="hala 3", line="poarta 2"),
        payment=payment,
        terms=tag("cac:PaymentTerms", tag("cbc:Note", "30 de zile")),
        prepaid="10.00",
        rounding="0.05",
        seller=dict(
            trade_name="Mobila Noua",
            endpoint="office@mobila.ro",
            own_id="4006381333931",
            contact=True,
            tax_id="18547290",
            legal_form="Capital social 200 lei",
            street2="bl. 4",
            line="sc. A",
        ),
        buyer=dict(
            trade_name="Casa Buna",
            endpoint="contact@casa.ro",
            own_id="C-77",
            contact=True,
            legal_id="J12/99/2001",
            street2="et. 1",
            line="ap. 2",
        ),
        sides=[("7.00", True, "S", "21"), ("3.00", False, "S", "21"), ("2.00", False, "E", "0")],
        notes=("#AAI#Nota generala", "A doua nota"),
        lines=[
            dict(extra=extra, sides=sides, item=item, price_extra=price, note="Nota liniei"),
            dict(code="E", rate="0", price="12.3456", quantity="3", name="Curs"),
        ],
    )
    text = xml.decode()
    end = "</cac:ClassifiedTaxCategory>"
    text = text.replace(end, end + after, 1)
    described = "<cbc:Description>Scaun de lemn</cbc:Description><cbc:Name>Scaun"
    return text.replace("<cbc:Name>Scaun", described, 1).encode()


def kinds():
    """{name: bytes}: what Romanian companies send, all accepted."""
    cash = tag("cac:PaymentMeans", tag("cbc:PaymentMeansCode", "10"))
    unregistered = dict(vat=None, tax_id=None, legal_id="RO18547290"[2:])
    private = dict(vat=None, legal_id="0" * 13, legal_name="Popescu Ion")
    return {
        "b2b": invoice(),
        "b2c_zeros": invoice(buyer=private, payment=cash),
        "b2c_cnp": invoice(buyer=dict(private, legal_id="1800101221144")),
        "credit_note": invoice("CreditNote", references=preceding()),
        "storno": invoice(lines=[dict(quantity="-2")], references=preceding(), due=None),
        "corrected_384": invoice(type_code="384", references=preceding()),
        "self_billed_389": invoice(type_code="389"),
        "accounting_751": invoice(type_code="751"),
        "rates": invoice(
            lines=[
                dict(rate=rate, price=price)
                for rate, price in (
                    ("21", "10.01"),
                    ("11", "9.99"),
                    ("9", "3.333"),
                    ("19", "7"),
                    ("5", "0.07"),
                    ("21", "1.005"),
                )
            ]
        ),
        "reverse_charge": invoice(
            lines=[
                dict(
                    code="AE",
                    rate="0",
                    item=tag(
                        "cac:CommodityClassification", tag("cbc:ItemClassificationCode", "72044910", listID="TSP")
                    ),
                )
            ]
        ),
        "exempt": invoice(lines=[dict(code="E", rate="0"), dict()]),
        "zero_rate": invoice(lines=[dict(code="Z", rate="0"), dict(code="S", rate="11")]),
        "intra_community": invoice(
            lines=[dict(code="K", rate="0")],
            buyer=_foreign("AT", "ATU12345678"),
            delivery=delivery("AT", city="Wien", county="AT-9"),
        ),
        "export": invoice(
            lines=[dict(code="G", rate="0.00")],
            buyer=_foreign("CH", None, "Bern", "CH-BE"),
            delivery=delivery("CH", city="Bern", county="CH-BE"),
        ),
        "not_registered": invoice(
            lines=[dict(code="O", rate="0")], seller=unregistered, buyer=dict(vat=None, legal_id="4221306")
        ),
        "canary": invoice(lines=[dict(code="L", rate="7"), dict(code="M", rate="4")]),
        "euro": invoice(currency="EUR", tax_currency="RON"),
        "lei_with_euro_total": invoice(currency="RON", tax_currency="EUR"),
        "document_sides": invoice(
            sides=[("10.00", False, "S", "21"), ("4.50", True, "S", "21"), ("1.00", True, "S", "9")]
        ),
        "line_sides": invoice(
            lines=[
                dict(
                    net="95.00",
                    sides=allowance("10.00", "RON", base="100.00", percent="10")
                    + allowance("5.00", "RON", charge=True, reason=None, code="FC"),
                )
            ]
        ),
        "prepaid": invoice(prepaid="50.00"),
        "all_prepaid": invoice(prepaid="121.00", due=None),
        "rounding": invoice(rounding="-0.04", lines=[dict(price="49.98")]),
        "zero_total": invoice(lines=[dict(quantity="1", price="10"), dict(quantity="-1", price="10")], due=None),
        "credit_note_rich": _rich("CreditNote"),
        "rich": _rich("Invoice"),
        "sides_only_in_exempt": invoice(lines=[dict(code="E", rate="0")], sides=[("3.00", True, "E", "0")]),
        "credit_reverse": invoice("CreditNote", lines=[dict(code="AE", rate="0")], sides=[("1.00", False, "AE", "0")]),
        "vat_on_payment": invoice(
            references=tag("cac:InvoicePeriod", tag("cbc:DescriptionCode", "432")), notes=("TVA la incasare",)
        ),
        "tax_point": invoice().replace(
            b"<cbc:DocumentCurrencyCode>", b"<cbc:TaxPointDate>2026-01-14</cbc:TaxPointDate><cbc:DocumentCurrencyCode>"
        ),
        "fifty_lines": invoice(
            lines=[dict(price=f"{i}.37", quantity="3", rate=("21", "11")[i % 2]) for i in range(50)]
        ),
    }
