"""./dev/bench lost: invoices sent while ANAF loses answers to uploads: how fast, how many calls, and none twice."""

import time

from .. import databases, demo
from ..paths import ADDON, SHELL
from . import send

# Seconds for which calls are counted where every answer is lost: nothing is finished then.
ALL_LOST_SECONDS = 60


def run(count, latency, every):
    """Send `count` invoices while every Nth upload (`every`) is registered by ANAF and its answer lost.

    :return: {'count', 'latency', 'every', 'seconds' until all are ok (0 where every answer is lost), 'ok',
        calls by kind, 'sent twice'}
    """
    with databases.temporary("bench_lost", ADDON) as database, send.sending_simulator(latency) as anaf:
        prepared = demo.shell(database, SHELL / "bench_prepare.py", anaf, BENCH_COUNT=str(count))
        demo.connect(database, anaf)
        demo.control(
            anaf, "fault", kind="drop_after", endpoint="upload", **({"every": every} if every > 1 else {"times": 0})
        )
        with send.sender(database, anaf) as call:
            call("account.move", "read", prepared["moves"][:1], ["name"])
            started = time.monotonic()
            call("account.move", "action_l10n_ro_efactura_send", prepared["moves"])
            if every > 1:
                times, ok = send.watch(database, count, started)
            else:
                time.sleep(ALL_LOST_SECONDS)
                times, ok = {"settled": 0}, 0
        return {
            "count": count,
            "latency": latency,
            "every": every,
            "seconds": times["settled"],
            "ok": ok,
            **send.sending_wire(anaf),
        }


def table(result):
    """The result as lines of text."""
    yield (
        f"{result['count']} invoices, {result['latency'] * 1000:.0f} ms per call, "
        f"every {result['every']}. answer to an upload lost"
    )
    if result["seconds"]:
        yield f"all ok after {result['seconds']:.1f} s: {result['count'] / result['seconds']:.1f} invoices/s"
    else:
        yield f"calls in {ALL_LOST_SECONDS} s:"
    for name in ("ok", "uploads", "status calls", "downloads", "list calls", "sent twice"):
        yield f"{name:20}{result[name]:>8}"


def passed(result):
    """Tell whether every invoice arrived, and none twice."""
    return not result["sent twice"] and result["ok"] == (result["count"] if result["every"] > 1 else 0)
