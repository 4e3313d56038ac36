from . import account_move
from . import account_move_asset
from . import account_move_inventory
from . import res_company
