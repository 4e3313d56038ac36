"""Uploads: what is refused at once, what later, what counts as a double."""

import pytest
from simulator_support import BUYER, SELLER, STRANGER, attribute, invoice


def test_upload_then_processing_then_ok(sim, client):
    answer = client.upload()
    assert answer.headers["Content-Type"] == "application/xml"
    assert 'xmlns="mfp:anaf:dgti:spv:respUploadFisier:v1"' in answer.text
    index = attribute(answer.text, "index_incarcare")
    assert int(index) > 2**32 and len(attribute(answer.text, "dateResponse")) == 12
    assert 'stare="in prelucrare"/>' in client.get("stareMesaj", id_incarcare=index).text
    sim.advance(3)
    status = client.get("stareMesaj", id_incarcare=index).text
    assert attribute(status, "stare") == "ok" and attribute(status, "id_descarcare") not in ("", index)
    (record,) = sim.accepted()
    assert record.xml == invoice() and (record.seller_cif, record.buyer_cif, record.number) == (SELLER, BUYER, "F-1")


def test_environments_are_separate(sim, client):
    index = client.send(environment="test")
    assert client.get("stareMesaj", "prod", id_incarcare=index).text.count("Nu exista factura cu id_incarcare= ")
    sim.finish()
    assert not sim.accepted("prod") and len(sim.accepted("test")) == 1
    answer = client.get("listaMesajeFactura", "test", zile=1, cif=BUYER).json()
    assert answer == {"eroare": "Nu exista mesaje in ultimele 1 zile", "titlu": "Lista Mesaje"}


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"standard": "XML"}, "Valorile acceptate pentru parametrul standard sunt UBL, CN, CII sau RASP"),
        ({"cif": "RO123"}, "CIF introdus= RO123 nu este un numar"),
        ({"cif": STRANGER}, f"Nu aveti drept in SPV pentru CIF={STRANGER}"),
        ({"extern": "NU"}, "Daca parametrul extern trebuie completat, valoarea acceptata este DA"),
        ({"autofactura": "da"}, "Daca parametrul autofacturare trebuie completat, valoarea acceptata este DA"),
        ({"executare": "DA"}, f"CIF introdus= {SELLER} nu este inregistrat in Registrul RO e-Factura executari silite"),
    ],
)
def test_parameters_refused_at_once(sim, client, params, text):
    assert client.refusal(**params) == text
    assert sim.uploads() == []


def test_missing_parameters_are_400_json(sim, client):
    answer = client.upload(cif="")
    assert answer.status_code == 400
    assert answer.json()["message"] == "Parametrii standard si cif sunt obligatorii"
    assert client.upload(b"").json()["message"] == "Trebuie sa aveti atasat in request un fisier de tip xml"


def test_size_limit_is_a_200(sim, client):
    assert client.refusal(b"<a>" + b"x" * (10 * 2**20)) == "Marime fisier transmis mai mare de 10 MB."
    assert client.send()  # the connection is still usable


@pytest.mark.parametrize(
    ("data", "standard", "reason"),
    [
        (b"not xml", "UBL", "lineNumber: 1; columnNumber: 1; Content is not allowed in prolog."),
        (invoice()[:-20], "UBL", "XML document structures must start and end within the same entity."),
        (
            invoice().replace(b"Invoice ", b"Invoice1 ", 1).replace(b"</Invoice>", b"</Invoice1>"),
            "UBL",
            "cvc-elt.1.a: Cannot find the declaration of element 'Invoice1'. ",
        ),
        (
            invoice().replace(b"schema:xsd:Invoice-2", b"schema:xsd:Invoice-3"),
            "UBL",
            "cvc-elt.1.a: Cannot find the declaration of element 'Invoice'. ",
        ),
        (invoice(), "CN", "cvc-elt.1.a: Cannot find the declaration of element 'Invoice'. "),
        (invoice(), "RASP", "cvc-elt.1.a: Cannot find the declaration of element 'Invoice'. "),
        (invoice().replace(b"2026-10-05", b"2026-13-05"), "UBL", "'2026-13-05' is not a valid value for 'date'. "),
        (
            invoice().replace(
                b"<cbc:ID>F-1</cbc:ID><cbc:IssueDate>2026-10-05</cbc:IssueDate>",
                b"<cbc:IssueDate>2026-10-05</cbc:IssueDate><cbc:ID>F-1</cbc:ID>",
            ),
            "UBL",
            "cvc-complex-type.2.4.a: Invalid content was found starting with element 'cbc:ID'.",
        ),
    ],
)
def test_schema_errors_are_synchronous(sim, client, data, standard, reason):
    text = client.refusal(data, standard=standard).replace("&quot;", '"')
    assert text.startswith("Fisierul transmis nu este valid. org.xml.sax.SAXParseException; lineNumber: ")
    assert reason in text
    assert sim.uploads() == []


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        (f"RO{SELLER}", "RO900000019", "CUI vanzator incorect"),
        (f"<cbc:CompanyID>{BUYER}", "<cbc:CompanyID>900000027", "CUI cumparator incorect"),
        (f"<cbc:CompanyID>{BUYER}", "<cbc:CompanyID>1234567890123", "CNP sau NIF cumparator incorect"),
        (f"<cbc:CompanyID>{BUYER}", "<cbc:CompanyID>HRB 1234", "nu a fost identificat cui cumparator"),
        (">SECTOR1<", ">București<", "[BR-RO-100]-"),
        (">F-1<", "><", "[BR-02]-"),
        ("RegistrationName>Cumpărător SRL", "RegistrationName> ", "[BR-07]-"),
        ('currencyID="RON">121.00</cbc:Pay', 'currencyID="RON">120.00</cbc:Pay', "[BR-CO-16]-"),
        ("RO-CJ", "CJ", "[BR-RO-110]-"),
        (">380<", ">326<", "[BR-RO-020]-"),
    ],
)
def test_business_rules_are_asynchronous(sim, client, old, new, error):
    data = invoice().decode().replace(old, new).encode()
    assert data != invoice()
    errors = client.errors(data)
    assert len(errors) == 1 and errors[0].startswith(error)


