from . import worker
from . import budget
from . import circuit
from . import outgoing
from . import guard
from . import credential
