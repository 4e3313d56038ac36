"""./dev/bench send: the same invoices through core l10n_ro_edi and through this addon, against the same simulator."""

import time
from contextlib import contextmanager

import psycopg2

from .. import databases, demo, demo_check, odoo, postgres, processes
from ..paths import ADDON, SHELL

PROCESSING = 2  # seconds a document is in prelucrare at the simulator
LIMIT = 1800


def run(count, latency):
    """Both sides in one run; returns {'count', 'latency', 'core': {...}, 'ours': {...}}, times in seconds."""
    return {"count": count, "latency": latency, "core": _core(count, latency), "ours": _ours(count, latency)}


def simulator(latency, *options):
    """Start a simulator that answers after `latency` seconds."""
    return demo.simulator(0, "--latency", str(latency), *options)


def wire(anaf, **names):
    """Count the calls that the simulator got: {title: number}; `names` are title=kind of call."""
    calls = demo.control(anaf, "calls")
    return {
        **{title.replace("_", " "): calls["calls"][kind] for title, kind in names.items()},
        "list calls": calls["calls"]["list"] + calls["calls"]["list_paged"],
        "calls in flight": calls["max_in_flight"],
        "sent twice": sum(invoice["uploads"] > 1 for invoice in calls["uploads_per_invoice"]),
    }


def sending_simulator(latency):
    """Start a simulator that has a document in `prelucrare` for PROCESSING seconds."""
    return simulator(latency, "--processing-delay", str(PROCESSING))


def sending_wire(anaf):
    """Count the calls of sending, see `wire`."""
    return wire(anaf, uploads="upload", status_calls="status", downloads="download")


@contextmanager
def sender(database, anaf):
    """Start a server on a connected `database`, with two cron threads, and log in.

    :return: a context manager giving the session of an administrator: call(model, method, ids, ...)
    """
    port = processes.free_port()
    log = demo.LOG / "bench.log"
    with (
        open(log, "w") as output,
        odoo.server(
            database, port, "--max-cron-threads=2", log=output, extra_environment=demo.endpoints(anaf)
        ) as server,
    ):
        if not processes.wait_for_port(port, server):
            demo.start_failed(log)
        call = demo_check.Session(f"http://127.0.0.1:{port}", database, "admin")
        yield call


def _core(count, latency):
    print("core l10n_ro_edi...", flush=True)
    with databases.temporary("bench_core") as database, sending_simulator(latency) as anaf:
        prepared = demo.shell(database, SHELL / "bench_prepare.py", None, BENCH_COUNT=str(count))
        token = demo.control(anaf, "tokens", certificate="demo")["access_token"]
        result = demo.shell(
            database,
            SHELL / "bench_send_core.py",
            None,
            BENCH_URL=anaf,
            BENCH_TOKEN=token,
            BENCH_PROCESSING=str(PROCESSING + 1),
        )
        sent = prepared["xml"] + result["sent"]
        return {
            "xml": prepared["xml"],
            "sent": sent,
            "archived": sent + result["settled"],
            "ok": result["states"].get("invoice_validated", 0),
            **sending_wire(anaf),
        }


def _ours(count, latency):
    print("this addon...", flush=True)
    with databases.temporary("bench_ours", ADDON) as database, sending_simulator(latency) as anaf:
        prepared = demo.shell(database, SHELL / "bench_prepare.py", anaf, BENCH_COUNT=str(count))
        demo.connect(database, anaf)
        with sender(database, anaf) as call:
            call("account.move", "read", prepared["moves"][:1], ["name"])  # a warm server, as core's shell is
            started = time.monotonic()
            call("account.move", "action_l10n_ro_efactura_send", prepared["moves"])
            click = time.monotonic() - started
            times, ok = watch(database, count, started)
        return {"xml": prepared["xml"], "click": click, **times, "ok": ok, **sending_wire(anaf)}


def watch(database, count, started):
    """Seconds until all are sent, and until all are ok with their packages archived."""
    questions = {
        "sent": "SELECT count(*) FROM l10n_ro_efactura_submission WHERE upload_index IS NOT NULL",
        "settled": "SELECT count(*) FROM l10n_ro_efactura_submission WHERE state = 'ok'",
        "archived": "SELECT count(*) FROM l10n_ro_efactura_message WHERE archive_state = 'archived' AND kind = 'sent'",
    }
    options = {key: value for key, value in postgres.connection_options().items() if value}
    connection = psycopg2.connect(dbname=database, **options)
    connection.autocommit = True
    times, found = {}, {}
    with connection.cursor() as cr:
        while len(times) < len(questions) and time.monotonic() - started < LIMIT:
            for name, question in questions.items():
                if name not in times:
                    cr.execute(question)
                    found[name] = cr.fetchone()[0]
                    if found[name] >= count:
                        times[name] = time.monotonic() - started
            time.sleep(0.1)
    connection.close()
    if len(times) < len(questions):
        raise SystemExit(f"Not finished after {LIMIT} seconds: {found} of {count}")
    return times, found["settled"]


def table(result):
    """The result as lines of text; a ratio above 1 is in our favour."""
    core, ours, count = result["core"], result["ours"], result["count"]
    latency = f"{result['latency'] * 1000:.0f} ms"
    yield f"{count} invoices of 3 lines, {latency} per call, {PROCESSING} s processing at the simulator"
    yield f"{'':44}{'core':>10}{'ours':>10}{'ratio':>8}"

    def line(title, name, form="{:.1f}", value=lambda side, name: side.get(name)):
        left, right = value(core, name), value(ours, name)
        ratio = f"{left / right:.1f}" if left and right else ""
        shown = [form.format(number) if number is not None else "-" for number in (left, right)]
        return f"{title:44}{shown[0]:>10}{shown[1]:>10}{ratio:>8}"

    yield line("building the XML alone, s", "xml", "{:.2f}")
    yield line("sent, XML included, s", "sent")
    yield line("sent and settled, s", "settled")
    yield line("sent, settled and archived, s", "archived")
    for title, name in (("invoices/s sent", "sent"), ("invoices/s sent, settled and archived", "archived")):
        rates = [count / side[name] for side in (core, ours)]
        yield f"{title:44}{rates[0]:>10.1f}{rates[1]:>10.1f}{rates[1] / rates[0]:>8.1f}"
    yield line("the user's click, s", "click", "{:.2f}")
    for name in ("ok", "uploads", "status calls", "downloads", "list calls", "calls in flight", "sent twice"):
        yield line(name, name, "{}")[:64]
