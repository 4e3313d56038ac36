"""Answers as bytes: ANAF's sentences, typos included, and what each one is."""

import json
from datetime import datetime, timezone

import pytest

import anaf
from anaf import replies
from anaf.body import sniff
from anaf.gateway import retry_after
from anaf.messages import listed_message, parties

UP = "mfp:anaf:dgti:spv:respUploadFisier:v1"
ST = "mfp:anaf:dgti:efactura:stareMesajFactura:v1"


def status(attributes="", inner=""):
    return replies.parse_status(200, {}, f'<header xmlns="{ST}" {attributes}>{inner}</header>'.encode())


def listing(**body):
    return replies.parse_list(200, {}, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("attributes", "state", "download_id"),
    [
        ('stare="ok" id_descarcare="3009239535"', "ok", "3009239535"),
        ('stare="nok" id_descarcare="3009239536"', "nok", "3009239536"),
        ('stare="in prelucrare"', "processing", None),
        ('stare="XML cu erori nepreluat de sistem"', "refused", None),
    ],
)
def test_states(attributes, state, download_id):
    found = status(attributes)
    assert (found.state, found.download_id) == (state, download_id)
    assert "stare" in found.raw


@pytest.mark.parametrize("attributes", ['stare="aprobat"', 'stare=""', 'stare="ok" id_descarcare="x1"', ""])
def test_unknown_states_are_never_a_success(attributes):
    with pytest.raises(anaf.Malformed) as caught:
        status(attributes)
    assert "header" in caught.value.raw


@pytest.mark.parametrize(
    ("text", "error", "code"),
    [
        ("Nu aveti dreptul de inteorgare pentru id_incarcare= 18", anaf.NoRight, "no_right_to_message"),
        ("Nu exista niciun CIF petru care sa aveti drept", anaf.NoRight, "no_spv_right_at_all"),
        ("Id_incarcare introdus= aaa nu este un numar intreg", anaf.Refused, "invalid_parameter"),
        ("Nu exista factura cu id_incarcare= 15000", anaf.NotFound, "unknown_upload_index"),
        ("S-au facut deja 20 descarcari de mesaj in cursul zilei", anaf.QuotaExceeded, "daily_quota"),
        ("A aparut o eroare tehnica. Cod: 12", anaf.Technical, "technical_error"),
        ("ceva nou", anaf.Malformed, "unknown_answer"),
    ],
)
def test_status_errors_are_about_the_question(text, error, code):
    with pytest.raises(error) as caught:
        status(inner=f'<Errors errorMessage="{text}"/>')
    assert (caught.value.code, caught.value.text) == (code, text)


@pytest.mark.parametrize(
    ("text", "error", "code"),
    [
        ("Valorile acceptate pentru parametrul standard sunt UBL, CN, CII sau RASP", anaf.Refused, "invalid_parameter"),
        ("Marime fisier transmis mai mare de 5 MB.", anaf.Refused, "too_large"),
        ("CIF introdus= 123a nu este un numar", anaf.Refused, "invalid_cif"),
        ("Nu exista niciun CIF pentru care sa aveti drept in SPV", anaf.NoRight, "no_spv_right_at_all"),
        (
            "Daca parametrul autofacturare trebuie completat, valoarea acceptata este DA",
            anaf.Refused,
            "invalid_parameter",
        ),
        (
            "CIF introdus= 1234 nu este inregistrat in Registrul RO e-Factura executari silite",
            anaf.Refused,
            "not_in_register",
        ),
    ],
)
@pytest.mark.parametrize("where", [UP, ST])
def test_upload_errors_in_either_namespace(text, error, code, where):
    body = f'<header xmlns="{where}" ExecutionStatus="1"><Errors errorMessage="{text}"/></header>'
    with pytest.raises(error) as caught:
        replies.parse_upload(200, {}, body.encode())
    assert (caught.value.code, caught.value.text) == (code, text)


