from . import res_partner
from . import res_partner_sector
from . import res_company
from . import account_move
