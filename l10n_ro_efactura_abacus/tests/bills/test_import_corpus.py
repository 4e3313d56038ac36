"""Import of public XMLs (where the corpus is beside the repository) and of ours, through SPV, to the cent."""

import csv
import logging
import unittest
from pathlib import Path

from lxml import etree
from odoo.tests import tagged

from ...anaf import contradictions, read_document
from ...anaf.xml import children
from ..common import EXPECTED
from .import_common import BUYER_CIF, SUPPLIER_CIF, ImportCase

_logger = logging.getLogger(__name__)
CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"
OURS = EXPECTED


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportCorpus(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.currency"].with_context(active_test=False).search([("name", "in", ["EUR", "USD"])]).active = True

    def _received(self, xml, number):
        """The same invoice as our company would receive it: the buyer is we, and its number is its own."""
        root = etree.fromstring(xml)
        space = "{urn:oasis:names:specification:ubl:schema:xsd:Common%sComponents-2}"
        children(root, "ID")[0].text = number
        [party] = children(root, "AccountingCustomerParty", "Party")
        for text in [
            *children(root, "AccountingSupplierParty", "Party", "PartyTaxScheme", "CompanyID"),
            *children(root, "AccountingSupplierParty", "Party", "PartyLegalEntity", "CompanyID"),
        ]:
            text.text = text.text.replace(BUYER_CIF, SUPPLIER_CIF)
        for scheme in children(party, "PartyTaxScheme"):
            party.remove(scheme)
        for entity in children(party, "PartyLegalEntity"):
            for identifier in children(entity, "CompanyID"):
                entity.remove(identifier)
            etree.SubElement(entity, f"{space % 'Basic'}CompanyID").text = BUYER_CIF
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    def _import_all(self, xmls):
        """Import {name: xml} through SPV, check every bill, return {name: how it went}."""
        messages = self._messages(*xmls.values())
        messages.with_user(self.biller)._import_bills()
        outcomes = {}
        for (name, xml), message in zip(xmls.items(), messages, strict=True):
            with self.subTest(name):
                outcomes[name] = "failed"
                outcomes[name] = self._how(message, read_document(xml))
        counts = {outcome: sum(one == outcome for one in outcomes.values()) for outcome in outcomes.values()}
        _logger.info("Imported %s XMLs: %s", len(xmls), counts)
        return outcomes

    def _how(self, message, document):
        bill, facts = message.move_id, document.facts
        if not bill:
            self.assertTrue(message.import_error)
            return f"refused: {message.import_error}"
        sign = -1 if (facts.total or 0) < 0 else 1
        differing = {
            code
            for code, booked, said in (
                ("BT-109", bill.amount_untaxed, facts.untaxed),
                ("BT-110", bill.amount_tax, facts.tax_amount or 0),
                ("BT-112", bill.amount_total, facts.total),
            )
            if f"{booked:.2f}" != f"{sign * said + 0:.2f}"
        }
        if not differing:
            return "equal"
        self.assertTrue([found for found in contradictions(document) if found.counts], differing)
        self.assertTrue(bill.l10n_ro_efactura_import_warnings)
        return f"differing where the XML contradicts itself: {', '.join(sorted(differing))}"

    @unittest.skipUnless((CORPUS / "invoices.tsv").is_file(), "the public corpus is not here")
    def test_the_public_corpus(self):
        with open(CORPUS / "invoices.tsv", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t"))
        accepted = {row["file"] for row in rows if row["oracle_verdict"] == "pass"}
        outcomes = self._import_all(
            {
                row["file"]: self._received((CORPUS / "invoices" / row["file"]).read_bytes(), f"C {row['file'][:3]}")
                for row in rows
            }
        )
        for name, outcome in outcomes.items():
            _logger.info("%s %s: %s", "accepted" if name in accepted else "refused by ANAF", name, outcome)
            if name in accepted:
                with self.subTest(name):
                    self.assertEqual(outcome, "equal")

    def test_our_own_kinds(self):
        """What our customers receive from us, received by us from a supplier."""
        xmls = {}
        for path in sorted(OURS.glob("*.xml")):
            xmls[path.stem] = self._received(path.read_bytes(), f"O {len(xmls)}")
        outcomes = self._import_all(xmls)
        self.assertEqual({name: outcome for name, outcome in outcomes.items() if outcome != "equal"}, {})
