"""Workers killed at random points while ANAF loses answers: every invoice gets there exactly once.

CHAOS_SEED=n CHAOS_KILLS=n CHAOS_COUNT=n ./dev/test chaos
"""

import os
import random
import time
from collections import Counter
from datetime import date

import pytest

import support
from anaf_simulator import Simulator
from house import databases, postgres

KILLS = int(os.environ.get("CHAOS_KILLS", "50"))
COUNT = int(os.environ.get("CHAOS_COUNT", "150"))
KNOBS = {"quiet_seconds": 4, "lease_seconds": 6, "calls_per_minute": 100000}


@pytest.fixture
def sim():
    with Simulator(processing_delay=0.3, latency=0.05, calls_per_minute=1000000) as simulator:
        simulator.add_certificate("director", [support.CIF])
        yield simulator


def test_killed_workers_and_lost_answers(sim):
    seed = int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(10**6))
    print(f"CHAOS_SEED={seed} CHAOS_KILLS={KILLS} CHAOS_COUNT={COUNT}")
    dice = random.Random(seed)
    name = support.database("test_chaos", sim, COUNT, date.today())
    try:
        sim.fault("drop_after", endpoint="upload", every=5)
        workers = [support.worker(name, sim, **KNOBS) for _ in range(2)]
        for _kill in range(KILLS):
            time.sleep(dice.uniform(0.5, 4.0))
            victim = dice.randrange(len(workers))
            support.kill(workers[victim])
            workers[victim] = support.worker(name, sim, **KNOBS)
        for worker in workers:
            worker.wait(600)
        states = dict(
            postgres.execute("SELECT state, count(*) FROM l10n_ro_efactura_submission GROUP BY state", dbname=name)
        )
        accepted = Counter(upload["number"] for upload in sim.accepted("prod"))
        shown = postgres.execute(
            "SELECT count(*) FROM account_move m JOIN l10n_ro_efactura_submission s ON s.move_id = m.id"
            " JOIN l10n_ro_efactura_message g ON g.id = s.message_id WHERE m.l10n_ro_efactura_state = 'ok'"
            " AND g.archive_state = 'archived' AND g.document_sha256 = s.sha256",
            dbname=name,
        )[0][0]
    finally:
        for worker in workers:
            support.kill(worker)
        databases.drop(name)
    assert states == {"ok": COUNT}, f"seed {seed}"
    assert len(accepted) == COUNT and set(accepted.values()) == {1}, f"seed {seed}: {accepted.most_common(3)}"
    assert shown == COUNT, f"seed {seed}"
