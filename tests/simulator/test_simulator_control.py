"""The control API, the page, the command line."""

import ast
import base64
import re
import subprocess
import sys
from pathlib import Path

import requests
from simulator_support import BUYER, SELLER, Client, invoice

ROOT = Path(__file__).resolve().parents[2]


def control(sim, action, **values):
    answer = requests.post(f"{sim.url}/_control/{action}", json=values, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_settings(sim):
    assert control(sim, "settings")["processing_delay"] == 2
    changed = control(sim, "settings", list_lag=5, cuis_unknown=["123"])
    assert changed["list_lag"] == 5 and changed["cuis_unknown"] == ["123"] and sim.settings.cuis_unknown == {"123"}
    bad = requests.post(sim.url + "/_control/settings", json={"nothing": 1}, timeout=20)
    assert bad.status_code == 400 and "nothing" in bad.json()["error"]


def test_a_whole_story_without_python(sim):
    control(sim, "client", client_id="x", client_secret="y", redirect_uris=["https://localhost/cb"])
    control(sim, "certificate", name="c", cifs=[SELLER])
    client = Client(sim, control(sim, "tokens", certificate="c")["access_token"])
    control(sim, "fault", kind="http_503", endpoint="status", times=1)
    index = client.send()
    assert client.get("stareMesaj", id_incarcare=index).status_code == 503
    control(sim, "fault", kind="waf", times=0)
    control(sim, "faults/clear")
    assert control(sim, "faults") == []
    control(sim, "advance", seconds=10)
    (record,) = control(sim, "uploads", environment="prod", xml=True)
    assert record["state"] == "ok" and base64.b64decode(record["xml"]) == invoice() and record["index"] == index
    calls = control(sim, "calls")
    counts = calls["calls"]
    assert (counts["upload"], counts["prod"]["status"], counts["test"]["upload"]) == (1, 1, 0)
    assert calls["uploads_per_invoice"] == [
        {
            "environment": "prod",
            "seller_cif": SELLER,
            "number": "F-1",
            "issue_date": "2026-10-05",
            "type_code": "380",
            "uploads": 1,
        }
    ]
    assert [item["status"] for item in calls["log"]] == [200, 503]
    control(sim, "reset")
    assert control(sim, "uploads") == [] and control(sim, "calls")["calls"]["upload"] == 0


def test_supplier_invoices(sim, client):
    assert control(sim, "supplier-invoices", buyer_cif=BUYER, count=30, days=10)["put"] == 30
    (number,) = control(sim, "supplier-invoices", buyer_cif=BUYER, xml=invoice().decode())["download_ids"]
    assert client.get("descarcare", id=number).content[:2] == b"PK"
    assert len(client.get("listaMesajeFactura", zile=20, cif=BUYER).json()["mesaje"]) == 31
    assert sim.uploads() == []


def test_finish(sim, client):
    sim.settings.update(processing_delay=1000, list_lag=1000)
    client.send()
    control(sim, "finish")
    assert len(client.get("listaMesajeFactura", zile=1, cif=SELLER).json()["mesaje"]) == 1


def test_page_and_ca(sim, client):
    client.send(invoice("F-77"))
    page = requests.get(sim.url + "/", timeout=20).text
    assert "F-77" in page and "in prelucrare" in page and 'http-equiv="refresh"' in page
    assert requests.get(sim.url + "/_control/ca.pem", timeout=20).text == sim.ca_pem
    for environment in ("prod", "test"):
        assert requests.get(f"{sim.url}/_control/seal/{environment}.pem", timeout=20).text == sim.seal_pem(environment)
    assert sim.seal_pem("prod") != sim.seal_pem("test")


def test_foreign_pages_are_refused(sim):
    for headers in ({"Origin": "https://example.com"}, {"Host": "example.com"}):
        assert requests.post(sim.url + "/_control/reset", headers=headers, timeout=20).status_code == 403
    assert requests.get(sim.url + "/_control/reset", timeout=20).status_code == 405


def test_command_line(tmp_path):
    (tmp_path / "a.xml").write_bytes(invoice())
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "anaf_simulator",
            "--port",
            "0",
            "--cif",
            f"{SELLER},{BUYER}",
            "--supplier-cif",
            BUYER,
            "--supplier-invoices",
            "3",
            "--supplier-files",
            str(tmp_path),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        url = re.fullmatch(r"ANAF simulator ready at (http://127\.0\.0\.1:\d+)\n", process.stdout.readline()).group(1)
        token = requests.post(url + "/_control/tokens", json={"certificate": "demo"}, timeout=20).json()["access_token"]
        answer = requests.get(
            url + "/prod/FCTEL/rest/listaMesajeFactura",
            params={"zile": 60, "cif": BUYER},
            headers={"Authorization": "Bearer " + token},
            timeout=20,
        ).json()
        assert len(answer["mesaje"]) == 4
    finally:
        process.terminate()
        assert process.wait(10) == 0


def test_imports_nothing_of_the_addon():
    names = set()
    for path in (ROOT / "anaf_simulator").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {item.name.split(".")[0] for item in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(node.module.split(".")[0])
    assert names <= set(sys.stdlib_module_names) | {"lxml", "cryptography", "_typeshed"}  # the last for type checkers
