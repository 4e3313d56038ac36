"""The services beside e-Factura proper: validare, transformare, signature check, the token test."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING

from . import processing, replies, seal, texts
from .calls import Call
from .document import Document, Unreadable, read
from .faults import failure
from .replies import TEXT, Reply

if TYPE_CHECKING:
    from .simulator import Simulator

STANDARDS = {"FACT1": "UBL", "FCN": "CN"}
# patterns the firewall is known to dislike on the non-validating conversion
_WAF = re.compile(rb"schemaLocation\s*=\s*[\"'][^\"']*\.\./|;CP |;rm ")


def _nok(messages: Iterable[str]) -> Reply:
    return replies.as_json(
        {"stare": "nok", "Messages": [{"message": text} for text in messages], "trace_id": replies.trace_id()}
    )


def _checked(sim: Simulator, call: Call, check: bool = True) -> Document | Reply:
    """Return the document, or the answer that says why not."""
    now = sim.clock.now()
    if call.environment != "prod" or not call.tail:
        return replies.not_found(now, "/" + call.path.split("/", 2)[2])
    if call.tail[0] not in STANDARDS:
        return _nok([texts.VALIDATE_STANDARD])
    if call.size > sim.settings.validate_max_bytes:
        return _nok([texts.UPLOAD_SIZE.format(megabytes=sim.settings.validate_max_bytes // 2**20)])
    try:
        document = read(call.body, STANDARDS[call.tail[0]])
    except Unreadable as error:
        return _nok([texts.INVALID_FILE.format(reason=str(error))])
    findings = processing.findings(document, sim.settings, extern=False) if check else []
    return _nok([found.in_validator() for found in findings]) if findings else document


def validate(sim: Simulator, call: Call) -> Reply:
    """Answer `validare`."""
    found = _checked(sim, call)
    return found if isinstance(found, Reply) else replies.as_json({"stare": "ok", "trace_id": replies.trace_id()})


def transform(sim: Simulator, call: Call) -> Reply:
    """Answer `transformare`."""
    unchecked = call.tail[1:] == ["DA"]
    if call.environment == "prod" and unchecked and _WAF.search(call.body):
        return sim.faults.waf()
    document = _checked(sim, call, check=not unchecked)
    if isinstance(document, Reply):
        return document
    lines = [
        "Factura " + document.number,
        "Data: " + document.issue_date,
        "Vanzator: " + document.seller_cif,
        "Cumparator: " + document.buyer_cif,
        "Reprezentare facuta de simulator",
    ]
    return Reply(pdf(lines), "application/pdf")


def pdf(lines: Iterable[str]) -> bytes:
    """Write a one-page PDF of plain text lines."""

    def escape(line: str) -> str:
        return re.sub(r"([()\\])", r"\\\1", line.encode("ascii", "replace").decode())

    shown = " ".join(f"({escape(line)}) Tj T*" for line in lines)
    content = f"BT /F1 12 Tf 16 TL 50 780 Td {shown} ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R\n"
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        count,
        table,
        count,
        len(out),
    )
    return bytes(out)


def signature(sim: Simulator, call: Call) -> Reply:
    """Answer the signature check: multipart `file` and `signature` give {"msg"}."""
    header = f"Content-Type: {call.headers.get('Content-Type', '')}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(header + call.body)
    parts: dict[object, bytes] = {}
    if message.is_multipart():
        for part in message.iter_parts():
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            parts[name] = content if isinstance(content, bytes) else b""
    if not parts.get("file") or not parts.get("signature"):
        return failure("signature", sim.clock.now(), texts.SIGNATURE_INVALID)
    valid = seal.verify(parts["file"], parts["signature"])
    return replies.as_json({"msg": texts.SIGNATURE_VALID if valid else texts.SIGNATURE_INVALID})


def hello(sim: Simulator, call: Call) -> Reply:
    """Answer the token test."""
    lines = [f'Hello, "{call.get("name")}"', ""]
    lines += [f"{name}: {value}" for name, value in call.headers.items() if name.lower() != "authorization"]
    lines += ["issuer: https://logincert.anaf.ro", f"serial: {call.holder.serial}"]
    return Reply("\n".join(lines).encode(), TEXT)
