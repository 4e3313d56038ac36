"""Every public XML read, where a checkout of the corpus stands beside the repository."""

import csv
import pathlib

import pytest

import anaf

CORPUS = pathlib.Path(__file__).resolve().parents[3] / "shared" / "corpus"
TABLE = CORPUS / "invoices.tsv"
pytestmark = pytest.mark.skipif(not TABLE.is_file(), reason="the public corpus is not here")

#: an import takes what is stated, so the official rules accept these and a bill can follow them
HARMLESS = {"BT-131"}


def _rows():
    if not TABLE.is_file():
        return []
    with open(TABLE, newline="") as lines:
        return [pytest.param(row, id=row["file"]) for row in csv.DictReader(lines, delimiter="\t")]


@pytest.mark.parametrize("row", _rows())
def test_every_invoice_is_read(row):
    data = (CORPUS / "invoices" / row["file"]).read_bytes()
    found = anaf.read_document(data)
    assert found.facts == anaf.read_facts(data)
    assert found.facts.number and found.seller.name
    assert found.unreadable == []
    assert found.facts.root == ("CreditNote" if row["type"] == "creditnote" else "Invoice")
    if row["oracle_verdict"] == "pass":
        assert all(line.name and line.net is not None and line.unit_code for line in found.lines)
        assert {one.code for one in anaf.contradictions(found)} <= HARMLESS


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in sorted(CORPUS.glob("anaf/*.zip"))])
def test_documents_of_packages_are_read(path):
    package = anaf.read_package(path.read_bytes())
    if package.kind == "errors":
        with pytest.raises(anaf.UblError):
            anaf.read_document(package.document)
        return
    found = anaf.read_document(package.document)
    assert found.lines and found.subtotals and {one.code for one in anaf.contradictions(found)} <= HARMLESS
