import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

from simulator_support import BUYER, SELLER, Client  # noqa: E402

from anaf_simulator import Simulator  # noqa: E402


@pytest.fixture
def sim():
    """A running simulator whose certificate `director` acts for the seller and the buyer."""
    with Simulator() as simulator:
        simulator.add_certificate("director", [SELLER, BUYER])
        yield simulator


@pytest.fixture
def client(sim):
    return Client(sim, sim.issue_tokens("director")["access_token"])
