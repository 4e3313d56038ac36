"""Import of malformed and hostile files: a bill or a reason on the message; the other documents are imported."""

import io
import tempfile
import time
import zipfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .import_common import BUYER_CIF, ImportCase, line, supplier_xml


def zipped(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def good(number="H 0", **values):
    return supplier_xml(number=number, **values)


def replaced(old, new, **values):
    xml = good("H 1", **values)
    if old not in xml:
        raise ValueError(f"{old} is not there")
    return xml.replace(old, new)


LAUGHS = (
    b'<!DOCTYPE Invoice [<!ENTITY a "haha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>"
)

#: file name -> bytes; none of them becomes a bill
REFUSED = {
    "truncated.zip": lambda: zipped({"1.xml": good(), "semnatura_1.xml": b"<x/>"})[:600],
    "bomb.zip": lambda: zipped({"1.xml": b" " * (80 * 2**20)}),
    "many_bombs.zip": lambda: zipped({f"{n}.xml": b" " * (4 * 2**20) for n in range(19)}),
    "nested.zip": lambda: zipped({"1.zip": zipped({"1.xml": good()})}),
    "parent.zip": lambda: zipped({"../../1.xml": good()}),
    "absolute.zip": lambda: zipped({"/etc/1.xml": good()}),
    "drive.zip": lambda: zipped({"C:\\1.xml": good()}),
    "html.zip": lambda: b"<html><body>Request Rejected. Your support ID is: 1</body></html>",
    "empty.zip": lambda: b"",
    "nothing.zip": lambda: zipped({}),
    "picture.zip": lambda: zipped({"1.xml": b"\x89PNG\r\n\x1a\n" + b"\0" * 99}),
    "laughs.xml": lambda: LAUGHS + good().split(b"?>", 1)[1].replace(b"Furnizor Test SRL", b"&j;"),
    "outside.xml": lambda: (
        b'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        + good().split(b"?>", 1)[1].replace(b"Furnizor Test SRL", b"&x;")
    ),
    "cut.xml": lambda: good()[:-200],
    "not_utf8.xml": lambda: good(seller="Vânzător SRL").decode().replace("ș", "s").encode("cp1250"),
    "unknown_encoding.xml": lambda: replaced(b'"UTF-8"', b'"EBCDIC-RO"'),
    "deep.xml": lambda: b"<Invoice>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</Invoice>",
    "huge_text.xml": lambda: replaced(b"Strada Fabricii 7", b"x" * (11 * 2**20)),
    "another_root.xml": lambda: b"<Order><ID>1</ID></Order>",
    "no_date.xml": lambda: replaced(b"2026-10-15", b"15.10.2026"),
    "no_number.xml": lambda: replaced(b"<cbc:ID>H 1</cbc:ID>", b""),
}
#: what the reason of some of them has to say
REASONS = {
    "truncated.zip": "cut",
    "bomb.zip": "larger",
    "nested.zip": "no XML",
    "parent.zip": "name",
    "html.zip": "downloaded yet: ",
    "laughs.xml": "entity",
    "outside.xml": "document type",
    "cut.xml": "not well-formed",
    "not_utf8.xml": "not well-formed",
    "another_root.xml": "Order",
    "no_date.xml": "no date",
}
#: file name -> bytes; each becomes a bill, with the total that the XML says where it says one
IMPORTED = {
    "utf16.xml": lambda: good("I 1").decode().replace('"UTF-8"', '"UTF-16"').encode("utf-16"),
    "utf16_undeclared.xml": lambda: good("I 2").decode().encode("utf-16"),
    "windows.xml": lambda: good("I 3").decode().replace("ș", "s").replace('"UTF-8"', '"windows-1250"').encode("cp1250"),
    "mark.xml": lambda: b"\xef\xbb\xbf" + good("I 4"),
    "markup.xml": lambda: good("I 5", lines=[line("<script>alert(1)</script> {{ 7*7 }} ${x} %s")]),
    "long_names.xml": lambda: good("I 6", lines=[line("ș" * 100_000, code="x" * 5000)], seller="Furnizor Test SRL"),
    "late.xml": lambda: good("I 7", due="9999-12-31"),
    "attachment.xml": lambda: good(
        "I 8",
        attachments=[
            ("../../x.html", "text/html", "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="),
            ("broken.pdf", "application/pdf", "%%%"),
        ],
    ),
    "commas.xml": lambda: good("I 9").replace(b">100.00</cbc:TaxExcl", b">100,00</cbc:TaxExcl"),
    "long_number.xml": lambda: good("I" + "0" * 2000),
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportHostile(ImportCase):
    def _arrive(self, files):
        """{file name: message} of files that suppliers sent, downloaded as often as it takes."""
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for name, content in files.items():
                paths.append(Path(folder) / name)
                paths[-1].write_bytes(content)
            records = self.sim.put_supplier_files(BUYER_CIF, paths, days_ago=1)
        [lane] = self._lanes()
        self.boxes._for_lane(lane)._sweep(lane, start=datetime.now(timezone.utc) - timedelta(days=3))
        for _try in range(6):
            self._archive()
            self._later(days=1)
        found = self.messages.search([]).grouped("upload_index")
        return {name: found[record.index] for name, record in zip(files, records, strict=True)}

    def test_nothing_harms_anything(self):
        files = {name: content() for name, content in (REFUSED | IMPORTED).items()}
        started = time.monotonic()
        with mute_logger("odoo.addons.l10n_ro_efactura_abacus.models.inbox.message_archive"):
            arrived = self._arrive(files)
        messages = self.messages.concat(*arrived.values())
        bills = messages.with_user(self.biller)._import_bills()
        self.assertLess(time.monotonic() - started, 120)
        self.assertEqual(
            len(bills),
            len(IMPORTED),
            {name: message.import_error for name, message in arrived.items() if not message.move_id},
        )
        for name, message in arrived.items():
            with self.subTest(name):
                self.assertEqual(bool(message.move_id), name in IMPORTED, message.import_error)
                if name in REFUSED:
                    self.assertIn(REASONS.get(name, " "), message.import_error)
                    self.assertNotIn("Traceback", message.import_error)
                    self.assertLess(len(message.import_error), 500)
                else:
                    self.assertFalse(message.import_error)
                    self.assertAlmostEqual(message.move_id.amount_total, 121)
        self.assertEqual(messages.with_user(self.biller)._import_bills(), bills)

    def test_each_alone_says_why(self):
        """One message, one click: the reason is on the message, nothing is raised."""
        arrived = self._arrive({name: REFUSED[name]() for name in ("nested.zip", "laughs.xml", "no_date.xml")})
        for name, message in arrived.items():
            with self.subTest(name):
                self.assertFalse(message.with_user(self.biller)._import_bills())
                self.assertTrue(message.import_error)

    def test_dropped_by_hand(self):
        """The same files dropped on the list: a page that says why, or a sentence; never a traceback, never a bill."""
        Message = self.env["l10n_ro_efactura.message"].with_user(self.biller)
        before = self.env["account.move"].search_count([])
        for name, content in REFUSED.items():
            if name == "nested.zip":  # a user may drop a ZIP of packages
                continue
            with self.subTest(name):
                attachment = self.env["ir.attachment"].with_user(self.biller).create({"name": name, "raw": content()})
                try:
                    action = Message.create_document_from_attachment(attachment.ids)
                except UserError as error:
                    self.assertTrue(error.args[0])
                    continue
                page = self.env[action["res_model"]].with_user(self.biller).browse(action["res_id"])
                with self.assertRaises(UserError):
                    page.action_import()
        self.assertEqual(self.env["account.move"].search_count([]), before)

    def test_what_is_embedded_is_only_a_file(self):
        arrived = self._arrive({name: IMPORTED[name]() for name in ("attachment.xml", "markup.xml")})
        bill = arrived["attachment.xml"]._import_bills()
        files = self.env["ir.attachment"].search([("res_model", "=", "account.move"), ("res_id", "=", bill.id)])
        self.assertIn("x.html", files.mapped("name"))
        self.assertNotIn("text/html", files.mapped("mimetype"))
        self.assertFalse([name for name in files.mapped("name") if "/" in name])
        bill = arrived["markup.xml"]._import_bills()
        self.assertEqual(bill.invoice_line_ids.name, "<script>alert(1)</script> {{ 7*7 }} ${x} %s")
        self.assertNotIn("<script>alert", " ".join(bill.message_ids.mapped("body")))

    def test_fifty_thousand_lines(self):
        lines = [line(f"Articol {number}", price="0.10") for number in range(50_000)]
        arrived = self._arrive({"many.xml": good("M 1", lines=lines), "few.xml": good("M 2")})
        started = time.monotonic()
        bills = self.messages.concat(*arrived.values()).with_user(self.biller)._import_bills()
        self.assertLess(time.monotonic() - started, 120)
        self.assertEqual(len(bills), 2)
        bill = arrived["many.xml"].move_id
        self.assertEqual(f"{bill.amount_untaxed:.2f} {bill.amount_tax:.2f}", "5000.00 1050.00")
        self.assertEqual(len(bill.invoice_line_ids), 1)
        self.assertIn("50000", " ".join(bill.l10n_ro_efactura_import_warnings))
