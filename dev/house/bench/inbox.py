"""./dev/bench inbox: suppliers' invoices in SPV to draft bills, core l10n_ro_edi and this addon, the same invoices."""

from .. import databases, demo
from ..paths import ADDON, SHELL
from . import send


def run(count, latency):
    """Both sides in one run; returns {'count', 'latency', 'core': {...}, 'ours': {...}}, times in seconds."""
    return {"count": count, "latency": latency, "core": _core(count, latency), "ours": _ours(count, latency)}


def _received(anaf, count):
    """Put the same invoices of the last day there, of 20 suppliers, 1 to 6 lines each."""
    demo.control(anaf, "supplier-invoices", buyer_cif=demo.CIF, count=count, days=1)


def _core(count, latency):
    print("core l10n_ro_edi...", flush=True)
    with databases.temporary("bench_core") as database, send.simulator(latency) as anaf:
        demo.shell(database, SHELL / "bench_prepare.py", None, BENCH_COUNT="0")
        _received(anaf, count)
        token = demo.control(anaf, "tokens", certificate="demo")["access_token"]
        result = demo.shell(database, SHELL / "bench_inbox_core.py", None, BENCH_URL=anaf, BENCH_TOKEN=token)
        return {**result, **send.wire(anaf, downloads="download")}


def _ours(count, latency):
    print("this addon...", flush=True)
    with databases.temporary("bench_ours", ADDON) as database, send.simulator(latency) as anaf:
        demo.shell(database, SHELL / "bench_prepare.py", anaf, BENCH_COUNT="0")
        _received(anaf, count)
        demo.connect(database, anaf)
        return {**demo.shell(database, SHELL / "bench_inbox.py", anaf), **send.wire(anaf, downloads="download")}


def table(result):
    """The result as lines of text; a ratio above 1 is in our favour."""
    core, ours = result["core"], result["ours"]
    yield (f"{result['count']} suppliers' invoices in SPV to draft bills, {result['latency'] * 1000:.0f} ms per call")
    yield f"{'':44}{'core':>10}{'ours':>10}{'ratio':>8}"

    def line(title, name, form="{:.1f}"):
        left, right = core.get(name), ours.get(name)
        ratio = f"{left / right:.1f}" if left and right and name in ("total", "bill") else ""
        shown = [form.format(number) if number is not None else "-" for number in (left, right)]
        return f"{title:44}{shown[0]:>10}{shown[1]:>10}{ratio:>8}"

    yield line("listed, s", "list")
    yield line("downloaded and archived, s", "archive")
    yield line("made into bills, s", "bill")
    yield line("all of it, s", "total")
    rates = [rate(side) for side in (core, ours)]
    yield f"{'bills/s':44}{rates[0]:>10.1f}{rates[1]:>10.1f}{rates[1] / rates[0]:>8.1f}"
    yield line("bills", "bills", "{}")
    yield line("total as in the XML", "equal", "{}")
    for name in ("list calls", "downloads", "calls in flight"):
        yield line(name, name, "{}")


def rate(side):
    """Bills per second."""
    return side["bills"] / side["total"]


def passed(result):
    """Are all invoices bills of ours, with the XML's totals, at least four times as fast as core's?"""
    core, ours = result["core"], result["ours"]
    return ours["bills"] == ours["equal"] == result["count"] and rate(ours) >= 4 * rate(core)
