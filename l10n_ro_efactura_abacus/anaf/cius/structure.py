"""Structure and value types, by our own XML Schema of the profile (``schema/``).

lxml answers yes or no in a millisecond; only a no is explained, by ``xmlschema``, which compiles for a second once.
"""

import functools
import itertools
import re
import threading
from pathlib import Path

from lxml import etree

from .model import to_decimal

_FOLDER = Path(__file__).parent / "schema"
_LOCK = threading.Lock()
#: at most so many findings of structure: one misplaced group brings many
MOST = 25


@functools.cache
def _fast(kind):
    return etree.XMLSchema(etree.parse(_FOLDER / f"{kind.lower()}.xsd"))


@functools.cache
def _exact(kind):
    try:
        import xmlschema
    except ImportError:
        return None
    return xmlschema.XMLSchema(_FOLDER / f"{kind.lower()}.xsd", loglevel=50)


def problems(kind, root, quick=False):
    """[(element or None, Romanian, English)] for an lxml root of that kind; empty when the structure holds.

    :param quick: explain from libxml2's own log, in its words; for documents too large to be read a second time
    """
    with _LOCK:  # an lxml schema keeps its error log on itself
        fast = _fast(kind)
        if fast.validate(root):
            return []
        log = list(itertools.islice(_real(root, fast.error_log), MOST))
        exact = None if quick or not log else _exact(kind)
    found = []
    if exact is not None:
        try:
            found = _explained(exact, root)
        except Exception:  # xmlschema raises on what it does not foresee, such as an xsi:type of nobody's
            found = []
    return found or _from_log(log)


def _explained(schema, root):
    found = []
    for error in schema.iter_errors(root):
        found.append((error.elem, *_sentence(error)))
        if len(found) >= MOST:
            break
    return found


def _real(root, log):
    """(element, message) of the errors that are errors; after a thousand nobody looks twice."""
    for number, entry in enumerate(log):
        element = _at(root, entry.path)
        if number > 1000 or not _false_alarm(element, entry.message):
            yield element, entry.message


def _false_alarm(element, message):
    """libxml2 stops at decimals of 24 digits; XML Schema knows no such limit."""
    return "'xs:decimal'" in message and element is not None and to_decimal(element.text or "") is not None


def _from_log(log):
    found = []
    for element, message in log:
        plain = re.sub(r"\{[^}]*\}", "", message)
        found.append((element, f"structura nu este cea așteptată ({plain})",
                      f"the structure is not the expected one ({plain})"))
    return found


def _at(root, path):
    """The element libxml2 means; its path speaks in the document's own prefixes."""
    try:
        found = root.getroottree().xpath(path or "/*", namespaces={key: uri for key, uri in root.nsmap.items() if key})
    except etree.XPathError:
        return None
    return found[0] if found else None


def _local(name):
    return str(name).rpartition("}")[2].rpartition(":")[2]


def _sentence(error):
    """What is wrong, in plain words, from the kind of error."""
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
