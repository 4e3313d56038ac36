from odoo import models


class AccountChartTemplate(models.AbstractModel):
    _inherit = "account.chart.template"

    def _post_load_data(self, template_code, company, template_data):
        # EXTENDS 'account': a new Romanian company knows its VAT categories
        result = super()._post_load_data(template_code, company, template_data)
        if template_code == "ro":
            self.env["l10n_ro_efactura.code.map"]._prefill(company or self.env.company)
        return result
