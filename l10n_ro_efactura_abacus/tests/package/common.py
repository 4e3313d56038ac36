import re

from ..pipeline import PipelineCase

# An attack for every text of a document: HTML, script, template and CDATA.
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>\'" javascript:alert(3) {{7*7}} ]]>'


class PackageCase(PipelineCase):
    def _received(self, xml=None, number="TSU 1", archive=True):
        """The message of a supplier's invoice, archived."""
        if xml is None:
            [record] = self.sim.generate_supplier_invoices(self.company.vat, 1, days=2)
        else:
            record = self.sim.put_supplier_invoice(self.company.vat, xml, days_ago=1)
        self._refresh(archive)
        return self.messages.search([("upload_index", "=", record.index), ("kind", "=", "received")])

    def _refresh(self, archive=True):
        self.boxes.search([]).write({"next_list_at": False})
        self.messages._cron_refresh_spv()
        if archive:
            self._archive()

    def _hostile_xml(self):
        """A supplier's invoice with an attack in every text."""
        [record] = self.sim.generate_supplier_invoices(self.company.vat, 1, days=2)
        attack = HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()

        def spoil(match):
            name, text = match[1], match[3]
            keep = (
                b"ID",
                b"CompanyID",
                b"IssueDate",
                b"DueDate",
                b"InvoiceTypeCode",
                b"CreditNoteTypeCode",
                b"DocumentCurrencyCode",
                b"CustomizationID",
            )
            if name.split(b":")[-1] in keep or re.fullmatch(rb"[-\d.]+", text):
                return match[0]
            return b"<%s%s>%s</%s>" % (name, match[2], text + attack, name)

        return re.sub(rb"<(cbc:\w+)([^>]*)>([^<]+)</\1>", spoil, record.xml)
