"""ANAF's RO e-Factura services on 127.0.0.1, for development and tests. LGPL-3.

from anaf_simulator import Simulator
with Simulator() as sim:
    sim.add_certificate("director", ["1234567897"])
    token = sim.issue_tokens("director")["access_token"]
    ...  # talk to sim.url
"""

from .oauth import CLIENT_ID, CLIENT_SECRET
from .simulator import Simulator

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "Simulator"]
