"""Cases that single changes do not reach: edges of rounding and tolerance, rules that need two changes, odd XML."""

from decimal import Decimal

import checker_samples as samples
from checker_samples import allowance, invoice, reference, tag

_SCHEME = (
    "<cac:PartyTaxScheme><cbc:CompanyID>RO18547290</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID>"
    "</cac:TaxScheme></cac:PartyTaxScheme>"
)
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def corners():
    """(label, bytes)."""
    for family in (_sums, _periods, _sides, _parties, _documents, _payment, _repeated, _odd_xml):
        for number, text in enumerate(family()):
            yield f"corner {family.__name__[1:]} {number}", text if isinstance(text, bytes) else text.encode()


def _plain(**values):
    return invoice(**values).decode()


def _rich(kind="rich"):
    return samples.kinds()[kind].decode()


def _sums():
    for base in ("100.10", "99.95", "1000.37", "0.07", "123456.78", "33.33"):
        xml = _plain(lines=[dict(quantity="1", price=base)])
        for step in (1, -1):
            yield xml.replace(
                f'<cbc:TaxableAmount currencyID="RON">{base}',
                f'<cbc:TaxableAmount currencyID="RON">{Decimal(base) + step}',
            )
    for quantity in ("-1", "-3"):
        for price in ("0.005", "10.015", "33.335"):
            yield invoice(lines=[dict(quantity=quantity, price=price)], due=None)
            yield invoice(lines=[dict(quantity=quantity, price=price)], prepaid="-3.005", due=None)
    for half in ("10.005", "10.015", "-10.005", "-0.005", "0.004"):
        yield invoice(prepaid=half)
        yield invoice(rounding=half)
    yield invoice(lines=[dict(net="10.005"), dict(net="20.005")])
    yield invoice(lines=[dict(net="10.005")], sides=[("0.005", True, "S", "21")])
    for value in ("1,234.00", "1 000", "1_000", "+1.00", "1.", ".5", "-.5", "1e3", "0x10", "  5  ", "1." + "0" * 30):
        yield _plain().replace(">50</cbc:PriceAmount>", f">{value}</cbc:PriceAmount>")
    yield _rich().replace('currencyID="RON">52.5</cbc:BaseAmount>', 'currencyID="RON">-52.5</cbc:BaseAmount>')


def _periods():
    for inside in (
        "",
        tag("cbc:DescriptionCode", "35"),
        tag("cbc:DescriptionCode", "35") * 2,
        tag("cbc:Description", "x"),
        tag("cbc:StartDate", "2026-01-01Z"),
    ):
        period = tag("cac:InvoicePeriod", inside)
        yield invoice(references=period)
        yield invoice(references=period * 2)
        yield invoice(lines=[dict(extra=period)])
        yield (
            samples.kinds()["tax_point"]
            .decode()
            .replace("<cac:AccountingSupplierParty>", f"{period}<cac:AccountingSupplierParty>")
        )
    for day in (
        "2026-01-15<!-- x -->",
        "2026-01<!-- x -->-15",
        "2026-01-<?p x?>15",
        "0000-01-01",
        "0001-01-01",
        "9999-12-31",
        "-026-01-01",
        "2026-13-01",
        "2024-02-29",
        "2023-02-29",
        "12026-01-15",
    ):
        yield _plain().replace("2026-01-15<", f"{day}<")
        yield _rich().replace("<cbc:StartDate>2026-01-01", f"<cbc:StartDate>{day}")
        due = tag("cbc:PaymentDueDate", day)
        yield _plain(kind="CreditNote").replace("</cbc:PaymentMeansCode>", f"</cbc:PaymentMeansCode>{due}")


