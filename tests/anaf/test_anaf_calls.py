"""The reading calls: status, lists, download, hello, validator, PDF."""

import base64
import json
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest
from anaf_peer import TOKEN, response

import anaf

NOW = datetime(2026, 7, 13, 12, 0, tzinfo=timezone.utc)
START, END = NOW - timedelta(days=5), NOW


def query(request):
    return {name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}


def message(number, **more):
    return {
        "data_creare": "202607131015",
        "cif": "8000000000",
        "id_solicitare": str(5_000_000_000 + number),
        "detalii": f"Factura cu id_incarcare={5_000_000_000 + number} emisa de cif_emitent=8000000000 "
        "pentru cif_beneficiar=3",
        "tip": "FACTURA TRIMISA",
        "id": str(3_000_000_000 + number),
        **more,
    }


def page(messages, pages=1, **more):
    body = {"mesaje": messages, "numar_total_pagini": pages, "titlu": "Lista Mesaje disponibile", **more}
    return response(json.dumps(body))


def sentence(text):
    return response(json.dumps({"eroare": text, "titlu": "Lista Mesaje"}))


def test_status_asks_for_the_index(serve, client_of):
    server = serve(response('<header xmlns="x" stare="in prelucrare"/>'))
    assert client_of(server, "test").status(6552704998).state == "processing"
    assert server.requests[0].target == "/test/FCTEL/rest/stareMesaj?id_incarcare=6552704998"


def test_list_page_speaks_epoch_milliseconds(serve, client_of):
    server = serve(page([message(1)], numar_total_inregistrari=1))
    found = client_of(server).list_page("RO8000000000", START, END, kind="T")
    assert (found.page_count, found.total, found.messages[0].id) == (1, 1, "3000000001")
    assert query(server.requests[0]) == {
        "startTime": "1783512000000",
        "endTime": "1783944000000",
        "cif": "8000000000",
        "pagina": "1",
        "filtru": "T",
    }
    with pytest.raises(ValueError):
        client_of(server).list_page("1", datetime(2026, 7, 1), END)  # noqa: DTZ001  a naive time is the point


def test_a_list_that_shrank_ends_quietly(serve, client_of):
    def answer(request):
        if query(request)["pagina"] == "2":
            return sentence("Pagina solicitata 2 este mai mare decat numarul toatal de pagini 1")
        return page([message(1)], pages=2)

    client = client_of(serve(answer))
    assert len(client.list_page("1", START, END).messages) == 1
    assert client.list_page("1", START, END, 2).messages == []


def test_no_messages_is_an_empty_success(serve, client_of):
    server = serve(sentence("Nu exista mesaje in intervalul selectat"))
    assert client_of(server).list_page("1", START, END).messages == []
    assert len(server.requests) == 1


def list_with_their_clock(client):
    """One page; a window that ANAF's clock refuses is corrected once, as the mailbox does."""
    try:
        return client.list_page("1", START, END)
    except anaf.ClockSkew as skew:
        return client.list_page("1", *anaf.corrected_window(START, END, skew))


def test_the_window_is_rebuilt_once_from_anafs_clock(serve, client_of):
    refusal = "endTime = 13-07-2026 15:00:00 nu poate in viitor fata de momentul requestului = 13-07-2026 14:50:00"
    server = serve(lambda request: page([message(1)]) if len(server.requests) > 1 else sentence(refusal))
    assert len(list_with_their_clock(client_of(server)).messages) == 1
    first, second = map(query, server.requests)
    assert int(first["endTime"]) - int(second["endTime"]) == 11 * 60 * 1000
    assert first["startTime"] == second["startTime"]


def test_a_window_too_old_moves_its_start_only(serve, client_of):
    refusal = "startTime = 09-07-2022 10:41:11 nu poate fi mai vechi de 60 de zile fata de momentul requestului"
    server = serve(lambda request: page([message(1)]) if len(server.requests) > 1 else sentence(refusal))
    assert len(list_with_their_clock(client_of(server)).messages) == 1
    first, second = map(query, server.requests)
    assert int(second["startTime"]) > int(first["startTime"])
    assert first["endTime"] == second["endTime"]


def test_a_clock_that_keeps_disagreeing_is_an_error(serve, client_of):
    server = serve(sentence("endTime = 02-12-2022 11:49:24 nu poate in viitor fata de momentul requestului"))
    with pytest.raises(anaf.ClockSkew) as caught:
        list_with_their_clock(client_of(server))
    assert caught.value.anaf_now is None
    assert len(server.requests) == 2


