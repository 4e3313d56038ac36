from . import message
from . import rasp
from . import account_move
