"""Warnings: elements and attributes of UBL that EN 16931 does not use (UBL-CR, UBL-DT). ANAF accepts them."""

import functools
from pathlib import Path

from .model import Document, Node, Say

#: attribute: rule
_ATTRIBUTES = {
    "schemeName": "UBL-DT-08",
    "schemeAgencyName": "UBL-DT-09",
    "schemeDataURI": "UBL-DT-10",
    "schemeURI": "UBL-DT-11",
    "format": "UBL-DT-12",
    "unitCodeListIdentifier": "UBL-DT-13",
    "unitCodeListAgencyIdentifier": "UBL-DT-14",
    "unitCodeListAgencyName": "UBL-DT-15",
    "listAgencyName": "UBL-DT-16",
    "listName": "UBL-DT-17",
    "languageID": "UBL-DT-19",
    "listURI": "UBL-DT-20",
    "listSchemeURI": "UBL-DT-21",
    "languageLocaleID": "UBL-DT-22",
    "uri": "UBL-DT-23",
    "currencyCodeListVersionID": "UBL-DT-24",
    "characterSetCode": "UBL-DT-25",
    "encodingCode": "UBL-DT-26",
    "schemeAgencyID": "UBL-DT-27",
    "listAgencyID": "UBL-DT-28",
}


@functools.cache
def _paths() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Read ``beyond.txt``: ({path from the root: [rule]}, {path anywhere: [rule]})."""
    whole: dict[str, list[str]] = {}
    anywhere: dict[str, list[str]] = {}
    for line in (Path(__file__).parent / "beyond.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            rule, path = line.split(" ")
            target = anywhere if path.startswith("//") else whole
            target.setdefault(path.removeprefix("//"), []).append(rule)
    return whole, anywhere


def check(doc: Document, say: Say) -> None:
    whole, anywhere = _paths()
    found: dict[str, Node] = {}
    for path, node in doc.paths.items():
        for rule in whole.get(path, ()):
            found.setdefault(rule, node)
        steps = path.split("/")
        for count in (1, 2, 3, 4):
            for rule in anywhere.get("/".join(steps[-count:]), ()):
                found.setdefault(rule, node)
    for rule, node in found.items():
        say(rule, node)
    for attribute, rule in _ATTRIBUTES.items():
        if attribute in doc.attributes:
            say(rule, doc.attributes[attribute][0], value=attribute)
    for node in doc.attributes.get("name", ()):
        if node.name != "cbc:PaymentMeansCode":
            say("UBL-DT-18", node, value="name")
            break
    version = doc.root.first("cbc:UBLVersionID")
    if version is not None and version.text != "2.1":
        say("UBL-CR-002", version, value=version.text)
    if doc.kind == "Invoice" and doc.root.all("cac:PaymentMeans", "cbc:PaymentDueDate"):
        say("UBL-CR-412", doc.root.first("cac:PaymentMeans", "cbc:PaymentDueDate"))
    for reference in doc.every("cac:AdditionalDocumentReference"):
        kinds = [kind.text for kind in reference.all("cbc:DocumentTypeCode")]
        if (not kinds or any(kind != "130" for kind in kinds)) and any(
            "schemeID" in node.attrs for node in reference.all("cbc:ID")
        ):
            say("UBL-CR-665", reference)
            break