def _sides():
    amounts = ("1.00", "1.005", None)
    for charge in (True, False):
        for amount in amounts:
            for reason, code in ((None, None), ("Motiv", None), (None, "95"), (None, "FC"), ("x" * 101, "x" * 101)):
                for tax in (None, ("S", "21"), ("E", "0"), ("L", "-1"), ("M", "-1")):
                    side = allowance(amount, "RON", charge, tax, reason, code)
                    yield _plain().replace("<cac:TaxTotal>", f"{side}<cac:TaxTotal>", 1)
                side = allowance(amount, "RON", charge, None, reason, code, base="2.345")
                yield _plain().replace("<cac:Item>", f"{side}<cac:Item>")
        two = allowance("1.00", "RON", charge, ("S", "21")).replace(
            "<cac:TaxCategory>", samples.category("", "TaxCategory", "E", "0") + "<cac:TaxCategory>"
        )
        yield _plain().replace("<cac:TaxTotal>", f"{two}<cac:TaxTotal>", 1)
        twice = allowance("1.00", "RON", charge, ("S", "21")).replace(
            "<cbc:Amount", "<cbc:AllowanceChargeReason>b</cbc:AllowanceChargeReason><cbc:Amount"
        )
        yield _plain().replace("<cac:TaxTotal>", f"{twice}<cac:TaxTotal>", 1)
        yield _plain().replace("</cac:Price>", allowance("1.00", "RON", charge) * 2 + "</cac:Price>")
    for code, rate in (("S", "21"), ("S", "9"), ("E", "0"), ("O", "0")):
        end = "</cac:ClassifiedTaxCategory>"
        yield _plain().replace(end, end + samples.category("", "ClassifiedTaxCategory", code, rate))
    for country in ("IT", "RO", "XX", ""):
        parties = dict(seller=dict(country="IT", county="RM"), buyer=dict(country=country))
        yield invoice(lines=[dict(code="B", rate="22")], **parties)
        yield invoice(lines=[dict(code="B", rate="22"), {}], **parties)


def _parties():
    for schemes in (
        _SCHEME * 2,
        _SCHEME * 3,
        _SCHEME + _SCHEME.replace("VAT", "FC"),
        _SCHEME + _SCHEME.replace("VAT", "FC") * 2,
        _SCHEME + _SCHEME.replace("VAT", "vat"),
        _SCHEME.replace("<cbc:ID>VAT</cbc:ID>", ""),
        _SCHEME.replace("VAT", " VAT "),
    ):
        yield _plain().replace(_SCHEME, schemes)
        yield _plain().replace(_SCHEME.replace("18547290", "4221306"), schemes)
    number = tag("cac:PartyIdentification", tag("cbc:ID", "5060012349998", schemeID="0088"))
    for numbers in (
        number * 2,
        number + number.replace("0088", "SEPA"),
        number.replace("0088", "sepa") * 2,
        number.replace(' schemeID="0088"', "") * 2,
        number.replace("0088", "XX"),
    ):
        yield _rich().replace(number, numbers)
        yield _rich().replace("<cac:PartyName><cbc:Name>Casa Buna", numbers + "<cac:PartyName><cbc:Name>Casa Buna")
        yield _rich().replace("<cac:PartyName><cbc:Name>Mobila Noua", numbers + "<cac:PartyName><cbc:Name>Mobila Noua")
    for name in ("Mobila Noua SRL", "Casa Buna", ""):
        yield _rich().replace("Factoring Plus IFN", name)
    entity = tag("cac:PartyLegalEntity", tag("cbc:CompanyID", "J1"))
    for name in ("Mobila", "Casa"):
        start = f"<cac:PartyLegalEntity><cbc:RegistrationName>{name}"
        yield _plain().replace(start, entity + start)
        yield _plain().replace(start, tag("cac:PartyLegalEntity", "") + start)
    for inside in (
        "",
        tag("cac:DeliveryLocation", ""),
        tag("cac:DeliveryAddress", ""),
        tag("cac:DeliveryLocation", tag("cac:Address", "")),
        tag("cac:DeliveryParty", ""),
    ):
        for kind in ("Invoice", "CreditNote"):
            yield invoice(kind, delivery=tag("cac:Delivery", inside))


def _documents():
    for kind in ("Invoice", "CreditNote"):
        xml = _rich("rich" if kind == "Invoice" else "credit_note_rich")
        first = "<cbc:ID>DEV-1</cbc:ID>"
        for code in ("130", "50", "380"):
            yield xml.replace("DocumentTypeCode>130", f"DocumentTypeCode>{code}")
            yield xml.replace(first, f'<cbc:ID schemeID="AAA">DEV-1</cbc:ID>{tag("cbc:DocumentTypeCode", code)}')
        described = "<cbc:DocumentDescription>Deviz</cbc:DocumentDescription>"
        yield xml.replace(described, described * 2)
        yield xml.replace(
            "OBJ-1</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode>",
            "OBJ-1</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode><cac:Attachment/>",
        )
        yield xml.replace(
            "OBJ-1</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode>",
            f"OBJ-1</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode>{described}",
        )
        yield xml.replace("LIC-1", "L" * 201)
        yield xml.replace(
            "</cac:InvoiceDocumentReference>",
            "</cac:InvoiceDocumentReference>" + reference("cac:AdditionalDocumentReference", "x", kind="380"),
        )
    project = "<cac:ProjectReference>"
    yield _rich().replace(project, tag("cac:ProjectReference", tag("cbc:ID", "P2")) + project)
    for notes in (["n"] * 20, ["n"] * 21, ["##"], ["#AA #x"], ["# AA#x"], ["a#ABC#b"], ["#AAI"], ["#AAA#AAA#"]):
        yield invoice(notes=notes)
    total = tag("cac:TaxTotal", tag("cbc:TaxAmount", "21.005", currencyID="RON"))
    for currency in ("RON", "EUR", "USD"):
        one = total.replace("RON", currency)
        yield _plain().replace("<cac:LegalMonetaryTotal>", f"{one}<cac:LegalMonetaryTotal>")
        yield _plain().replace("<cac:Item>", f"{one}<cac:Item>")


