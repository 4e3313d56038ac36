"""A customer that the simulator's public register of taxpayers knows."""

from odoo.exceptions import UserError

from ..common import CUSTOMER_CIF, EfacturaCommon

# Valid CUIs of more invented firms.
OTHER_CIF, THIRD_CIF = "9900001024", "9900001032"


class RegisterCase(EfacturaCommon):
    """`customer` stands in the register as it is here; `sim` takes calls at any pace."""

    def setUp(self):
        super().setUp()
        self.sim.settings.registry_calls_per_second = 1000  # the log of calls is rolled back after each test
        self.sim.register.__init__()
        self.put()

    def put(self, cif=CUSTOMER_CIF, **values):
        """Enter a firm into the register: the customer as it is here, where `values` say nothing else."""
        return self.sim.put_taxpayer(
            cif,
            **{
                "name": "CLIENT TEST S.R.L.",
                "street": "Str. Lungă",
                "number": "5",
                "city": "Mun. Braşov",
                "county": "BRAŞOV",
                "county_code": "BV",
                "zip": "500035",
                "vat_periods": [["2012-03-01"]],
                **values,
            },
        )

    def check(self, partners=None):
        return (partners or self.customer).action_l10n_ro_efactura_check_register()

    def failed_check(self):
        """Check the customer where no answer comes, and return the error; what was written meanwhile stays."""
        try:
            self.check()
        except UserError as error:
            return str(error)
        raise AssertionError("the check had an answer")

    def taxpayer(self, cif=CUSTOMER_CIF):
        return self.env["l10n_ro_efactura.taxpayer"].search([("cif", "=", cif)])

    def differing(self, partner=None):
        """{key: (ours, theirs)} of the contact's differences."""
        rows = (partner or self.customer)._l10n_ro_efactura_differences()
        return {row["name"]: (row["ours"], row["theirs"]) for row in rows}

    def facts(self, partner=None):
        partner = partner or self.customer
        partner.invalidate_recordset(["l10n_ro_efactura_register"])
        return {fact["text"]: fact["kind"] for fact in partner.l10n_ro_efactura_register["facts"]}
