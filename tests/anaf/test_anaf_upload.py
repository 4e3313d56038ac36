"""Exactly once starts here: which ends of an upload prove what."""

import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from anaf_peer import TOKEN, read_request, reset, response

import anaf
from anaf import wire

ACCEPTED = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><header '
    'xmlns="mfp:anaf:dgti:spv:respUploadFisier:v1" dateResponse="202607131015" ExecutionStatus="0" '
    'index_incarcare="6552704998"/>'
)
REFUSED = (
    '<header xmlns="mfp:anaf:dgti:spv:respUploadFisier:v1" dateResponse="202607131015" ExecutionStatus="1">'
    '<Errors errorMessage="{}"/></header>'
)
WAF = (
    "<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with "
    "your administrator.<br><br>Your support ID is: 9826645832961917351<br></body></html>"
)
BIG = b"<Invoice>" + b"x" * 20_000_000 + b"</Invoice>"


def upload(client, xml=b"<Invoice/>", **options):
    return client.upload(xml, **{"standard": "UBL", "cif": "RO 123", **options})


def test_what_goes_out_and_what_comes_back(serve, client_of):
    server = serve(response(ACCEPTED))
    xml = b"\xef\xbb\xbf<Invoice>\r\n\xc8\x99</Invoice>"
    receipt = upload(client_of(server), xml, extern=True)
    assert receipt.upload_index == "6552704998"
    assert receipt.response_at.isoformat() == "2026-07-13T07:15:00+00:00"
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/prod/FCTEL/rest/upload?standard=UBL&cif=123&extern=DA")
    assert request.body == xml
    assert request.headers["content-length"] == str(len(xml))
    assert "transfer-encoding" not in request.headers
    assert request.headers["authorization"] == f"Bearer {TOKEN}"


def test_consumers_and_self_billing(serve, client_of):
    server = serve(response(ACCEPTED))
    upload(client_of(server, "test"), standard="CN", b2c=True, autofactura=True)
    assert server.requests[0].target == "/test/FCTEL/rest/uploadb2c?standard=CN&cif=123&autofactura=DA"


def test_refused_connection_is_not_sent(dead_port, client_of):
    with pytest.raises(anaf.NotSent) as caught:
        upload(client_of(dead_port))
    assert caught.value.code == "connection_refused"


def test_unknown_name_is_not_sent(monkeypatch):
    def lookup(*_args, **_kw):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    client = anaf.AnafClient(anaf.Endpoints("https://anaf.invalid"), "prod", TOKEN)
    with pytest.raises(anaf.NotSent) as caught:
        upload(client)
    assert caught.value.code == "dns_failure"


def test_connection_dropped_before_the_body_was_read_is_not_sent(peer, client_of):
    def script(_server, conn):
        conn.recv(1000)
        reset(conn)

    with pytest.raises(anaf.NotSent):
        upload(client_of(peer(script)), BIG)


@pytest.mark.parametrize("end", [reset, lambda conn: conn.close()])
def test_connection_dropped_after_the_body_is_uncertain_and_not_repeated(peer, client_of, end):
    def script(server, conn):
        server.next(conn)
        end(conn)

    server = peer(script)
    with pytest.raises(anaf.Uncertain):
        upload(client_of(server))
    time.sleep(0.1)
    assert server.connections == 1
    assert len(server.requests) == 1


def test_kept_alive_connection_that_dies_is_uncertain(peer, client_of):
    def script(server, conn):
        server.next(conn)
        conn.sendall(response(ACCEPTED))
        server.next(conn)
        reset(conn)

    server = peer(script)
    client = client_of(server)
    upload(client)
    with pytest.raises(anaf.Uncertain):
        upload(client)
    assert server.connections == 1, "the second upload was meant to use the first connection"


