"""The Romanian text of a request for technical support."""

from anaf.support_request import ANSWER_LIMIT, support_sections, support_text

ATTEMPT = {
    "environment": "prod",
    "state": "nok",
    "sent_at": "2026-07-01 09:00:00",
    "settled_at": None,
    "upload_index": "5001",
    "download_id": "",
    "support_id": "",
    "sha256": "",
    "errors": ["[BR-1]-unu", "[BR-2]-doi"],
    "raw": "",
}


def _facts(*attempts):
    invoice = {
        "number": "F/1",
        "date": "2026-07-01",
        "buyer": "Client",
        "buyer_cif": "12",
        "total": 1210.5,
        "currency": "RON",
        "attempts": list(attempts),
    }
    return {"company": "Firma SRL", "cif": "1", "invoices": [invoice]}


def test_the_text_tells_each_attempt_with_its_time_in_bucharest_and_every_error():
    assert support_text(support_sections(_facts(ATTEMPT), "Nu înțelegem cauza.")) == (
        "Solicitare de suport tehnic RO e-Factura\n"
        "  Firma: Firma SRL\n"
        "  CIF: 1\n"
        "  Descriere: Nu înțelegem cauza.\n\n"
        "  Factura F/1 din 01.07.2026\n"
        "    Cumpărător: Client (CIF 12)\n"
        "    Total de plată: 1210,50 RON\n"
        "    Ultimul test la ANAF: nu s-a făcut\n\n"
        "    Încercarea 1, mediul PRODUCȚIE\n"
        "      Stare: Nok\n"
        "      Trimisă la: 01.07.2026 12:00:00\n"
        "      Index de încărcare: 5001\n"
        "      Erori:\n"
        "        [BR-1]-unu\n"
        "        [BR-2]-doi\n"
    )


def test_a_long_answer_is_cut_in_the_text_which_says_where_it_is_whole():
    text = support_text(support_sections(_facts({**ATTEMPT, "raw": "x" * (ANSWER_LIMIT + 1)})))
    assert "x" * ANSWER_LIMIT in text
    assert "x" * (ANSWER_LIMIT + 1) not in text
    assert "arhiva ZIP" in text


def test_the_last_test_is_told_beside_the_total():
    test = {**ATTEMPT, "environment": "test", "state": "ok", "upload_index": "7"}
    sections = support_sections(_facts({**test, "state": "nok"}, ATTEMPT, test))
    assert ("Ultimul test la ANAF", "Ok (index de încărcare 7)") in sections[1][2]
