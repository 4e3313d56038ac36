"""Rules of the house that hold for the pure-Python part."""

import ast
import pathlib

import pytest

import anaf

FILES = sorted(pathlib.Path(anaf.__file__).parent.glob("*.py"))
ALLOWED = {"cryptography", "dateutil", "lxml", "requests", "stdnum", "urllib3"}
STDLIB = {
    "__future__", "base64", "binascii", "collections", "dataclasses", "datetime", "decimal", "email", "functools",
    "hashlib", "hmac", "http", "io", "ipaddress", "json", "re", "socket", "threading", "time", "typing", "unicodedata",
    "urllib", "zipfile", "zoneinfo",
}  # fmt: skip
STDLIB |= {"_typeshed"}  # for type checkers only


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_no_odoo_and_no_absolute_import_of_itself(file):
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            roots = {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            roots = {node.module.split(".")[0]}
        else:
            continue
        assert roots <= ALLOWED | STDLIB, roots


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_files_can_be_read_in_one_sitting(file):
    text = file.read_text()
    assert len(text.splitlines()) <= 400
    assert ast.get_docstring(ast.parse(text))


def test_public_names_exist():
    for name in anaf.__all__:
        assert getattr(anaf, name)


def test_every_error_is_an_anaf_error():
    for name in anaf.__all__:
        thing = getattr(anaf, name)
        if isinstance(thing, type) and issubclass(thing, Exception) and not issubclass(thing, ValueError):
            assert issubclass(thing, anaf.AnafError)
    assert not issubclass(anaf.NotSent, anaf.Transient) and not issubclass(anaf.Uncertain, anaf.Transient)
    assert issubclass(anaf.Throttled, anaf.Transient) and issubclass(anaf.Technical, anaf.Transient)