@pytest.mark.parametrize(
    "answer",
    [
        response(ACCEPTED)[:-20],
        response(WAF),
        response("<html><title>Mentenanta sistem</title></html>"),
        response("{}", 500),
        response("<html/>", 502),
        response(ACCEPTED[:100]),
        response(""),
        response("{}"),
        response("", 302, Location="/my.policy"),
        response(ACCEPTED.replace('"0"', '"7"')),
        response(ACCEPTED.replace(' index_incarcare="6552704998"', "")),
        b"not http at all\r\n\r\n",
    ],
)
def test_answers_that_prove_nothing_are_uncertain(peer, client_of, answer):
    def script(server, conn):
        server.next(conn)
        conn.sendall(answer)

    server = peer(script)
    with pytest.raises(anaf.Uncertain):
        upload(client_of(server))
    assert len(server.requests) == 1


def test_firewall_page_keeps_its_support_id(serve, client_of):
    with pytest.raises(anaf.Uncertain) as caught:
        upload(client_of(serve(response(WAF))))
    assert (caught.value.code, caught.value.support_id) == ("waf_block", "9826645832961917351")


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (response("{}", 401), anaf.Unauthorized, "unauthorized"),
        (response('{"status":"401"}'), anaf.Unauthorized, "unauthorized"),
        (response("no", 403), anaf.Forbidden, "forbidden"),
        (response(WAF, 403), anaf.Forbidden, "forbidden"),
        (response("", 429, Retry_After="7"), anaf.Throttled, "throttled"),
        (response("", 204), anaf.Throttled, "throttled"),
        (
            response('{"status":400,"message":"Parametrii standard si cif sunt obligatorii"}', 400),
            anaf.Refused,
            "missing_parameter",
        ),
        (response(REFUSED.format("A aparut o eroare tehnica. Cod: 1814")), anaf.Technical, "technical_error"),
        (response(REFUSED.format("Nu aveti drept in SPV pentru CIF=1")), anaf.NoRight, "no_spv_right"),
        (response(REFUSED.format("Fisierul transmis nu este valid. x")), anaf.Refused, "invalid_document"),
        (response(REFUSED.format("Marime fisier transmis mai mare de 10 MB.")), anaf.Refused, "too_large"),
        (
            response(REFUSED.format("S-au incarcat deja 1000 de mesaje de tip RASP pentru cui=1")),
            anaf.QuotaExceeded,
            "daily_quota",
        ),
        (response(REFUSED.format("ceva nou")), anaf.Refused, "refused"),
    ],
)
def test_definite_refusals(serve, client_of, answer, error, code):
    with pytest.raises(error) as caught:
        upload(client_of(serve(answer)))
    assert caught.value.code == code
    assert not isinstance(caught.value, anaf.Uncertain | anaf.NotSent)


def test_retry_after_is_read(serve, client_of):
    with pytest.raises(anaf.Throttled) as caught:
        upload(client_of(serve(response("", 429, Retry_After="7"))))
    assert caught.value.retry_after == 7


def test_gateway_that_answers_before_reading_the_document(peer, client_of):
    def script(_server, conn):
        conn.recv(1000)
        conn.sendall(response("{}", 500))
        time.sleep(0.3)
        reset(conn)

    with pytest.raises(anaf.NotSent):
        upload(client_of(peer(script)), BIG)


def _drip(data, pause=0.05):
    def script(_server, conn):
        read_request(conn)
        for byte in data:
            conn.sendall(bytes([byte]))
            time.sleep(pause)

    return script


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000,
    ],
    ids=["headers", "body"],
)
def test_dripping_answer_ends_at_the_deadline(peer, client_of, data):
    server = peer(_drip(data if b"X-Slow" in data else data[:50] + data[50:], 0.05))
    started = time.monotonic()
    with pytest.raises(anaf.Uncertain) as caught:
        upload(client_of(server, deadline=1.0))
    assert 0.9 < time.monotonic() - started < 1.6
    assert caught.value.code == "timeout"


