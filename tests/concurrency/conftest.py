"""One connected company in a real database, and its ANAF."""

import sys
from datetime import date
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for workers

from workers import work  # noqa: E402

import support  # noqa: E402
from anaf_simulator import CLIENT_ID, CLIENT_SECRET, Simulator  # noqa: E402
from house import databases, postgres  # noqa: E402
from house.paths import ADDON  # noqa: E402


@pytest.fixture(scope="module")
def sim():
    with Simulator(processing_delay=0, calls_per_minute=1000000) as simulator:
        simulator.add_certificate("director", [support.CIF])
        yield simulator


@pytest.fixture(scope="module")
def database(sim):
    """A connected company with a partner and a product; its crons are off."""
    with databases.temporary("concurrency", ADDON) as name:
        tokens = sim.issue_tokens("director")
        output = support.shell(
            name,
            sim,
            support.SEED.format(
                cif=support.CIF,
                count=1,
                today=date.today(),
                client_id=CLIENT_ID,
                client_secret=CLIENT_SECRET,
                access=tokens["access_token"],
                refresh=tokens["refresh_token"],
            ),
        )
        assert "QUEUED 1" in output, output[-3000:]
        work(name, sim, "submissions._cron_upload(); submissions._cron_settle(); messages._cron_archive()")
        yield name


@pytest.fixture(autouse=True)
def quiet(sim, database):
    sim.clear_faults()
    postgres.execute("DELETE FROM l10n_ro_efactura_gate", dbname=database)
    postgres.execute("DELETE FROM l10n_ro_efactura_call", dbname=database)
    yield
    sim.clear_faults()
