# ruff: noqa: F821  (run by Odoo's shell, which gives `env`)
"""Connect the demo company with the tokens that stand in the environment."""

import json
import os

company = env.ref("l10n_ro_efactura_abacus.demo_company")
Credential = env["l10n_ro_efactura.credential"].with_company(company)
credential = Credential.search([("company_id", "=", company.id)]) or Credential.create(
    {
        "company_id": company.id,
        "client_id": "simulator-client",
        "client_secret": "simulator-secret",
    }
)
credential.set_tokens(os.environ["DEMO_ACCESS"], os.environ["DEMO_REFRESH"])
env.cr.commit()
print(json.dumps({"state": credential.state, "company": company.id}))
