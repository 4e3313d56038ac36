"""ANAF's sentences, and what each of them obliges us to do (anaf-api.md §3.1-3.4, §9b).

Almost every failure is HTTP 200 with a sentence in it. They are matched by the stable part of the wording,
typos included; numbers inside them vary.
"""

import re
from collections.abc import Sequence
from typing import Any

from .bucharest_time import from_clock
from .errors import AnafError, ClockSkew, Gone, NoRight, NotFound, QuotaExceeded, Refused, Technical

_RULES: list[tuple[type[AnafError], str, re.Pattern[str]]] = [
    (error, code, re.compile(pattern, re.IGNORECASE))
    for error, code, pattern in (
        (Technical, "technical_error", r"eroare tehnica"),
        (QuotaExceeded, "daily_quota", r"s-au (facut|incarcat) deja"),
        (NoRight, "no_spv_right", r"nu aveti drept in spv|nu aveti drept.* pentru cif"),
        (NoRight, "no_spv_right_at_all", r"nu exista niciun cif"),
        (NoRight, "no_right_to_message", r"nu aveti dreptul (de inter?oga?re|de inteorgare|sa descarcati)"),
        (NotFound, "unknown_upload_index", r"nu exista factura cu id_incarcare"),
        (Gone, "download_expired", r"nu mai poate fi descarcat"),
        (Gone, "download_unknown", r"nu exista inregistrata nici o factura"),
        (ClockSkew, "clock_skew", r"momentul requestului"),
        (Refused, "too_many_messages", r"500 elemente|mai mare decat numarul de \d+ elemente"),
        (Refused, "invalid_document", r"fisierul transmis nu este valid"),
        (Refused, "too_large", r"marime fisier transmis mai mare"),
        (Refused, "not_in_register", r"nu este inregistrat in registrul"),
        (Refused, "invalid_cif", r"cif introdus\s*=.*nu este un numar"),
        (Refused, "invalid_window", r"nu poate fi <= starttime"),
        (Refused, "invalid_days", r"trebuie sa fie intre 1 si 60|mai mare de 60"),
        (Refused, "missing_parameter", r"parametr\w+ .*(obligatoriu|obligatorii)|trebuie sa aveti atasat"),
        (
            Refused,
            "invalid_parameter",
            r"valorile acceptate pentru parametrul|valoarea acceptata este"
            r"|nu este un numar|nu are o valoare acceptata",
        ),
    )
]

_NO_MESSAGES = re.compile(r"\s*nu exista mesaje", re.IGNORECASE)
_PAST_LAST_PAGE = re.compile(r"pagina solicitata.*?(?:pagini\s+(\d+))?\s*$", re.IGNORECASE | re.DOTALL)
_QUOTED_CLOCK = re.compile(r"momentul requestului\s*=\s*(.+)$", re.IGNORECASE | re.DOTALL)


def classify(texts: Sequence[str], **facts: Any) -> AnafError | None:
    """Build the error the first known sentence stands for, carrying all of them; None when none is known.

    :param facts: ``http_status``, ``raw`` and so on, handed to the error
    """
    for text in texts:
        for error, code, pattern in _RULES:
            if not pattern.search(text):
                continue
            if error is ClockSkew:
                quoted = _QUOTED_CLOCK.search(text)
                facts["anaf_now"] = from_clock(quoted.group(1)) if quoted else None
            return error(code, text, texts=texts, **facts)
    return None


def is_no_messages(text: str | None) -> bool:
    """Tell whether a sentence says that the list is empty: an answer, not an error."""
    return bool(_NO_MESSAGES.match(text or ""))


def past_last_page(text: str | None) -> int | None:
    """Return None, or the number of pages there are (0 when unsaid) if the list shrank while paging."""
    match = _PAST_LAST_PAGE.search(text or "")
    return int(match.group(1) or 0) if match else None
