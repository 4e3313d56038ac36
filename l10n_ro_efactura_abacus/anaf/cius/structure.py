"""Structure and value types, by our own XML Schema of the profile (``schema/``).

lxml answers yes or no in a millisecond; only a no is explained, by ``xmlschema``, which compiles for a second once.
"""

from __future__ import annotations

import functools
import itertools
import re
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from lxml import etree

from ..xml import Element, to_decimal

if TYPE_CHECKING:
    from xmlschema import XMLSchema, XMLSchemaValidationError

    # Element or None where it is not known, Romanian sentence, English sentence.
    Problem = tuple[Element | None, str, str]

_FOLDER = Path(__file__).parent / "schema"
_LOCK = threading.Lock()
#: at most so many findings of structure: one misplaced group brings many
MOST = 25


@functools.cache
def _fast(kind: str) -> etree.XMLSchema:
    """Compile lxml's schema of a kind (``Invoice`` or ``CreditNote``)."""
    return etree.XMLSchema(etree.parse(_FOLDER / f"{kind.lower()}.xsd"))


@functools.cache
def _exact(kind: str) -> XMLSchema | None:
    """Compile the schema of a kind for ``xmlschema``; None where that package is not installed."""
    try:
        import xmlschema
    except ImportError:
        return None
    return xmlschema.XMLSchema(_FOLDER / f"{kind.lower()}.xsd", loglevel=50)


def problems(kind: str, root: Element, quick: bool = False) -> list[Problem]:
    """List what is wrong with the structure of an lxml root of that kind; empty when it holds.

    :param quick: explain from libxml2's own log, in its words; for documents too large to be read a second time
    :return: [(element or None, Romanian, English)]
    """
    with _LOCK:  # an lxml schema keeps its error log on itself
        fast = _fast(kind)
        if fast.validate(root):
            return []
        log = list(itertools.islice(_real(root, fast.error_log), MOST))
        exact = None if quick or not log else _exact(kind)
    found: list[Problem] = []
    if exact is not None:
        try:
            found = _explained(exact, root)
        except Exception:  # xmlschema raises on what it does not foresee, such as an xsi:type of nobody's
            found = []
    return found or _from_log(log)


def _explained(schema: XMLSchema, root: Element) -> list[Problem]:
    found: list[Problem] = []
    errors: Iterator[Any] = schema.iter_errors(cast(Any, root))  # lxml's elements too, which it does not declare
    for error in errors:
        found.append((error.elem, *_sentence(error)))
        if len(found) >= MOST:
            break
    return found


def _real(root: Element, log: Iterable[etree._LogEntry]) -> Iterator[tuple[Element | None, str]]:
    """Yield (element, message) of the errors that are errors; after a thousand nobody looks twice."""
    for number, entry in enumerate(log):
        element = _at(root, entry.path)
        if number > 1000 or not _false_alarm(element, entry.message):
            yield element, entry.message


def _false_alarm(element: Element | None, message: str) -> bool:
    """Tell libxml2's limit from an error: it stops at decimals of 24 digits, and XML Schema knows no such limit."""
    return "'xs:decimal'" in message and element is not None and to_decimal(element.text or "") is not None


def _from_log(log: list[tuple[Element | None, str]]) -> list[Problem]:
    found: list[Problem] = []
    for element, message in log:
        plain = re.sub(r"\{[^}]*\}", "", message)
        found.append(
            (element, f"structura nu este cea așteptată ({plain})", f"the structure is not the expected one ({plain})")
        )
    return found


def _at(root: Element, path: str | None) -> Element | None:
    """Find the element libxml2 means; its path speaks in the document's own prefixes."""
    try:
        found = root.getroottree().xpath(path or "/*", namespaces={key: uri for key, uri in root.nsmap.items() if key})
    except etree.XPathError:
        return None
    return found[0] if found else None


def _local(name: object) -> str:
    return str(name).rpartition("}")[2].rpartition(":")[2]


def _sentence(error: XMLSchemaValidationError) -> tuple[str, str]:
    """Say what is wrong, in plain words, from the kind of error: (Romanian, English)."""
    from xmlschema import XMLSchemaChildrenValidationError, XMLSchemaDecodeError

    if isinstance(error, XMLSchemaChildrenValidationError):
        names = [_local(getattr(one, "name", None) or one) for one in (error.expected or [])]
        expected = ", ".join(dict.fromkeys(name for name in names if name and name != "None"))
        if error.invalid_tag:
            tag = _local(error.invalid_tag)
            ro, en = f"elementul {tag} nu are ce căuta aici", f"element {tag} does not belong here"
            if expected:
                ro, en = f"{ro}; aici se așteaptă: {expected}", f"{en}; expected here: {expected}"
            return ro, en
        return f"lipsește elementul {expected}", f"element {expected} is missing"
    if isinstance(error, XMLSchemaDecodeError):
        value = str(error.obj)[:60]
        return f"valoarea „{value}” nu are tipul cerut", f"value '{value}' is not of the required type"
    reason = re.sub(r"\{[^}]*\}", "", error.reason or "")[:160]
    if "missing required attribute" in reason:
        name = reason.rpartition("attribute")[2].strip(" '\"")
        return f"lipsește atributul {name}", f"attribute {name} is missing"
    return f"structura nu este cea așteptată ({reason})", f"the structure is not the expected one ({reason})"
