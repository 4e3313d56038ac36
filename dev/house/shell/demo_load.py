# ruff: noqa: F821  (run by Odoo's shell, which gives `env`)
"""Load the addon's demo files without core's, and make the two demo users."""

import json

from odoo.modules import Manifest
from odoo.tools.convert import convert_file

ADDON = "l10n_ro_efactura_abacus"
# the texts of the modules that were installed before the language was
env["base.language.install"].create(
    {"lang_ids": [(6, 0, env["res.lang"]._activate_lang("ro_RO").ids)], "overwrite": False}
).lang_install()
for name in Manifest.for_addon(ADDON)["demo"]:
    convert_file(env, ADDON, name, {}, mode="init", noupdate=True)

company = env.ref(f"{ADDON}.demo_company")
admin = env.ref("base.user_admin")
# products of no company show their prices in the main company's currency
env.ref("base.RON").active = True
env.ref("base.main_company").currency_id = env.ref("base.RON")
# units are shown, so that the code of one can be asked
env.ref("base.group_user").write({"implied_ids": [(4, env.ref("uom.group_uom").id)]})
env["ir.default"].set("res.partner", "lang", "ro_RO", company_id=company.id)
groups = [
    env.ref(name).id
    for name in (
        "base.group_user",
        "account.group_account_manager",
        "account.group_account_user",
        "base.group_partner_manager",
        "product.group_product_manager",
    )
]
admin.write(
    {
        "company_ids": [(6, 0, company.ids)],
        "company_id": company.id,
        "tz": "Europe/Bucharest",
        "group_ids": [(4, group) for group in groups],
    }
)
env["res.users"].with_context(no_reset_password=True).create(
    {
        "name": "Maria Contabil",
        "login": "maria",
        "password": "maria",
        "lang": "ro_RO",
        "tz": "Europe/Bucharest",
        "email": "maria@atelierul-de-numere.example",
        "company_id": company.id,
        "company_ids": [(6, 0, company.ids)],
        "group_ids": [(6, 0, groups)],
    }
)
env["res.partner"].search([("company_id", "=", company.id)]).write({"lang": "ro_RO"})
admin.lang = "en_US"
env.cr.commit()
print(json.dumps({"company": company.id}))
