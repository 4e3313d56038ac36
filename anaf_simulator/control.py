"""`/_control/*` (JSON) and the page at `/`: set it up, spoil it, look inside.

Only for pages and programs of this machine: a foreign Host or Origin header is refused.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from . import pages, replies
from .calls import Call
from .clock import wall
from .replies import Reply
from .store import Upload

if TYPE_CHECKING:
    from .simulator import Simulator


def handle(sim: Simulator, call: Call) -> Reply:
    """Answer a request for `/` or `/_control/*`; JSON `{"error": ...}` with 400, 403, 404 or 405 where it is wrong."""
    hosts = [urlsplit("//" + (call.headers.get("Host") or "")).hostname]
    if call.headers.get("Origin"):
        hosts.append(urlsplit(call.headers["Origin"]).hostname)
    if any(host not in ("127.0.0.1", "localhost") for host in hosts):
        return replies.as_json({"error": "loopback only"}, 403)
    if call.path == "/":
        return replies.html(overview(sim))
    if call.path == "/_control/ca.pem":
        return Reply(sim.ca_pem.encode(), "application/x-pem-file")
    if call.path in ("/_control/seal/prod.pem", "/_control/seal/test.pem"):
        return Reply(sim.seal_pem(call.path[-8:-4]).encode(), "application/x-pem-file")
    action = ACTIONS.get(call.path.removeprefix("/_control/").strip("/"))
    if action is None:
        return replies.as_json({"error": "unknown", "actions": sorted(ACTIONS)}, 404)
    body, _size = call.read_body(64 * 2**20)
    if call.method == "GET" and action not in READ_ONLY:
        return replies.as_json({"error": "POST it"}, 405)
    try:
        values = {**call.query, **(json.loads(body) if body.strip() else {})}
        return replies.as_json(action(sim, **values))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return replies.as_json({"error": f"{type(error).__name__}: {error}"}, 400)


def settings(sim: Simulator, **values: Any) -> dict[str, Any]:
    """Change the settings that are named and return them all."""
    sim.settings.update(**values)
    return sim.settings.as_dict()


def fault(sim: Simulator, kind: str, endpoint: str = "upload", **values: Any) -> dict[str, Any]:
    """Ask for a fault; see faults.py."""
    return sim.fault(kind, endpoint, **values).as_dict()


def faults(sim: Simulator) -> list[dict[str, Any]]:
    return [item.as_dict() for item in sim.faults.active]


def faults_clear(sim: Simulator) -> dict[str, Any]:
    sim.clear_faults()
    return {}


def reset(sim: Simulator) -> dict[str, Any]:
    sim.reset()
    return {}


def uploads(sim: Simulator, environment: str | None = None, xml: bool = False) -> list[dict[str, Any]]:
    """List the uploads; `xml` adds each document as base64."""

    def extra(record: Upload) -> dict[str, str]:
        return {"xml": base64.b64encode(record.xml).decode()} if xml else {}

    return [record.as_dict() | extra(record) for record in sim.uploads(environment)]


def calls(sim: Simulator) -> dict[str, Any]:
    """Count calls and uploads, with the log of the last 500 requests."""
    per_invoice = [
        {
            "environment": key[0],
            "seller_cif": key[1],
            "number": key[2],
            "issue_date": key[3],
            "type_code": key[4],
            "uploads": count,
        }
        for key, count in sim.uploads_per_invoice().items()
    ]
    return {
        "calls": sim.calls(),
        "in_flight": sim.in_flight,
        "max_in_flight": sim.max_in_flight,
        "max_calls_per_minute": sim.max_calls_per_minute,
        "uploads_per_invoice": per_invoice,
        "log": list(sim.log),
    }


def certificate(sim: Simulator, name: str, cifs: Iterable[str]) -> dict[str, Any]:
    return {"name": name, "serial": sim.add_certificate(name, cifs).serial}


def client(sim: Simulator, client_id: str, client_secret: str, redirect_uris: Iterable[str] = ()) -> dict[str, Any]:
    sim.add_client(client_id, client_secret, redirect_uris)
    return {"client_id": client_id}


def tokens(sim: Simulator, certificate: str, **values: Any) -> dict[str, Any]:
    return sim.issue_tokens(certificate, **values)


def buyer_message(sim: Simulator, index: str, message: str, **values: Any) -> dict[str, Any]:
    return sim.put_buyer_message(index, message, **values).as_dict()


def supplier_invoices(
    sim: Simulator,
    buyer_cif: str,
    count: int | str | None = None,
    xml: str | None = None,
    xml_base64: str | None = None,
    **values: Any,
) -> dict[str, Any]:
    """Put invoices into a buyer's box: `count` of them generated, or one document as `xml` (text) or `xml_base64`."""
    if count is not None:
        records = sim.generate_supplier_invoices(buyer_cif, int(count), **values)
    else:
        if not xml_base64 and xml is None:
            raise TypeError("count, xml or xml_base64 is needed")
        data = base64.b64decode(xml_base64) if xml_base64 else (xml or "").encode()
        records = [sim.put_supplier_invoice(buyer_cif, data, **values)]
    return {"put": len(records), "download_ids": [record.download_id for record in records]}