def test_every_upload_error_is_kept():
    body = (
        f'<header xmlns="{UP}" ExecutionStatus="1"><Errors errorMessage="Fisierul transmis nu este valid. a"/>'
        '<Errors errorMessage="b"/></header>'
    )
    with pytest.raises(anaf.Refused) as caught:
        replies.parse_upload(200, {}, body.encode())
    assert caught.value.texts == ["Fisierul transmis nu este valid. a", "b"]


def test_an_upload_answer_with_a_dtd_proves_nothing():
    body = f'<!DOCTYPE header [<!ENTITY i "1">]><header xmlns="{UP}" ExecutionStatus="0" index_incarcare="1"/>'
    with pytest.raises(anaf.Uncertain):
        replies.parse_upload(200, {}, body.encode())


@pytest.mark.parametrize(
    ("text", "error", "code"),
    [
        ("CIF introdus= aaa nu este un numar sau nu are o valoare acceptata de sistem", anaf.Refused, "invalid_cif"),
        (
            "startTime = aaa nu este un numar sau nu are o valoare acceptata de sistem",
            anaf.Refused,
            "invalid_parameter",
        ),
        ("Numarul de zile trebuie sa fie intre 1 si 60", anaf.Refused, "invalid_days"),
        (
            "endTime = 09-08-2022 10:41:11 nu poate fi <= startTime = 06-09-2022 09:48:20",
            anaf.Refused,
            "invalid_window",
        ),
        ("Nu aveti drept in SPV pentru CIF=8000000000", anaf.NoRight, "no_spv_right"),
        (
            "S-au facut deja 5 de interogari de tip lista mesaje de catre CUI= 1 in cursul zilei",
            anaf.QuotaExceeded,
            "daily_quota",
        ),
    ],
)
def test_list_errors(text, error, code):
    with pytest.raises(error) as caught:
        listing(eroare=text, titlu="Lista Mesaje")
    assert (caught.value.code, caught.value.text) == (code, text)


def test_clock_skew_quotes_romanian_wall_time():
    with pytest.raises(anaf.ClockSkew) as caught:
        listing(
            eroare="endTime = 30-07-2026 15:16:00 nu poate in viitor fata de momentul requestului = 30-07-2026 15:15:27"
        )
    assert caught.value.anaf_now == datetime(2026, 7, 30, 12, 15, 27, tzinfo=timezone.utc)


@pytest.mark.parametrize("text", ["Nu exista mesaje in ultimele 15 zile", "Nu exista mesaje in intervalul selectat"])
def test_empty_list(text):
    assert listing(eroare=text).messages == []


def test_page_past_the_last_says_how_many_there_are():
    found = listing(eroare="Pagina solicitata 50 este mai mare decat numarul toatal de pagini 29")
    assert (found.messages, found.page_count) == ([], 29)


def test_one_odd_row_does_not_hide_the_others():
    found = listing(
        mesaje=[None, {"id": 7, "data_creare": "soon", "tip": "NOU"}, {"id": "8", "tip": "FACTURA PRIMITA"}]
    )
    assert [(m.id, m.kind, m.created_at) for m in found.messages] == [
        (None, "other", None),
        ("7", "other", None),
        ("8", "received", None),
    ]


@pytest.mark.parametrize("body", [b'{"mesaje":null}', b'{"mesaje":{}}', b"[]", b'{"mesaje"', b"[" * 100_000])
def test_lists_in_an_unknown_shape(body):
    with pytest.raises(anaf.Malformed):
        replies.parse_list(200, {}, body)


