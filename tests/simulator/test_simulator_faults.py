"""Every fault as a client sees it, and what it leaves behind."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from simulator_support import BUYER, SELLER, Client, attribute, invoice


def test_drop_before_registers_nothing(sim, client):
    sim.fault("drop_before")
    with pytest.raises(requests.ConnectionError):
        client.upload()
    assert sim.uploads() == [] and sim.calls()["upload"] == 1
    assert client.send()


def test_drop_before_without_reading_the_body(sim, client):
    sim.fault("drop_before", read_body=False)
    with pytest.raises(requests.ConnectionError):
        client.upload(b"<a>" + b"x" * 9_000_000 + b"</a>")
    assert sim.uploads() == []


def test_drop_after_registers(sim, client):
    sim.fault("drop_after")
    with pytest.raises(requests.ConnectionError):
        client.upload()
    sim.finish()
    assert [item.state for item in sim.uploads()] == ["ok"]


@pytest.mark.parametrize(
    ("kind", "status", "part"),
    [
        ("http_500", 500, "<h1>"),
        ("http_502", 502, "<h1>"),
        ("http_503", 503, "<h1>"),
        ("waf", 200, "<title>Request Rejected</title>"),
        ("maintenance", 200, "<title>Mentenanta sistem</title>"),
        ("too_many", 429, "429"),
        ("unauthorized", 401, "401"),
        ("forbidden", 403, "403"),
        ("no_content", 204, ""),
        ("garbage", 200, ""),
        ("technical_1814", 200, "A aparut o eroare tehnica. Cod: 1814"),
    ],
)
@pytest.mark.parametrize("registered", [False, True])
def test_answers_in_place_of_the_real_one(sim, client, kind, status, part, registered):
    sim.fault(kind, registered=registered)
    answer = client.upload()
    assert answer.status_code == status and part in answer.text and not attribute(answer.text, "index_incarcare")
    assert len(sim.uploads()) == registered
    assert client.upload(invoice("F-2")).status_code == 200


def test_waf_support_id_and_retry_after(sim, client):
    sim.fault("waf", times=2)
    assert "Your support ID is: 98" in client.upload().text
    assert client.upload().headers["Content-Type"].startswith("text/html")
    sim.fault("too_many", retry_after=7)
    assert client.upload().headers["Retry-After"] == "7"


def test_every_after_times_and_scope(sim, client):
    sim.fault("http_503", "status", every=3)
    assert [client.get("stareMesaj", id_incarcare=1).status_code for _ in range(7)] == [
        200,
        200,
        503,
        200,
        200,
        503,
        200,
    ]
    sim.clear_faults()
    sim.fault("http_503", "status", after=1, times=2)
    assert [client.get("stareMesaj", id_incarcare=1).status_code for _ in range(4)] == [200, 503, 503, 200]
    sim.fault("http_502", "any", times=0, environment="test", cif=BUYER)
    assert client.get("listaMesajeFactura", "test", zile=1, cif=SELLER).status_code == 200
    assert client.get("listaMesajeFactura", "prod", zile=1, cif=BUYER).status_code == 200
    assert client.get("listaMesajeFactura", "test", zile=1, cif=BUYER).status_code == 502


def test_unknown_names_are_errors(sim):
    with pytest.raises(ValueError, match="unknown fault"):
        sim.fault("explode")
    with pytest.raises(ValueError, match="unknown endpoint"):
        sim.fault("waf", "uplaod")
    with pytest.raises(AttributeError):
        sim.settings.proccessing_delay = 1


def test_json_as_text_truncated_and_cut(sim, client):
    sim.put_supplier_invoice(BUYER, invoice())
    call = {"zile": 1, "cif": BUYER}
    sim.fault("json_as_text", "list")
    answer = client.get("listaMesajeFactura", **call)
    assert answer.headers["Content-Type"].startswith("text/plain") and answer.json()["mesaje"]
    sim.fault("garbage", "list", shape="truncated")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        client.get("listaMesajeFactura", **call).json()
    sim.fault("garbage", "list", shape="cut")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        client.get("listaMesajeFactura", **call)


def test_quota(sim, client):
    sim.fault("quota", "list")
    assert client.get("listaMesajeFactura", zile=1, cif=BUYER).json()["eroare"].startswith("S-au facut deja ")
    sim.fault("quota", "download", malformed=True)
    assert client.get("descarcare", id=1).text == (
        '{"eroare":"S-au facut deja 10 descarcari de mesaj in cursul zilei","titlu":"Descarcare mesaj"}}'
    )
    sim.fault("quota", "status")
    assert attribute(client.get("stareMesaj", id_incarcare=1).text, "errorMessage").startswith("S-au facut deja ")


def test_slow_call_takes_effect_after_the_client_left(sim, client):
    sim.fault("slow", seconds=0.6)
    with pytest.raises(requests.Timeout):
        client.session.post(
            f"{sim.url}/prod/FCTEL/rest/upload", params={"standard": "UBL", "cif": SELLER}, data=invoice(), timeout=0.2
        )
    assert sim.uploads() == []
    time.sleep(0.8)
    assert len(sim.uploads()) == 1


def test_forced_rejection_and_stuck(sim, client):
    sim.fault("nok", errors=["Eroare ANAF"])
    assert client.errors() == ["Eroare ANAF"]
    sim.fault("stuck", seconds=3600)
    index = client.send()
    sim.advance(600)
    assert "in prelucrare" in client.get("stareMesaj", id_incarcare=index).text
    sim.advance(3600)
    assert attribute(client.get("stareMesaj", id_incarcare=index).text, "stare") == "ok"


def test_token_endpoint(sim):
    sim.fault("http_500", "token")
    assert requests.post(sim.oauth_url + "/token", data={}, timeout=20).status_code == 500
    assert requests.post(sim.oauth_url + "/token", data={}, timeout=20).status_code == 400


def test_sixteen_at_once(sim):
    sim.settings.latency = 0.1
    sim.add_certificate("all", ["*"])
    access = sim.issue_tokens("all")["access_token"]
    clients = [Client(sim, access) for _ in range(16)]
    started = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        indexes = list(pool.map(lambda n: clients[n % 16].send(invoice(f"F-{n}")), range(160)))
    assert len(set(indexes)) == 160
    assert 2 <= sim.max_in_flight <= 16 and sim.in_flight == 0
    assert time.monotonic() - started < 5  # one by one: 16 s
