"""ANAF's public register of taxpayers (anaf-api.md §12): its request, its answer, and a client. Needs no token.

One call answers for up to 100 CUIs: name, address, VAT, VAT on payment, inactive, split VAT, RO e-Factura. Whatever
the answer leaves out is None, never a "no".
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from requests import Session

from .body import excerpt, load_json
from .environment import Endpoints
from .errors import Malformed, Refused, Throttled, Transient
from .gateway import retry_after, unreadable
from .identifiers import cif_digits
from .wire import USER_AGENT, Broken, exchange, make_session

# CUIs in one call, and seconds between two calls, as ANAF asks of every caller.
MOST_CIFS = 100
SECONDS_BETWEEN_CALLS = 1.0
# Bytes of an answer; a hundred firms with long lists of VAT periods need less than one megabyte.
MAX_ANSWER = 8 * 1024 * 1024


@dataclass(frozen=True)
class VatPeriod:
    """A time of registration for VAT (art. 316 Cod fiscal).

    :ivar end: the last day, None while it lasts
    :ivar note: ANAF's reason for its end, '' without one
    """

    start: date | None
    end: date | None
    note: str = ""


@dataclass(frozen=True)
class RegisteredAddress:
    """An address in ANAF's words: ``city`` is e.g. 'Mun. Iaşi', ``county_code`` that of cars' plates ('IS', 'B')."""

    street: str = ""
    number: str = ""
    details: str = ""
    city: str = ""
    county: str = ""
    county_code: str = ""
    zip: str = ""


@dataclass(frozen=True)
class Taxpayer:
    """What the register holds of one CUI on ``day``; a bool is None where the answer does not say it.

    :ivar cif: digits
    :ivar status: ANAF's sentence, e.g. 'INREGISTRAT din data 27.01.1993'
    :ivar vat_periods: oldest first
    :ivar inactive_since: of the last time it was declared inactive, also where it was reactivated since
    :ivar deregistered_on: the firm exists no longer
    """

    cif: str
    day: date | None = None
    name: str = ""
    trade_register: str = ""
    status: str = ""
    address: RegisteredAddress = RegisteredAddress()
    vat_payer: bool | None = None
    vat_periods: tuple[VatPeriod, ...] = ()
    cash_vat: bool | None = None
    cash_vat_since: date | None = None
    cash_vat_until: date | None = None
    inactive: bool | None = None
    inactive_since: date | None = None
    reactivated_on: date | None = None
    deregistered_on: date | None = None
    split_vat: bool | None = None
    in_efactura: bool | None = None
    efactura_since: date | None = None


@dataclass(frozen=True)
class RegistryAnswer:
    """An answer of the register.

    :ivar found: {cif digits: Taxpayer}
    :ivar not_found: digits of the CUIs that the register does not know
    """

    found: Mapping[str, Taxpayer]
    not_found: frozenset[str]


class RegistryClient:
    """Calls to the public register. ANAF wants a second between two calls: the caller keeps that pace.

    :param session: from :func:`wire.make_session`; one is made otherwise
    :param deadline: seconds over a whole call
    """

    def __init__(self, endpoints: Endpoints, session: Session | None = None, deadline: float = 30.0) -> None:
        self.endpoints, self.deadline = endpoints, deadline
        self._session = session or make_session()

    def taxpayers(self, cifs: Sequence[str], day: date) -> RegistryAnswer:
        """Ask what the register holds of up to 100 CUIs on `day`.

        :param cifs: digits, with or without RO
        :raises ValueError: none, or more than 100, or one that is no CUI
        :raises Transient: no answer, or not in the register's format; nothing was changed anywhere
        """
        digits = [cif_digits(cif) for cif in cifs]
        if not 0 < len(digits) <= MOST_CIFS or not all(digits):
            raise ValueError(f"1 to {MOST_CIFS} CUIs are needed")
        wanted = [{"cui": int(cif), "data": day.isoformat()} for cif in digits]
        try:
            answer = exchange(
                self._session,
                "POST",
                self.endpoints.taxpayers,
                data=json.dumps(wanted).encode(),
                # the host resets kept-alive connections (anaf-api.md §2.1)
                headers={"Content-Type": "application/json", "Accept": "application/json", "Connection": "close"},
                deadline=self.deadline,
                user_agent=USER_AGENT,
                max_body=MAX_ANSWER,
            )
        except Broken as broken:
            raise Transient(broken.reason) from None
        return parse_taxpayers(answer.status, answer.headers, answer.body)


def parse_taxpayers(http_status: int, headers: Mapping[str, str], body: bytes) -> RegistryAnswer:
    """Read an answer of the register.

    404 with the usual body means that none was found. Entries that name no CUI are left out.

    :raises Throttled: too many calls
    :raises Refused: ANAF calls it a bad request
    :raises Transient: no answer of the register (a page, an error of the server)
    :raises Malformed: JSON of another shape
    """
    data = load_json(body)
    if not isinstance(data, dict) or not isinstance(data.get("found", data.get("notFound")), list):
        raise _failure(http_status, headers, body, data)
    if http_status not in (200, 404):
        raise unreadable(http_status, headers, body, Transient)
    found = {}
    for entry in data.get("found") or ():
        taxpayer = _taxpayer(entry)
        if taxpayer:
            found[taxpayer.cif] = taxpayer
    unknown = {_cif(item.get("cui") if isinstance(item, dict) else item) for item in data.get("notFound") or ()}
    return RegistryAnswer(found, frozenset(unknown - {""} - found.keys()))


def _failure(http_status: int, headers: Mapping[str, str], body: bytes, data: Any) -> Exception:
    """Return the error for an answer without lists; a status within the JSON (``cod``) counts as HTTP's."""
    inner = str(data.get("cod") or "") if isinstance(data, dict) else ""
    if http_status == 200 and inner and inner != "200":
        facts: dict[str, Any] = {"http_status": http_status, "raw": excerpt(body), "retry_after": retry_after(headers)}
        text = _text(data.get("message"))[:500]
        if inner == "429":
            return Throttled("throttled", text, **facts)
        if inner.startswith("4"):
            return Refused("bad_request", text, **facts)
        return Transient("server_error", text or inner, **facts)
    if http_status == 200 and isinstance(data, dict):
        return Malformed("unknown_answer", http_status=http_status, raw=excerpt(body))
    return unreadable(http_status, headers, body, Transient)


