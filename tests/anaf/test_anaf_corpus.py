"""Real packages, seals and answers, where a checkout of the public corpus stands beside the repository."""

import csv
import pathlib

import pytest

import anaf
from anaf import replies

CORPUS = pathlib.Path(__file__).resolve().parents[3] / "shared" / "corpus" / "anaf"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the public corpus is not here")

#: packages whose repositories edited or paired them by hand: the seal cannot hold
EDITED = {"3828", "123456789", "credit_note"}


def _files(pattern):
    return [pytest.param(path, id=path.name) for path in sorted(CORPUS.glob(pattern))]


@pytest.mark.parametrize("path", _files("*.zip"))
def test_packages_open_and_true_seals_hold(path):
    found = anaf.read_package(path.read_bytes())
    assert found.kind in ("invoice", "credit_note", "errors")
    assert found.seal
    report = anaf.verify(found.document, found.seal)
    if path.stem.split("-", 1)[1] in EDITED:
        assert report.state == "invalid"
        return
    assert (report.state, report.reason_code) == ("unverified", "untrusted_certificate")
    assert "ANAF TEST" in report.subject or "Ministerul Finantelor" in report.subject
    damaged = found.document.replace(b"<", b"< ", 1) if b"\xef\xbb\xbf" in found.document else found.document[:-9]
    assert anaf.verify(damaged, found.seal).state == "invalid"


@pytest.mark.parametrize("path", _files("*.zip"))
def test_documents_have_facts(path):
    found = anaf.read_package(path.read_bytes())
    if found.kind == "errors":
        assert found.errors and anaf.explain(found.errors[0]).code == "seller_unknown"
        return
    facts = anaf.read_facts(found.document)
    assert facts.number and facts.issue_date and facts.seller_cif and facts.buyer_cif
    assert facts.untaxed + facts.tax_amount == facts.total


@pytest.mark.parametrize("path", _files("*stare_mesaj*.xml") + _files("*upload*.xml"))
def test_answers_are_all_known(path):
    parse = replies.parse_upload if "upload" in path.name else replies.parse_status
    try:
        found = parse(200, {}, path.read_bytes())
    except anaf.Malformed:
        assert "not_ok_anaf_error" in path.name, "an error list is not an answer to stareMesaj"
    except anaf.AnafError as error:
        assert error.text
    else:
        assert found.raw


def test_the_index_lists_what_is_here():
    with open(CORPUS / "index.tsv", newline="") as lines:
        named = {row["file"] for row in csv.DictReader(lines, delimiter="\t")}
    assert {path.name for path in CORPUS.glob("*.zip")} <= named
