"""Invoices as suppliers send them, with the totals worked out by hand: what the bill has to come to, to the cent."""

from .import_xml import BUYER_CIF, SUPPLIER_CIF, line, supplier_xml

GAS = {"unit": "MTQ", "rate": "21"}
EXEMPT = {"E": "Scutit, art. 292 Cod fiscal"}
REVERSE = {"AE": "Taxare inversă, art. 331 Cod fiscal"}

#: name -> (what supplier_xml takes, untaxed BT-109, VAT BT-110, total BT-112)
SAMPLES = {
    "base quantity of 100": (
        dict(lines=[line(quantity="250", price="12.345", base="100", net="30.86")]),
        "30.86",
        "6.48",
        "37.34",
    ),
    "base quantity that repeats the quantity": (
        dict(lines=[line(quantity="4", price="339.96", base="4", net="1359.84")]),
        "1359.84",
        "285.57",
        "1645.41",
    ),
    "allowance and charge of a line": (
        dict(lines=[line(quantity="7", price="19.99", allowances=[(False, "13.99"), (True, "2.50")], net="128.44")]),
        "128.44",
        "26.97",
        "155.41",
    ),
    "a third off": (
        dict(lines=[line(quantity="3", price="9.99", allowances=[(False, "9.99")], net="19.98")]),
        "19.98",
        "4.20",
        "24.18",
    ),
    "allowance and charge of the document, two rates": (
        dict(
            lines=[line(price="100.00"), line(price="50.00", rate="11")],
            charges=[(False, "10.00", "Reducere comercială", ("S", "21")), (True, "5.00", "Transport", ("S", "11"))],
        ),
        "145.00",
        "24.95",
        "169.95",
    ),
    "a charge that is exempt": (
        dict(lines=[line(price="100.00")], charges=[(True, "8.00", "Asigurare", ("E", "0"))], exemptions=EXEMPT),
        "108.00",
        "21.00",
        "129.00",
    ),
    "four rates": (
        dict(
            lines=[
                line(price="33.33"),
                line(price="66.67", rate="11"),
                line(price="19.99", rate="9"),
                line(price="5.00", rate="0", category="E"),
            ],
            exemptions=EXEMPT,
        ),
        "124.99",
        "16.13",
        "141.12",
    ),
    "reverse charge": (
        dict(lines=[line("Fier vechi", price="1234.56", rate="0", category="AE")], exemptions=REVERSE),
        "1234.56",
        "0.00",
        "1234.56",
    ),
    "reverse charge beside VAT and exempt": (
        dict(
            lines=[
                line(price="200.00"),
                line(price="300.00", rate="0", category="AE"),
                line(price="50.00", rate="0", category="E"),
            ],
            exemptions=EXEMPT | REVERSE,
        ),
        "550.00",
        "42.00",
        "592.00",
    ),
    "exempt": (
        dict(lines=[line("Consultație medicală", price="500.00", rate="0", category="E")], exemptions=EXEMPT),
        "500.00",
        "0.00",
        "500.00",
    ),
    "a seller without VAT": (
        dict(
            lines=[line(quantity="3", price="16.67", net="50.01", rate="0", category="O")],
            exemptions={"O": "Neplătitor de TVA"},
            cif=SUPPLIER_CIF,
            buyer=BUYER_CIF,
        ),
        "50.01",
        "0.00",
        "50.01",
    ),
    "a returned pallet": (
        dict(lines=[line(quantity="10", price="50.00"), line(quantity="-2", price="50.00")]),
        "400.00",
        "84.00",
        "484.00",
    ),
    "an advance at the old rate taken off": (
        dict(lines=[line(price="1000.00"), line("Storno avans", quantity="-1", price="200.00", rate="19")]),
        "800.00",
        "172.00",
        "972.00",
    ),
    "paid in part": (dict(lines=[line(price="1000.00")], prepaid="500.00"), "1000.00", "210.00", "1210.00"),
    "payable rounded": (dict(lines=[line(price="100.33")], rounding="0.60"), "100.33", "21.07", "121.40"),
    "euro": (
        dict(lines=[line(price="33.33"), line(price="66.67")], currency="EUR", vat_ron="106.79"),
        "100.00",
        "21.00",
        "121.00",
    ),
    "euro, many lines of one leu and a bit": (
        dict(lines=[line(price="0.21") for _number in range(37)], currency="EUR", vat_ron="8.29"),
        "7.77",
        "1.63",
        "9.40",
    ),
    "credit note": (
        dict(root="CreditNote", lines=[line(quantity="2", price="45.50")], preceding=[("FCT-0", "2026-09-01")]),
        "91.00",
        "19.11",
        "110.11",
    ),
    "credit note with a line that goes back": (
        dict(
            root="CreditNote",
            lines=[line(price="300.00"), line(quantity="-1", price="50.00")],
            preceding=[("FCT-0", None)],
        ),
        "250.00",
        "52.50",
        "302.50",
    ),
    "credit note written with minus": (
        dict(root="CreditNote", lines=[line(quantity="-4", price="25.25")], preceding=[("FCT-0", None)]),
        "-101.00",
        "-21.21",
        "-122.21",
    ),
    "storno": (
        dict(lines=[line(quantity="-3", price="33.33")], preceding=[("FCT-0", "2026-09-01")]),
        "-99.99",
        "-21.00",
        "-120.99",
    ),
    "storno with something delivered": (
        dict(lines=[line(quantity="-1", price="500.00"), line(price="100.00", rate="11")]),
        "-400.00",
        "-94.00",
        "-494.00",
    ),
    "storno with a discount of the document": (
        dict(lines=[line(quantity="-10", price="9.99")], charges=[(False, "-5.00", "Rabat", ("S", "21"))]),
        "-94.90",
        "-19.93",
        "-114.83",
    ),
    "nothing to pay": (dict(lines=[line(price="80.00"), line(quantity="-1", price="80.00")]), "0.00", "0.00", "0.00"),
    "bottles and their deposit": (
        dict(
            lines=[
                line("Apă minerală 0,5 l", quantity="24", price="2.4876", net="59.70", rate="11"),
                line("Garanție SGR", quantity="24", price="0.50", rate="0", category="E"),
            ],
            exemptions={"E": "Garanție SGR, în afara bazei de impozitare"},
        ),
        "71.70",
        "6.57",
        "78.27",
    ),
    "prices of four decimals": (
        dict(
            lines=[
                line(quantity="1234", price="0.0037", net="4.57"),
                line(quantity="2.5", price="3.3333", net="8.33"),
                line(quantity="1000", price="1.2345", net="1234.50"),
            ]
        ),
        "1247.40",
        "261.95",
        "1509.35",
    ),
    "gas: the price says less than the amount": (
        dict(lines=[line("Gaze naturale", quantity="3764.335", price="6.949", net="26158.29", **GAS)]),
        "26158.29",
        "5493.24",
        "31651.53",
    ),
    "kilowatts to the gram": (
        dict(lines=[line("Energie", quantity="0.123456", price="812.345678", net="100.29", unit="MWH")]),
        "100.29",
        "21.06",
        "121.35",
    ),
    "a hundred lines, VAT of the total": (
        dict(lines=[line(f"Șurub {number}", price="0.33") for number in range(100)]),
        "33.00",
        "6.93",
        "39.93",
    ),
    "a hundred lines, VAT line by line": (
        dict(lines=[line(f"Șurub {number}", price="0.33") for number in range(100)], vat={("S", "21"): "7.00"}),
        "33.00",
        "7.00",
        "40.00",
    ),
    "a hundred lines of a ban": (
        dict(lines=[line(f"Punct {number}", price="0.01") for number in range(100)]),
        "1.00",
        "0.21",
        "1.21",
    ),
    "a hundred lines of a ban, no VAT on any": (
        dict(lines=[line(f"Punct {number}", price="0.01") for number in range(100)], vat={("S", "21"): "0.00"}),
        "1.00",
        "0.00",
        "1.00",
    ),
    "VAT that the rules let pass": (
        dict(lines=[line(price="100.00")], vat={("S", "21"): "21.90"}),
        "100.00",
        "21.90",
        "121.90",
    ),
    "two rates, each VAT rounded its own way": (
        dict(
            lines=[line(price="10.03"), line(price="10.03"), line(price="10.03", rate="11")],
            vat={("S", "21"): "4.22", ("S", "11"): "1.11"},
        ),
        "30.09",
        "5.33",
        "35.42",
    ),
    "a gift": (
        dict(
            lines=[
                line(price="100.00"),
                line("Mostră", price="25.00", allowances=[(False, "25.00")], net="0.00"),
                line("Cadou", price="0.00"),
            ]
        ),
        "100.00",
        "21.00",
        "121.00",
    ),
    "no quantity": (
        dict(lines=[line(price="100.00"), line("Taxă", quantity="0", price="0.00", net="0.00")]),
        "100.00",
        "21.00",
        "121.00",
    ),
    "a ban": (dict(lines=[line(price="0.01")]), "0.01", "0.00", "0.01"),
    "a billion": (
        dict(lines=[line(quantity="999999.999", price="1234.5678", net="1234567798.77")]),
        "1234567798.77",
        "259259237.74",
        "1493827036.51",
    ),
    "a rate that Romania does not have": (
        dict(lines=[line(price="100.00", rate="25"), line(price="50.00")]),
        "150.00",
        "35.50",
        "185.50",
    ),
    "a currency that is not in use": (
        dict(lines=[line(price="1246.00", rate="22")], currency="DKK", vat_ron="187.05"),
        "1246.00",
        "274.12",
        "1520.12",
    ),
    "VAT when it is paid": (
        dict(lines=[line(price="99.99"), line(price="0.07")], vat_point="432"),
        "100.06",
        "21.01",
        "121.07",
    ),
}

#: the same, where the XML says something else than its own lines; (the bill's untaxed, VAT, total)
CONTRADICTIONS = {
    "less than its lines": (
        dict(lines=[line(price="100.00")], totals=("99.99", "21.00", "120.99")),
        {"BT-109"},
        ("100.00", "21.00", "121.00"),
    ),
    "VAT that is not in the breakdown": (
        dict(lines=[line(price="100.00")], totals=("100.00", "20.00", "120.00")),
        {"BT-110"},
        ("100.00", "20.00", "120.00"),
    ),
    "VAT that neither the breakdown nor the total comes to": (
        dict(lines=[line(price="100.00")], totals=("100.00", "19.00", "121.00")),
        {"BT-110", "BT-112"},
        ("100.00", "21.00", "121.00"),
    ),
    "a total of nothing": (
        dict(lines=[line(price="100.00")], totals=("100.00", "21.00", "122.00")),
        {"BT-112"},
        ("100.00", "21.00", "121.00"),
    ),
}


def sample(name, number):
    arguments = (SAMPLES.get(name) or CONTRADICTIONS[name])[0]
    return supplier_xml(number=number, **arguments)
