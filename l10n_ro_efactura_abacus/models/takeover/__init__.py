from . import ir_module_module
from . import l10n_ro_edi_mirror
from . import l10n_ro_edi
from . import account_chart_template
from . import degraded
