"""The rules of the house that a machine can check: who may import whom, how long a file may be, what is promised."""

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest

from house.paths import ADDON, GLUE_ADDON, ODOO_PACKAGES, ORDER_ADDONS, ROOT, own_odoo

# Lines of one file, formatted; about one sitting.
LONGEST = 450
# longer files and their own limit, each for a reason
MAY_BE_LONGER = {
    # every override of core's l10n_ro_edi in one place, so that one self-test can watch them all
    "l10n_ro_efactura_abacus/models/takeover/l10n_ro_edi.py": 480,
    # a table of documents, each a few lines
    "tests/checker/checker_samples.py": 530,
}
# what each part of the addon may not import from its own package (docs/architecture.md, "The parts")
FORBIDDEN = {
    "anaf": {"models", "wizards", "controllers", "tests", "hooks"},
    "models": {"wizards", "controllers", "tests", "hooks"},
    "wizards": {"controllers", "tests", "hooks"},
    "controllers": {"wizards", "tests", "hooks"},
}
# core's modules whose private methods change every few weeks, and the only files of ours that may name them
MOVING = ("account_edi_ubl_cii", "l10n_ro_edi")
MAY_NAME_MOVING = (f"{ADDON}/models/takeover/l10n_ro_edi.py", f"{ADDON}/models/document/account_edi_xml_ubl_ro.py")
# what Odoo 20.0 renames, and the files that may say it beside models/common/core.py, each for a reason
RENAMED = re.compile(
    r"\b(?:sanitized_)?acc_number\b|\bcompany_registry\b|\b[gs]et_param\(|\.clear_cache\("
    r"|odoo\.tools import .*\bormcache\b|\bb64(?:en|de)code\(|\bbin_size"
)
MAY_SAY_RENAMED = (
    f"{ADDON}/models/common/core.py",
    f"{ADDON}/models/document/account_move_pdf.py",  # the PDF inside the XML (BG-24) is base64 by EN 16931
)
# wizards of Odoo that ours extend
CORE_WIZARDS = {"account.move.reversal", "account.move.send.wizard"}


def tracked(*patterns):
    """Files of the repository, new ones included, what git ignores left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *patterns],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=True,
    ).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def imports(path):
    """Every module that `path` imports, as an absolute dotted name (relative ones resolved from the root)."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            base += [node.module] if node.module else []
            yield from (".".join([*base, alias.name]) for alias in node.names)


def python_files(folder):
    return tracked(f"{folder}/*.py")


def broken(path, allowed):
    return [f"{path.relative_to(ROOT)} imports {name}" for name in imports(path) if not allowed(name)]


def test_anaf_knows_no_odoo_and_nothing_outside_itself():
    inside = f"{ADDON}.anaf."
    found = [
        line
        for path in python_files(f"{ADDON}/anaf")
        for line in broken(
            path,
            lambda name: name.split(".")[0] not in ("odoo", "anaf_simulator", ADDON) or f"{name}.".startswith(inside),
        )
    ]
    assert not found


@pytest.mark.parametrize("part", FORBIDDEN)
def test_the_arrow_between_the_parts_is_never_reversed(part):
    forbidden = tuple(f"{owner}.{name}." for name in FORBIDDEN[part] for owner in (ADDON, f"odoo.addons.{ADDON}"))
    found = [
        line
        for path in python_files(f"{ADDON}/{part}")
        for line in broken(path, lambda name: not f"{name}.".startswith(forbidden))
    ]
    assert not found


def rooms():
    """The rooms of the addon, in the order in which models/__init__.py loads them."""
    tree = ast.parse((ROOT / ADDON / "models" / "__init__.py").read_text())
    return [alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names]


def room_of(path):
    """The room of a file of the addon: its folder in models, wizards and tests, its name in controllers; or None."""
    part, *rest = path.relative_to(ROOT / ADDON).with_suffix("").parts
    if part == "controllers" or part in ("models", "wizards", "tests") and len(rest) > 1:
        return rest[0] if rest[0] in rooms() else None
    return None


@pytest.mark.parametrize("part", ["models", "wizards", "controllers", "tests"])
def test_a_room_imports_only_rooms_before_it(part):
    order = rooms()
    inside = re.compile(rf"(?:odoo\.addons\.)?{ADDON}\.(?:models|wizards|tests)\.(\w+)")
    found = []
    for path in python_files(f"{ADDON}/{part}"):
        if room := room_of(path):
            later = set(order[order.index(room) + 1 :])
            found += broken(path, lambda name, later=later: not ((match := inside.match(name)) and match[1] in later))
    assert not found


