"""Calls to ANAF: workers, lanes, budget, circuit, guard, and documents that are uploaded exactly once."""

from . import worker
from . import budget
from . import circuit
from . import call_log
from . import outgoing
from . import outgoing_wait
from . import outgoing_answer
from . import guard
from . import credential
