"""The text of a request for technical support at ANAF, in Romanian whatever the language of the user: ANAF reads it.

What ANAF asks for: number and date of the invoice, upload and download index of each attempt, in production and in
test, the Support ID of a firewall's page, and the answers.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timezone
from typing import Any

from .bucharest_time import BUCHAREST

# Characters of ANAF's answers that stand in the text for one attempt; the ZIP has them whole.
ANSWER_LIMIT = 2000
# What each environment is called in the text.
ENVIRONMENTS = {"prod": "PRODUCȚIE", "test": "TEST"}
# What each state of a submission is called in the text.
STATES = {
    "queued": "în așteptare",
    "uploading": "în curs de trimitere",
    "processing": "în prelucrare",
    "uncertain": "fără răspuns utilizabil (rezultat necunoscut)",
    "ok": "Ok",
    "nok": "Nok",
    "refused": "respinsă, neînregistrată",
}

# (label, value) of one line; a value of many lines follows its label.
Row = tuple[str, str]
# (level, heading, rows): level 1 is the whole, 2 an invoice, 3 an attempt.
Section = tuple[int, str, list[Row]]


def support_sections(facts: Mapping[str, Any], note: str = "") -> list[Section]:
    """Return a request for support as sections, for a page or a text.

    :param facts: ``company``, ``cif`` and ``invoices``: [``number``, ``date`` (ISO), ``buyer``, ``buyer_cif``,
        ``total`` (number), ``currency``, ``attempts``: [``environment``, ``state``, ``sent_at`` and ``settled_at``
        (ISO, naive UTC), ``upload_index``, ``download_id``, ``support_id``, ``sha256``, ``errors`` (texts), ``raw``]]
    :param note: the user's own words, put before the data
    """
    head = _rows(("Firma", facts.get("company")), ("CIF", facts.get("cif")), ("Descriere", note))
    sections: list[Section] = [(1, "Solicitare de suport tehnic RO e-Factura", head)]
    for invoice in facts.get("invoices") or ():
        attempts = invoice.get("attempts") or []
        buyer = " ".join(filter(None, (invoice.get("buyer"), _in_brackets("CIF", invoice.get("buyer_cif")))))
        rows = _rows(
            ("Cumpărător", buyer),
            ("Total de plată", f"{invoice['total']:.2f} {invoice['currency']}".replace(".", ",")),
            ("Ultimul test la ANAF", _last_test(attempts)),
        )
        sections.append((2, f"Factura {invoice['number']} din {_day(invoice.get('date'))}", rows))
        sections += [_attempt(number, attempt) for number, attempt in enumerate(attempts, 1)]
    return sections


def support_text(sections: Iterable[Section]) -> str:
    """Return the sections of `support_sections` as plain text, each level indented by two spaces."""
    blocks = []
    for level, heading, rows in sections:
        indent = "  " * (level - 1)
        lines = [indent + heading]
        for label, value in rows:
            if "\n" in value:
                lines.append(f"{indent}  {label}:")
                lines += [f"{indent}    {line}".rstrip() for line in value.splitlines()]
            else:
                lines.append(f"{indent}  {label}: {value}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _attempt(number: int, attempt: Mapping[str, Any]) -> Section:
    environment = ENVIRONMENTS.get(attempt["environment"], attempt["environment"])
    errors = attempt.get("errors") or []
    raw = attempt.get("raw") or ""
    if len(raw) > ANSWER_LIMIT:
        raw = f"{raw[:ANSWER_LIMIT]}\n[...] textul integral se află în arhiva ZIP"
    rows = _rows(
        ("Stare", _state(attempt)),
        ("Trimisă la", _moment(attempt.get("sent_at"))),
        ("Răspuns final la", _moment(attempt.get("settled_at"))),
        ("Index de încărcare", attempt.get("upload_index")),
        ("Index de descărcare", attempt.get("download_id")),
        ("Support ID", attempt.get("support_id")),
        ("SHA-256 al XML-ului", attempt.get("sha256")),
        ("Erori" if len(errors) > 1 else "Eroare", "\n".join(errors)),
        ("Răspunsurile ANAF (ora UTC)", raw),
    )
    return 3, f"Încercarea {number}, mediul {environment}", rows


def _last_test(attempts: Iterable[Mapping[str, Any]]) -> str:
    tests = [attempt for attempt in attempts if attempt["environment"] == "test"]
    if not tests:
        return "nu s-a făcut"
    index = tests[-1].get("upload_index")
    return " ".join(filter(None, (_state(tests[-1]), _in_brackets("index de încărcare", index))))


def _rows(*rows: tuple[str, Any]) -> list[Row]:
    return [(label, str(value).strip()) for label, value in rows if value and str(value).strip()]


def _state(attempt: Mapping[str, Any]) -> str:
    state: str = attempt["state"]
    return STATES.get(state, state)


def _in_brackets(label: str, value: str | None) -> str:
    return f"({label} {value})" if value else ""


def _day(day: str | None) -> str:
    return f"{date.fromisoformat(day):%d.%m.%Y}" if day else "-"


def _moment(moment: str | None) -> str:
    if not moment:
        return ""
    return f"{datetime.fromisoformat(moment).replace(tzinfo=timezone.utc).astimezone(BUCHAREST):%d.%m.%Y %H:%M:%S}"
