"""The public register of taxpayers: its answers, whole and broken, and what they mean for a contact."""

import json
from datetime import date

import pytest

import anaf
from anaf.registry_words import city_name, same_name, same_place, same_street, street_lines

ENTRY = {
    "date_generale": {
        "cui": 9900001024,
        "data": "2026-11-24",
        "denumire": " COFETĂRIA TREI CASTANE  S.R.L. ",
        "nrRegCom": "J40/123/2010",
        "stare_inregistrare": "INREGISTRAT din data 01.02.2010",
        "statusRO_e_Factura": True,
        "data_inreg_Reg_RO_e_Factura": "2022-07-01",
    },
    "inregistrare_scop_Tva": {
        "scpTVA": True,
        "perioade_TVA": [
            {"data_inceput_ScpTVA": "2021-01-01", "data_sfarsit_ScpTVA": "", "mesaj_ScpTVA": ""},
            {"data_inceput_ScpTVA": "2012-03-01", "data_sfarsit_ScpTVA": "2020-06-01", "mesaj_ScpTVA": "anulat"},
        ],
    },
    "inregistrare_RTVAI": {"dataInceputTvaInc": "2024-01-01", "dataSfarsitTvaInc": "", "statusTvaIncasare": True},
    "stare_inactiv": {
        "dataInactivare": "2019-02-01",
        "dataReactivare": "2019-05-01 00:00:00",
        "dataRadiere": "",
        "statusInactivi": False,
    },
    "inregistrare_SplitTVA": {"statusSplitTVA": False},
    "adresa_sediu_social": {
        "sdenumire_Strada": "Cal. Moşilor",
        "snumar_Strada": "145",
        "sdenumire_Localitate": "Sector 2 Mun. Bucureşti",
        "sdenumire_Judet": "MUNICIPIUL BUCUREŞTI",
        "scod_JudetAuto": "B",
        "sdetalii_Adresa": "Bl. 3, ap. 12",
        "scod_Postal": "20876",
    },
    "adresa_domiciliu_fiscal": {},
}
JSON = {"Content-Type": "application/json;charset=UTF-8"}
PAGE = b"<html><body>Request Rejected. Your support ID is: 8096782510241224773</body></html>"


def parsed(*entries, status=200, **other):
    return anaf.parse_taxpayers(status, JSON, json.dumps({"found": list(entries), "notFound": [], **other}).encode())


def without(*path):
    """ENTRY without the value at `path`."""
    entry = json.loads(json.dumps(ENTRY))
    inner = entry
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return entry


def test_a_whole_entry_is_read():
    [found] = parsed(ENTRY).found.values()
    assert found == anaf.Taxpayer(
        "9900001024",
        day=date(2026, 11, 24),
        name="COFETĂRIA TREI CASTANE S.R.L.",
        trade_register="J40/123/2010",
        status="INREGISTRAT din data 01.02.2010",
        address=anaf.RegisteredAddress(
            "Cal. Moșilor", "145", "Bl. 3, ap. 12", "Sector 2 Mun. București", "MUNICIPIUL BUCUREȘTI", "B", "020876"
        ),
        vat_payer=True,
        vat_periods=(
            anaf.VatPeriod(date(2012, 3, 1), date(2020, 6, 1), "anulat"),
            anaf.VatPeriod(date(2021, 1, 1), None),
        ),
        cash_vat=True,
        cash_vat_since=date(2024, 1, 1),
        inactive=False,
        inactive_since=date(2019, 2, 1),
        reactivated_on=date(2019, 5, 1),
        split_vat=False,
        in_efactura=True,
        efactura_since=date(2022, 7, 1),
    )


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (("inregistrare_scop_Tva",), "vat_payer"),
        (("inregistrare_scop_Tva", "scpTVA"), "vat_payer"),
        (("inregistrare_RTVAI",), "cash_vat"),
        (("stare_inactiv",), "inactive"),
        (("inregistrare_SplitTVA",), "split_vat"),
        (("date_generale", "statusRO_e_Factura"), "in_efactura"),
    ],
)
def test_what_the_answer_leaves_out_is_unknown_and_never_a_no(path, name):
    [found] = parsed(without(*path)).found.values()
    assert getattr(found, name) is None
    assert found.name


