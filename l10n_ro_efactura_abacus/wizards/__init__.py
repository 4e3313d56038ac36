from . import (
    account_move_reversal,
    account_move_send_wizard,
    efactura_asset_register,
    efactura_file_check,
    efactura_holder_link,
    efactura_inventory_transfer,
    efactura_import_batch,
    efactura_import_line,
    efactura_import,
    efactura_import_load,
    efactura_import_run,
    efactura_import_upload,
    efactura_manual_upload,
    efactura_not_at_anaf,
    efactura_paste_tokens,
    efactura_refresh,
    efactura_window,
    efactura_window_line,
    efactura_window_values,
)
from . import efactura_rasp_write
from . import efactura_find
from . import efactura_proof_pack
from . import efactura_verify
