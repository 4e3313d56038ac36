"""The e-Factura calls (anaf-api.md §2.2). Thread-safe: one client may serve a pool of threads."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from requests import Session

from .environment import ENVIRONMENTS, Endpoints
from .errors import AnafError, NotSent, Transient, Uncertain
from .identifiers import cif_digits
from .messages import FILTERS
from .observed import Observer, Watch
from .replies import (
    MessagePage,
    Receipt,
    Status,
    Validation,
    parse_download,
    parse_hello,
    parse_list,
    parse_pdf,
    parse_status,
    parse_upload,
    parse_validation,
)
from .wire import USER_AGENT, Answer, Broken, exchange, make_session

_Value = TypeVar("_Value")
_Parser = Callable[[int, Mapping[str, str], bytes], _Value]

STANDARDS = ("UBL", "CN", "CII", "RASP")
DOCUMENTS = ("FACT1", "FCN")

_SCHEMA_LOCATION = re.compile(rb"""\s+[\w.-]+:schemaLocation\s*=\s*("[^"]*"|'[^']*')""")


class AnafClient:
    """One access token against one environment.

    :param endpoints: :class:`environment.Endpoints`
    :param environment: 'prod' or 'test'
    :param access_token: the JWT, without "Bearer"
    :param session: from :func:`wire.make_session`; one is made otherwise
    :param deadline: seconds over a whole call (connect, send, wait and read)
    :ivar observer: called with the :class:`observed.CallFacts` of every call, in the thread of that call
    """

    def __init__(
        self,
        endpoints: Endpoints,
        environment: str,
        access_token: str | None,
        session: Session | None = None,
        deadline: float = 60.0,
        user_agent: str = USER_AGENT,
    ) -> None:
        if environment not in ENVIRONMENTS:
            raise ValueError("environment is 'prod' or 'test'")
        token = (access_token or "").strip()
        if not re.fullmatch(r"[\x21-\x7e]+", token):
            raise ValueError("the access token is empty or not a token")  # never quote it
        self.endpoints, self.environment, self.deadline = endpoints, environment, deadline
        self.observer: Observer | None = None
        self._bearer, self._session, self._user_agent = (
            f"Bearer {token}",
            session or make_session(),
            user_agent,
        )

    # -- calls ---------------------------------------------------------------------------------------------

    def upload(
        self, xml: bytes, *, standard: str, cif: str, b2c: bool = False, extern: bool = False, autofactura: bool = False
    ) -> Receipt:
        """Hand over one document.

        :param bytes xml: sent untouched
        :param standard: UBL (Invoice), CN (CreditNote), CII, RASP (buyer's message)
        :param cif: whose box an error message goes to; RO is stripped
        :param extern: the buyer is abroad; :param autofactura: the buyer issues in the seller's name
        :rtype: Receipt
        :raises NotSent: the document did not leave in full; ANAF cannot have it
        :raises Uncertain: it may have arrived
        """
        if standard not in STANDARDS:
            raise ValueError(f"standard is one of {STANDARDS}")
        if not xml:
            raise ValueError("an empty document")
        params = {"standard": standard, "cif": _cif(cif)}
        params.update({name: "DA" for name, on in (("extern", extern), ("autofactura", autofactura)) if on})
        return self._ask(
            "upload",
            "POST",
            self._url("uploadb2c" if b2c else "upload"),
            Uncertain,
            parse_upload,
            params=params,
            data=xml,
            headers={"Content-Type": "text/plain"},
        )

    def status(self, upload_index: str | int) -> Status:
        """Ask ``stareMesaj`` for the state of an upload.

        :rtype: Status
        :raises NotFound: no such index in this environment
        :raises QuotaExceeded: 100 questions a day and index (anaf-api.md §6)
        """
        return self._get("status", "stareMesaj", parse_status, str(upload_index), id_incarcare=_id(upload_index))

    def list_page(
        self, cif: str, start: datetime, end: datetime, page: int = 1, kind: str | None = None
    ) -> MessagePage:
        """Read one page of at most 500 messages, indexed at ANAF between two aware datetimes.

        :param kind: E, T, P, R, or sent, received, error, buyer_message; all kinds without it
        :rtype: MessagePage
        """
        return self._get(
            "list",
            "listaMesajePaginatieFactura",
            parse_list,
            startTime=_epoch_ms(start),
            endTime=_epoch_ms(end),
            cif=_cif(cif),
            pagina=page,
            **_filter(kind),
        )

    def download(self, download_id: str | int) -> bytes:
        """Fetch a package (``descarcare``): the ZIP as it came. Ten a day per message: never repeat blindly.

        :raises Gone: terminal
        """
        return self._get("download", "descarcare", parse_download, str(download_id), id=_id(download_id))

    def hello(self, name: str) -> str:
        """Return ANAF's greeting for a token that is alive (``TestOauth``); needs no SPV right."""
        return self._get("hello", None, parse_hello, name=name)

    def validate(self, xml: bytes, document: str) -> Validation:
        """Ask the public validator, which needs no token.

        :param document: FACT1 (invoice) or FCN (credit note)
        :rtype: Validation
        """
        return self._public("validare", xml, document, parse_validation)

    def render_pdf(self, xml: bytes, document: str, skip_validation: bool = False) -> bytes:
        """Fetch ANAF's own PDF of an invoice; needs no token.

        :param skip_validation: do not validate first; blocked by the firewall, the validating call is tried
        :raises Refused: the document is not valid
        """
        if skip_validation:
            try:
                return self._public("transformare", xml, document, parse_pdf, "/DA")
            except Transient as error:
                if error.code != "waf_block":
                    raise
        return self._public("transformare", xml, document, parse_pdf)

    # -- how -----------------------------------------------------------------------------------------------

    def _url(self, call: str | None) -> str:
        return self.endpoints.fctel(self.environment, call) if call else self.endpoints.hello

    def _get(self, call: str, path: str | None, parse: _Parser[_Value], about: str = "", **params: str | int) -> _Value:
        return self._ask(call, "GET", self._url(path), Transient, parse, about, params=params)

    def _public(self, path: str, xml: bytes, document: str, parse: _Parser[_Value], suffix: str = "") -> _Value:
        if document not in DOCUMENTS:
            raise ValueError(f"document is one of {DOCUMENTS}")
        # its firewall blocks relative paths in schemaLocation; cut as text, the rest stays byte for byte
        return self._ask(
            "validate" if path == "validare" else "pdf",
            "POST",
            self.endpoints.public(f"{path}/{document}{suffix}"),
            Transient,
            parse,
            bearer=False,
            data=_SCHEMA_LOCATION.sub(b"", xml),
            headers={"Content-Type": "text/plain"},
        )

    def _ask(
        self,
        call: str,
        method: str,
        url: str,
        lost: type[AnafError],
        parse: _Parser[_Value],
        about: str = "",
        **request: Any,
    ) -> _Value:
        """Make one call, read its answer, and tell the observer both.

        :param call: see :class:`observed.CallFacts`
        :raises NotSent: an upload whose answer is not known, and whose body was not read to its end
        """
        with Watch(self.observer, call, about, len(request.get("data") or b"")) as watch:
            watch.answer = answer = self._exchange(method, url, lost, **request)
            try:
                return parse(answer.status, answer.headers, answer.body)
            except Uncertain as error:
                if answer.sent:
                    raise
                raise NotSent(
                    error.code,
                    "" if error.own else error.text,
                    http_status=error.http_status,
                    raw=error.raw,
                    support_id=error.support_id,
                    retry_after=error.retry_after,
                ) from None

    def _exchange(self, method: str, url: str, lost: type[AnafError], bearer: bool = True, **request: Any) -> Answer:
        """Make one call.

        :raises lost: no whole answer (``NotSent`` where the body of an upload was not read to its end)
        """
        try:
            answer = exchange(
                self._session,
                method,
                url,
                authorization=self._bearer if bearer else None,
                deadline=self.deadline,
                user_agent=self._user_agent,
                **request,
            )
        except Broken as broken:
            if lost is Uncertain and not broken.sent:
                # ANAF was reading, too slowly for this document: that says nothing about other calls
                slow = broken.reason == "timeout"
                raise NotSent("slow_upload" if slow else broken.reason) from None
            raise lost(broken.reason) from None
        token = self._bearer[7:].encode("ascii")
        if token in answer.body and not answer.body.startswith(b"PK"):
            # TestOauth echoes the request's headers; no error, log or screen may show them
            answer = replace(answer, body=answer.body.replace(token, b"***"))
        return answer


def _cif(text: str) -> str:
    digits = cif_digits(text)
    if not digits:
        raise ValueError("cif: digits are needed, with or without RO")
    return digits


def _id(value: str | int) -> str:
    text = str(value).strip()
    if not re.fullmatch(r"\d+", text, re.ASCII):
        raise ValueError("an index at ANAF is a number")
    return text


def _epoch_ms(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("an aware datetime is needed")
    return int(moment.timestamp() * 1000)


def _filter(kind: str | None) -> dict[str, str]:
    if kind is None:
        return {}
    letter = FILTERS.get(kind, kind)
    if letter not in FILTERS.values():
        raise ValueError("kind is E, T, P or R")
    return {"filtru": letter}
