"""The business rules of the asynchronous check: identities, EN 16931 basics, the common CIUS-RO traps.

Not a schematron: the rules invoicing software breaks most, each tested as the official artefact tests it. Texts
are ours in ANAF's form `[RULE]-Romanian #English`, except the identity texts, which are ANAF's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from . import texts
from .document import NS, Document, Element, digits, party_cif, text, vat_id

# Rule, Romanian, English.
_Broken = tuple[str, str, str]

CIUS_RO = "urn:cen.eu:en16931:2017#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1"
COUNTIES = frozenset(
    "RO-" + code
    for code in [
        "AB",
        "AG",
        "AR",
        "B",
        "BC",
        "BH",
        "BN",
        "BR",
        "BT",
        "BV",
        "BZ",
        "CJ",
        "CL",
        "CS",
        "CT",
        "CV",
        "DB",
        "DJ",
        "GJ",
        "GL",
        "GR",
        "HD",
        "HR",
        "IF",
        "IL",
        "IS",
        "MH",
        "MM",
        "MS",
        "NT",
        "OT",
        "PH",
        "SB",
        "SJ",
        "SM",
        "SV",
        "TL",
        "TM",
        "TR",
        "VL",
        "VN",
        "VS",
    ]
)
SECTORS = frozenset(f"SECTOR{number}" for number in range(1, 7))
SUPPLIER, CUSTOMER = "cac:AccountingSupplierParty/cac:Party", "cac:AccountingCustomerParty/cac:Party"
TOTALS = "cac:LegalMonetaryTotal/cbc:"


@dataclass(frozen=True)
class Finding:
    rule: str  # "BR-02", or "ERRIdentif" for the identity checks
    message: str

    def in_package(self) -> str:
        """Return the errorMessage of a nok package."""
        return self.message

    def in_validator(self) -> str:
        """Return the message of /validare."""
        if self.rule == "ERRIdentif":
            return f"tipAssert=E; codEroare=ERRIdentif; textEroare={self.message}"
        return (
            f"tipAssert=FailedAssert; codEroare={self.rule}; localizareEroare=/Invoice; textEroare={self.message}; "
            "expresieValidata="
        )


def cui_is_valid(value: str) -> bool:
    """Verify the check digit of a CUI (2 to 10 digits, no RO): weights 7 5 3 2 1 7 5 3 2 on the body padded to 9."""
    if not re.fullmatch(r"\d{2,10}", value):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(value[:-1].zfill(9), (7, 5, 3, 2, 1, 7, 5, 3, 2)))
    return total * 10 % 11 % 10 == int(value[-1])


def cnp_is_valid(value: str) -> bool:
    """Verify the check digit of a CNP or NIF (13 digits); thirteen zeros stand for a person who gave none."""
    if not re.fullmatch(r"\d{13}", value):
        return False
    if value == "0" * 13:
        return True
    rest = sum(int(digit) * weight for digit, weight in zip(value, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9))) % 11
    return (1 if rest == 10 else rest) == int(value[-1])


def check(document: Document, extern: bool = False, unknown: Collection[str] = frozenset()) -> list[Finding]:
    """List the findings of one UBL document.

    `extern` skips the buyer's identity, `unknown` are CUIs not in the registry.
    """
    if document.standard not in ("UBL", "CN"):
        return []
    found = list(_identity(document.root, extern, unknown))
    found += [Finding(rule, _wording(rule, romanian, english)) for rule, romanian, english in _rules(document)]
    return found


def _wording(rule: str, romanian: str, english: str) -> str:
    return f"[{rule}]-{romanian} \n\t\t#{english}"


def _identity(root: Element, extern: bool, unknown: Collection[str]) -> Iterator[Finding]:
    seller, buyer = root.find(SUPPLIER, NS), root.find(CUSTOMER, NS)
    # BT-31 first; a seller without VAT is known by its tax registration or legal id
    seller_vat = vat_id(seller)
    seller_cif = digits(seller_vat) if seller_vat.startswith("RO") else "" if seller_vat else party_cif(seller)
    if seller_cif and not (cui_is_valid(seller_cif) or cnp_is_valid(seller_cif)):
        yield Finding("ERRIdentif", texts.BAD_SELLER)
    elif seller_cif in unknown:
        yield Finding("ERRIdentif", texts.UNKNOWN_SELLER.format(cif=seller_cif))
    if extern:
        return
    buyer_vat = re.fullmatch(r"RO(\d+)", vat_id(buyer))
    cif = buyer_vat.group(1) if buyer_vat else digits(text(buyer, "cac:PartyLegalEntity/cbc:CompanyID"))
    if not cif:
        yield Finding("ERRIdentif", texts.NO_BUYER)
    elif len(cif) == 13:
        if not cnp_is_valid(cif):
            yield Finding("ERRIdentif", texts.BAD_BUYER_PERSON)
    elif not cui_is_valid(cif) or cif in unknown:
        yield Finding("ERRIdentif", texts.BAD_BUYER)


def _number(value: str) -> Decimal | None:
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


def _rules(document: Document) -> Iterator[_Broken]:
    """Yield (rule, Romanian, English) for each rule broken by an Invoice or CreditNote."""
    root = document.root
    invoice = document.standard == "UBL"
    required = (
        (
            "BR-01",
            "cbc:CustomizationID",
            "un identificator al specificatiei (BT-24)",
            "a Specification identifier (BT-24)",
        ),
        ("BR-02", "cbc:ID", "un numar de factura (BT-1)", "an Invoice number (BT-1)"),
        ("BR-03", "cbc:IssueDate", "o data de emitere (BT-2)", "an issue date (BT-2)"),
        (
            "BR-04",
            "cbc:InvoiceTypeCode" if invoice else "cbc:CreditNoteTypeCode",
            "un cod al tipului facturii (BT-3)",
            "a type code (BT-3)",
        ),
        ("BR-05", "cbc:DocumentCurrencyCode", "codul monedei (BT-5)", "a currency code (BT-5)"),
        (
            "BR-06",
            f"{SUPPLIER}/cac:PartyLegalEntity/cbc:RegistrationName",
            "numele vanzatorului (BT-27)",
            "the Seller name (BT-27)",
        ),
        (
            "BR-07",
            f"{CUSTOMER}/cac:PartyLegalEntity/cbc:RegistrationName",
            "numele cumparatorului (BT-44)",
            "the Buyer name (BT-44)",
        ),
        (
            "BR-09",
            f"{SUPPLIER}/cac:PostalAddress/cac:Country/cbc:IdentificationCode",
            "tara vanzatorului (BT-40)",
            "the Seller country (BT-40)",
        ),
        (
            "BR-11",
            f"{CUSTOMER}/cac:PostalAddress/cac:Country/cbc:IdentificationCode",
            "tara cumparatorului (BT-55)",
            "the Buyer country (BT-55)",
        ),
        (
            "BR-12",
            TOTALS + "LineExtensionAmount",
            "suma valorilor nete ale liniilor (BT-106)",
            "the sum of line net amounts (BT-106)",
        ),
        (
            "BR-13",
            TOTALS + "TaxExclusiveAmount",
            "totalul fara TVA (BT-109)",
            "the total without VAT (BT-109)",
        ),
        ("BR-14", TOTALS + "TaxInclusiveAmount", "totalul cu TVA (BT-112)", "the total with VAT (BT-112)"),
        ("BR-15", TOTALS + "PayableAmount", "suma de plata (BT-115)", "the amount due (BT-115)"),
    )
    for rule, path, romanian, english in required:
        if not text(root, path):
            yield rule, f"Factura trebuie sa contina {romanian}.", f"An Invoice shall have {english}."
    lines = root.findall("cac:InvoiceLine" if invoice else "cac:CreditNoteLine", NS)
    if not lines:
        yield (
            "BR-16",
            "Factura trebuie sa aiba cel putin o linie.",
            "An Invoice shall have at least one line.",
        )
    yield from _line_rules(lines, "cbc:InvoicedQuantity" if invoice else "cbc:CreditedQuantity")
    yield from _total_rules(root, lines, invoice)
    yield from _romanian_rules(root, document, invoice)


def _line_rules(lines: Sequence[Element], quantity: str) -> Iterator[_Broken]:
    required = (
        ("BR-21", "cbc:ID", "un identificator (BT-126)", "an identifier (BT-126)"),
        ("BR-22", quantity, "o cantitate (BT-129)", "a quantity (BT-129)"),
        ("BR-24", "cbc:LineExtensionAmount", "o valoare neta (BT-131)", "a net amount (BT-131)"),
        ("BR-25", "cac:Item/cbc:Name", "numele articolului (BT-153)", "the item name (BT-153)"),
        ("BR-26", "cac:Price/cbc:PriceAmount", "pretul net (BT-146)", "the net price (BT-146)"),
    )
    for line in lines:
        for rule, path, romanian, english in required:
            if not text(line, path):
                yield (
                    rule,
                    f"Fiecare linie trebuie sa contina {romanian}.",
                    f"Each line shall have {english}.",
                )
        price = _number(text(line, "cac:Price/cbc:PriceAmount"))
        if price is not None and price < 0:
            yield (
                "BR-27",
                "Pretul net (BT-146) nu poate fi negativ.",
                "The net price (BT-146) shall not be negative.",
            )
        if len(" ".join(text(line, "cac:Item/cbc:Name").split())) > 100:
            yield (
                "BR-RO-L100",
                "Numele articolului (BT-153) are cel mult 100 de caractere.",
                "The item name (BT-153) has at most 100 characters.",
            )


def _total_rules(root: Element, lines: Sequence[Element], invoice: bool) -> Iterator[_Broken]:
    def amount(path: str) -> Decimal:
        return _number(text(root, path)) or Decimal(0)

    net, without, with_vat, due = (
        amount(TOTALS + tag)
        for tag in ("LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount")
    )
    allowance, charge, prepaid, rounding = (
        amount(TOTALS + tag)
        for tag in ("AllowanceTotalAmount", "ChargeTotalAmount", "PrepaidAmount", "PayableRoundingAmount")
    )
    if lines and net != sum(_number(text(line, "cbc:LineExtensionAmount")) or Decimal(0) for line in lines):
        yield (
            "BR-CO-10",
            "Suma valorilor nete (BT-106) difera de suma liniilor (BT-131).",
            "Sum of line net amounts (BT-106) differs from the lines (BT-131).",
        )
    if without != net - allowance + charge:
        yield (
            "BR-CO-13",
            "Totalul fara TVA (BT-109) nu este BT-106 - BT-107 + BT-108.",
            "Total without VAT (BT-109) is not BT-106 - BT-107 + BT-108.",
        )
    currency = text(root, "cbc:DocumentCurrencyCode")
    taxes = [node for node in root.iterfind("cac:TaxTotal/cbc:TaxAmount", NS) if node.get("currencyID") == currency]
    tax = (_number((taxes[0].text or "").strip()) or Decimal(0)) if taxes else Decimal(0)
    if with_vat != without + tax:
        yield (
            "BR-CO-15",
            "Totalul cu TVA (BT-112) nu este BT-109 + BT-110.",
            "Total with VAT (BT-112) is not BT-109 + BT-110.",
        )
    if due != with_vat - prepaid + rounding:
        yield (
            "BR-CO-16",
            "Suma de plata (BT-115) nu este BT-112 - BT-113 + BT-114.",
            "Amount due (BT-115) is not BT-112 - BT-113 + BT-114.",
        )
    if not root.findall("cac:TaxTotal/cac:TaxSubtotal", NS):
        yield (
            "BR-CO-18",
            "Factura trebuie sa aiba cel putin o defalcare a TVA (BG-23).",
            "An Invoice shall have at least one VAT breakdown (BG-23).",
        )
    if invoice and due > 0 and not (text(root, "cbc:DueDate") or text(root, "cac:PaymentTerms/cbc:Note")):
        yield (
            "BR-CO-25",
            "Scadenta (BT-9) sau termenii de plata (BT-20) sunt obligatorii.",
            "The due date (BT-9) or the payment terms (BT-20) shall be present.",
        )


def _romanian_rules(root: Element, document: Document, invoice: bool) -> Iterator[_Broken]:
    customization = root.findtext("cbc:CustomizationID", namespaces=NS) or ""
    if customization and customization != CIUS_RO:
        yield (
            "BR-RO-001",
            f"Identificatorul specificatiei (BT-24) trebuie sa fie {CIUS_RO}.",
            f"The specification identifier (BT-24) shall be {CIUS_RO}.",
        )
    if document.number and not re.search(r"[0-9]", document.number):
        yield (
            "BR-RO-010",
            "Numarul facturii (BT-1) trebuie sa contina cel putin o cifra.",
            "The invoice number (BT-1) shall hold at least one digit.",
        )
    if document.type_code and document.type_code not in (("380", "384", "389", "751") if invoice else ("381",)):
        yield (
            "BR-RO-020",
            "Codul tipului facturii (BT-3) nu este acceptat.",
            "The type code (BT-3) is not accepted.",
        )
    if "RON" not in (text(root, "cbc:DocumentCurrencyCode"), text(root, "cbc:TaxCurrencyCode")):
        yield (
            "BR-RO-030",
            "Moneda de contabilizare a TVA (BT-6) trebuie sa fie RON cand BT-5 nu este RON.",
            "The VAT accounting currency (BT-6) shall be RON when BT-5 is not.",
        )
    for path, who, whom, street, city, county in (
        (SUPPLIER, "vanzatorului", "Seller", "BT-35", "BT-37", "BT-39"),
        (CUSTOMER, "cumparatorului", "Buyer", "BT-50", "BT-52", "BT-54"),
    ):
        address = root.find(f"{path}/cac:PostalAddress", NS)
        if address is None:
            rule = "BR-08" if path == SUPPLIER else "BR-10"
            yield rule, f"Adresa {who} este obligatorie.", f"The {whom} postal address shall be present."
            continue
        town, subentity = text(address, "cbc:CityName"), text(address, "cbc:CountrySubentity")
        if not text(address, "cbc:StreetName"):
            yield (
                "BR-RO-080",
                f"Strada {who} ({street}) este obligatorie.",
                f"The {whom} street ({street}) is missing.",
            )
        if not town:
            yield (
                "BR-RO-090",
                f"Orasul {who} ({city}) este obligatoriu.",
                f"The {whom} city ({city}) is missing.",
            )
        if text(address, "cac:Country/cbc:IdentificationCode") != "RO":
            continue
        if subentity not in COUNTIES:
            yield (
                "BR-RO-110",
                f"Judetul {who} ({county}) trebuie sa fie un cod ISO 3166-2:RO.",
                f"The {whom} county ({county}) shall be an ISO 3166-2:RO code.",
            )
        elif subentity == "RO-B" and town not in SECTORS:
            yield (
                "BR-RO-100",
                f"Pentru Bucuresti orasul {who} ({city}) trebuie sa fie SECTOR1 - SECTOR6.",
                f"For Bucharest the {whom} city ({city}) shall be SECTOR1 to SECTOR6.",
            )