def test_spv_window_stays_inside_what_anaf_allows():
    start, end = anaf.spv_window(NOW)
    assert (NOW - start, NOW - end) == (timedelta(days=60) - timedelta(minutes=5), timedelta(seconds=60))
    assert anaf.spv_window(NOW, days=1)[0] == NOW - timedelta(days=1)
    assert anaf.spv_window(NOW, days=400)[0] == start


def test_download_returns_the_bytes_untouched(serve, client_of):
    server = serve(response(b"PK\x03\x04\x00\xff", Content_Type="application/octet-stream"))
    assert client_of(server).download("3009239535") == b"PK\x03\x04\x00\xff"
    assert server.requests[0].target == "/prod/FCTEL/rest/descarcare?id=3009239535"


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (response("<html>x</html>"), anaf.Transient, "html_answer"),
        (response("<html><title>Mentenanta sistem</title></html>"), anaf.Transient, "maintenance"),
        (response("", 503), anaf.Transient, "server_error"),
        (response("", 429), anaf.Throttled, "throttled"),
        (response("{}", 401), anaf.Unauthorized, "unauthorized"),
        (response("", 403), anaf.Forbidden, "forbidden"),
        (response("", 302, Location="https://elsewhere.invalid/my.policy"), anaf.Transient, "redirected"),
        (response("ceva"), anaf.Malformed, "unknown_answer"),
        (response("{}"), anaf.Malformed, "unknown_answer"),
        (response('{"eroare":"ceva nou"}'), anaf.Malformed, "unknown_answer"),
    ],
)
@pytest.mark.parametrize("call", ["status", "list", "download"])
def test_answers_that_are_not_the_applications(serve, client_of, call, answer, error, code):
    client = client_of(serve(answer))
    with pytest.raises(error) as caught:
        if call == "list":
            client.list_page("1", START, END)
        else:
            getattr(client, call)("7")
    assert caught.value.code == code


def test_a_read_that_finds_nobody_is_transient(client_of, dead_port):
    with pytest.raises(anaf.Transient) as caught:
        client_of(dead_port).status("1")
    assert caught.value.code == "connection_refused"


def test_hello_blanks_the_echoed_token(serve, client_of):
    server = serve(lambda r: response(f'Hello, "me"\nAuthorization: {r.headers["authorization"]}'))
    text = client_of(server).hello("me")
    assert text.startswith("Hello")
    assert TOKEN not in text
    assert server.requests[0].target == "/TestOauth/jaxrs/hello?name=me"


def test_validator_needs_no_token_and_loses_schema_location(serve, client_of):
    server = serve(response('{"stare":"nok","Messages":[{"message":"[BR-CO-09]-x"}],"trace_id":"t"}'))
    xml = b'<Invoice xmlns:xsi="u"  xsi:schemaLocation="a ../../b.xsd">\r\n<a b="1" /></Invoice>'
    found = client_of(server, "test").validate(xml, "FACT1")
    assert (found.ok, found.messages, found.trace_id) == (False, ["[BR-CO-09]-x"], "t")
    (request,) = server.requests
    assert request.target == "/prod/FCTEL/rest/validare/FACT1"
    assert request.headers["content-type"] == "text/plain"
    assert "authorization" not in request.headers
    assert request.body == b'<Invoice xmlns:xsi="u">\r\n<a b="1" /></Invoice>'


def test_validator_technical_error_says_nothing_about_the_document(serve, client_of):
    server = serve(response('{"stare":"nok","Messages":[{"message":"A aparut o eroare tehnica. Cod: 1"}]}'))
    with pytest.raises(anaf.Technical):
        client_of(server).validate(b"<Invoice/>", "FACT1")


@pytest.mark.parametrize("body", [b"%PDF-1.7 x", base64.b64encode(b"%PDF-1.7 x")])
def test_pdf_plain_or_base64(serve, client_of, body):
    server = serve(response(body))
    assert client_of(server).render_pdf(b"<CreditNote/>", "FCN", skip_validation=True) == b"%PDF-1.7 x"
    assert server.requests[0].target == "/prod/FCTEL/rest/transformare/FCN/DA"


def test_pdf_blocked_without_validation_is_tried_with_it(serve, client_of):
    waf = response("<html><title>Request Rejected</title></html>")
    server = serve(lambda r: waf if r.target.endswith("/DA") else response(b"%PDF-1"))
    assert client_of(server).render_pdf(b"<Invoice/>", "FACT1", skip_validation=True) == b"%PDF-1"


def test_pdf_of_an_invalid_document(serve, client_of):
    server = serve(response('{"stare":"nok","Messages":[{"message":"a"},{"message":"b"}],"trace_id":"t"}'))
    with pytest.raises(anaf.Refused) as caught:
        client_of(server).render_pdf(b"<Invoice/>", "FACT1")
    assert caught.value.texts == ["a", "b"]
