"""What one environment (prod or test) holds: uploads, SPV list entries, duplicate keys. In memory."""

from __future__ import annotations

import hashlib
import heapq
import random
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import texts

# first numbers well over int32, as the real ones are: (upload index, download id)
STARTS = {"prod": (6_552_700_000, 3_310_000_000), "test": (5_010_000_000, 3_230_000_000)}


@dataclass
class Entry:
    """One line of an SPV list; `id` is what /descarcare takes."""

    id: str
    cif: str
    kind: str  # ANAF's `tip`
    detail: str
    record: Upload
    created: float  # epoch; visible from then on

    @property
    def letter(self) -> str:
        return texts.FILTERS[self.kind]


@dataclass
class Upload:
    """One registered document. Texts are strings as on the wire; `received_at` is epoch seconds."""

    index: str
    environment: str
    cif: str  # the `cif` parameter
    standard: str
    received_at: float
    content: bytes | Callable[[], bytes]  # a callable composes it when asked (generated invoices)
    extern: bool = False
    autofactura: bool = False
    b2c: bool = False
    number: str = ""
    issue_date: str = ""
    type_code: str = ""
    seller_cif: str = ""
    buyer_cif: str = ""
    state: str = texts.PROCESSING
    verdict: str = texts.OK  # decided on arrival, shown as `state` once processed
    download_id: str = ""  # what stareMesaj shows; set with the state
    errors: list[str] = field(default_factory=list)
    duplicate_of: str = ""
    due_at: float = 0.0
    package: bytes | None = None  # what a download answers in place of document and seal
    from_supplier: bool = False  # put into the SPV by the control side, not uploaded

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    @property
    def xml(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.xml).hexdigest()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return what ANAF is taken to compare for duplicates."""
        return self.seller_cif, self.number, self.issue_date, self.type_code

    def as_dict(self) -> dict[str, Any]:
        names = [
            "index",
            "environment",
            "cif",
            "standard",
            "extern",
            "autofactura",
            "b2c",
            "sha256",
            "number",
            "issue_date",
            "type_code",
            "seller_cif",
            "buyer_cif",
            "state",
            "download_id",
            "errors",
            "duplicate_of",
            "received_at",
        ]
        return {name: getattr(self, name) for name in names}


class Store:
    """One environment. Not locked: the simulator's lock is held by the callers."""

    def __init__(self, environment: str) -> None:
        self.environment = environment
        self.uploads: dict[str, Upload] = {}
        self.suppliers: dict[str, Upload] = {}
        self.entries: dict[str, Entry] = {}
        self.keys: dict[tuple[str, str, str, str], Upload] = {}  # live (not nok) documents
        self._boxes: dict[tuple[str, str | None], list[Entry]] = {}
        self._pending: list[tuple[float, int, Upload]] = []
        self._random = random.Random(environment)
        self._index, self._download = STARTS[environment]

    def next_index(self) -> str:
        self._index += self._random.randint(1, 9)  # other taxpayers upload too
        return str(self._index)

    def next_download(self) -> str:
        self._download += self._random.randint(1, 9)
        return str(self._download)

    def get(self, index: str) -> Upload | None:
        return self.uploads.get(index) or self.suppliers.get(index)

    def add(self, record: Upload) -> None:
        self.uploads[record.index] = record
        heapq.heappush(self._pending, (record.due_at, len(self.uploads), record))

    def take_due(self, now: float) -> list[Upload]:
        """Remove and return the records whose processing has ended, oldest first."""
        due = []
        while self._pending and self._pending[0][0] <= now:
            due.append(heapq.heappop(self._pending)[2])
        return due

    @property
    def pending(self) -> int:
        return len(self._pending)

    def list_entry(self, record: Upload, cif: str, kind: str, detail: str, created: float) -> Entry:
        entry = Entry(self.next_download(), cif, kind, detail, record, created)
        self.entries[entry.id] = entry
        for letter in (None, entry.letter):
            insort(self._boxes.setdefault((cif, letter), []), entry, key=_created)
        return entry

    def window(self, cif: str, start: float, end: float, letter: str | None = None) -> Window:
        """Select the entries of `cif` created from `start` to `end` (epoch, both included), oldest first."""
        box = self._boxes.get((cif, letter), [])
        return Window(box, bisect_left(box, start, key=_created), bisect_right(box, end, key=_created))

    def show_all(self, now: float) -> None:
        """End the list lag: nothing stays in the future."""
        late = [entry for entry in self.entries.values() if entry.created > now]
        for entry in late:  # they are the tails of their boxes, so the order holds
            entry.created = now


class Window:
    """A slice of a box, counted without copying."""

    def __init__(self, box: list[Entry], low: int, high: int) -> None:
        self._box, self._low, self._high = box, low, max(low, high)

    def __len__(self) -> int:
        return self._high - self._low

    def page(self, number: int, size: int) -> list[Entry]:
        start = self._low + (number - 1) * size
        return self._box[start : min(start + size, self._high)]


def _created(entry: Entry) -> float:
    return entry.created
