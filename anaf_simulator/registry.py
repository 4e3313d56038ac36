"""The public register of taxpayers (`/api/PlatitorTvaRest/v9/tva`): VAT, VAT on payment, inactive firms."""

from __future__ import annotations

import json
import re
from collections import deque
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from . import replies, texts
from .calls import Call
from .clock import iso_day
from .replies import Reply

if TYPE_CHECKING:
    from .simulator import Simulator

# Fields of an address, without the letter that says whose it is: s of the registered office, d of the fiscal domicile.
ADDRESS = (
    "denumire_Strada",
    "numar_Strada",
    "denumire_Localitate",
    "cod_Localitate",
    "denumire_Judet",
    "cod_Judet",
    "cod_JudetAuto",
    "tara",
    "detalii_Adresa",
    "cod_Postal",
)


class Register:
    """The taxpayers that the simulator knows, by CUI (digits), and the pace of the calls."""

    def __init__(self) -> None:
        self.taxpayers: dict[str, dict[str, Any]] = {}
        self.refused = 0  # calls that came too fast
        self._calls: deque[float] = deque()

    def put(self, cif: str, name: str, **values: Any) -> dict[str, Any]:
        """Enter or replace a taxpayer; returns its entry as the wire shows it.

        `values`: street, number, details, city, county, county_code (as on plates), zip, trade_register, status;
        vat_periods [[start, end or '', note]]; cash_vat [start, end or '']; inactive [declared, reactivated or ''];
        deregistered, efactura_since (dates); split_vat [start, end or '']. Dates are texts, 'YYYY-MM-DD'.
        """
        known = {"vat_periods", "cash_vat", "inactive", "deregistered", "efactura_since", "split_vat", *_ADDRESS_NAMES}
        if unknown := values.keys() - known - {"trade_register", "status"}:
            raise TypeError(f"unknown: {', '.join(sorted(unknown))}")
        self.taxpayers[str(cif)] = {"cif": str(cif), "name": name, **deepcopy(values)}
        return entry(self.taxpayers[str(cif)], "2000-01-01")

    def in_time(self, now: float, per_second: int) -> bool:
        """Count one call; False where more than `per_second` came within a second."""
        while self._calls and self._calls[0] <= now - 1:
            self._calls.popleft()
        self._calls.append(now)
        allowed = len(self._calls) <= per_second
        self.refused += not allowed
        return allowed


_ADDRESS_NAMES = {
    "street": "denumire_Strada",
    "number": "numar_Strada",
    "details": "detalii_Adresa",
    "city": "denumire_Localitate",
    "county": "denumire_Judet",
    "county_code": "cod_JudetAuto",
    "zip": "cod_Postal",
}


def _holds(period: Any, day: str) -> bool:
    start, end = (*(period or ("", "")), "", "")[:2]
    return bool(start) and start <= day and (not end or day < end)


def entry(firm: dict[str, Any], day: str) -> dict[str, Any]:
    """Write what the register says of `firm` on `day`: flags are of that day, absent dates are empty texts."""
    address = dict.fromkeys(ADDRESS, "") | {
        there: firm.get(here, "").lstrip("0") if here == "zip" else firm.get(here, "")  # zeros in front are lost
        for here, there in _ADDRESS_NAMES.items()
    }
    periods = [(*period, "", "")[:3] for period in firm.get("vat_periods", [])]
    cash, inactive, split = ((*firm.get(name, ()), "", "")[:2] for name in ("cash_vat", "inactive", "split_vat"))
    shown = ", ".join(filter(None, [address["denumire_Judet"], address["denumire_Localitate"]]))
    return {
        "date_generale": {
            "cui": int(firm["cif"]),
            "data": day,
            "denumire": firm["name"],
            "adresa": f"{shown}, {address['denumire_Strada']}, NR.{address['numar_Strada']}".upper(),
            "nrRegCom": firm.get("trade_register", ""),
            "telefon": "",
            "fax": "",
            "codPostal": address["cod_Postal"],
            "act": "",
            "stare_inregistrare": firm.get("status", "INREGISTRAT din data 01.02.2010"),
            "data_inregistrare": "2010-02-01",
            "cod_CAEN": "4719",
            "iban": "",
            "statusRO_e_Factura": bool(firm.get("efactura_since")),
            "organFiscalCompetent": "",
            "forma_de_proprietate": "",
            "forma_organizare": "PERSOANA JURIDICA",
            "forma_juridica": "",
            "data_inreg_Reg_RO_e_Factura": firm.get("efactura_since", ""),
        },
        "inregistrare_scop_Tva": {
            "scpTVA": any(_holds(period, day) for period in periods),
            "perioade_TVA": [
                {
                    "data_inceput_ScpTVA": start,
                    "data_sfarsit_ScpTVA": end,
                    "data_anul_imp_ScpTVA": end,
                    "mesaj_ScpTVA": note,
                }
                for start, end, note in periods
            ],
        },
        "inregistrare_RTVAI": {
            "dataInceputTvaInc": cash[0],
            "dataSfarsitTvaInc": cash[1],
            "dataActualizareTvaInc": "",
            "dataPublicareTvaInc": "",
            "tipActTvaInc": "",
            "statusTvaIncasare": _holds(cash, day),
        },
        "stare_inactiv": {
            "dataInactivare": inactive[0],
            "dataReactivare": inactive[1],
            "dataPublicare": inactive[0],
            "dataRadiere": firm.get("deregistered", ""),
            "statusInactivi": _holds(inactive, day),
        },
        "inregistrare_SplitTVA": {
            "dataInceputSplitTVA": split[0],
            "dataAnulareSplitTVA": split[1],
            "statusSplitTVA": _holds(split, day),
        },
        "adresa_sediu_social": {f"s{name}": value for name, value in address.items()},
        "adresa_domiciliu_fiscal": {f"d{name}": value for name, value in address.items()},
    }


def taxpayers(sim: Simulator, call: Call) -> Reply:
    """Answer a question for many CUIs: `[{"cui": 123, "data": "2026-11-24"}]` gives `{"found", "notFound"}`."""
    now, settings = sim.clock.now(), sim.settings
    with sim.lock:
        if not sim.register.in_time(now, settings.registry_calls_per_second):
            return sim.faults.waf()  # ANAF names no answer for a faster pace; its firewall does this
    try:
        wanted = json.loads(call.body)
        asked = [(item["cui"], item["data"]) for item in wanted]
    except (ValueError, TypeError, KeyError):
        return replies.bad_request(now, texts.REGISTRY_JSON)
    if not isinstance(wanted, list) or not all(
        type(cui) is int and isinstance(day, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) for cui, day in asked
    ):
        return replies.bad_request(now, texts.REGISTRY_JSON)
    if not 0 < len(asked) <= settings.registry_cifs_per_call:
        return replies.bad_request(now, texts.REGISTRY_TOO_MANY.format(limit=settings.registry_cifs_per_call))
    with sim.lock:
        known = sim.register.taxpayers
        found = [entry(known[str(cui)], min(day, iso_day(now))) for cui, day in asked if str(cui) in known]
        not_found = [cui for cui, _day in asked if str(cui) not in known]
    return replies.as_json({"found": found, "notFound": not_found})
