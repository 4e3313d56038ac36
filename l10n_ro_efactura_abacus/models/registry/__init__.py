"""ANAF's public register of taxpayers: the last answer for each CUI, and the contacts and invoices it concerns."""

from . import registry_lane
from . import taxpayer_change
from . import taxpayer
from . import taxpayer_check
from . import res_partner
from . import res_partner_differences
from . import account_move