def test_the_periods_of_vat_may_be_one_object_or_stand_beside_the_flag():
    period = {"data_inceput_ScpTVA": "2021-01-01", "data_sfarsit_ScpTVA": "2026-10-31"}
    for vat in ({"scpTVA": False, "perioade_TVA": period}, {"scpTVA": False, **period}):
        [found] = parsed({**ENTRY, "inregistrare_scop_Tva": vat}).found.values()
        assert found.vat_periods == (anaf.VatPeriod(date(2021, 1, 1), date(2026, 10, 31)),)


def test_the_fiscal_domicile_stands_in_for_an_empty_office():
    domicile = {"ddenumire_Localitate": "Sat Carani Com. Sânandrei", "dcod_JudetAuto": "TM", "dnumar_Strada": "7"}
    [found] = parsed({**ENTRY, "adresa_sediu_social": {}, "adresa_domiciliu_fiscal": domicile}).found.values()
    assert (found.address.county_code, found.address.number) == ("TM", "7")


def test_one_unreadable_entry_does_not_stop_the_others():
    answer = parsed(None, "text", [], {"date_generale": None}, {"date_generale": {"cui": "?"}}, ENTRY)
    assert list(answer.found) == ["9900001024"]


@pytest.mark.parametrize("not_found", [[9900001032], ["9900001032"], [{"cui": 9900001032, "data": "2026-11-24"}]])
def test_an_unknown_cui_is_told_from_one_without_an_answer(not_found):
    answer = parsed(ENTRY, notFound=not_found)
    assert answer.not_found == {"9900001032"}
    assert not answer.found.keys() & answer.not_found


def test_404_with_the_lists_means_that_none_was_found():
    assert anaf.parse_taxpayers(404, JSON, b'{"found":[],"notFound":[9900001032]}').not_found == {"9900001032"}


@pytest.mark.parametrize(
    ("status", "body", "error", "code"),
    [
        (200, PAGE, anaf.Transient, "waf_block"),
        (200, b"<html><body>Mentenanta sistem</body></html>", anaf.Transient, "maintenance"),
        (200, b"", anaf.Transient, "empty_answer"),
        (200, b'{"found": [{"date_gener', anaf.Malformed, "unknown_answer"),
        (200, b'{"found": {}}', anaf.Malformed, "unknown_answer"),
        (200, b"[]", anaf.Malformed, "unknown_answer"),
        (200, b'{"cod": 500, "message": "eroare"}', anaf.Transient, "server_error"),
        (200, b'{"cod": 429, "message": "prea multe"}', anaf.Throttled, "throttled"),
        (200, b'{"cod": 400, "message": "cerere invalida"}', anaf.Refused, "bad_request"),
        (400, b'{"status": 400, "message": "Bad Request"}', anaf.Refused, "bad_request"),
        (403, b"<html>403</html>", anaf.Forbidden, "forbidden"),
        (404, b"<html>404</html>", anaf.Transient, "html_answer"),
        (429, b"", anaf.Throttled, "throttled"),
        (502, b"<html>Bad Gateway</html>", anaf.Transient, "html_answer"),
        (503, b'{"found": [], "notFound": []}', anaf.Transient, "server_error"),
        (302, b"", anaf.Transient, "redirected"),
    ],
)
def test_what_is_no_answer_of_the_register_is_never_an_empty_one(status, body, error, code):
    with pytest.raises(error) as raised:
        anaf.parse_taxpayers(status, JSON, body)
    assert raised.value.code == code


def test_the_question_is_numbers_and_a_day_on_a_connection_of_its_own(serve):
    seen = []

    def answer(request):
        seen.append(request)
        body = json.dumps({"found": [ENTRY], "notFound": []}).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    url = serve(answer).url
    client = anaf.RegistryClient(anaf.Endpoints(url, url, url))
    assert "9900001024" in client.taxpayers(["RO9900001024"], date(2026, 11, 24)).found
    [request] = seen
    assert request.target == "/api/PlatitorTvaRest/v9/tva"
    assert json.loads(request.body) == [{"cui": 9900001024, "data": "2026-11-24"}]
    assert request.headers["connection"] == "close"
    assert "authorization" not in request.headers