def test_silent_peer_ends_at_the_deadline(peer, client_of):
    def script(server, conn):
        server.next(conn)
        time.sleep(5)

    started = time.monotonic()
    with pytest.raises(anaf.Uncertain):
        upload(client_of(peer(script), deadline=0.5))
    assert time.monotonic() - started < 1.2


def test_peer_that_does_not_read_ends_at_the_deadline_and_is_not_sent(peer, client_of):
    def script(_server, conn):
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        time.sleep(5)

    started = time.monotonic()
    with pytest.raises(anaf.NotSent) as caught:
        upload(client_of(peer(script), deadline=0.7), BIG)
    assert time.monotonic() - started < 1.6
    assert caught.value.code == "slow_upload"


def test_peer_that_stops_reading_halfway_gets_no_second_deadline(peer, client_of):
    def script(_server, conn):
        end = time.monotonic() + 0.7
        while time.monotonic() < end:
            conn.recv(65536)
            time.sleep(0.05)
        time.sleep(5)

    started = time.monotonic()
    with pytest.raises(anaf.NotSent):
        upload(client_of(peer(script), deadline=1.0), BIG)
    assert 0.9 < time.monotonic() - started < 1.4


def test_no_byte_of_the_body_leaves_after_the_deadline():
    body = wire.CountedBody(b"abc", wire.Deadline(-1))
    with pytest.raises(TimeoutError):
        body.read(10)
    assert not body.finished


def test_answers_are_bounded(serve):
    server = serve(response(b"x" * 200_000))
    with pytest.raises(wire.Broken) as caught:
        wire.exchange(wire.make_session(), "GET", server.url, max_body=100_000)
    assert caught.value.reason == "answer_too_large"


def test_a_machine_netrc_and_proxy_do_not_interfere(serve, client_of, monkeypatch, tmp_path, dead_port):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login intruder password intruder\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, dead_port)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    server = serve(lambda r: response(ACCEPTED if "upload" in r.target else '{"stare":"ok","trace_id":"t"}'))
    client = client_of(server)
    upload(client)
    client.validate(b"<Invoice/>", "FACT1")
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert "authorization" not in server.requests[1].headers


def test_the_gateways_cookies_are_not_kept(serve, client_of):
    server = serve(response(ACCEPTED, Set_Cookie="MRHSession=1; path=/"))
    client = client_of(server)
    upload(client)
    upload(client)
    assert "cookie" not in server.requests[1].headers


def test_one_client_serves_a_pool_of_threads(serve, client_of):
    server = serve(lambda request: response(ACCEPTED.replace("6552704998", request.body.decode())))
    client = client_of(server)
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda n: upload(client, str(n).encode()).upload_index, range(1, 401)))
    assert found == [str(n) for n in range(1, 401)]
    assert len(server.requests) == 400


def test_the_token_shows_nowhere(peer, dead_port, client_of, caplog):
    caplog.set_level(logging.DEBUG)

    def script(server, conn):
        request = server.next(conn)
        conn.sendall(response(request.headers["authorization"], 500))

    for target in (dead_port, peer(script)):
        client = client_of(target)
        with pytest.raises(anaf.AnafError) as caught:
            upload(client)
        error = caught.value
        told = [str(error), repr(error), error.text, error.raw, repr(client), str(error.__cause__)]
        assert not any(TOKEN in text for text in told)
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("token", ["", None, "two words", "a\nb", "ș"])
def test_a_text_that_is_no_token_is_refused_unquoted(token):
    with pytest.raises(ValueError) as caught:
        anaf.AnafClient(anaf.Endpoints(), "prod", token)
    assert not token or token not in str(caught.value)


@pytest.mark.parametrize(
    "options", [{"standard": "PDF"}, {"cif": "DE1"}, {"cif": ""}, {"xml": b""}], ids=lambda o: next(iter(o))
)
def test_nonsense_is_refused_before_it_leaves(client_of, dead_port, options):
    xml = options.pop("xml", b"<Invoice/>")
    with pytest.raises(ValueError):
        upload(client_of(dead_port), xml, **options)
