"""The simulator: its parts, the path every call takes, and what tests ask of it."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import endpoints, faults, generate, pages, processing, registry, replies, seal, services, texts
from .calls import PUBLIC, Call
from .clock import DAY, Clock
from .document import Document, Unreadable, digits, read
from .faults import Fault, Faults
from .oauth import CLIENT_ID, CLIENT_SECRET, Certificate, Client, Identity
from .quotas import Quotas
from .replies import Reply
from .settings import Settings
from .store import Store, Upload

if TYPE_CHECKING:
    from .server import Server

HANDLERS: dict[str, Callable[[Simulator, Call], Reply]] = {
    "upload": endpoints.upload,
    "uploadb2c": endpoints.upload,
    "status": endpoints.status,
    "list": endpoints.list_simple,
    "list_paged": endpoints.list_paged,
    "download": endpoints.download,
    "validate": services.validate,
    "transform": services.transform,
    "signature": services.signature,
    "registry": registry.taxpayers,
    "hello": services.hello,
}
# Faults after which the call has taken effect.
EFFECT_FIRST = ("drop_after",)
# Bytes kept of a body; the rest is read and counted only.
BODY_LIMIT = 12 * 2**20


class Simulator:
    """ANAF on 127.0.0.1. `settings` may be changed at any time; `clock` gives epoch seconds (default: real time)."""

    def __init__(self, port: int = 0, clock: Callable[[], float] = time.time, **settings: Any) -> None:
        self.settings = Settings()
        self.settings.update(**settings)
        self.clock = Clock(self.settings, clock)
        self.lock = threading.RLock()
        self.identity = Identity(self.settings, self.clock)
        self._port = port
        self._server: Server | None = None
        self.add_client(CLIENT_ID, CLIENT_SECRET, [])
        self.reset()

    # -- life -----------------------------------------------------------------------------------------------------
    def start(self) -> Simulator:
        from .server import Server

        self._server = Server(self, self._port)
        self._server.start()
        return self

    def stop(self) -> None:
        if self._server:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Simulator:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        return self._server.server_address[1] if self._server else self._port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def oauth_url(self) -> str:
        return self.url + "/anaf-oauth2/v1"

    def reset(self) -> None:
        """Forget documents, calls, quotas and faults; keep settings, clients, certificates, tokens."""
        with self.lock:
            self.stores = {name: Store(name) for name in ("prod", "test")}
            self.quotas, self.faults = Quotas(), Faults()
            self.register = registry.Register()
            self.log: deque[dict[str, Any]] = deque(maxlen=500)
            self._counts: dict[str, Counter[str]] = {name: Counter() for name in ("prod", "test", "")}
            self.in_flight = self.max_in_flight = 0

    # -- who may ------------------------------------------------------------------------------------------------
    def add_client(self, client_id: str, client_secret: str, redirect_uris: Iterable[str] = ()) -> None:
        with self.lock:
            self.identity.clients[client_id] = Client(client_id, client_secret, list(redirect_uris))

    def add_certificate(self, name: str, cifs: Iterable[str]) -> Certificate:
        """Add a qualified certificate whose holder acts for `cifs` (digits; '*' for all)."""
        certificate = Certificate(name, frozenset(cif if cif == "*" else digits(str(cif)) for cif in cifs))
        with self.lock:
            self.identity.certificates[name] = certificate
        return certificate

    def issue_tokens(
        self,
        certificate_name: str,
        access_days: float | None = None,
        refresh_days: float | None = None,
        client_id: str = CLIENT_ID,
    ) -> dict[str, Any]:
        with self.lock:
            return self.identity.issue(certificate_name, client_id, access_days, refresh_days)

    def revoke(self, token: str) -> None:
        """Kill one token before its time, as "Renuntare Oauth" does."""
        with self.lock:
            if token in self.identity.tokens:
                self.identity.tokens[token].expires_at = 0.0

    # -- faults and time -----------------------------------------------------------------------------------------
    def fault(
        self,
        kind: str,
        endpoint: str = "upload",
        times: int | None = None,
        every: int | None = None,
        environment: str | None = None,
        cif: str | None = None,
        after: int = 0,
        **options: Any,
    ) -> Fault:
        """Ask for a fault (see faults.py).

        `times` None: once, or without end when `every` is given; 0: without end.
        """
        fault = Fault(kind, endpoint, times, every, environment, cif, after, options)
        with self.lock:
            self.faults.active.append(fault)
        return fault

    def clear_faults(self) -> None:
        with self.lock:
            self.faults.active.clear()

    def advance(self, seconds: float = 0, days: float = 0) -> None:
        """Move ANAF's clock forward (or back)."""
        self.clock.advance(seconds + days * DAY)

    def finish(self) -> None:
        """Process everything now and end the list lag."""
        with self.lock:
            now = self.clock.now()
            for store in self.stores.values():
                processing.settle(store, self.settings, float("inf"))
                store.show_all(now)

    # -- supplier invoices -----------------------------------------------------------------------------------------
    def put_supplier_invoice(
        self, buyer_cif: str, xml_bytes: bytes, environment: str = "prod", days_ago: float = 0
    ) -> Upload:
        """Put a document someone sent to `buyer_cif`; read as Invoice or CreditNote by its root, rules not checked.

        What cannot be read is listed all the same, with nothing known about it.
        """
        try:
            document = read(xml_bytes, "CN" if b"CreditNote" in bytes(xml_bytes)[:1000] else "UBL")
        except Unreadable:
            document = Document(None, "UBL")
        with self.lock:
            return processing.put_supplier(
                self.stores[environment],
                self.clock.now() - days_ago * DAY,
                digits(str(buyer_cif)),
                document.seller_cif,
                bytes(xml_bytes),
                document.number,
                document.issue_date,
                document.type_code,
            )

    def put_supplier_package(
        self, buyer_cif: str, package: bytes, environment: str = "prod", days_ago: float = 0
    ) -> Upload:
        """Put a message whose download answers exactly these bytes, whatever they are."""
        record = self.put_supplier_invoice(buyer_cif, b"", environment, days_ago)
        record.package = bytes(package)
        return record

    def put_supplier_files(
        self, buyer_cif: str, paths: Iterable[str | Path], environment: str = "prod", days_ago: float = 0
    ) -> list[Upload]:
        """Put messages from files: a *.zip is a package, anything else a document; of a folder, its *.xml and *.zip."""
        files = [
            item
            for path in map(Path, paths)
            for item in (sorted([*path.glob("*.xml"), *path.glob("*.zip")]) if path.is_dir() else [path])
        ]
        put = {True: self.put_supplier_package, False: self.put_supplier_invoice}
        return [put[item.suffix == ".zip"](buyer_cif, item.read_bytes(), environment, days_ago) for item in files]

    def generate_supplier_invoices(
        self,
        buyer_cif: str,
        count: int,
        environment: str = "prod",
        days: int = 60,
        suppliers: int = 20,
        lines: int | tuple[int, int] = (1, 6),
        seed: int = 1,
        buyer_name: str = "",
    ) -> list[Upload]:
        """Put `count` invented invoices spread over the last `days`; composed only when downloaded."""
        buyer_cif, now = digits(str(buyer_cif)), self.clock.now()
        records = []
        with self.lock:
            for item in generate.plan(buyer_cif, count, now, days, suppliers, lines, seed, buyer_name):
                records.append(
                    processing.put_supplier(
                        self.stores[environment],
                        item.created,
                        buyer_cif,
                        item.seller.cif,
                        item.xml,
                        item.number,
                        item.issue_date,
                        item.type_code,
                    )
                )
        return records

    def put_buyer_message(self, index: str, message: str, environment: str = "prod") -> Upload:
        """Answer upload `index` as its buyer (RASP): the seller finds the message in its box.

        Raises KeyError: no such upload.
        """
        data = replies.buyer_message(str(index), message)
        with self.lock:
            store, now = self.stores[environment], self.clock.now()
            answered = store.get(str(index))
            if answered is None:
                raise KeyError(f"no upload {index}")
            return processing.register(store, self.settings, now, answered.buyer_cif, read(data, "RASP"), data)

    # -- the public register ---------------------------------------------------------------------------------------
    def put_taxpayer(self, cif: str, name: str, **values: Any) -> dict[str, Any]:
        """Enter a taxpayer into the public register, see registry.py; returns its entry as the wire shows it."""
        with self.lock:
            return self.register.put(digits(str(cif)), name, **values)

    # -- what it holds, what it was asked --------------------------------------------------------------------------
    def settle(self) -> None:
        """Finish every document whose time has come."""
        with self.lock:
            now = self.clock.now()
            for store in self.stores.values():
                processing.settle(store, self.settings, now)

    def uploads(self, environment: str | None = None) -> list[Upload]:
        """List the registered uploads in order of arrival; supplier invoices are not among them."""
        self.settle()
        with self.lock:
            return [
                record
                for name, store in self.stores.items()
                if environment in (None, name)
                for record in store.uploads.values()
            ]

    def accepted(self, environment: str = "prod") -> list[Upload]:
        """List the uploads that are ok (so no doubles, unless `duplicates` is 'accept')."""
        return [record for record in self.uploads(environment) if record.state == texts.OK]

    def uploads_per_invoice(self, environment: str | None = None) -> dict[tuple[str, str, str, str, str], int]:
        """Count {(environment, seller CIF, number, issue date, type code): times registered}."""
        return dict(
            Counter(
                (record.environment, *record.key) for record in self.uploads(environment) if record.standard != "RASP"
            )
        )

    def calls(self) -> dict[str, Any]:
        """Count {endpoint: count, ..., 'prod': {...}, 'test': {...}}; failed and dropped calls count too."""
        with self.lock:
            total: Counter[str] = sum(self._counts.values(), Counter())
            return {name: total[name] for name in (*faults.ENDPOINTS, "authorize")} | {
                environment: {name: self._counts[environment][name] for name in faults.ENDPOINTS}
                for environment in ("prod", "test")
            }

    @property
    def max_calls_per_minute(self) -> int:
        """Return the most API calls of one client in any 60 seconds."""
        return self.quotas.peak_per_minute

    @property
    def ca_pem(self) -> str:
        """Return the authority that vouches for the PROD seal; new in each process."""
        return seal.ca_pem()

    def seal_pem(self, environment: str) -> str:
        """Return the sealing certificate itself; TEST's is self-signed, as ANAF's."""
        return seal.certificate_pem(environment)

    # -- the path of a call ----------------------------------------------------------------------------------------
    def handle(self, call: Call) -> Reply:
        """Answer one API or identity call."""
        if not call.endpoint:
            if call.path.startswith("/anaf-oauth2/"):
                return replies.redirect("/my.policy")
            if call.path == "/my.policy":
                return replies.html(pages.message("BIG-IP", "Autentificare necesară."))
            return faults.gateway(403)
        with self.lock:
            self._counts[call.environment][call.endpoint] += 1
            self.in_flight += 1
            self.max_in_flight = max(self.max_in_flight, self.in_flight)
            call.fault = self.faults.pick(call.endpoint, call.environment, self._cif(call))
        started, reply = time.monotonic(), Reply(drop=True)
        try:
            reply = self._answer(call)
        finally:
            with self.lock:
                self.in_flight -= 1
                self.log.append(
                    {
                        "at": self.clock.now(),
                        "method": call.method,
                        "path": call.path,
                        "query": {} if call.endpoint in ("token", "authorize") else call.query,
                        "status": 0 if reply.drop else reply.status,
                        "fault": call.fault.kind if call.fault else "",
                        "ms": round((time.monotonic() - started) * 1000, 1),
                    }
                )
        return reply

    def _cif(self, call: Call) -> str | None:
        if call.query.get("cif"):
            return call.query["cif"]
        store = self.stores.get(call.environment)
        record = store.get(call.query.get("id_incarcare", "")) if store else None
        entry = store.entries.get(call.query.get("id", "")) if store else None
        return record.cif if record else entry.cif if entry else None

    def _answer(self, call: Call) -> Reply:
        fault, options = call.fault, call.fault.options if call.fault else {}
        if fault and fault.kind == "drop_before" and not options.get("read_body", True):
            return Reply(drop=True)
        call.body, call.size = call.read_body(BODY_LIMIT)
        if self.settings.latency:
            time.sleep(self.settings.latency)
        if not fault:
            return self._serve(call)
        if fault.kind == "slow" and not options.get("registered"):
            time.sleep(options.get("seconds", 5))
        bad = self.faults.answer(fault, call.endpoint, self.clock.now())
        if bad and not (options.get("registered") or fault.kind in EFFECT_FIRST):
            return bad
        reply = self._serve(call)
        if fault.kind == "slow" and options.get("registered"):
            time.sleep(options.get("seconds", 5))
        return bad or self.faults.bend(fault, reply)

    def _serve(self, call: Call) -> Reply:
        now = self.clock.now()
        if call.method != call.allowed:
            return replies.bad_request(now, f"Request method '{call.method}' not supported", 405)
        if call.endpoint == "authorize":
            with self.lock:
                return self.identity.authorize(call.query, call.path)
        if call.endpoint == "token":
            with self.lock:
                return self.identity.token(call.headers.get("Authorization"), call.body, call.query)
        if call.endpoint not in PUBLIC:
            with self.lock:
                known = self.identity.bearer(call.headers.get("Authorization"))
                if known is None:
                    return replies.bad_request(now, "Unauthorized", 401)
                call.certificate, call.client_id = known
                if not self.quotas.use_minute(now, self.settings.calls_per_minute, call.client_id):
                    return faults.too_many(now, self.settings.retry_after)
                if call.environment:
                    processing.settle(self.stores[call.environment], self.settings, now)
        return HANDLERS[call.endpoint](self, call)
