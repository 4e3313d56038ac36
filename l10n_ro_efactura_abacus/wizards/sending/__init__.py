from . import account_move_send_wizard
from . import manual_upload
from . import not_at_anaf
from . import window
from . import window_refusal
from . import window_line
from . import window_codes
from . import window_values
