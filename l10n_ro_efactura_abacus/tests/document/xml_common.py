"""Base class of XML tests: creates invoices of every kind as a user does, and reads their e-Factura back."""

import os

from lxml import etree
from odoo import Command

from ..common import EXPECTED, EfacturaCommon

NSMAP = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
DATE, DUE = "2026-09-15", "2026-10-15"


class XmlCommon(EfacturaCommon):
    """`_move(...)`: a posted invoice dated 2026-09-15; `_read(move)`: its XML as a tree; `same_xml`: against a file."""

    #: what the numbers of the invoices end with
    number = "2026/00042"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.city = "București Sector 1"
        cls.company.partner_id.nrc = "J40/1234/2020"
        cls.unit = cls.env.ref("uom.product_uom_unit")
        cls.kg = cls.env.ref("uom.product_uom_kgm")
        cls.article = cls._product("Consultanță")
        cls.person = cls._partner(name="Ion Popescu", is_company=False, vat=False, street="Strada Florilor 3")
        cls.german = cls._partner(
            name="Kunde GmbH",
            vat="DE136695976",
            country_id=cls.env.ref("base.de").id,
            state_id=False,
            city="Berlin",
            street="Hauptstraße 1",
            zip="10115",
        )
        cls.american = cls._partner(
            name="Customer Inc",
            vat="12-3456789",
            country_id=cls.env.ref("base.us").id,
            state_id=cls.env.ref("base.state_us_5").id,
            city="San Francisco",
            street="Main Street 1",
            zip="94103",
        )
        cls.eur = cls.setup_other_currency("EUR", rates=[("2026-01-01", 0.2)])
        cls.usd = cls.setup_other_currency("USD", rates=[("2026-01-01", 0.25)])

    @classmethod
    def _tax(cls, name):
        """A tax of the Romanian chart: ``_tax('tvac_21')``."""
        return cls.env["account.chart.template"].with_company(cls.company).ref(name)

    @classmethod
    def _product(cls, name, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "taxes_id": [Command.clear()],
                "supplier_taxes_id": [Command.clear()],
                "uom_id": cls.unit.id,
                **values,
            }
        )

    @classmethod
    def _line(cls, price=100.0, quantity=1.0, tax="tvac_21", product=None, **values):
        product = cls.article if product is None else product
        taxes = tax if not isinstance(tax, str) else cls._tax(tax)
        return Command.create(
            {
                "product_id": product.id,
                "quantity": quantity,
                "price_unit": price,
                "tax_ids": [Command.set(taxes.ids if taxes else [])],
                **values,
            }
        )

    def _move(self, *lines, partner=None, post=True, move_type="out_invoice", **values):
        move = (
            self.env["account.move"]
            .with_company(self.company)
            .create(
                {
                    "move_type": move_type,
                    "partner_id": (partner or self.customer).id,
                    "name": f"FCT/{self.number}",
                    "invoice_date": DATE,
                    "invoice_date_due": DUE,
                    "invoice_line_ids": list(lines) or [self._line()],
                    **values,
                }
            )
        )
        if post:
            move.action_post()
        return move

    def _reverse(self, move, reason="Marfă returnată", **values):
        """The credit note the wizard makes, posted."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "reason": reason, "date": "2026-09-20", **values})
        )
        refund = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        refund.write({"name": f"STO/{self.number}", "invoice_date": "2026-09-20"})
        return refund

    def _pay(self, move, amount, **values):
        """A payment with the wizard, on the day of the invoice."""
        return (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create(
                {
                    "amount": amount,
                    "payment_date": DATE,
                    "payment_difference_handling": "open",
                    **values,
                }
            )
            ._create_payments()
        )

    # -------------------------------------------------------------------------
    # READING
    # -------------------------------------------------------------------------

    def _read(self, move):
        xml, errors = move._l10n_ro_efactura_build_xml()
        self.assertEqual(errors, [], f"{move.name} cannot be built")
        return etree.fromstring(xml)

    def _texts(self, tree, path):
        """The texts (or attributes) at `path`, written without prefixes: ``_texts(tree, '//Item/Name')``."""
        steps = [
            step if not step or step[0] in ".@*" or ":" in step else f"*[local-name()='{step}']"
            for step in path.split("/")
        ]
        return [item if isinstance(item, str) else item.text for item in tree.xpath("/".join(steps))]

    def same_xml(self, name, tree):
        """Compare `tree` with tests/xml/<name>.xml; EFACTURA_WRITE_XML=1 writes the file instead."""
        path = EXPECTED / f"{name}.xml"
        etree.indent(tree)
        found = etree.tostring(tree, encoding="UTF-8", xml_declaration=True, pretty_print=True)
        if os.environ.get("EFACTURA_WRITE_XML"):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(found)
            return
        expected = etree.parse(path, etree.XMLParser(remove_blank_text=True)).getroot()
        differences = list(compare(expected, etree.fromstring(found, etree.XMLParser(remove_blank_text=True))))
        self.assertFalse(differences, f"{name} is not as tests/xml/{path.name} says:\n" + "\n".join(differences))


def compare(expected, found, path=""):
    """The differences between two trees, each with its place."""
    path = f"{path}/{etree.QName(expected).localname}"
    if expected.tag != found.tag:
        yield f"{path}: here is {etree.QName(found).localname}"
        return
    if (expected.text or "").strip() != (found.text or "").strip():
        yield f"{path}: {found.text!r}, expected {expected.text!r}"
    if dict(expected.attrib) != dict(found.attrib):
        yield f"{path}: {dict(found.attrib)}, expected {dict(expected.attrib)}"
    wanted, got = list(expected), list(found)
    tags = [[etree.QName(item).localname for item in items] for items in (wanted, got)]
    if tags[0] != tags[1]:
        yield f"{path}: has {tags[1]}, expected {tags[0]}"
        return
    for number, (first, second) in enumerate(zip(wanted, got, strict=True), start=1):
        yield from compare(first, second, f"{path}[{number}]")
