"""What ./dev/test runs: pytest suites of tests/, and the Odoo tests of our addons and of core with ours installed."""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

from . import databases, odoo, odoo_log, postgres, processes
from .paths import ADDON, GLUE_ADDON, LOCAL, ODOO_SUFFIX, ORDER_ADDONS, PYTHON, ROOT

LOGS = LOCAL / f"logs{ODOO_SUFFIX}"
LIMIT = 75 * 60  # seconds for one process
RUNNING = set()
# tag of our addon's tests that need Odoo's sales, purchases and point of sale, which it does not depend on
NEIGHBOURS = "l10n_ro_efactura_neighbours"
# the companies of a database choose Odoo's own XML from the start
CORE_XML = """
    INSERT INTO ir_default (field_id, json_value)
    SELECT id, 'true' FROM ir_model_fields WHERE model = 'res.company' AND name = 'l10n_ro_efactura_core_xml'
"""


@dataclass
class Outcome:
    """What one suite gave; `failures` is {test: text}, `skipped` {test: reason}."""

    suite: str
    passed: int = 0
    failures: dict = field(default_factory=dict)
    skipped: dict = field(default_factory=dict)
    seconds: float = 0
    log: str = ""


def names():
    """Every suite, the longest first."""
    found = {"odoo": run_odoo, "core": run_core, "orders": run_orders}
    if (ROOT / GLUE_ADDON / "__manifest__.py").exists():
        found["glue"] = run_glue
    for path in sorted((ROOT / "tests").glob("*")):
        if path.is_dir() and any(path.rglob("test_*.py")):
            found[path.name] = run_pytest
        elif path.name.startswith("test_") and path.suffix == ".py":
            found[path.stem.removeprefix("test_")] = run_pytest
    return found


def run(suite, narrowed=()):
    """Run one suite, narrowed to tests named in `narrowed`."""
    LOGS.mkdir(exist_ok=True)
    outcome = Outcome(suite)
    started = time.monotonic()
    outcome.log = LOGS / f"{suite}.log"
    try:
        with open(outcome.log, "w") as log:
            names()[suite](outcome, narrowed, log)
    except (Exception, SystemExit) as error:  # the others still run, and the run fails
        outcome.failures[f"{suite} did not run"] = f"{type(error).__name__}: {error}"
    outcome.seconds = time.monotonic() - started
    return outcome


def stop_all():
    """End every process of every suite."""
    for process in list(RUNNING):
        processes.stop(process, patience=5)


