"""./dev/bench xml: building invoices of 3 and 50 lines with core's builder and with this addon's, and checking them."""

from .. import databases, demo
from ..paths import ADDON, SHELL

SCRIPT = SHELL / "bench_xml.py"
# Lines of the invoices that are measured.
LINES = (3, 50)
# How many times as fast as core's our builder has to be.
AT_LEAST = 8


def run(count):
    """Core on a database without our addon, ours on one with it.

    :return: {'count', 'core': {lines: {work: ms}}, 'ours': the same}: CPU time per document, the best of `count`; the
        others had to share the machine
    """
    result = {"count": count}
    for side, modules in (("core", ()), ("ours", (ADDON,))):
        result[side] = {}
        with databases.temporary(f"bench_xml_{side}", *modules) as database:
            for lines in LINES:
                times = demo.shell(database, SCRIPT, None, BENCH_COUNT=str(count), BENCH_LINES=str(lines))
                result[side][lines] = {name: min(values) * 1000 for name, values in times.items()}
    return result


def passed(result):
    """Return True where ours is fast enough at every size, and checking is cheaper than building with core."""
    return all(
        result["ours"][lines]["build"] * AT_LEAST <= result["core"][lines]["build"]
        and result["ours"][lines]["check"] < result["core"][lines]["build"]
        for lines in LINES
    )


def table(result):
    """The result as lines of text; a ratio above 1 is in our favour."""
    yield f"one invoice, CPU time, best of {result['count']}, ms"
    yield f"{'':44}{'core':>10}{'ours':>10}{'ratio':>8}"
    for lines in LINES:
        core, ours = result["core"][lines]["build"], result["ours"][lines]
        yield f"{f'{lines} lines: build':44}{core:>10.2f}{ours['build']:>10.2f}{core / ours['build']:>8.1f}"
        check = ours["check"]
        yield f"{'check (core has none), against building':44}{core:>10.2f}{check:>10.2f}{core / check:>8.1f}"
        both = ours["build"] + ours["check"]
        yield f"{'build and check':44}{core:>10.2f}{both:>10.2f}{core / both:>8.1f}"
