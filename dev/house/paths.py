"""Where things are. Everything that is downloaded, unpacked or made lives in LOCAL, the one ignored folder."""
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEV = ROOT / 'dev'
LOCAL = ROOT / '.local'
VENV = LOCAL / 'venv'
PYTHON = VENV / 'bin' / 'python'
ODOO_TREE = LOCAL / 'odoo'
ODOO_PACKAGES = ODOO_TREE / 'usr/lib/python3/dist-packages'
BROWSER_TREE = LOCAL / 'browser'
NPM = LOCAL / 'npm'
DATA_DIR = LOCAL / 'data'
PGDATA = LOCAL / 'pgdata'
ADDON = 'l10n_ro_efactura_abacus'
GLUE_ADDON = 'l10n_ro_efactura_abacus_stock'
# small addons that come by themselves where Odoo's sales and purchase orders, or its stock, are installed
ORDER_ADDONS = {
    'l10n_ro_efactura_abacus_sale': 'sale',
    'l10n_ro_efactura_abacus_purchase': 'purchase',
    'l10n_ro_efactura_abacus_warehouse': 'stock',
}


def own_odoo():
    """The odoo-bin named by the caller's ODOO variable, or None where ours is used."""
    return os.environ.get('ODOO') or None


def extra_addons():
    """Extra addon folders named by EXTRA_ADDONS (colon-separated), as absolute paths."""
    return [str(Path(folder).resolve()) for folder in os.environ.get('EXTRA_ADDONS', '').split(':') if folder]