def taxpayer(sim: Simulator, cif: str, name: str, **values: Any) -> dict[str, Any]:
    """Enter a taxpayer into the public register; see registry.py."""
    return sim.put_taxpayer(cif, name, **values)


def advance(sim: Simulator, seconds: float = 0, days: float = 0) -> dict[str, Any]:
    """Move ANAF's clock and return its time."""
    sim.advance(seconds, days)
    return {"now": sim.clock.now(), "bucharest": wall(sim.clock.now())}


def finish(sim: Simulator) -> dict[str, Any]:
    sim.finish()
    return {}


# Actions that a GET may ask for.
READ_ONLY: tuple[Callable[..., Any], ...] = (faults, uploads, calls, settings)
ACTIONS: dict[str, Callable[..., Any]] = {
    "settings": settings,
    "fault": fault,
    "faults": faults,
    "faults/clear": faults_clear,
    "reset": reset,
    "uploads": uploads,
    "calls": calls,
    "certificate": certificate,
    "client": client,
    "tokens": tokens,
    "supplier-invoices": supplier_invoices,
    "buyer-message": buyer_message,
    "taxpayer": taxpayer,
    "advance": advance,
    "finish": finish,
}


def overview(sim: Simulator) -> str:
    """Write the page at `/`."""
    uploaded = sim.uploads()
    with sim.lock:
        counts, log = sim.calls(), list(sim.log)[-15:]
        stores = list(sim.stores.values())
        summary = (
            f"{wall(sim.clock.now())} (București). În zbor: {sim.in_flight}, maxim {sim.max_in_flight}. "
            f"Cele mai multe apeluri pe minut: {sim.max_calls_per_minute}."
        )
        return pages.overview(
            summary,
            [
                (
                    "Documente",
                    ("mediu", "încărcate", "în prelucrare", "ok", "nok", "de la furnizori", "în liste"),
                    [
                        (
                            store.environment,
                            len(store.uploads),
                            store.pending,
                            sum(item.state == "ok" for item in store.uploads.values()),
                            sum(item.state == "nok" for item in store.uploads.values()),
                            len(store.suppliers),
                            len(store.entries),
                        )
                        for store in stores
                    ],
                ),
                (
                    "Ultimele încărcări",
                    ("index", "mediu", "număr", "vânzător", "cumpărător", "stare", "erori"),
                    [
                        (
                            item.index,
                            item.environment,
                            item.number,
                            item.seller_cif,
                            item.buyer_cif,
                            item.state,
                            "; ".join(item.errors)[:160],
                        )
                        for item in uploaded[-15:][::-1]
                    ],
                ),
                (
                    "Apeluri",
                    ("endpoint", "total", "prod", "test"),
                    [
                        (name, count, counts["prod"].get(name, ""), counts["test"].get(name, ""))
                        for name, count in counts.items()
                        if isinstance(count, int) and count
                    ],
                ),
                (
                    "Ultimele cereri",
                    ("ora", "metoda", "cale", "HTTP", "defect", "ms"),
                    [
                        (
                            wall(item["at"])[11:],
                            item["method"],
                            item["path"],
                            item["status"] or "întrerupt",
                            item["fault"],
                            item["ms"],
                        )
                        for item in reversed(log)
                    ],
                ),
                (
                    "Defecte cerute",
                    ("fel", "endpoint", "de câte ori", "la fiecare", "produse"),
                    [
                        (item.kind, item.endpoint, item.times or "mereu", item.every or "", item.fired)
                        for item in sim.faults.active
                    ],
                ),
                (
                    "Certificate",
                    ("nume", "CIF-uri"),
                    [(item.name, ", ".join(sorted(item.cifs))) for item in sim.identity.certificates.values()],
                ),
            ],
        )
