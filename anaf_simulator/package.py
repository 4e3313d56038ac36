"""ANAF's ZIP: the document and its seal, two deflated entries written as a stream (data descriptors)."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from . import seal
from .clock import bucharest

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Stream(io.RawIOBase):
    """A sink without seek or tell, so zipfile writes data descriptors as ANAF's Java writer does."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer) -> int:
        piece = bytes(data)
        self.parts.append(piece)
        return len(piece)


def build(index: str, document: bytes, made_at: float, environment: str, shape: str, damaged: bool = False) -> bytes:
    """Build the package of one message; the same arguments give the same bytes within a process."""
    stream = _Stream()
    stamp = bucharest(made_at).timetuple()[:6]
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (
            (f"semnatura_{index}.xml", seal.make(document, environment, shape, damaged)),
            (f"{index}.xml", document),
        ):
            entry = zipfile.ZipInfo(name, max(stamp, (1980, 1, 1, 0, 0, 0)))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, data)
    return b"".join(stream.parts)
