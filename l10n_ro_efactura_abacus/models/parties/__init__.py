"""The parties of an invoice: their codes at ANAF (CUI, CNP, VAT number) and the sectors of Bucharest."""

from . import res_partner
from . import res_partner_sector
from . import res_company
from . import account_move
