"""The auditor's pack of a period: complete, with safe file names, in bounded memory."""

import io
import tempfile
import tracemalloc
import zipfile
from datetime import date, timedelta

import openpyxl
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ...models.common.file_names import safe_name
from .common import PackageCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestProofPack(PackageCase, HttpCase):
    def _suppliers(self, count, archive=True):
        self.sim.generate_supplier_invoices(self.company.vat, count, days=5)
        self._refresh(archive)
        return self.messages.search([("company_id", "=", self.company.id), ("kind", "=", "received")])

    def _wizard(self, user=None, **values):
        today = fields.Date.today()
        return (
            self.env["l10n_ro_efactura.proof.pack"]
            .with_user(user or self.biller)
            .create(
                {"company_id": self.company.id, "date_from": today - timedelta(days=40), "date_to": today, **values}
            )
        )

    def _pack(self, messages):
        file = self.enterContext(tempfile.TemporaryFile())  # noqa: SIM115
        messages._write_pack(file)
        return zipfile.ZipFile(file)

    def _rows(self, pack):
        sheet = openpyxl.load_workbook(io.BytesIO(pack.read("index.xlsx"))).active
        return list(sheet.iter_rows(values_only=True))

    def test_the_tree(self):
        messages = self._suppliers(5)
        waits, messages = messages[0], messages[1:]
        self._set(waits, archive_state="listed", package=None, sha256=None, number=None, issue_date=None)
        pack = self._pack(self._wizard()._messages())
        self.assertIsNone(pack.testzip())
        for message in messages:
            folder = f"{message.issue_date:%Y-%m}/received/{message.seller_cif}_{safe_name(message.number)}"
            self.assertEqual(pack.read(f"{folder}/{message.upload_index}.zip"), message._package_bytes())
            self.assertEqual(pack.read(f"{folder}/{message.upload_index}.xml"), message._document_bytes())
            self.assertIn(message.number.encode(), pack.read(f"{folder}/view.html"))
        self.assertEqual(len(pack.namelist()), 4 * 3 + 1)
        rows = self._rows(pack)
        self.assertEqual(len(rows), 1 + 5, "what is not downloaded stands in the index too")
        by_index = {row[11]: row for row in rows[1:]}
        for message in messages:
            row = by_index[message.upload_index]
            self.assertEqual(
                (row[3], row[5], row[12], row[17]),
                (message.seller_cif, message.number, message.anaf_id, message.sha256),
            )
            self.assertAlmostEqual(row[9], message.amount_total)
            self.assertAlmostEqual(row[8], message.amount_tax)

    def test_over_http(self):
        self._suppliers(2)
        wizard = self._wizard()
        self.authenticate("efactura_biller", "efactura_biller")
        answer = self.url_open(wizard.action_download()["url"])
        self.assertEqual((answer.status_code, answer.headers["Content-Type"]), (200, "application/zip"))
        self.assertIn(wizard._pack_name(), answer.headers["Content-Disposition"])
        self.assertIn("index.xlsx", zipfile.ZipFile(io.BytesIO(answer.content)).namelist())
        new_test_user(self.env, "efactura_employee", groups="base.group_user")
        self.authenticate("efactura_employee", "efactura_employee")
        self.assertEqual(self.url_open(f"/l10n_ro_efactura/proof_pack/{wizard.id}").status_code, 404)

    def test_kinds_and_empty_periods(self):
        self._suppliers(2)
        self.assertEqual(self._wizard(kind="sent").count, 0)
        self.assertEqual(self._wizard(kind="received").count, 2)
        with self.assertRaises(UserError):
            self._wizard(kind="sent").action_download()
        with self.assertRaises(UserError):
            self._wizard(date_from=date(2026, 2, 1), date_to=date(2026, 1, 1)).action_download()

    def test_only_own_companies(self):
        self._suppliers(1)
        other = self.env["res.company"].create({"name": "Other SRL"})
        stranger = new_test_user(
            self.env,
            "efactura_stranger",
            groups="account.group_account_invoice",
            company_id=other.id,
            company_ids=other.ids,
        )
        wizard = self._wizard(stranger, company_id=other.id)
        wizard.sudo().company_id = self.company
        wizard.invalidate_recordset()
        with self.assertRaises(AccessError):
            wizard.action_download()

    def test_hostile_names(self):
        [first, second] = self._suppliers(2)
        self._set(first, number='../../etc/passwd\x01:*?"<>|', partner_name="=cmd|' /C calc'!A0")
        self._set(second, number="..\\..\\ETC-passwd", seller_cif=first.seller_cif)
        pack = self._pack(first + second)
        for name in pack.namelist():
            self.assertRegex(name, r"^[A-Za-z0-9._/-]+$")
            self.assertNotIn("..", name)
            self.assertFalse(name.startswith("/"))
        self.assertEqual(len({name.lower() for name in pack.namelist()}), 7)
        rows = self._rows(pack)
        self.assertEqual(rows[1][4], "=cmd|' /C calc'!A0", "a text, not a formula")
        self.assertEqual(openpyxl.load_workbook(io.BytesIO(pack.read("index.xlsx"))).active["E2"].data_type, "s")

    def test_safe_names(self):
        for text, name in (
            ("Țară/1", "Tara-1"),
            ("", "document"),
            ("...", "document"),
            ("a" * 200, "a" * 80),
            ("x\n/../y", "x-y"),
        ):
            self.assertEqual(safe_name(text), name)

    def test_one_bad_document_stops_nothing(self):
        messages = self._suppliers(3)
        self._set(messages[1], package=None)
        self._set(messages[2], package=b"UEsDBA==")
        pack = self._pack(messages)
        self.assertEqual(len(self._rows(pack)), 4)

    def test_memory_is_bounded(self):
        messages = self._suppliers(45)

        def peak(some):
            self.env.invalidate_all()
            tracemalloc.start()
            try:
                self._pack(some)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

        self._pack(messages[:2])  # templates and caches
        few = peak(messages[:15])
        self.assertLess(peak(messages), few * 1.5 + 2**20)
