"""The closed code lists ANAF applies, read once from ``codes.txt``."""

import functools
from pathlib import Path


@functools.cache
def lists() -> dict[str, dict[str, None]]:
    """Read ``codes.txt``: {name: {code: None}}, in the order of the file."""
    found: dict[str, dict[str, None]] = {}
    current: dict[str, None] = {}
    for line in (Path(__file__).parent / "codes.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = found.setdefault(line[1 : line.index("]")], {})
        elif line and not line.startswith("#"):
            current.update(dict.fromkeys(line.split(" ")))
    return found


def codes(name: str) -> dict[str, None]:
    """Return the codes of one list; ``in`` is a look-up. Names: see ``codes.txt``.

    :raises KeyError: no such list
    """
    return lists()[name]
