"""The simulator's public register of taxpayers, as seen on the wire."""

import pytest
import requests

SHOP, VILLAGE = 9900001024, 9900001032


@pytest.fixture
def ask(sim):
    def post(*cifs, day="2026-11-24", body=None):
        sim.advance(1)
        data = [{"cui": cif, "data": day} for cif in cifs]
        options = {"data": body} if body is not None else {"json": data}
        return requests.post(f"{sim.url}/api/PlatitorTvaRest/v9/tva", timeout=20, **options)

    sim.put_taxpayer(
        SHOP,
        "COFETĂRIA TREI CASTANE S.R.L.",
        street="Cal. Moşilor",
        number="145",
        city="Sector 2 Mun. Bucureşti",
        county="MUNICIPIUL BUCUREŞTI",
        county_code="B",
        zip="020876",
        vat_periods=[["2012-03-01", "2020-06-01", "oprit"], ["2021-01-01"]],
        inactive=["2019-02-01", "2019-05-01"],
        efactura_since="2022-07-01",
    )
    return post


def test_a_taxpayer_is_found_and_an_unknown_cui_is_in_the_other_list(ask):
    answer = ask(SHOP, VILLAGE)
    assert answer.status_code == 200
    assert answer.json()["notFound"] == [VILLAGE]
    [found] = answer.json()["found"]
    assert found["date_generale"]["cui"] == SHOP
    assert found["date_generale"]["statusRO_e_Factura"] is True
    assert found["inregistrare_RTVAI"] == {
        "dataInceputTvaInc": "",
        "dataSfarsitTvaInc": "",
        "dataActualizareTvaInc": "",
        "dataPublicareTvaInc": "",
        "tipActTvaInc": "",
        "statusTvaIncasare": False,
    }
    assert found["adresa_sediu_social"]["scod_JudetAuto"] == "B"
    assert found["adresa_domiciliu_fiscal"]["ddenumire_Localitate"] == "Sector 2 Mun. Bucureşti"


def test_a_postal_code_loses_its_zero(ask):
    assert ask(SHOP).json()["found"][0]["adresa_sediu_social"]["scod_Postal"] == "20876"


@pytest.mark.parametrize(
    ("day", "payer", "inactive"),
    [("2019-03-01", True, True), ("2020-07-01", False, False), ("2026-11-24", True, False)],
)
def test_the_flags_are_of_the_day_that_is_asked(ask, day, payer, inactive):
    [found] = ask(SHOP, day=day).json()["found"]
    assert found["inregistrare_scop_Tva"]["scpTVA"] is payer
    assert found["stare_inactiv"]["statusInactivi"] is inactive
    assert len(found["inregistrare_scop_Tva"]["perioade_TVA"]) == 2


def test_a_hundred_cuis_are_the_most_of_one_call(ask):
    assert ask(*range(1000, 1100)).status_code == 200
    assert ask(*range(1000, 1101)).status_code == 400


@pytest.mark.parametrize("body", ["", "{", "{}", "[1]", '[{"cui": "12", "data": "2026-11-24"}]', '[{"cui": 12}]'])
def test_what_is_no_question_is_a_bad_request(ask, body):
    assert ask(body=body).status_code == 400


def test_a_second_call_within_a_second_meets_the_firewall(sim, ask):
    assert ask(SHOP).headers["Content-Type"].startswith("application/json")
    sim.advance(-1)
    answer = ask(SHOP)
    assert "Request Rejected" in answer.text
    assert sim.register.refused == 1
    sim.advance(1)
    assert ask(SHOP).json()["found"]


def test_it_needs_no_token_and_takes_only_post(sim, ask):
    assert requests.get(f"{sim.url}/api/PlatitorTvaRest/v9/tva", timeout=20).status_code == 405


def test_a_taxpayer_is_entered_over_the_control_interface(sim, ask):
    entered = requests.post(
        f"{sim.url}/_control/taxpayer", json={"cif": str(VILLAGE), "name": "SAT SRL", "city": "Sat Jos"}, timeout=20
    ).json()
    assert entered["date_generale"]["denumire"] == "SAT SRL"
    assert ask(VILLAGE).json()["notFound"] == []
    assert (
        requests.post(f"{sim.url}/_control/taxpayer", json={"cif": "1", "name": "A", "x": 1}, timeout=20).status_code
        == 400
    )
