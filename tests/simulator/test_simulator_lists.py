"""stareMesaj, the two lists and descarcare: texts, windows, pages, quotas, rights, the 60-day band."""

import time

import pytest
from simulator_support import BUYER, SELLER, STRANGER, Client, attribute, invoice

DAY = 86400


def paged(sim, client, start=None, end=None, pagina=1, cif=BUYER, **params):
    now = sim.clock.now()
    return client.get(
        "listaMesajePaginatieFactura",
        startTime=int(1000 * (now - DAY if start is None else start)),
        endTime=int(1000 * (now - 1 if end is None else end)),
        pagina=pagina,
        cif=cif,
        **params,
    ).json()


def error(answer):
    answer = answer if isinstance(answer, dict) else answer.json()
    assert answer["titlu"] == "Lista Mesaje"
    return answer["eroare"]


def test_list_entry(sim, client):
    index = client.send()
    sim.finish()
    answer = client.get("listaMesajeFactura", zile=5, cif=SELLER).json()
    assert answer["titlu"] == "Lista Mesaje disponibile din ultimele 5 zile" and answer["cui"] == SELLER
    (entry,) = answer["mesaje"]
    assert set(entry) == {"data_creare", "cif", "id_solicitare", "detalii", "tip", "id"}
    assert all(isinstance(value, str) for value in entry.values())
    assert entry["tip"] == "FACTURA TRIMISA" and entry["id_solicitare"] == index and len(entry["data_creare"]) == 12
    assert entry["detalii"] == (
        f"Factura cu id_incarcare={index} emisa de cif_emitent={SELLER} pentru cif_beneficiar={BUYER}"
    )
    (received,) = client.get("listaMesajeFactura", zile=5, cif=BUYER, filtru="P").json()["mesaje"]
    assert received["id"] != entry["id"] and received["id_solicitare"] == index
    none = client.get("listaMesajeFactura", zile=5, cif=BUYER, filtru="E")
    assert error(none) == "Nu exista mesaje in ultimele 5 zile"


def test_wall_clock_is_bucharest():
    from anaf_simulator.clock import minute_stamp, wall

    assert minute_stamp(1783926900) == "202607131015"  # 07:15 UTC, summer
    assert wall(1768892400) == "20-01-2026 09:00:00"  # 07:00 UTC, winter


def test_wall_clock_without_zone_data(monkeypatch):
    from anaf_simulator import clock

    expected = [clock.wall(1768892400 + hour * 3600) for hour in range(0, 24 * 365, 7)]
    monkeypatch.setattr(clock, "_BUCHAREST", None)
    assert [clock.wall(1768892400 + hour * 3600) for hour in range(0, 24 * 365, 7)] == expected


def test_list_lag(sim, client):
    sim.settings.list_lag = 600
    index = client.send()
    sim.advance(10)
    assert attribute(client.get("stareMesaj", id_incarcare=index).text, "stare") == "ok"
    assert error(client.get("listaMesajeFactura", zile=1, cif=SELLER)) == "Nu exista mesaje in ultimele 1 zile"
    sim.advance(600)
    assert len(client.get("listaMesajeFactura", zile=1, cif=SELLER).json()["mesaje"]) == 1


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"zile": 0}, "Numarul de zile trebuie sa fie intre 1 si 60"),
        ({"zile": 61}, "Numarul de zile trebuie sa fie intre 1 si 60"),
        ({"zile": "aaa"}, "Numarul de zile introdus= aaa nu este un numar intreg"),
        ({"cif": "aaa"}, "CIF introdus= aaa nu este un numar"),
        ({"filtru": "X"}, "Valorile acceptate pentru parametrul filtru sunt E, T, P sau R"),
        ({"cif": STRANGER}, f"Nu aveti drept in SPV pentru CIF={STRANGER}"),
    ],
)
def test_simple_list_errors(sim, client, params, text):
    assert error(client.get("listaMesajeFactura", **{"zile": 5, "cif": SELLER, **params})) == text


