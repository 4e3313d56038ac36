"""The e-Factura calls: upload, stareMesaj, the two lists, descarcare. Checks run in ANAF's order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from . import package, processing, replies, texts
from .calls import Call
from .clock import DAY, minute_stamp, wall
from .document import ROOTS, Unreadable, read
from .faults import failure
from .replies import ZIP, Reply
from .store import Entry

if TYPE_CHECKING:
    from .simulator import Simulator


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit()


def upload(sim: Simulator, call: Call) -> Reply:
    """Answer `upload` and `uploadb2c`."""
    now, settings = sim.clock.now(), sim.settings

    def refuse(template: str, **values: object) -> Reply:
        return replies.upload_refused(now, template.format(**values))

    standard, cif = call.get("standard"), call.get("cif")
    if not standard or not cif:
        return replies.bad_request(now, texts.NO_STANDARD_OR_CIF)
    if not call.size:
        return replies.bad_request(now, texts.NO_FILE)
    if standard not in ROOTS:
        return refuse(texts.STANDARD)
    if not _is_number(cif):
        return refuse(texts.CIF_NOT_NUMBER, cif=cif)
    for name, shown in (("extern", "extern"), ("autofactura", "autofacturare"), ("executare", "executare")):
        if call.query.get(name, "DA") != "DA":
            return refuse(texts.ONLY_DA, name=shown)
    if not call.holder.cifs:
        return refuse(texts.NO_CIF_AT_ALL)
    if not call.holder.may(cif):
        return refuse(texts.NO_RIGHT, cif=cif)
    if call.get("executare") and cif not in settings.enforcement_cifs:
        return refuse(texts.NOT_IN_ENFORCEMENT, cif=cif)
    if call.size > settings.upload_max_bytes:
        return refuse(texts.UPLOAD_SIZE, megabytes=settings.upload_max_bytes // 2**20)
    try:
        document = read(call.body, standard)
    except Unreadable as error:
        return refuse(texts.INVALID_FILE, reason=str(error))
    extern = bool(call.get("extern"))
    document.findings = processing.findings(document, settings, extern)
    fault = call.fault
    forced = fault.options.get("errors", ["Eroare ceruta simulatorului"]) if fault and fault.kind == "nok" else None
    delay = fault.options.get("seconds", 3600) if fault and fault.kind == "stuck" else 0.0
    with sim.lock:
        if standard == "RASP" and not sim.quotas.use(now, settings.rasp_per_day, call.environment, "rasp", cif):
            return refuse(texts.RASP_QUOTA, limit=settings.rasp_per_day, cif=cif)
        record = processing.register(
            sim.stores[call.environment],
            settings,
            now,
            cif,
            document,
            call.body,
            extern=extern,
            autofactura=bool(call.get("autofactura")),
            b2c=call.endpoint == "uploadb2c",
            forced=forced,
            extra_delay=delay,
        )
    return replies.upload_ok(now, record.index)


def status(sim: Simulator, call: Call) -> Reply:
    """Answer `stareMesaj`."""
    now, settings, index = sim.clock.now(), sim.settings, call.get("id_incarcare")
    if not index:
        return replies.bad_request(now, texts.STATUS_REQUIRED)
    if not _is_number(index):
        return replies.status_error(texts.STATUS_NOT_INTEGER.format(index=index))
    if not call.holder.cifs:
        return replies.status_error(texts.STATUS_NO_CIF)
    with sim.lock:
        record = sim.stores[call.environment].get(index)
        if record is None:
            return replies.status_error(texts.STATUS_UNKNOWN.format(index=index))
        if not (call.holder.may(record.cif) or call.holder.may(record.seller_cif)):
            return replies.status_error(texts.STATUS_NO_RIGHT.format(index=index))
        if not sim.quotas.use(now, settings.status_per_day, call.environment, "status", index):
            return replies.status_error(texts.STATUS_QUOTA.format(limit=settings.status_per_day))
        return replies.status(record.state, record.download_id)


def _list_failure(sim: Simulator, message: str) -> Reply:
    malformed = sim.settings.quota_malformed and message.startswith("S-au facut deja")
    return failure("list", sim.clock.now(), message, malformed)


def _list_checks(sim: Simulator, call: Call, cif: str, limit: int) -> str:
    """Check what both lists check after the shape of their parameters; '' when all is well, else ANAF's text."""
    if call.get("filtru") and call.get("filtru") not in ("E", "T", "P", "R"):
        return texts.FILTER
    if not call.holder.cifs:
        return texts.NO_CIF_AT_ALL
    if not call.holder.may(cif):
        return texts.NO_RIGHT.format(cif=cif)
    with sim.lock:
        if not sim.quotas.use(sim.clock.now(), limit, call.environment, call.endpoint, cif):
            return texts.LIST_QUOTA.format(limit=limit)
    return ""