@pytest.mark.parametrize(
    ("text", "error", "code"),
    [
        ("Id descarcare introdus= 123a nu este un numar intreg", anaf.Refused, "invalid_parameter"),
        ("S-au facut deja 10 descarcari de mesaj in cursul zilei", anaf.QuotaExceeded, "daily_quota"),
        ("Nu aveti dreptul sa descarcati acesta factura", anaf.NoRight, "no_right_to_message"),
        ("Pentru id=21 nu exista inregistrata nici o factura", anaf.Gone, "download_unknown"),
        (
            "Fisierul nu mai poate fi descarcat pentru ca a trecut perioada de 60 de zile in care este disponibil",
            anaf.Gone,
            "download_expired",
        ),
    ],
)
@pytest.mark.parametrize("tail", ["", "}"])
def test_download_errors_even_with_a_brace_too_many(text, error, code, tail):
    body = json.dumps({"eroare": text, "titlu": "Descarcare mesaj"}) + tail
    with pytest.raises(error) as caught:
        replies.parse_download(200, {"Content-Type": "text/plain"}, body.encode())
    assert (caught.value.code, caught.value.text) == (code, text)


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ("Factura cu id_incarcare=5 emisa de cif_emitent=12 pentru cif_beneficiar=3", ("12", "3")),
        ("Factura cu id_incarcare=5 emisa de cif_emitent=RO12 pentru cif_beneficiar=0000000000000", ("12", "0" * 13)),
        ("Factura cu id_incarcare=5 transmisa de cif=77  ca autofactura in numele cif=12", ("12", "77")),
        ("Factura cu id_incarcare=5 transmisa de cif=77 ca autofactutra in numele cif=12", ("12", "77")),
        ("Erori de validare identificate la factura primita cu id_incarcare=5", (None, None)),
        ("", (None, None)),
    ],
)
def test_parties_of_a_message(details, expected):
    assert parties(details) == expected


@pytest.mark.parametrize(
    ("tip", "kind"),
    [
        ("FACTURA TRIMISA", "sent"),
        ("FACTURA PRIMITA", "received"),
        ("ERORI FACTURA", "error"),
        ("MESAJ CUMPARATOR PRIMIT / MESAJ CUMPARATOR TRANSMIS", "buyer_message"),
        ("FACTURA TRIMISA2", "other"),
        ("", "other"),
    ],
)
def test_kinds(tip, kind):
    assert listed_message({"tip": tip}).kind == kind


def test_a_listed_message_in_full():
    found = listed_message(
        {
            "data_creare": "202601151415",
            "cif": "RO8000000000",
            "id_solicitare": "5001130147",
            "detalii": "Erori de validare identificate la factura transmisa cu id_incarcare=5001130147",
            "tip": "ERORI FACTURA",
            "id": "3001293434",
        }
    )
    assert (found.id, found.upload_index, found.cif, found.kind) == ("3001293434", "5001130147", "8000000000", "error")
    assert found.created_at == datetime(2026, 1, 15, 12, 15, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"PK\x03\x04", "zip"),
        (b"%PDF-1", "pdf"),
        (b"JVBERi0x", "base64_pdf"),
        (b" <!DOCTYPE html><p>", "html"),
        (b'<?xml version="1.0"?><html>', "html"),
        (b"\xef\xbb\xbf<header/>", "xml"),
        (b'\xef\xbb\xbf {"a":1}', "json"),
        (b"", "empty"),
        (b"\r\n", "empty"),
        (b"oops", "text"),
    ],
)
def test_sniff(body, kind):
    assert sniff(body) == kind


def test_retry_after_as_number_or_date():
    now = datetime(2026, 7, 13, 12, 0, tzinfo=timezone.utc)
    assert retry_after({"Retry-After": "120"}) == 120
    assert retry_after({"retry-after": "Mon, 13 Jul 2026 12:01:00 GMT"}, now) == 60
    assert retry_after({"Retry-After": "Mon, 13 Jul 2020 12:01:00 GMT"}, now) == 0
    assert retry_after({"Retry-After": "999999999"}) == 86400
    assert retry_after({"Retry-After": "soon"}) is None
    assert retry_after({}) is None


def test_raw_is_bounded():
    with pytest.raises(anaf.Malformed) as caught:
        replies.parse_list(200, {}, b"x" * 1_000_000)
    assert len(caught.value.raw) <= 8192
