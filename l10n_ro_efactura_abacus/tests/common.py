"""Base classes of the tests: a Romanian company that is connected to the ANAF simulator over HTTP."""

import io
import sys
import zipfile
from pathlib import Path

from odoo import Command, fields
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.tests import new_test_user
from odoo.tools import config

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.append(ROOT)

from anaf_simulator import CLIENT_ID, CLIENT_SECRET, Simulator  # noqa: E402

# Folder of e-Facturi of every kind, as our builder writes them.
EXPECTED = Path(__file__).parent / "document" / "xml"
# Valid CUIs of invented firms.
COMPANY_CIF = "1234567897"
CUSTOMER_CIF = "987654328"
SECRET_KEY = "a-key-for-tests-only-never-used-elsewhere-0123456789"


def analyze_moves(env):
    """Update PostgreSQL's statistics of the moves.

    Tests that were rolled back leave it believing in an empty table, and core's query of payment states then takes
    minutes over some hundred moves.
    """
    env.flush_all()
    env.cr.execute("ANALYZE account_move, account_move_line, account_partial_reconcile")


def zipped(files):
    """Return the bytes of a ZIP of ``{name: bytes}``."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def queries_of(case, work, records):
    """Count the queries that `work` needs for `records`, from an empty record cache; the cache is emptied again."""
    for _time in range(2):  # the first run fills the caches of the server
        case.env.flush_all()
        case.env.invalidate_all()
        before = case.cr.sql_log_count
        work(records)
    count = case.cr.sql_log_count - before
    case.env.invalidate_all()
    return count


class SimulatorMixin:
    """Starts the simulator as `sim` and points odoo.conf at it."""

    @classmethod
    def _start_simulator(cls):
        cls.sim = Simulator(processing_delay=0).start()
        cls.addClassCleanup(cls.sim.stop)
        cls.sim.add_certificate("director", [COMPANY_CIF])
        for name, value in {
            "api_url": cls.sim.url,
            "public_url": cls.sim.url,
            "oauth_url": cls.sim.oauth_url,
            "secret_key": SECRET_KEY,
        }.items():
            cls._knob(name, value)

    def setUp(self):
        super().setUp()
        self.addCleanup(self.sim.clear_faults)

    @classmethod
    def _knob(cls, name, value, cleanup=None):
        """Set ``l10n_ro_efactura_<name>`` of odoo.conf until the end of the class (of a test: see :meth:`knob`)."""
        key = f"l10n_ro_efactura_{name}"
        (cleanup or cls.addClassCleanup)(config.__setitem__, key, config.get(key))
        config[key] = value

    def knob(self, name, value):
        """Set ``l10n_ro_efactura_<name>`` of odoo.conf until the end of the test."""
        self._knob(name, value, self.addCleanup)


class EfacturaCommon(SimulatorMixin, AccountTestInvoicingCommon):
    """A company with `sim` (processing at once), `credential` (connected) and `biller` (billing, no administrator)."""

    @classmethod
    @AccountTestInvoicingCommon.setup_country("ro")
    def setUpClass(cls):
        super().setUpClass()
        cls._start_simulator()
        cls.company = cls.company_data["company"]
        cls.bucharest = cls.env.ref("base.RO_B")
        cls.company.write(
            {
                "name": "Abacus Test SRL",
                "vat": f"RO{COMPANY_CIF}",
                "street": "Calea Victoriei 10",
                "city": "SECTOR1",
                "zip": "010061",
                "state_id": cls.bucharest.id,
                "phone": "+40 21 123 4567",
                "email": "facturi@abacus-test.example",
            }
        )
        cls.env["res.partner.bank"].create(
            {
                "acc_number": "RO49AAAA1B31007593840000",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,  # newer versions of core refuse to post with an untrusted account
            }
        )
        cls.credential = cls._connect(cls.company)
        cls.biller = new_test_user(
            cls.env,
            "efactura_biller",
            groups="account.group_account_invoice",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.customer = cls._partner()
        cls.tax_21 = cls.env["account.chart.template"].with_company(cls.company).ref("tvac_21")

    @classmethod
    def _connect(cls, company, certificate="director", **days):
        """Create a connected credential of `company`, with a pair of tokens of `certificate`.

        :param days: access_days, refresh_days
        """
        credential = (
            cls.env["l10n_ro_efactura.credential"]
            .sudo()
            .create(
                {
                    "company_id": company.id,
                    "client_id": CLIENT_ID,
                    "client_secret": CLIENT_SECRET,
                }
            )
        )
        tokens = cls.sim.issue_tokens(certificate, **days)
        credential.set_tokens(tokens["access_token"], tokens["refresh_token"])
        return credential

    @classmethod
    def _partner(cls, **values):
        """Create a Romanian business with everything that an e-Factura needs."""
        return cls.env["res.partner"].create(
            {
                "name": "Client Test SRL",
                "is_company": True,
                "vat": f"RO{CUSTOMER_CIF}",
                "street": "Strada Lungă 5",
                "city": "Brașov",
                "zip": "500035",
                "country_id": cls.env.ref("base.ro").id,
                "state_id": cls.env.ref("base.RO_BV").id,
                "email": "client@test.example",
                "invoice_edi_format": "ciusro",
                **values,
            }
        )

    @classmethod
    def _invoice(cls, partner=None, price=100.0, lines=1, post=True, move_type="out_invoice", tax=None, **values):
        """Create a posted customer invoice over `lines` lines of one unit at `price`, 21 % VAT."""
        move = (
            cls.env["account.move"]
            .with_company(cls.company)
            .create(
                {
                    "move_type": move_type,
                    "partner_id": (partner or cls.customer).id,
                    "invoice_date": fields.Date.today(),
                    "invoice_date_due": fields.Date.today(),
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": f"Serviciu {number}",
                                "product_id": cls.product_a.id,
                                "quantity": 1,
                                "price_unit": price,
                                "tax_ids": [Command.set((tax or cls.tax_21).ids)],
                            }
                        )
                        for number in range(1, lines + 1)
                    ],
                    **values,
                }
            )
        )
        if post:
            move.action_post()
        return move