def _payment():
    means = tag("cac:PaymentMeans", tag("cbc:PaymentMeansCode", "30"))
    for first, second in (("30", "30"), ("30", "42"), ("10", "10"), ("10", " 10"), ("58", "58")):
        yield (
            _plain()
            .replace("<cac:TaxTotal>", means.replace("30", second) + "<cac:TaxTotal>", 1)
            .replace("Code>30<", f"Code>{first}<", 1)
        )
    due = tag("cbc:PaymentDueDate", "2026-02-01")
    for kind in ("rich", "credit_note_rich"):
        yield _rich(kind).replace("</cbc:PaymentMeansCode>", f"</cbc:PaymentMeansCode>{due}", 1)
        yield _rich(kind).replace("</cbc:PaymentMeansCode>", f"</cbc:PaymentMeansCode>{due}")
        yield _rich(kind).replace("<cbc:PaymentMeansCode>", '<cbc:PaymentMeansCode name="x">')
        yield _rich(kind).replace("Ion Pop", "i" * 201)


def _repeated():
    for start in (
        "<cac:ContractDocumentReference>",
        "<cac:DespatchDocumentReference>",
        "<cac:ReceiptDocumentReference>",
        "<cac:OriginatorDocumentReference>",
        "<cac:Delivery>",
        "<cac:PaymentTerms>",
        "<cac:AddressLine>",
        "<cac:PartyName>",
        "<cbc:PaymentID>",
        "<cbc:Description>",
        "<cac:Contact>",
    ):
        for kind in ("rich", "credit_note_rich"):
            before, found, rest = _rich(kind).partition(start)
            if found:
                end = start.replace("<", "</")
                inside = rest[: rest.index(end)]
                yield f"{before}{start}{inside}{end}{start}{rest}"
                yield f"{before}{start}{end}{start}{rest}"


def _odd_xml():
    yield _plain().replace("<Invoice ", f'<Invoice {_XSI} xsi:schemaLocation="a b" ')
    yield _plain().replace("<cbc:DueDate>", f'<cbc:DueDate {_XSI} xsi:nil="true">')
    yield _plain().replace("<cbc:Note>", '<cbc:Note xml:lang="ro">')
    yield _plain().replace("<cbc:Note>", f'<cbc:Note {_XSI} xsi:type="x">')
    yield _plain().replace("<cbc:Note>Multumim", "<cbc:Note><![CDATA[a < b]]>")
    yield _plain().replace("<cac:Item>", "<cac:Item>text")
    yield _plain().replace("CIUS-RO:1.0.1<", "CIUS-RO:1.0.1\n<")
    line = tag(
        "cac:SubInvoiceLine",
        tag("cbc:ID", "1")
        + tag("cbc:LineExtensionAmount", "1", currencyID="RON")
        + tag("cac:Item", tag("cac:ClassifiedTaxCategory", tag("cbc:ID", "E") + "<cac:TaxScheme/>")),
    )
    yield _plain().replace("</cac:Price>", f"</cac:Price>{line}")
    extension = (
        '<e:UBLExtensions xmlns:e="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2">'
        '<e:UBLExtension><e:ExtensionContent><x:aAmount xmlns:x="u">1.234</x:aAmount></e:ExtensionContent>'
        "</e:UBLExtension></e:UBLExtensions>"
    )
    yield _plain().replace("<cbc:CustomizationID>", f"{extension}<cbc:CustomizationID>")
    yield _plain().replace(
        "<cac:AccountingSupplierParty>",
        "<cac:Signature><cbc:ID>x</cbc:ID></cac:Signature><cac:AccountingSupplierParty>",
    )
