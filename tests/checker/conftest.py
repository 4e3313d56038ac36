"""The package and the samples are put on the path."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
for folder in (HERE, HERE / "oracle", HERE.parents[1] / "l10n_ro_efactura_abacus"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
