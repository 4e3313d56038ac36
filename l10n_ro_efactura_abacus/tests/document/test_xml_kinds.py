"""All kinds of invoices: created as a user does, built, compared with xml/<kind>.xml, read back, and sent."""

from odoo.tests import tagged

from .xml_common import XmlCommon
from .xml_makers import Makers

TAX_TOTAL = "/Invoice/TaxTotal/TaxSubtotal/TaxCategory"

#: kind -> {path: [texts]}: what a reader must find; the method that makes the invoice is `_make_<kind>`
KINDS = {
    "b2b": {
        "//InvoiceTypeCode": ["380"],
        "//AccountingSupplierParty//PartyTaxScheme/CompanyID": ["RO1234567897"],
        "//AccountingSupplierParty//PartyLegalEntity/CompanyID": ["J40/1234/2020"],
        "//AccountingSupplierParty//CityName": ["SECTOR1"],
        "//AccountingCustomerParty//PartyTaxScheme/CompanyID": ["RO987654328"],
        "//AccountingCustomerParty//PartyLegalEntity/CompanyID": [],
        "//AccountingCustomerParty//CityName": ["Brașov"],
        "//InvoicedQuantity/@unitCode": ["C62"],
        "//ClassifiedTaxCategory/ID": ["S"],
        "//PaymentMeansCode": ["30"],
        "//PayeeFinancialAccount/ID": ["RO49AAAA1B31007593840000"],
        "//PayableAmount": ["121.00"],
        "//OrderReference": [],
        "//Delivery": [],
        "//TaxCurrencyCode": [],
    },
    "b2b_no_ro": {
        "//AccountingCustomerParty//PartyTaxScheme/CompanyID": [],
        "//AccountingCustomerParty//PartyLegalEntity/CompanyID": ["987654328"],
    },
    "b2b_registry": {
        "//AccountingCustomerParty//PartyTaxScheme/CompanyID": ["RO987654328"],
        "//AccountingCustomerParty//PartyLegalEntity/CompanyID": [],
    },
    "b2g": {
        "//OrderReference/ID": ["COMANDA 17/2026"],
        "//ContractDocumentReference/ID": ["CTR 5/2026"],
        "//ItemClassificationCode": ["79411000-8"],
        "//ItemClassificationCode/@listID": ["STI"],
        "//AccountingCustomerParty//PartyLegalEntity/CompanyID": ["4267117"],
    },
    "b2c_cnp": {"//AccountingCustomerParty//PartyLegalEntity/CompanyID": ["1800101221144"]},
    "b2c_zeros": {
        "//AccountingCustomerParty//PartyTaxScheme/CompanyID": [],
        "//AccountingCustomerParty//PartyLegalEntity/CompanyID": ["0000000000000"],
    },
    "not_vat_payer": {
        "//PartyTaxScheme/CompanyID": [],
        "//AccountingSupplierParty//PartyLegalEntity/CompanyID": ["1234567897"],
        "//AccountingSupplierParty//CompanyLegalForm": ["Nr. reg. com.: J40/1234/2020"],
        "//AccountingCustomerParty//PartyLegalEntity/CompanyID": ["987654328"],
        "//ClassifiedTaxCategory/ID": ["O"],
        "//Percent": [],
        "//TaxExemptionReasonCode": ["VATEX-EU-O"],
    },
    "eur": {
        "//DocumentCurrencyCode": ["EUR"],
        "//TaxCurrencyCode": ["RON"],
        "/Invoice/TaxTotal/TaxAmount": ["21.00", "105.00"],
        "/Invoice/TaxTotal/TaxAmount/@currencyID": ["EUR", "RON"],
        "//PayableAmount": ["121.00"],
    },
    "usd": {
        "//DocumentCurrencyCode": ["USD"],
        "/Invoice/TaxTotal/TaxAmount": ["21.00", "84.00"],
        "/Invoice/TaxTotal/TaxAmount/@currencyID": ["USD", "RON"],
    },
    "credit_note": {
        "/CreditNote/CreditNoteTypeCode": ["381"],
        "//BillingReference//ID": ["FCT/%s"],
        "//BillingReference//IssueDate": ["2026-09-15"],
        "/CreditNote/Note": ["Motiv: Marfă returnată"],
        "//CreditedQuantity": ["1.0"],
        "//OrderReference/ID": ["COMANDA 17/2026"],
        "//PayableAmount": ["121.00"],
    },
    "credit_note_negative": {
        "/Invoice/InvoiceTypeCode": ["380"],
        "//BillingReference//ID": ["FCT/%s"],
        "/Invoice/Note": ["Motiv: Marfă returnată"],
        "//InvoicedQuantity": ["-2.0", "-1.0"],
        "//PriceAmount": ["100.0", "50.0"],
        "//InvoiceLine/AllowanceCharge/ChargeIndicator": ["false"],
        "//InvoiceLine/AllowanceCharge/Amount": ["-20.00"],
        "//InvoiceLine/LineExtensionAmount": ["-180.00", "-50.00"],
        "//TaxTotal/TaxAmount": ["-48.30"],
        "//PayableAmount": ["-278.30"],
    },
    "corrected": {
        "/Invoice/InvoiceTypeCode": ["384"],
        "//BillingReference//ID": ["VECHI-99"],
        "//BillingReference//IssueDate": ["2026-08-01"],
    },
    "self_billing": {
        "/Invoice/InvoiceTypeCode": ["389"],
        "//AccountingSupplierParty//PartyTaxScheme/CompanyID": ["RO987654328"],
        "//AccountingCustomerParty//PartyTaxScheme/CompanyID": ["RO1234567897"],
        "//ClassifiedTaxCategory/ID": ["S"],
        "//PayableAmount": ["121.00"],
    },
    "self_billing_reverse": {
        "/Invoice/InvoiceTypeCode": ["389"],
        "//ClassifiedTaxCategory/ID": ["AE"],
        "//ClassifiedTaxCategory/Percent": ["0.0"],
        "//PayableAmount": ["100.00"],
    },
    "accounting_purposes": {"/Invoice/InvoiceTypeCode": ["751"]},
    "line_discount": {
        "//InvoiceLine/AllowanceCharge/ChargeIndicator": ["false"],
        "//InvoiceLine/AllowanceCharge/MultiplierFactorNumeric": ["15.0"],
        "//InvoiceLine/AllowanceCharge/Amount": ["30.00"],
        "//InvoiceLine/LineExtensionAmount": ["170.00"],
        "//PayableAmount": ["205.70"],
    },
    "document_discount": {
        "/Invoice/AllowanceCharge/ChargeIndicator": ["false", "true"],
        "/Invoice/AllowanceCharge/Amount": ["20.00", "15.00"],
        "/Invoice/AllowanceCharge/AllowanceChargeReason": ["Reducere de fidelitate", "Transport"],
        "//LegalMonetaryTotal/LineExtensionAmount": ["200.00"],
        "//TaxExclusiveAmount": ["195.00"],
        "//AllowanceTotalAmount": ["20.00"],
        "//ChargeTotalAmount": ["15.00"],
        "//PayableAmount": ["235.95"],
    },
    "discount_100": {
        "//InvoiceLine/AllowanceCharge/Amount": ["100.00"],
        "//InvoiceLine/LineExtensionAmount": ["0.00", "50.00"],
        "//PayableAmount": ["60.50"],
    },
    "negative_line": {
        "//InvoicedQuantity": ["3.0", "-1.0", "-2.0"],
        "//PriceAmount": ["100.0", "40.0", "10.0"],
        "//InvoiceLine/LineExtensionAmount": ["300.00", "-40.00", "-20.00"],
        "//PayableAmount": ["290.40"],
    },
    "zero_line": {
        "//InvoicedQuantity": ["1.0", "0.0", "1.0"],
        "//PriceAmount": ["100.0", "25.0", "0.0"],
        "//InvoiceLine/LineExtensionAmount": ["100.00", "0.00", "0.00"],
    },
    "mixed_rates": {
        f"{TAX_TOTAL}/Percent": ["21.0", "11.0", "9.0", "19.0", "5.0"],
        "//TaxSubtotal/TaxAmount": ["21.00", "11.00", "9.00", "19.00", "5.00"],
        "//PayableAmount": ["565.00"],
    },
    "mixed_with_exempt": {
        f"{TAX_TOTAL}/ID": ["S", "E"],
        "//TaxSubtotal/TaxableAmount": ["0.21", "0.99"],
        f"{TAX_TOTAL}/TaxExemptionReason": [
            "Operațiune neimpozabilă în România; Scutit fără drept de deducere, art. 292 Cod fiscal"
        ],
    },
    "reverse_charge": {
        f"{TAX_TOTAL}/ID": ["AE"],
        f"{TAX_TOTAL}/TaxExemptionReasonCode": ["VATEX-EU-AE"],
        "//ItemClassificationCode": ["10019900"],
        "//ItemClassificationCode/@listID": ["TSP"],
        "//InvoicedQuantity/@unitCode": ["KGM"],
        "//PayableAmount": ["250.00"],
    },
    "exempt": {f"{TAX_TOTAL}/ID": ["E"], "//PayableAmount": ["100.00"]},
    "intra_community": {
        f"{TAX_TOTAL}/ID": ["K"],
        f"{TAX_TOTAL}/TaxExemptionReasonCode": ["VATEX-EU-IC"],
        "//AccountingCustomerParty//PartyTaxScheme/CompanyID": ["DE136695976"],
        "//ActualDeliveryDate": ["2026-09-12"],
        "//DeliveryLocation//IdentificationCode": ["DE"],
        "//DeliveryLocation//CountrySubentity": ["Berlin"],
    },
    "services_abroad": {
        f"{TAX_TOTAL}/ID": ["AE"],
        "//AccountingCustomerParty//PartyTaxScheme/CompanyID": ["DE136695976"],
        "//Delivery": [],
    },
    "export": {
        f"{TAX_TOTAL}/ID": ["G"],
        f"{TAX_TOTAL}/TaxExemptionReasonCode": ["VATEX-EU-G"],
        "//AccountingCustomerParty//PartyTaxScheme/CompanyID": [],
        "//AccountingCustomerParty//PartyLegalEntity/CompanyID": ["12-3456789"],
    },
    "sgr_deposit": {
        f"{TAX_TOTAL}/ID": ["S", "E"],
        f"{TAX_TOTAL}/TaxExemptionReasonCode": ["VATEX-EU-79-C"],
        "//InvoiceLine/Item/Name": ["Apă minerală 0,5 l", "Garanție SGR"],
        "//InvoicedQuantity": ["24.0", "24.0"],
        "//InvoiceLine/LineExtensionAmount": ["48.00", "12.00"],
        "//PayableAmount": ["70.08"],
    },
    "vat_on_payment": {
        "//InvoicePeriod/DescriptionCode": ["432"],
        "/Invoice/Note": ["TVA la încasare"],
        f"{TAX_TOTAL}/ID": ["S"],
        "//PayableAmount": ["121.00"],
    },
    "cash_rounding": {
        "//TaxInclusiveAmount": ["121.02"],
        "//PayableRoundingAmount": ["-0.02"],
        "//PayableAmount": ["121.00"],
    },
    "prepaid": {
        "//TaxInclusiveAmount": ["121.00"],
        "//PrepaidAmount": ["50.00"],
        "//PayableAmount": ["71.00"],
    },
    "advance_deducted": {
        "//InvoicedQuantity": ["1.0", "-1.0"],
        "//BillingReference//ID": ["AVANS 3"],
        "//PayableAmount": ["847.00"],
    },
    "delivery": {
        "//ActualDeliveryDate": ["2026-09-14"],
        "//DeliveryLocation//StreetName": ["Strada Depozitului 9"],
        "//DeliveryLocation//CountrySubentity": ["RO-CJ"],
        "//DeliveryParty//Name": ["Depozit Cluj"],
    },
    "cash": {"//PaymentMeansCode": ["10"], "//PayeeFinancialAccount": []},
    "card": {"//PaymentMeansCode": ["48"], "//PayeeFinancialAccount": []},
    "compensation": {"//PaymentMeansCode": ["97"], "//PaymentMeansCode/@name": ["Compensare"]},
    "base_quantity": {
        "//InvoicedQuantity": ["100000.0"],
        "//BaseQuantity": ["10"],
        "//InvoiceLine/LineExtensionAmount": ["27272.73"],
    },
    "representative": {
        "//TaxRepresentativeParty/PartyName/Name": ["Fiscal Expert SRL"],
        "//TaxRepresentativeParty/PartyTaxScheme/CompanyID": ["RO18547290"],
    },
    "long_texts": {
        "//InvoiceLine/Item/Name": [" ".join(["Denumire"] * 11)],
        "//InvoiceLine/Note": None,
        "/Invoice/Note": None,
    },
    "diacritics": {
        "//InvoiceLine/Item/Name": ["Șuruburi și țevi"],
        "//InvoiceLine/Item/Description": ["din oțel, ăâîșț ĂÂÎȘȚ"],
        "/Invoice/Note": ["Mulțumim! & <toate> cele bune"],
    },
    "early_payment": {
        "/Invoice/AllowanceCharge/ChargeIndicator": ["false", "true"],
        "//PayableAmount": ["120.58"],
    },
    "credit_note_period": {
        "//BillingReference//ID": [],
        "/CreditNote/InvoicePeriod/StartDate": ["2026-07-01"],
        "/CreditNote/InvoicePeriod/EndDate": ["2026-08-31"],
        "/CreditNote/InvoicePeriod/DescriptionCode": ["432"],
        "/CreditNote/Note": ["TVA la încasare", "Motiv: Bonus de volum, contract 5/2026"],
    },
    "embedded_pdf": {
        "//AdditionalDocumentReference/ID": ["FCT/%s"],
        "//EmbeddedDocumentBinaryObject": ["JVBERi0xLjQKJSVFT0YK"],
        "//EmbeddedDocumentBinaryObject/@mimeCode": ["application/pdf"],
    },
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestXmlKinds(Makers, XmlCommon):
    def _check(self, kind, meaning):
        """Make the invoice, build it, read it, compare it, send it."""
        self.number = f"{list(KINDS).index(kind) + 1:05}"
        move = getattr(self, f"_make_{kind}")()
        tree = self._read(move)
        for path, texts in meaning.items():
            found = self._texts(tree, path)
            if texts is None:
                self.assertTrue(found, f"{kind}: nothing at {path}")
            else:
                self.assertEqual(found, [text.replace("%s", self.number) for text in texts], f"{kind}: {path}")
        self._send(move)
        self.same_xml(kind, tree)

    def _send(self, move):
        """The simulated ANAF takes it, by the call that its kind needs."""
        xml, _errors = move._l10n_ro_efactura_build_xml()
        client = self.credential._client("test")
        call = move._l10n_ro_efactura_upload_params()
        receipt = client.upload(xml, b2c=call.pop("is_b2c"), **call)
        self.sim.finish()
        self.assertEqual(client.status(receipt.upload_index).state, "ok")


def _add_tests():
    for kind, meaning in KINDS.items():

        def test(self, kind=kind, meaning=meaning):
            self._check(kind, meaning)

        test.__doc__ = f"The invoice of kind {kind}."
        setattr(TestXmlKinds, f"test_{kind}", test)


_add_tests()
