from . import account_move_reversal
from . import file_check
