"""Base class of import tests: a company that books its suppliers' e-Facturi."""

from datetime import datetime, timedelta, timezone

from ...anaf import read_document
from ..pipeline import PipelineCase
from .import_xml import BUYER_CIF, SUPPLIER_CIF, line, supplier_xml

__all__ = ["BUYER_CIF", "SUPPLIER_CIF", "ImportCase", "line", "supplier_xml"]


class ImportCase(PipelineCase):
    """`importer`: as the biller, in the company; `supplier`: known to the books by `SUPPLIER_CIF`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls._partner(
            name="Furnizor Test SRL", vat=f"RO{SUPPLIER_CIF}", city="Timișoara", state_id=cls.env.ref("base.RO_TM").id
        )
        cls.chart = cls.env["account.chart.template"].with_company(cls.company)
        cls.importer = cls.env["l10n_ro_efactura.importer"].with_user(cls.biller).with_company(cls.company)
        cls.none = cls.env["l10n_ro_efactura.message"].with_user(cls.biller)

    def _propose(self, *xmls, importer=None):
        importer = importer if importer is not None else self.importer
        return importer._propose(self.company, [(xml, self.none) for xml in xmls])

    def _bill(self, xml=None, **values):
        """The draft bill of one XML (of `supplier_xml(**values)`), which has to come to the XML's totals."""
        xml = xml or supplier_xml(**values)
        [proposal] = self._propose(xml)
        self.assertFalse(proposal.refusals)
        bill = self.importer._create_bills([proposal])
        self.assertEqual(len(bill), 1)
        self.assert_totals(bill, xml)
        return bill.sudo()

    def assert_totals(self, bill, xml):
        facts = read_document(xml).facts
        sign = -1 if facts.total < 0 else 1
        self.assertEqual(
            [f"{amount:.2f}" for amount in (bill.amount_untaxed, bill.amount_tax, bill.amount_total)],
            [f"{sign * amount + 0:.2f}" for amount in (facts.untaxed, facts.tax_amount, facts.total)],
        )

    def _messages(self, *xmls, environment="prod"):
        """The archived SPV messages of these XMLs, in their order."""
        records = [self.sim.put_supplier_invoice(BUYER_CIF, xml, environment, days_ago=1) for xml in xmls]
        [lane] = self._lanes(environment)
        self.boxes._for_lane(lane)._sweep(lane, start=datetime.now(timezone.utc) - timedelta(days=3))
        self._archive()
        found = self.messages.search([("upload_index", "in", [record.index for record in records])]).grouped(
            "upload_index"
        )
        self.assertEqual(len(found), len(records))
        return self.messages.concat(*(found[record.index] for record in records))

    def _refusals(self, xml):
        [proposal] = self._propose(xml)
        return [refusal["code"] for refusal in proposal.refusals]

    def _tax(self, name):
        return self.chart.ref(name)
