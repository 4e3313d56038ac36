"""ANAF's package: the ZIP of a document and the Ministry's seal (anaf-api.md §5.1, §5.2, §5.5).

The ZIP comes from outside: sizes, names and counts are bounded, and what is not understood is ``unknown``.
"""

import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .xml import Element, XmlError, local_name, namespace, parse_xml

# Files in a package; ANAF puts two into it.
MAX_ENTRIES = 20
# Bytes of a package, and of all that is unpacked from it.
MAX_SIZE = 64 * 1024 * 1024

_DOCUMENT = re.compile(r"(\d+)\.xml", re.ASCII | re.IGNORECASE)
_SEAL = re.compile(r"semnatura_(\d+)\.xml|(\d+)_semnatura\.xml", re.ASCII | re.IGNORECASE)
_DUPLICATE = re.compile(
    r"mai\s+fost\s+transmisa\s+anterior\s+cu\s+index\s*=\s*(\d+)(?:\s+si\s+data\s+incarcare\s*=\s*(\d{4}-\d{2}-\d{2}))?",
    re.ASCII | re.IGNORECASE,
)


class PackageError(ValueError):
    """``code``: not_a_zip, too_large, too_many_entries, bad_name, encrypted, corrupt, empty."""

    def __init__(self, code: str, text: str = "") -> None:
        self.code, self.text = code, text
        super().__init__(f"{code}: {text}" if text else code)


@dataclass(frozen=True)
class Package:
    """What a package holds.

    :ivar upload_index: the index the package belongs to, from its file names
    :ivar document: exact bytes of the sealed file; ``b''`` when there is none
    :ivar kind: invoice, credit_note, errors, buyer_message, unknown
    :ivar errors: every ``errorMessage``, untouched
    :ivar duplicate_of: ``(index, date or None)`` of the upload this one repeats
    :ivar message: a buyer's message, :ivar answered_index: the upload index it answers
    """

    upload_index: str | None
    document: bytes
    document_name: str | None
    seal: bytes | None
    kind: str
    errors: list[str] = field(default_factory=list)
    duplicate_of: tuple[str, date | None] | None = None
    message: str | None = None
    answered_index: str | None = None


def duplicate_of(text: str | None) -> tuple[str, date | None] | None:
    """Return ``(index, date or None)`` quoted by a "a mai fost transmisa anterior" text, else None."""
    match = _DUPLICATE.search(text or "")
    if not match:
        return None
    try:
        day = date.fromisoformat(match.group(2)) if match.group(2) else None
    except ValueError:
        day = None
    return match.group(1), day


def duplicate_of_text(text: str | None) -> str | None:
    """Return the upload index quoted by a "a mai fost transmisa anterior" text, else None."""
    found = duplicate_of(text)
    return found[0] if found else None


def read_package(zip_bytes: bytes, *, max_size: int = MAX_SIZE, max_entries: int = MAX_ENTRIES) -> Package:
    """Open a package.

    :param max_size: bytes, of the ZIP and of everything unpacked from it
    :raises PackageError: it is no usable ZIP; odd contents are ``kind='unknown'``, never an exception
    """
    files = unzip(zip_bytes, max_size=max_size, max_entries=max_entries)
    seal_name = next((name for name in files if _SEAL.fullmatch(_base(name))), None) or next(
        (name for name in files if "semnatura" in _base(name).lower()), None
    )
    document_name = _pick_document([name for name in files if name != seal_name], seal_name)
    document = files[document_name] if document_name else b""
    named = [
        match
        for match in (
            document_name and _DOCUMENT.fullmatch(_base(document_name)),
            seal_name and _SEAL.fullmatch(_base(seal_name)),
        )
        if match
    ]
    index = next((group for match in named for group in match.groups() if group), None)
    kind, facts, inner_index = _read_document(document)
    seal = files[seal_name] if seal_name else None
    return Package(index or inner_index, document, document_name, seal, kind, **facts)


def _base(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def _pick_document(names: list[str], seal_name: str | None) -> str | None:
    """Pick the sealed file: ``<index>.xml``, the index of the seal's name first; else any XML that is no seal."""
    seal = seal_name and _SEAL.fullmatch(_base(seal_name))
    wanted = f"{seal.group(1) or seal.group(2)}.xml" if seal else None
    for fits in (
        lambda base: base.lower() == wanted,
        _DOCUMENT.fullmatch,
        lambda base: base.lower().endswith(".xml") and "semnatura" not in base.lower(),
    ):
        for name in names:
            if fits(_base(name)):
                return name
    return None


def unzip(data: bytes, *, max_size: int = MAX_SIZE, max_entries: int = MAX_ENTRIES) -> dict[str, bytes]:
    """Unpack every file of a ZIP into ``{path: bytes}``, bounded.

    Declared sizes are not believed: reading stops at the limit.

    :raises PackageError: no ZIP, over a limit, encrypted, damaged, empty or with a dangerous name
    """
    if not bytes(data[:2]) == b"PK":
        raise PackageError("not_a_zip")
    if len(data) > max_size:
        raise PackageError("too_large")
    files: dict[str, bytes] = {}
    left = max_size
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > max_entries:
                raise PackageError("too_many_entries", str(len(entries)))
            for entry in entries:
                _check_name(entry.filename)
                if entry.is_dir():
                    continue
                if entry.flag_bits & 0x1:
                    raise PackageError("encrypted")
                if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise PackageError("corrupt", "an unusual compression")
                if entry.filename in files:
                    raise PackageError("bad_name", "one name twice")
                with archive.open(entry) as stream:
                    content = stream.read(left + 1)
                if len(content) > left:
                    raise PackageError("too_large", "unpacked")
                left -= len(content)
                files[entry.filename] = content
    except PackageError:
        raise
    except zipfile.BadZipFile as error:
        raise PackageError("corrupt", str(error)[:100]) from None
    except Exception as error:  # noqa: BLE001  zlib, struct, codecs, I/O: hostile bytes reach them all
        raise PackageError("corrupt", type(error).__name__) from None
    if not files:
        raise PackageError("empty")
    return files


def _check_name(name: str) -> None:
    parts = name.split("/")
    if (
        not name
        or len(name) > 255
        or name.startswith("/")
        or "\\" in name
        or "\0" in name
        or ".." in parts
        or ":" in name
    ):
        raise PackageError("bad_name")


def _read_document(document: bytes) -> tuple[str, dict[str, Any], str | None]:
    """Tell ``(kind, facts, index)`` by root element; namespaces decide only where local names are shared."""
    try:
        root = parse_xml(document)
    except XmlError:
        return "unknown", {}, None
    name, where = local_name(root), namespace(root)
    if name in ("Invoice", "CrossIndustryInvoice"):
        return "invoice", {}, None
    if name == "CreditNote":
        return "credit_note", {}, None
    if name != "header":
        return "unknown", {}, None
    found = [e for e in root if local_name(e) in ("Error", "Errors")]
    if "mesajErori" in where or found:
        errors = [text for text in (e.get("errorMessage") or "".join(e.itertext()).strip() for e in found) if text]
        twin = next((d for d in map(duplicate_of, errors) if d), None)
        return "errors", {"errors": errors, "duplicate_of": twin}, _index(root, "Index_incarcare")
    if "reqMesaj" in where or root.get("message") is not None:
        facts = {"message": root.get("message"), "answered_index": _index(root, "index_incarcare")}
        return "buyer_message", facts, None
    return "unknown", {}, None


def _index(root: Element, attribute: str) -> str | None:
    value = (root.get(attribute) or "").strip()
    return value if re.fullmatch(r"\d+", value, re.ASCII) else None