@pytest.mark.parametrize("part", ["models", "wizards", "tests"])
def test_the_rooms_have_the_same_names_and_order_everywhere(part):
    folders = {
        path.relative_to(ROOT / ADDON / part).parts[0]
        for path in python_files(f"{ADDON}/{part}")
        if len(path.relative_to(ROOT / ADDON / part).parts) > 1
    }
    assert folders <= set(rooms())
    tree = ast.parse((ROOT / ADDON / part / "__init__.py").read_text())
    loaded = [
        name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for name in ([node.module] if node.module else [alias.name for alias in node.names])
        if name in folders
    ]
    assert loaded == [room for room in rooms() if room in folders]


def model_classes(path):
    """(class, its model, does it make the model) of every Odoo model class in `path`."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ClassDef):
            said = {
                target.id: ast.literal_eval(statement.value)
                for statement in node.body
                if isinstance(statement, ast.Assign)
                for target in statement.targets
                if isinstance(target, ast.Name) and target.id in ("_name", "_inherit")
            }
            inherited = said.get("_inherit", [])
            inherited = [inherited] if isinstance(inherited, str) else inherited
            if said:
                model = said.get("_name") or inherited[0]
                yield node.name, model, model not in inherited


def test_a_model_has_one_class_name():
    """``account.move`` is AccountMove, ``l10n_ro_efactura.import.line`` EfacturaImportLine, wherever it is extended."""
    found = []
    for addon in (ADDON, GLUE_ADDON, *ORDER_ADDONS):
        for path in python_files(addon):
            for name, model, _new in model_classes(path):
                words = re.split(r"[._]", re.sub(r"^l10n_ro_efactura\.", "efactura.", model))
                if name != "".join(word[:1].upper() + word[1:] for word in words):
                    found.append(f"{path.relative_to(ROOT)}: {name} ({model})")
    assert not found


def named_model(node):
    """The model that ``self.env['some.model']`` names; None for any other expression."""
    named = (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and (ast.unparse(node.value).split(".")[-1] in ("env", "pool", "registry"))
    )
    return node.slice.value if named else None


def test_models_know_no_wizard():
    """They open one by the xml id of its action (models/common/actions.py) and extend none."""
    wizards = {model for path in python_files(f"{ADDON}/wizards") for _name, model, new in model_classes(path) if new}
    assert "l10n_ro_efactura.window" in wizards
    found = []
    for path in python_files(f"{ADDON}/models"):
        for node in ast.walk(ast.parse(path.read_text())):
            if named_model(node) in wizards:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}")
        found += [
            f"{path.relative_to(ROOT)} extends {model}"
            for _name, model, _new in model_classes(path)
            if model in wizards
        ]
    assert not found
    extended = [
        f"{path.relative_to(ROOT)} extends {model}"
        for path in python_files(f"{ADDON}/wizards")
        for _name, model, new in model_classes(path)
        if not new and model not in wizards | CORE_WIZARDS
    ]
    assert not extended


def test_every_test_file_of_an_addon_is_found_once():
    """Odoo finds test_* among the names of tests/__init__.py: two files of one name would hide each other."""
    for addon in (ADDON, GLUE_ADDON, *ORDER_ADDONS):
        tests = ROOT / addon / "tests"
        files = [path for path in python_files(f"{addon}/tests") if path.name.startswith("test_")]
        names = [path.stem for path in files]
        assert len(names) == len(set(names)), addon
        found = []
        for name, star in loaded_by(tests / "__init__.py"):
            if not star:
                found.append(tests / f"{name}.py")
                continue
            found += [tests / name / f"{inner}.py" for inner, _star in loaded_by(tests / name / "__init__.py")]
        assert sorted(path for path in found if path.name.startswith("test_")) == sorted(files)


def loaded_by(init):
    """(module, is all of it taken) of what an ``__init__.py`` imports from its own folder."""
    for node in ast.parse(init.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            if node.module:
                assert [alias.name for alias in node.names] == ["*"], init
                yield node.module, True
            else:
                yield from ((alias.name, False) for alias in node.names)


def core_addons():
    """The folder with Odoo's own addons: Debian's, or that of the odoo-bin which ODOO names."""
    places = (
        [Path(own_odoo()).resolve().parent / name for name in ("addons", "odoo/addons")]
        if own_odoo()
        else [ODOO_PACKAGES / "odoo" / "addons"]
    )
    found = [place for place in places if (place / "account").is_dir()]
    if not found:
        pytest.skip("Odoo's own addons are not unpacked here")
    return found[0]


def private_methods(module):
    """Names with one underscore in front, of the methods of all classes of a module of core."""
    return {
        function.name
        for path in module.rglob("*.py")
        if "tests" not in path.relative_to(module).parts
        for owner in ast.walk(ast.parse(path.read_text()))
        if isinstance(owner, ast.ClassDef)
        for function in owner.body
        if isinstance(function, ast.FunctionDef) and re.match("_(?!_)", function.name)
    }


def named(path):
    """Every method, attribute and whole string constant that a file names."""
    kinds = {ast.Attribute: "attr", ast.FunctionDef: "name", ast.Constant: "value"}
    return {getattr(node, kinds[type(node)]) for node in ast.walk(ast.parse(path.read_text())) if type(node) in kinds}


def test_moving_methods_of_core_are_named_in_one_file_and_the_door():
    addons = core_addons()
    base = next(place for place in (addons / "base", addons.parent / "odoo/addons/base") if place.is_dir())
    moving = (
        set().union(*(private_methods(addons / module) for module in MOVING))
        - private_methods(addons / "account")
        - private_methods(base)
    )
    assert {"_export_invoice", "_l10n_ro_edi_send_invoice"} <= moving
    found = {
        str(path.relative_to(ROOT)): sorted(names)
        for addon in (ADDON, GLUE_ADDON, *ORDER_ADDONS)
        for path in python_files(addon)
        if "tests" not in path.relative_to(ROOT).parts and (names := named(path) & moving)
    }
    assert not {name: names for name, names in found.items() if not name.startswith(MAY_NAME_MOVING)}
    assert found, "the takeover names some"


def test_what_odoo_20_renames_is_said_in_one_file():
    said = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for addon in (ADDON, GLUE_ADDON, *ORDER_ADDONS)
        for path in python_files(addon)
        if not {"tests", "anaf"} & set(path.relative_to(ROOT).parts)
        and not str(path.relative_to(ROOT)).startswith(MAY_SAY_RENAMED)
        for line in path.read_text().splitlines()
        if RENAMED.search(line)
    ]
    assert not said


def test_simulator_and_addon_meet_on_the_wire_only():
    simulator = [
        line
        for path in python_files("anaf_simulator")
        for line in broken(path, lambda name: name.split(".")[0] not in (ADDON, GLUE_ADDON, "anaf", "odoo"))
    ]
    addon = [
        line
        for folder in (ADDON, GLUE_ADDON, *ORDER_ADDONS)
        for path in python_files(folder)
        if path.relative_to(ROOT).parts[1] != "tests"
        for line in broken(path, lambda name: name.split(".")[0] != "anaf_simulator")
    ]
    assert not simulator + addon


def test_a_file_is_read_in_one_sitting():
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in tracked("*.py", "dev/*", "*.js")
        if path.suffix in (".py", ".js", "")
    }
    long = {name: lines for name, lines in lengths.items() if lines > MAY_BE_LONGER.get(name, LONGEST)}
    assert not long
    assert not [name for name in MAY_BE_LONGER if lengths.get(name, 0) <= LONGEST], "no longer needs an allowance"


def test_the_commands_of_the_readme_exist():
    readme = (ROOT / "README.md").read_text()
    named = set(re.findall(r"\./dev/(\w+)", readme))
    assert {"demo", "test"} <= named
    for name in named:
        assert (ROOT / "dev" / name).stat().st_mode & 0o111, name
    for name in re.findall(r"\]\((?!http)([^)#]+)", readme):
        assert (ROOT / name).exists(), name


def test_ci_runs_the_test_command_of_the_readme():
    assert "/dev/test" in (ROOT / ".ci" / "run").read_text()


def test_no_path_of_somebodys_machine():
    binary = (".png", ".ico", ".zip")
    texts = {path: path.read_text(errors="replace") for path in tracked() if path.suffix not in binary}
    machine = re.compile(r"(?<![\w.-])/(?:home|root|work|Users)/\w")
    assert not [
        str(path.relative_to(ROOT))
        for path, text in texts.items()
        if path.name != "test_house.py" and machine.search(text)
    ]


def test_every_addon_names_its_licence_and_version():
    for addon in (ADDON, GLUE_ADDON, *ORDER_ADDONS):
        manifest = ROOT / addon / "__manifest__.py"
        if manifest.exists():
            values = ast.literal_eval(manifest.read_text())
            assert values["license"] == "LGPL-3"
            assert values["version"].startswith("19.0.")
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (ROOT / "LICENSE").read_text()


# a document, with the sections that are cited after its name: "anaf-api.md §3.1-3.4, §9b", "anaf-api.md 3.2, 4.1"
_SECTION = r"(?:(?:,|\s+and)?\s*(?:§\s*)?(?:(?<=§)|(?<=\s)|(?<=-))\d+(?:\.\d+)*[a-z]?\b(?:-\d+(?:\.\d+)*)?)"
CITED = re.compile(r"(?<![\w/.-])((?:[\w.-]+/|\.\./)*[\w-]+\.md)\b\)?(" + _SECTION + "*)")
LINKED = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


def _texts():
    """{path: text} of what people read and write here; expected and sample XML files are data."""
    return {
        path: path.read_text()
        for path in tracked("*.py", "*.md", "*.xml", "*.js", "*.toml", "dev/*", ".ci/*")
        if "xml" not in path.relative_to(ROOT).parts
    }


def _sections(text):
    """Numbers of the headings of a document: {'3', '3.1', '9b'}."""
    return {
        number for title in HEADING.findall(text) for number in re.findall(r"^(\d+(?:\.\d+)*[a-z]?)(?:\.|\b)", title)
    }


def _anchors(text):
    """Anchors of its headings, as a page of the repository makes them."""
    titles = [re.sub(r"[`*]|\[([^]]*)\]\([^)]*\)", r"\1", title) for title in HEADING.findall(text)]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_no_file_cites_a_document_that_is_not_there():
    texts = _texts()
    documents = {path: text for path, text in texts.items() if path.suffix == ".md"}
    missing = []
    for path, text in texts.items():
        here = path.relative_to(ROOT)
        for name, cited in CITED.findall(text):
            found = [
                document
                for document in documents
                if document == (path.parent / name).resolve()
                or document == (ROOT / name).resolve()
                or "/" not in name
                and document.name == name
            ]
            if not found:
                missing.append(f"{here} cites {name}")
            for section in re.findall(r"\d+(?:\.\d+)*[a-z]?", cited) if found else ():
                if not any(section in _sections(documents[document]) for document in found):
                    missing.append(f"{here} cites section {section} of {name}")
    assert not missing


def test_links_between_documents_lead_somewhere():
    broken_links = []
    for path in tracked("*.md"):
        for name, anchor in LINKED.findall(path.read_text()):
            target = (path.parent / name).resolve() if name else path
            if not target.exists():
                broken_links.append(f"{path.relative_to(ROOT)}: {name}")
            elif anchor and anchor not in _anchors(target.read_text()):
                broken_links.append(f"{path.relative_to(ROOT)}: {name}#{anchor}")
    assert not broken_links


def test_a_decision_is_in_its_index():
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text()
    assert not [path.name for path in folder.glob("[0-9]*.md") if f"]({path.name})" not in index]


def test_the_tools_have_one_version():
    """.pre-commit-config.yaml names the versions of dev/requirements.txt and dev/package.json, every tool of them."""
    config = (ROOT / ".pre-commit-config.yaml").read_text()
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "dev" / "requirements.txt").read_text(), re.M))
    pins |= json.loads((ROOT / "dev" / "package.json").read_text())["devDependencies"]
    repositories = dict(re.findall(r"repo: https://github\.com/(\S+)\s+rev: v(\S+)", config))
    assert repositories == {
        "astral-sh/ruff-pre-commit": pins["ruff"],
        "OCA/pylint-odoo": pins["pylint-odoo"],
        "OCA/odoo-pre-commit-hooks": pins["oca-odoo-pre-commit-hooks"],
    }
    added = dict(re.findall(r'^ +- "?(@?[\w./-]+?)(?:==|@)([\w.]+)"?$', config, re.M))
    assert {"mypy", "prettier", "@prettier/plugin-xml"} <= set(added)
    assert added == {name: pins[name] for name in added}