def test_thirteen_zeros_and_foreign_buyer_with_extern(sim, client):
    assert client.errors(invoice("F-1", buyer="0" * 13)) == []
    foreign = invoice("F-2", buyer="DE123456789")
    assert client.errors(foreign) == ["nu a fost identificat cui cumparator"]
    assert client.errors(foreign, extern="DA") == []


def test_unknown_cui(sim, client):
    sim.settings.cuis_unknown = {SELLER}
    (error,) = client.errors()
    assert error.endswith(f"R6.1: CIF-ul vanzatorului nu figureaza in baza de date:{SELLER}")


def test_double_gets_its_own_index_then_nok_with_the_first(sim, client):
    first = client.send()
    second = client.send()  # while the first is still processing
    sim.finish()
    assert second != first
    assert [(item.index, item.state) for item in sim.uploads()] == [(first, "ok"), (second, "nok")]
    day = sim.uploads()[0]
    assert sim.uploads()[1].errors == [
        f"Factura a mai fost transmisa anterior cu index={first} si data incarcare={_day(day.received_at)}"
    ]
    assert list(sim.uploads_per_invoice().values()) == [2]
    assert client.errors(environment="test") == []  # the other environment does not count


def _day(epoch):
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime.fromtimestamp(epoch, ZoneInfo("Europe/Bucharest")).strftime("%Y-%m-%d")


def test_rejected_number_may_be_sent_again(sim, client):
    bad = invoice().replace(b"RO-CJ", b"CJ")
    assert client.errors(bad)
    assert client.errors(invoice()) == []


def test_doubles_may_be_accepted(sim, client):
    sim.settings.duplicates = "accept"
    client.send()
    client.send()
    sim.finish()
    assert len(sim.accepted()) == 2


def test_b2c_and_self_billing(sim, client):
    client.send(call="uploadb2c")
    client.send(invoice("F-2"), cif=BUYER, autofactura="DA")
    sim.finish()
    first, second = sim.uploads()
    assert first.b2c and not second.b2c and second.autofactura
    for cif, kind in ((SELLER, "FACTURA TRIMISA"), (BUYER, "FACTURA PRIMITA")):
        entry = client.get("listaMesajeFactura", zile=1, cif=cif).json()["mesaje"][1]
        assert entry["tip"] == kind
        assert entry["detalii"] == (
            f"Factura cu id_incarcare={second.index} transmisa de cif={BUYER}  ca autofactura in numele cif={SELLER}"
        )


def test_buyer_message(sim, client):
    index = client.send()
    message = (
        f'<header xmlns="mfp:anaf:dgti:spv:reqMesaj:v1" index_incarcare="{index}" '
        'message="Cantitatea livrata nu corespunde."/>'
    ).encode()
    assert client.errors(message, standard="RASP", cif=BUYER) == []
    for cif, kind in ((BUYER, "MESAJ CUMPARATOR TRANSMIS"), (SELLER, "MESAJ CUMPARATOR PRIMIT")):
        (entry,) = client.get("listaMesajeFactura", zile=1, cif=cif, filtru="R").json()["mesaje"]
        assert entry["tip"] == kind
    sim.settings.rasp_per_day = 1
    assert client.refusal(message, standard="RASP", cif=BUYER) == (
        f"S-au incarcat deja 1 de mesaje de tip RASP pentru cui={BUYER} in cursul zilei"
    )


def test_chunked_body(sim, client):
    data = invoice()
    index = client.send(iter([data[:100], data[100:]]))
    assert sim.uploads()[0].index == index and sim.uploads()[0].xml == data