def test_required_parameters(sim, client):
    for call, text in (
        ("listaMesajeFactura", "Parametrii zile si cif sunt obligatorii"),
        ("listaMesajePaginatieFactura", "Parametrii startTime, endTime, cif si pagina sunt obligatorii"),
        ("stareMesaj", "Parametrul id_incarcare este obligatoriu"),
        ("descarcare", "Parametrul id este obligatoriu"),
    ):
        answer = client.get(call)
        assert (answer.status_code, answer.json()["message"]) == (400, text)


def test_pages(sim, client):
    sim.generate_supplier_invoices(BUYER, 1203, days=50)
    assert error(client.get("listaMesajeFactura", zile=60, cif=BUYER)) == (
        "Lista de mesaje este mai mare decat numarul de 500 elemente permise in pagina. "
        "Folositi endpoint-ul cu paginatie."
    )
    seen = set()
    for pagina, size in ((1, 500), (2, 500), (3, 203)):
        answer = paged(sim, client, sim.clock.now() - 55 * DAY, pagina=pagina)
        assert (
            answer["numar_inregistrari_in_pagina"],
            answer["numar_total_inregistrari_per_pagina"],
            answer["numar_total_inregistrari"],
            answer["numar_total_pagini"],
        ) == (size, 500, 1203, 3)
        seen |= {entry["id"] for entry in answer["mesaje"]}
    assert len(seen) == 1203
    assert error(paged(sim, client, sim.clock.now() - 55 * DAY, pagina=4)) == (
        "Pagina solicitata 4 este mai mare decat numarul toatal de pagini 3"
    )


def test_paged_windows(sim, client):
    now = time.time()
    assert error(paged(sim, client)) == "Nu exista mesaje in intervalul selectat"
    assert " nu poate fi mai vechi de 60 de zile fata de momentul requestului" in error(
        paged(sim, client, now - 60 * DAY - 5)
    )
    assert " nu poate fi <= startTime = " in error(paged(sim, client, now - 50, now - 60))
    future = error(paged(sim, client, now - 50, now + 30))
    assert future.startswith("endTime = ") and " nu poate in viitor fata de momentul requestului = " in future
    sim.settings.clock_skew = -40  # ANAF's clock behind ours: our "now" is its future
    assert "in viitor" in error(paged(sim, client, now - 500, time.time()))
    assert error(paged(sim, client, pagina="abc")) == (
        "pagina = abc nu este un numar sau nu are o valoare acceptata de sistem"
    )
    assert error(paged(sim, client, cif="abc")) == (
        "CIF introdus= abc nu este un numar sau nu are o valoare acceptata de sistem"
    )


def test_status_errors(sim, client):
    def text(**params):
        answer = client.get("stareMesaj", **params).text
        assert 'xmlns="mfp:anaf:dgti:efactura:stareMesajFactura:v1"' in answer and "stare=" not in answer
        return attribute(answer, "errorMessage")

    assert text(id_incarcare="aaa") == "Id_incarcare introdus= aaa nu este un numar intreg"
    assert text(id_incarcare=15000) == "Nu exista factura cu id_incarcare= 15000"
    index = client.send()
    sim.add_certificate("strain", [STRANGER])
    sim.add_certificate("nimeni", [])
    other = Client(sim, sim.issue_tokens("strain")["access_token"])
    assert attribute(other.get("stareMesaj", id_incarcare=index).text, "errorMessage") == (
        f"Nu aveti dreptul de inteorgare pentru id_incarcare= {index}"
    )
    nobody = Client(sim, sim.issue_tokens("nimeni")["access_token"])
    assert attribute(nobody.get("stareMesaj", id_incarcare=index).text, "errorMessage") == (
        "Nu exista niciun CIF petru care sa aveti drept"
    )
    assert nobody.refusal() == "Nu exista niciun CIF pentru care sa aveti drept in SPV"


