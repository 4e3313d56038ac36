from . import account_move_send_wizard
from . import efactura_manual_upload
from . import efactura_not_at_anaf
from . import efactura_holder_link
from . import efactura_paste_tokens