def _lines(command, log, environment):
    """Run `command`, yielding its output line by line and keeping it in `log`; the exit code comes last."""
    process = processes.start(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    RUNNING.add(process)
    try:
        limit = time.monotonic() + LIMIT
        for line in process.stdout:
            log.write(line)
            yield line
            if time.monotonic() > limit:
                raise TimeoutError(f"still running after {LIMIT // 60} minutes")
        yield process.wait()
    finally:
        processes.stop(process)
        RUNNING.discard(process)


def run_pytest(outcome, narrowed, log):
    path = ROOT / "tests" / outcome.suite
    if not path.is_dir():
        path = ROOT / "tests" / f"test_{outcome.suite}.py"
    report = LOGS / f"{outcome.suite}-{os.getpid()}.xml"
    report.unlink(missing_ok=True)
    chosen = ["-k", " or ".join(narrowed)] if narrowed else []
    *tail, code = _lines(
        [PYTHON, "-m", "pytest", "-q", "--tb=short", f"--junitxml={report}", path, *chosen], log, odoo.environment()
    )
    if report.exists():
        for case in ElementTree.parse(report).iter("testcase"):
            name = f"{case.get('classname')}::{case.get('name')}"
            verdict = next((child for child in case if child.tag in ("failure", "error", "skipped")), None)
            if verdict is None:
                outcome.passed += 1
            elif verdict.tag == "skipped":
                outcome.skipped[name] = verdict.get("message")
            else:
                outcome.failures[name] = verdict.text or verdict.get("message")
        report.unlink()
    if code not in (0, 1) and not (code == 5 and narrowed):
        outcome.failures[f"pytest ended with code {code}"] = "".join(tail[-40:])


def run_odoo(outcome, narrowed, log):
    """Our addon, installed into a database that has core's."""
    with databases.temporary(outcome.suite) as database:
        _odoo(outcome, log, database, _tags(ADDON, narrowed), "-i", ADDON)


def run_core(outcome, narrowed, log):
    """Core's own tests of l10n_ro_edi, our addon installed; their companies keep Odoo's own XML, which they compare."""
    with databases.temporary(outcome.suite, ADDON) as database:
        postgres.execute(CORE_XML, dbname=database)
        _odoo(outcome, log, database, _tags("l10n_ro_edi", narrowed))


def run_glue(outcome, narrowed, log):
    """The addon for e-Transport, and core's own tests of e-Transport with it installed."""
    with databases.temporary(outcome.suite, ADDON, GLUE_ADDON, base=["l10n_ro_edi_stock"]) as database:
        _odoo(outcome, log, database, _tags(GLUE_ADDON, narrowed) + "," + _tags("l10n_ro_edi_stock", narrowed))


def run_orders(outcome, narrowed, log):
    """The addons for sales and purchase orders and for warehouses, installed into a database that has Odoo's; with the
    point of sale beside them, the users of all these apps open invoices (TestNeighbours)."""
    with databases.temporary(outcome.suite, base=[*ORDER_ADDONS.values(), "point_of_sale"]) as database:
        tags = [_tags(addon, narrowed) for addon in ORDER_ADDONS]
        tags += [f"{NEIGHBOURS}{one}" for one in _tags(ADDON, narrowed).split(",")]
        _odoo(outcome, log, database, ",".join(tags), "-i", ",".join(ORDER_ADDONS))


def _tags(addon, narrowed):
    return ",".join(f"/{addon}:{test.replace('::', '.')}" for test in narrowed) or f"/{addon}"


def _odoo(outcome, log, database, tags, *arguments):
    reader = odoo_log.Log()
    *tail, code = _watched(
        reader,
        _lines(
            odoo.command(
                "-d",
                database,
                *arguments,
                "--test-tags",
                tags,
                "--stop-after-init",
                "--max-cron-threads=0",
                "--http-port",
                str(processes.free_port()),
                "--gevent-port",
                str(processes.free_port()),
                "--screenshots",
                str(LOGS / "screenshots"),
            ),
            log,
            odoo.environment(),
        ),
    )
    reader.close()
    outcome.passed += reader.passed
    outcome.failures.update(reader.failures)
    outcome.skipped.update(reader.skipped)
    for complaint in reader.complaints:
        outcome.failures[f"error in the log: {complaint.splitlines()[0][:150]}"] = complaint
    if code and not reader.failures:
        outcome.failures[f"Odoo ended with code {code}"] = "".join(tail[-40:])


def _watched(reader, lines):
    for line in lines:
        if isinstance(line, str):
            reader.feed(line)
        yield line


def show(outcome, stream=sys.stdout):
    """One line for the suite, then its failures with the end of their tracebacks."""
    print(
        f"{outcome.suite:12} {outcome.passed:5} passed, {len(outcome.failures)} failed, "
        f"{len(outcome.skipped)} skipped {outcome.seconds:6.0f} s",
        file=stream,
        flush=True,
    )
    for test, reason in outcome.skipped.items():
        print(f"  skipped {test}: {reason}", file=stream)
    for test, text in outcome.failures.items():
        lines = (text or "").rstrip().splitlines()
        print(f"  FAILED {test}", *[f"    | {line}" for line in lines[-30:]], sep="\n", file=stream)
    if outcome.failures:
        print(f"  whole log: {outcome.log.relative_to(ROOT)}", file=stream, flush=True)