def _messages(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    return [
        {
            "data_creare": minute_stamp(entry.created),
            "cif": entry.cif,
            "id_solicitare": entry.record.index,
            "detalii": entry.detail,
            "tip": entry.kind,
            "id": entry.id,
        }
        for entry in entries
    ]


def list_simple(sim: Simulator, call: Call) -> Reply:
    """Answer `listaMesajeFactura`."""
    now, settings = sim.clock.now(), sim.settings
    days, cif = call.get("zile"), call.get("cif")
    if not days or not cif:
        return replies.bad_request(now, texts.LIST_REQUIRED)
    if not _is_number(cif):
        return _list_failure(sim, texts.CIF_NOT_NUMBER.format(cif=cif))
    if not _is_number(days):
        return _list_failure(sim, texts.DAYS_NOT_INTEGER.format(days=days))
    if not 1 <= int(days) <= settings.window_days:
        return _list_failure(sim, texts.DAYS_RANGE)
    wrong = _list_checks(sim, call, cif, settings.lists_per_day)
    if wrong:
        return _list_failure(sim, wrong)
    with sim.lock:
        window = sim.stores[call.environment].window(cif, now - int(days) * DAY, now, call.get("filtru") or None)
        count, entries = len(window), window.page(1, settings.page_size)
    if not count:
        return _list_failure(sim, texts.LIST_EMPTY_DAYS.format(days=days))
    if count > settings.page_size:
        return _list_failure(sim, texts.LIST_TOO_LONG.format(size=settings.page_size))
    return replies.as_json(
        {
            "mesaje": _messages(entries),
            "serial": call.holder.serial,
            "cui": cif,
            "titlu": texts.LIST_TITLE_DAYS.format(days=days),
        }
    )


def list_paged(sim: Simulator, call: Call) -> Reply:
    """Answer `listaMesajePaginatieFactura`."""
    now, settings = sim.clock.now(), sim.settings
    values = {name: call.get(name) for name in ("startTime", "endTime", "cif", "pagina")}
    if not all(values.values()):
        return replies.bad_request(now, texts.PAGED_REQUIRED)
    cif = values["cif"]
    if not _is_number(cif):
        return _list_failure(sim, texts.PAGED_CIF.format(cif=cif))
    for name in ("startTime", "endTime", "pagina"):
        value = values[name]
        if not _is_number(value) or len(value) > 14 or name == "pagina" and int(value) < 1:
            return _list_failure(sim, texts.PAGED_PARAMETER.format(name=name, value=value))
    start, end, page = int(values["startTime"]) / 1000, int(values["endTime"]) / 1000, int(values["pagina"])
    if max(start, end) > 4e9:  # beyond 2096: no date to show
        return _list_failure(sim, texts.PAGED_PARAMETER.format(name="endTime", value=values["endTime"]))
    if start < now - settings.window_days * DAY:
        return _list_failure(sim, texts.START_TOO_OLD.format(start=wall(start)))
    if end <= start:
        return _list_failure(sim, texts.END_BEFORE_START.format(end=wall(end), start=wall(start)))
    if end > now:
        text = texts.END_IN_FUTURE_CLOCK if settings.future_text_with_clock else texts.END_IN_FUTURE
        return _list_failure(sim, text.format(end=wall(end), now=wall(now)))
    wrong = _list_checks(sim, call, cif, settings.paged_lists_per_day)
    if wrong:
        return _list_failure(sim, wrong)
    size = settings.page_size
    with sim.lock:
        window = sim.stores[call.environment].window(cif, start, end, call.get("filtru") or None)
        count, entries = len(window), window.page(page, size)
    pages = -(-count // size)
    if not count:
        return _list_failure(sim, texts.LIST_EMPTY_RANGE)
    if page > pages:
        return _list_failure(sim, texts.PAGE_TOO_BIG.format(page=page, pages=pages))
    return replies.as_json(
        {
            "mesaje": _messages(entries),
            "numar_inregistrari_in_pagina": len(entries),
            "numar_total_inregistrari_per_pagina": size,
            "numar_total_inregistrari": count,
            "numar_total_pagini": pages,
            "index_pagina_curenta": pages if settings.page_index_is_total else page,
            "serial": call.holder.serial,
            "cui": cif,
            "titlu": texts.LIST_TITLE_RANGE.format(start=wall(start), end=wall(end)),
        }
    )


def download(sim: Simulator, call: Call) -> Reply:
    """Answer `descarcare`."""
    now, settings, number = sim.clock.now(), sim.settings, call.get("id")

    def refuse(template: str, **values: object) -> Reply:
        message = template.format(**values)
        malformed = settings.quota_malformed and template is texts.DOWNLOAD_QUOTA
        return failure("download", now, message, malformed)

    if not number:
        return replies.bad_request(now, texts.DOWNLOAD_REQUIRED)
    if not _is_number(number):
        return refuse(texts.DOWNLOAD_NOT_INTEGER, id=number)
    with sim.lock:
        entry = sim.stores[call.environment].entries.get(number)
        if entry is None:
            return refuse(texts.DOWNLOAD_UNKNOWN, id=number)
        # the uploader may fetch its result even where the seller in the XML is somebody else
        uploaded = not entry.record.from_supplier and number == entry.record.download_id
        if not (call.holder.may(entry.cif) or uploaded and call.holder.may(entry.record.cif)):
            return refuse(texts.DOWNLOAD_NO_RIGHT)
        # the file ends before its list line does: the two are counted from different moments
        if now > entry.created + settings.window_days * DAY - settings.expiry_band:
            return refuse(texts.DOWNLOAD_EXPIRED)
        if not sim.quotas.use(now, settings.downloads_per_day, call.environment, "download", number):
            return refuse(texts.DOWNLOAD_QUOTA, limit=settings.downloads_per_day)
    record = entry.record
    if record.package is not None:
        return Reply(record.package, ZIP)
    shape = settings.seal_prod if call.environment == "prod" else settings.seal_test
    damaged = bool(call.fault and call.fault.kind == "bad_seal")
    data = package.build(
        record.index, processing.file_in_package(record), entry.created, call.environment, shape, damaged
    )
    return Reply(data, ZIP, headers={"Content-Disposition": f'attachment; filename="{number}.zip"'})
