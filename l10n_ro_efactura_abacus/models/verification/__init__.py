from . import verification
from . import verification_line
from . import verification_fill
from . import res_partner
