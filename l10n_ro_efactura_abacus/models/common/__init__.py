"""What every room uses: settings of the operator, rights, actions, alerts, ANAF's words, Excel, exemptions."""

from . import exemption_mixin
from . import res_company
from . import country
