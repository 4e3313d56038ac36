"""VAT categories (UNTDID 5305), reasons (VATEX) and what the taxes of Romania's chart are.

Sources: EN 16931 as ANAF checks it (ro16931-ubl-1.0.9: BR-CL-17, BR-CL-22), Legea 227/2015 (Codul fiscal).
"""

CATEGORIES = [
    ("S", "S - Taxed (21 %, 11 %, ...)"),
    ("AE", "AE - Reverse charge"),
    ("E", "E - Exempt"),
    ("K", "K - Intra-Community supply of goods"),
    ("G", "G - Export of goods"),
    ("O", "O - Seller not registered for VAT"),
    ("Z", "Z - Zero rate"),
    ("L", "L - Canary Islands (IGIC)"),
    ("M", "M - Ceuta and Melilla (IPSI)"),
]
#: categories that may carry no reason at all (BR-S-10, BR-Z-10, BR-AF-10, BR-AG-10), and those that must (BR-E-10...)
TAXED = ("S", "Z", "L", "M")
NEED_REASON = ("AE", "E", "K", "G", "O")
DEFAULT_EXEMPTION = {
    "AE": "VATEX-EU-AE",
    "K": "VATEX-EU-IC",
    "G": "VATEX-EU-G",
    "O": "VATEX-EU-O",
}
#: what every line of a seller is who is not registered for VAT
NO_VAT_SELLER = ("O", "VATEX-EU-O", "Neînregistrat în scopuri de TVA")


def _article(number, points):
    """VATEX codes of an article of Directive 2006/112/EC and of its `points` ({point: what it is about})."""
    code = f"VATEX-EU-{number}"
    return [
        (code, f"{code} - Directive 2006/112/EC, art. {number}"),
        *((f"{code}-{point}", f"{code}-{point} - {about}") for point, about in points.items()),
    ]


#: the 57 reasons that ANAF accepts; newer ones of the EU's list fail there (BR-CL-22)
VATEX = [
    ("VATEX-EU-AE", "VATEX-EU-AE - Reverse charge"),
    ("VATEX-EU-IC", "VATEX-EU-IC - Intra-Community supply"),
    ("VATEX-EU-G", "VATEX-EU-G - Export outside the EU"),
    ("VATEX-EU-O", "VATEX-EU-O - Not subject to VAT"),
    ("VATEX-EU-79-C", "VATEX-EU-79-C - Amounts paid in the customer's name, art. 79 (c)"),
    ("VATEX-EU-D", "VATEX-EU-D - Margin scheme: travel agents"),
    ("VATEX-EU-F", "VATEX-EU-F - Margin scheme: second-hand goods"),
    ("VATEX-EU-I", "VATEX-EU-I - Margin scheme: works of art"),
    ("VATEX-EU-J", "VATEX-EU-J - Margin scheme: collectors' items and antiques"),
    *_article(
        "132",
        {
            "1A": "Public postal services",
            "1B": "Hospital and medical care",
            "1C": "Medical professions",
            "1D": "Human organs, blood and milk",
            "1E": "Dental technicians",
            "1F": "Groups that share costs",
            "1G": "Welfare and social security",
            "1H": "Protection of children",
            "1I": "Education",
            "1J": "Private tuition",
            "1K": "Staff of religious institutions",
            "1L": "Services of associations to members",
            "1M": "Sport",
            "1N": "Culture",
            "1O": "Fund-raising events",
            "1P": "Transport of sick persons",
            "1Q": "Public radio and television",
        },
    ),
    *_article(
        "143",
        {
            point: f"Import, art. 143 ({point.lower()})"
            for point in ("1A", "1B", "1C", "1D", "1E", "1F", "1FA", "1G", "1H", "1I", "1J", "1K", "1L")
        },
    ),
    *_article(
        "148",
        {
            "A": "Provisioning of vessels",
            "B": "Provisioning of fighting ships",
            "C": "Vessels: supply, repair, hire",
            "D": "Services for vessels",
            "E": "Provisioning of aircraft",
            "F": "Aircraft: supply, repair, hire",
            "G": "Services for aircraft",
        },
    ),
    *_article(
        "151",
        {
            "1A": "Diplomatic and consular arrangements",
            "1AA": "Bodies of the EU",
            "1B": "International bodies",
            "1C": "NATO forces of another state",
            "1D": "NATO forces in another state",
            "1E": "United Kingdom forces in Cyprus",
        },
    ),
    ("VATEX-EU-309", "VATEX-EU-309 - Travel agents' services outside the EU"),
]
VATEX_CODES = frozenset(code for code, _name in VATEX)

_REVERSE = ("AE", "VATEX-EU-AE", "Taxare inversă, art. 331 Cod fiscal")
_EU_SERVICES = ("AE", "VATEX-EU-AE", "Taxare inversă, locul prestării la beneficiar: art. 278 alin. (2) Cod fiscal")
_EU_GOODS = ("K", "VATEX-EU-IC", "Livrare intracomunitară scutită, art. 294 alin. (2) lit. a) Cod fiscal")
_TAXED = ("S", False, False)
_NOT_TAXABLE = ("E", False, "Operațiune neimpozabilă în România")

#: The taxes of core's chart `ro` (l10n_ro/data/template/account.tax-ro.csv) by the end of their external id.
#: Not here, so asked: those at 0 % that say nothing (tvac_00, tvac_00_s, tvaic_00, tvad_00, tvad_00_s, tvaid_00),
#: imports, and taxes of purchases at a rate, which are S by themselves. Taxes of purchases matter in self-billing.
RO_TAXES = {
    **{
        f"{kind}_{rate}{goods}": _TAXED
        for kind in ("tvac", "tvad")
        for rate in ("05", "09", "11", "19", "21")
        for goods in ("", "_s")
    },
    **{f"{kind}_{rate}": _TAXED for kind in ("tvaic", "tvaid") for rate in ("05", "09", "11", "19", "21")},
    "tvati": _REVERSE,
    **{f"tvatip{rate}": _REVERSE for rate in ("00", "05", "09", "11", "19", "21")},
    "tvati_intrab": _EU_GOODS,
    "tvati_intras": _EU_SERVICES,
    **{f"tvati_intrap{rate}b": _EU_GOODS for rate in ("0", "5", "9", "11", "19", "21")},
    **{f"tvati_intrap{rate}s": _EU_SERVICES for rate in ("0", "5", "9", "11", "19", "21")},
    "tvati_extra": ("G", "VATEX-EU-G", "Export de bunuri scutit, art. 294 alin. (1) Cod fiscal"),
    "tvati_extras": ("E", False, "Neimpozabil, locul prestării în afara UE: art. 278 alin. (2) Cod fiscal"),
    "tvatiscded": ("E", False, "Scutit cu drept de deducere, art. 294 Cod fiscal"),
    "tvatiscnoded": ("E", False, "Scutit fără drept de deducere, art. 292 Cod fiscal"),
    "tvatiscdeda": ("E", False, "Scutit de TVA, art. 292 Cod fiscal"),
    "tvatiscdeda_intr": _EU_GOODS,
    "tvatine": _NOT_TAXABLE,
    "tvatinea": _NOT_TAXABLE,
}