def test_no_answer_at_all_is_a_failure_that_passes(dead_port):
    client = anaf.RegistryClient(anaf.Endpoints(dead_port, dead_port, dead_port))
    with pytest.raises(anaf.Transient) as raised:
        client.taxpayers(["9900001024"], date(2026, 11, 24))
    assert raised.value.code == "connection_refused"


@pytest.mark.parametrize("cifs", [[], ["1234567897"] * 101, ["DE123"], [""]])
def test_a_wrong_question_never_leaves(dead_port, cifs):
    client = anaf.RegistryClient(anaf.Endpoints(dead_port, dead_port, dead_port))
    with pytest.raises(ValueError):
        client.taxpayers(cifs, date(2026, 11, 24))


@pytest.mark.parametrize(
    ("city", "county", "name"),
    [
        ("Mun. Iași", "IS", "Iași"),
        ("Municipiul Iași", "IS", "Iași"),
        ("Oraș Voluntari", "IF", "Voluntari"),
        ("Orș. Năvodari", "CT", "Năvodari"),
        ("Sector 2 Mun. București", "B", "București"),
        ("Sat Dumbrăvița Com. Dumbrăvița", "TM", "Dumbrăvița"),
        ("Sat Carani Com. Sânandrei", "TM", "Carani, com. Sânandrei"),
        ("Sat Pipera Oraș Voluntari", "IF", "Pipera"),
        ("Com. Florești", "CJ", "Florești"),
        ("Satu Mare", "SM", "Satu Mare"),
        ("Comănești", "BC", "Comănești"),
        ("", "CJ", ""),
    ],
)
def test_the_city_is_the_name_of_the_place(city, county, name):
    assert city_name(anaf.RegisteredAddress(city=city, county_code=county)) == name


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("Cofetăria Trei Castane SRL", "COFETĂRIA TREI CASTANE S.R.L.", True),
        ("SC Cofetaria Trei Castane S.R.L.", "COFETĂRIA TREI CASTANE SRL", True),
        ("S.C. COFETARIA TREI-CASTANE SRL", "COFETĂRIA TREI CASTANE SRL", True),
        ("Cofetăria Trei Castane SA", "COFETĂRIA TREI CASTANE SRL", False),
        ("Scoala Verde SRL", "ȘCOALA VERDE SRL", True),
        ("", "X SRL", False),
    ],
)
def test_names_are_compared_without_capitals_diacritics_and_dots(ours, theirs, same):
    assert same_name(ours, theirs) is same


@pytest.mark.parametrize(
    ("ours", "same"),
    [
        ("Calea Moșilor nr. 145", True),
        ("Calea Mosilor 145, bloc 3, apartamentul 12", True),
        ("Cal. Moșilor 145 Bl.3", True),
        ("Calea Moșilor 154", False),
        ("Calea Moșilor 145, bl. 4", False),
        ("", False),
    ],
)
def test_streets_are_compared_word_for_word_and_may_leave_out_the_flat(ours, same):
    theirs = street_lines(anaf.RegisteredAddress("Cal. Moșilor", "145", "Bl. 3, ap. 12"))
    assert theirs == ("Cal. Moșilor 145", "Bl. 3, ap. 12")
    assert same_street(ours, theirs) is same


def test_a_village_without_streets_has_a_number():
    assert street_lines(anaf.RegisteredAddress(number="12")) == ("Nr. 12", "")
    assert street_lines(anaf.RegisteredAddress()) == ("", "")


@pytest.mark.parametrize(("ours", "same"), [("IASI", True), ("Mun. Iași", True), ("Iaşi", True), ("Pașcani", False)])
def test_places_are_compared_without_what_stands_before_them(ours, same):
    assert same_place(ours, "Iași") is same
