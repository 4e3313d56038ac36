"""From an uploaded file to its verdict and its SPV entries.

A verdict is reached on arrival (so a double is caught while the first still processes) and shown after
`settings.processing_delay`; nothing runs in the background, due records are settled whenever somebody looks.
"""

from __future__ import annotations

from collections.abc import Callable

from . import rules, texts
from .clock import iso_day
from .document import Document
from .replies import error_document
from .settings import Settings
from .store import Store, Upload


def register(
    store: Store,
    settings: Settings,
    now: float,
    cif: str,
    document: Document,
    data: bytes,
    *,
    extern: bool = False,
    autofactura: bool = False,
    b2c: bool = False,
    forced: list[str] | None = None,
    extra_delay: float = 0.0,
) -> Upload:
    """Give the document an index and a verdict; `forced` errors (a fault) replace the rules. Lock held."""
    record = Upload(
        index=store.next_index(),
        environment=store.environment,
        cif=cif,
        standard=document.standard,
        received_at=now,
        content=data,
        extern=extern,
        autofactura=autofactura,
        b2c=b2c,
        number=document.number,
        issue_date=document.issue_date,
        type_code=document.type_code,
        seller_cif=document.seller_cif or ("" if document.standard == "RASP" else cif),
        buyer_cif=document.buyer_cif,
        due_at=now + settings.processing_delay + extra_delay,
    )
    if forced:
        record.errors = list(forced)
    elif document.standard == "RASP":
        record.errors = _buyer_message_errors(store, record, document)
    elif settings.check_rules:
        record.errors = [found.in_package() for found in document.findings]
    if not record.errors and document.standard != "RASP" and settings.duplicates == "nok":
        first = store.keys.get(record.key)
        if first is not None:
            record.duplicate_of = first.index
            record.errors = [texts.DUPLICATE.format(index=first.index, date=iso_day(first.received_at))]
    if record.errors:
        record.verdict = texts.NOK
    elif document.standard != "RASP":
        store.keys.setdefault(record.key, record)
    store.add(record)
    return record


def _buyer_message_errors(store: Store, record: Upload, document: Document) -> list[str]:
    answered = store.get(document.about)
    if answered is None or answered.buyer_cif != record.cif:
        return [texts.STATUS_UNKNOWN.format(index=document.about)]
    record.seller_cif, record.buyer_cif, record.number = answered.seller_cif, record.cif, answered.index
    return []


def findings(document: Document, settings: Settings, extern: bool) -> list[rules.Finding]:
    """List what the rules find in a document; nothing where the settings check no rules."""
    return rules.check(document, extern, settings.cuis_unknown) if settings.check_rules else []


def settle(store: Store, settings: Settings, now: float) -> None:
    """Finish every record whose time has come. Lock held."""
    for record in store.take_due(now):
        record.state = record.verdict
        created = record.due_at + settings.list_lag
        if record.state == texts.NOK:
            text = texts.DETAIL_ERRORS_SELF_BILLED if record.autofactura else texts.DETAIL_ERRORS
            entry = store.list_entry(record, record.cif, texts.ERRORS, text.format(index=record.index), created)
            record.download_id = entry.id
            continue
        entries = [store.list_entry(record, cif, kind, _detail(record), created) for cif, kind in _boxes(store, record)]
        own = next((entry for entry in entries if entry.cif == record.cif), None)
        record.download_id = (own or entries[0]).id


def _boxes(store: Store, record: Upload) -> list[tuple[str, str]]:
    """List (CIF, type) of each entry an accepted document makes; TEST reaches no counterpart."""
    if record.standard == "RASP":
        boxes = [(record.cif, texts.BUYER_MESSAGE_SENT), (record.seller_cif, texts.BUYER_MESSAGE_RECEIVED)]
    else:
        boxes = [(record.seller_cif, texts.SENT)]
        if record.buyer_cif and not record.extern and record.buyer_cif != "0" * 13:
            boxes.append((record.buyer_cif, texts.RECEIVED))
    if store.environment == "test":
        boxes = [box for box in boxes if box[0] == record.cif] or boxes[:1]
    return boxes


def _detail(record: Upload) -> str:
    if record.standard == "RASP":
        return texts.DETAIL_BUYER_MESSAGE.format(index=record.index, about=record.number)
    text = texts.DETAIL_SELF_BILLED if record.autofactura else texts.DETAIL_INVOICE
    return text.format(index=record.index, seller=record.seller_cif, buyer=record.buyer_cif)


def put_supplier(
    store: Store,
    created: float,
    buyer_cif: str,
    seller_cif: str,
    content: bytes | Callable[[], bytes],
    number: str = "",
    issue_date: str = "",
    type_code: str = "",
) -> Upload:
    """Put an invoice somebody else sent to `buyer_cif`: only the buyer's entry. Lock held."""
    record = Upload(
        index=store.next_index(),
        environment=store.environment,
        cif=seller_cif,
        standard="UBL",
        received_at=created,
        content=content,
        number=number,
        issue_date=issue_date,
        type_code=type_code,
        seller_cif=seller_cif,
        buyer_cif=buyer_cif,
        state=texts.OK,
        from_supplier=True,
    )
    store.suppliers[record.index] = record
    entry = store.list_entry(record, buyer_cif, texts.RECEIVED, _detail(record), created)
    record.download_id = entry.id
    return record


def file_in_package(record: Upload) -> bytes:
    """Return the uploaded bytes, or the error list of a nok."""
    if record.state == texts.NOK:
        return error_document(record.index, record.cif, record.errors)
    return record.xml
