"""Where things are. Everything that is downloaded, unpacked or made lives in LOCAL, the one ignored folder."""

import hashlib
import os
import shutil
from pathlib import Path


def own_odoo():
    """Return the absolute path of the odoo-bin named by the caller's ODOO variable, or None where ours is used."""
    named = os.environ.get("ODOO")
    return os.path.abspath(shutil.which(named) or named) if named else None


# Appended to the names of what one Odoo must not share with another: '' for ours, '_' and 8 hex digits for ODOO's.
ODOO_SUFFIX = "_" + hashlib.sha256(own_odoo().encode()).hexdigest()[:8] if own_odoo() else ""

ROOT = Path(__file__).resolve().parents[2]
DEV = ROOT / "dev"
SHELL = DEV / "house" / "shell"  # scripts for Odoo's shell
LOCAL = ROOT / ".local"
VENV = LOCAL / "venv"
PYTHON = VENV / "bin" / "python"
ODOO_TREE = LOCAL / "odoo"
ODOO_PACKAGES = ODOO_TREE / "usr/lib/python3/dist-packages"
BROWSER_TREE = LOCAL / "browser"
NPM = LOCAL / "npm"
DATA_DIR = LOCAL / f"data{ODOO_SUFFIX}"
PGDATA = LOCAL / "pgdata"
ADDON = "l10n_ro_efactura_abacus"
GLUE_ADDON = "l10n_ro_efactura_abacus_etransport"
# small addons that come by themselves where Odoo's sales and purchase orders, or its stock, are installed
ORDER_ADDONS = {
    "l10n_ro_efactura_abacus_sale": "sale",
    "l10n_ro_efactura_abacus_purchase": "purchase",
    "l10n_ro_efactura_abacus_warehouse": "stock",
}


def extra_addons():
    """Extra addon folders named by EXTRA_ADDONS (colon-separated), as absolute paths."""
    return [str(Path(folder).resolve()) for folder in os.environ.get("EXTRA_ADDONS", "").split(":") if folder]
