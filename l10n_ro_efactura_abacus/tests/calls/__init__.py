from . import test_anaf_words
from . import test_budget_and_circuit
from . import test_call_log
from . import test_gates
from . import test_wire_faults