def test_status_quota_ends_with_the_day(sim, client):
    sim.settings.status_per_day = 3
    index = client.send()
    for _ in range(3):
        assert attribute(client.get("stareMesaj", id_incarcare=index).text, "stare")
    answer = client.get("stareMesaj", id_incarcare=index).text
    assert attribute(answer, "errorMessage") == "S-au facut deja 3 descarcari de mesaj in cursul zilei"
    sim.advance(days=1)
    assert attribute(client.get("stareMesaj", id_incarcare=index).text, "stare") == "ok"


def test_list_quota(sim, client):
    sim.settings.lists_per_day = 1
    client.get("listaMesajeFactura", zile=1, cif=SELLER)
    assert error(client.get("listaMesajeFactura", zile=1, cif=SELLER)) == (
        "S-au facut deja 1 interogari de lista mesaje de catre utilizator in cursul zilei"
    )
    assert "Nu exista mesaje" in error(client.get("listaMesajeFactura", zile=1, cif=BUYER))


def test_download_errors_and_quota(sim, client):
    def text(**params):
        answer = client.get("descarcare", **params).json()
        assert answer["titlu"] == "Descarcare mesaj"
        return answer["eroare"]

    assert text(id="123a") == "Id descarcare introdus= 123a nu este un numar intreg"
    assert text(id=21) == "Pentru id=21 nu exista inregistrata nici o factura"
    number = sim.put_supplier_invoice(STRANGER, invoice(buyer=STRANGER)).download_id
    assert text(id=number) == "Nu aveti dreptul sa descarcati acesta factura"
    number = sim.put_supplier_invoice(BUYER, invoice()).download_id
    for _ in range(10):
        assert client.get("descarcare", id=number).content[:4] == b"PK\x03\x04"
    assert text(id=number) == "S-au facut deja 10 descarcari de mesaj in cursul zilei"
    sim.settings.quota_malformed = True
    assert client.get("descarcare", id=number).text.endswith("}}")


def test_sixty_day_band(sim, client):
    record = sim.put_supplier_invoice(BUYER, invoice(), days_ago=59.8)
    (entry,) = client.get("listaMesajeFactura", zile=60, cif=BUYER).json()["mesaje"]
    assert entry["id"] == record.download_id
    gone = "Fisierul nu mai poate fi descarcat pentru ca a trecut perioada de 60 de zile in care este disponibil"
    assert client.get("descarcare", id=entry["id"]).json()["eroare"] == gone
    sim.advance(days=0.5)
    assert "Nu exista mesaje" in error(client.get("listaMesajeFactura", zile=60, cif=BUYER))


def test_calls_per_minute(sim, client):
    sim.settings.calls_per_minute = 5
    codes = [client.get("stareMesaj", id_incarcare=1).status_code for _ in range(6)]
    assert codes == [200] * 5 + [429]
    sim.advance(61)
    assert client.get("stareMesaj", id_incarcare=1).status_code == 200
    assert sim.max_calls_per_minute == 6


def test_generated_invoices_are_valid_and_repeatable(sim, client):
    sim.generate_supplier_invoices(BUYER, 120, seed=3)
    first = [record.xml for record in sim.stores["prod"].suppliers.values()]
    assert len({record.number for record in sim.stores["prod"].suppliers.values()}) == 120
    sim.add_certificate("all", ["*"])
    everyone = Client(sim, sim.issue_tokens("all")["access_token"])
    for data in first:  # as if their sellers sent them
        standard = "CN" if b"<CreditNote " in data else "UBL"
        everyone.send(data, "test", standard=standard)
    sim.finish()
    assert [record.errors for record in sim.uploads("test") if record.errors] == []
    assert any(b"<CreditNote " in data for data in first) and any(b">O</cbc:ID>" in data for data in first)


def test_broken_files_of_suppliers_are_served_as_they_are(sim, tmp_path):
    files = {"a.xml": b"<Invoice", "b.zip": b"PK\x03\x04 cut", "c.zip": b"<html/>", "d.xml": invoice()}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    records = sim.put_supplier_files(BUYER, [tmp_path])
    assert [record.number for record in records[:3]] == ["", "", ""] and records[3].number
    assert [record.package for record in records] == [None, files["b.zip"], files["c.zip"], None]
    assert records[0].xml == b"<Invoice"
