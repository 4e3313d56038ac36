from . import message
from . import message_matching
from . import submission_elsewhere
from . import account_move
