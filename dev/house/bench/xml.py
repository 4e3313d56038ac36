"""./dev/bench xml: building one invoice of 50 lines with core's builder and with this addon's, and checking it."""
import statistics

from .. import databases, demo
from ..paths import ADDON, SHELL

SCRIPT = SHELL / 'bench_xml.py'
LINES = 50


def run(count):
    """Core on a database without our addon, ours on one with it; milliseconds per document (median of `count`)."""
    result = {'count': count, 'lines': LINES}
    for side, modules in (('core', ()), ('ours', (ADDON,))):
        with databases.temporary(f'bench_xml_{side}', *modules) as database:
            times = demo.shell(database, SCRIPT, None, BENCH_COUNT=str(count), BENCH_LINES=str(LINES))
            result[side] = {name: statistics.median(values) * 1000 for name, values in times.items()}
    return result


def table(result):
    """The result as lines of text; a ratio above 1 is in our favour."""
    core, ours = result['core'], result['ours']
    yield f"one invoice of {result['lines']} lines, median of {result['count']}, ms"
    yield f"{'':44}{'core':>10}{'ours':>10}{'ratio':>8}"
    yield f"{'build':44}{core['build']:>10.1f}{ours['build']:>10.1f}{core['build'] / ours['build']:>8.1f}"
    yield f"{'check (core has none)':44}{'-':>10}{ours['check']:>10.1f}"
    yield (f"{'check, against building with core':44}{core['build']:>10.1f}{ours['check']:>10.1f}"
           f"{core['build'] / ours['check']:>8.1f}")
    both = ours['build'] + ours['check']
    yield f"{'build and check':44}{core['build']:>10.1f}{both:>10.1f}{core['build'] / both:>8.1f}"