def _taxpayer(entry: Any) -> Taxpayer | None:
    if not isinstance(entry, dict):
        return None
    general = _part(entry, "date_generale")
    if not (cif := _cif(general.get("cui"))):
        return None
    vat, cash, inactive = (
        _part(entry, name) for name in ("inregistrare_scop_Tva", "inregistrare_RTVAI", "stare_inactiv")
    )
    return Taxpayer(
        cif,
        day=_day(general.get("data")),
        name=_text(general.get("denumire")),
        trade_register=_text(general.get("nrRegCom")),
        status=_text(general.get("stare_inregistrare")),
        address=_address(entry),
        vat_payer=_flag(vat.get("scpTVA")),
        vat_periods=_periods(vat),
        cash_vat=_flag(cash.get("statusTvaIncasare")),
        cash_vat_since=_day(cash.get("dataInceputTvaInc")),
        cash_vat_until=_day(cash.get("dataSfarsitTvaInc")),
        inactive=_flag(inactive.get("statusInactivi")),
        inactive_since=_day(inactive.get("dataInactivare")),
        reactivated_on=_day(inactive.get("dataReactivare")),
        deregistered_on=_day(inactive.get("dataRadiere")),
        split_vat=_flag(_part(entry, "inregistrare_SplitTVA").get("statusSplitTVA")),
        in_efactura=_flag(general.get("statusRO_e_Factura")),
        efactura_since=_day(general.get("data_inreg_Reg_RO_e_Factura")),
    )


def _address(entry: dict[str, Any]) -> RegisteredAddress:
    """Read the registered office, or the fiscal domicile where the first is empty; sole traders have only that."""
    for part, letter in (("adresa_sediu_social", "s"), ("adresa_domiciliu_fiscal", "d")):
        values = _part(entry, part)

        def value(name: str, values: dict[str, Any] = values, letter: str = letter) -> str:
            return _text(values.get(letter + name))

        if value("denumire_Localitate") or value("denumire_Strada"):
            return RegisteredAddress(
                value("denumire_Strada"),
                value("numar_Strada"),
                value("detalii_Adresa"),
                value("denumire_Localitate"),
                value("denumire_Judet"),
                value("cod_JudetAuto").upper(),
                _zip(value("cod_Postal")),
            )
    return RegisteredAddress()


def _periods(vat: dict[str, Any]) -> tuple[VatPeriod, ...]:
    """Read the periods of VAT, oldest first: a list, one object, or the older form with the dates beside the flag."""
    periods = vat.get("perioade_TVA", vat)
    found = [
        VatPeriod(start, end, _text(item.get("mesaj_ScpTVA")))
        for item in (periods if isinstance(periods, list) else [periods])
        if isinstance(item, dict)
        for start, end in [(_day(item.get("data_inceput_ScpTVA")), _day(item.get("data_sfarsit_ScpTVA")))]
        if start or end
    ]
    return tuple(sorted(found, key=lambda period: (period.start or date.min, period.end or date.max)))


def _part(entry: dict[str, Any], name: str) -> dict[str, Any]:
    value = entry.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """Return a text in one line; ANAF leaves blanks at the ends, and writes ş and ţ with a cedilla."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return " ".join(str(value).translate(_COMMA_BELOW).split())


_COMMA_BELOW = str.maketrans("şţŞŢ", "șțȘȚ")


def _cif(value: object) -> str:
    return cif_digits(_text(value)).lstrip("0")


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else {"true": True, "false": False}.get(_text(value).lower())


def _day(value: object) -> date | None:
    """Return the date at the start of a text ('2020-12-02', with a time or not), None where there is none."""
    match = re.match(r"\d{4}-\d{2}-\d{2}", _text(value))
    try:
        return date.fromisoformat(match[0]) if match else None
    except ValueError:
        return None


def _zip(text: str) -> str:
    """Return a postal code of six digits; ANAF drops the zero in front, as of 010061."""
    return text.zfill(6) if re.fullmatch(r"\d{5,6}", text) and text.strip("0") else ""
