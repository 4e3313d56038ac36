from . import (
    account_move_reversal,
    account_move_send_wizard,
    efactura_holder_link,
    efactura_manual_upload,
    efactura_not_at_anaf,
    efactura_paste_tokens,
)
