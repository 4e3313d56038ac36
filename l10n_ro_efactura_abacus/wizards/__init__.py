from . import account_move_send_wizard
from . import efactura_manual_upload
from . import efactura_not_at_anaf
