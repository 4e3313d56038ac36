from . import exemption_mixin
from . import res_company
