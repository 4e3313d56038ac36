"""The rules of the house that a machine can check: who may import whom, how long a file may be, what is promised."""
import ast
import re
import subprocess

import pytest

from house.paths import ADDON, GLUE_ADDON, ORDER_ADDONS, ROOT

LONGEST = 420  # lines of one file; about one sitting
# longer files and their own limit, each for a reason
MAY_BE_LONGER = {
    # every override of core's l10n_ro_edi in one place, so that one self-test can watch them all
    'l10n_ro_efactura_abacus/models/takeover/l10n_ro_edi.py': 450,
}
# what each part of the addon may not import from its own package (design.md: anaf <- models <- wizards, controllers)
FORBIDDEN = {
    'anaf': {'models', 'wizards', 'controllers', 'tests', 'hooks'},
    'models': {'wizards', 'controllers', 'tests', 'hooks'},
    'wizards': {'controllers', 'tests', 'hooks'},
    'controllers': {'wizards', 'tests', 'hooks'},
}


def tracked(*patterns):
    """Files of the repository, new ones included, what git ignores left out."""
    listed = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard', *patterns], cwd=ROOT, text=True,
                            capture_output=True, check=True).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def imports(path):
    """Every module that `path` imports, as an absolute dotted name (relative ones resolved from the root)."""
    package = path.relative_to(ROOT).with_suffix('').parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(package[:len(package) - node.level + 1]) if node.level else []
            base += [node.module] if node.module else []
            yield from ('.'.join([*base, alias.name]) for alias in node.names)


def python_files(folder):
    return tracked(f'{folder}/*.py')


def broken(path, allowed):
    return [f'{path.relative_to(ROOT)} imports {name}' for name in imports(path) if not allowed(name)]


def test_anaf_knows_no_odoo_and_nothing_outside_itself():
    inside = f'{ADDON}.anaf.'
    found = [line for path in python_files(f'{ADDON}/anaf')
             for line in broken(path, lambda name: name.split('.')[0] not in ('odoo', 'anaf_simulator', ADDON)
                                or f'{name}.'.startswith(inside))]
    assert not found


@pytest.mark.parametrize('part', FORBIDDEN)
def test_the_arrow_between_the_parts_is_never_reversed(part):
    forbidden = tuple(f'{owner}.{name}.' for name in FORBIDDEN[part] for owner in (ADDON, f'odoo.addons.{ADDON}'))
    found = [line for path in python_files(f'{ADDON}/{part}')
             for line in broken(path, lambda name: not f'{name}.'.startswith(forbidden))]
    assert not found


def test_simulator_and_addon_meet_on_the_wire_only():
    simulator = [line for path in python_files('anaf_simulator')
                 for line in broken(path, lambda name: name.split('.')[0] not in (ADDON, GLUE_ADDON, 'anaf', 'odoo'))]
    addon = [line for folder in (ADDON, GLUE_ADDON, *ORDER_ADDONS) for path in python_files(folder)
             if path.relative_to(ROOT).parts[1] != 'tests'
             for line in broken(path, lambda name: name.split('.')[0] != 'anaf_simulator')]
    assert not simulator + addon


def test_a_file_is_read_in_one_sitting():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines())
               for path in tracked('*.py', 'dev/*', '*.js') if path.suffix in ('.py', '.js', '')}
    long = {name: lines for name, lines in lengths.items() if lines > MAY_BE_LONGER.get(name, LONGEST)}
    assert not long
    assert not [name for name in MAY_BE_LONGER if lengths.get(name, 0) <= LONGEST], "no longer needs an allowance"


def test_the_commands_of_the_readme_exist():
    readme = (ROOT / 'README.md').read_text()
    named = set(re.findall(r'\./dev/(\w+)', readme))
    assert {'demo', 'test'} <= named
    for name in named:
        assert (ROOT / 'dev' / name).stat().st_mode & 0o111, name
    for name in re.findall(r'\]\((?!http)([^)#]+)', readme):
        assert (ROOT / name).exists(), name


def test_ci_runs_the_test_command_of_the_readme():
    assert '/dev/test' in (ROOT / '.ci' / 'run').read_text()


def test_no_path_of_somebodys_machine():
    binary = ('.png', '.ico', '.zip')
    texts = {path: path.read_text(errors='replace') for path in tracked() if path.suffix not in binary}
    machine = re.compile(r'(?<![\w.-])/(?:home|root|work|Users)/\w')
    assert not [str(path.relative_to(ROOT)) for path, text in texts.items()
                if path.name != 'test_house.py' and machine.search(text)]


def test_every_addon_names_its_licence_and_version():
    for addon in (ADDON, GLUE_ADDON, *ORDER_ADDONS):
        manifest = ROOT / addon / '__manifest__.py'
        if manifest.exists():
            values = ast.literal_eval(manifest.read_text())
            assert values['license'] == 'LGPL-3'
            assert values['version'].startswith('19.0.')
    assert 'GNU LESSER GENERAL PUBLIC LICENSE' in (ROOT / 'LICENSE').read_text()
