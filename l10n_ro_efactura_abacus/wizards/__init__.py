from . import (
    account_move_reversal,
    account_move_send_wizard,
    efactura_asset_register,
    efactura_file_check,
    efactura_holder_link,
    efactura_inventory_transfer,
    efactura_manual_upload,
    efactura_not_at_anaf,
    efactura_paste_tokens,
    efactura_refresh,
    efactura_window,
    efactura_window_line,
    efactura_window_values,
)
from . import efactura_rasp_write
