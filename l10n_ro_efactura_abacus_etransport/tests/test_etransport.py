"""e-Transport as a warehouse user: core's calls carry the token, which the user cannot read."""

import sys
from pathlib import Path
from unittest.mock import patch

import requests
from odoo import Command
from odoo.addons.l10n_ro_edi_stock.tests.common import TestL10nRoEdiStockCommon
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import config

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.append(ROOT)

from anaf_simulator import Simulator  # noqa: E402


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEtransport(TestL10nRoEdiStockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.company_data["company"]
        secret_key = patch.dict(config.options, {"l10n_ro_efactura_secret_key": "a-key-for-tests-only-0123456789"})
        cls.startClassPatcher(secret_key)
        company.write(
            {
                "vat": "RO1234567897",
                "street": "Calea Nationala 85",
                "city": "Botosani",
                "zip": "710052",
                "state_id": cls.env.ref("base.RO_BT").id,
            }
        )
        with Simulator() as sim:
            sim.add_certificate("director", ["1234567897"])
            tokens = sim.issue_tokens("director")
        cls.access = tokens["access_token"]
        credential = cls.env["l10n_ro_efactura.credential"].sudo().create({"company_id": company.id, "client_id": "x"})
        credential.set_tokens(tokens["access_token"], tokens["refresh_token"])
        address = {
            "street": "Strada Mihai Viteazul 22",
            "city": "Caransebes",
            "zip": "325400",
            "state_id": cls.env.ref("base.RO_CS").id,
            "country_id": cls.env.ref("base.ro").id,
        }
        customer = cls.env["res.partner"].create({"name": "Client", "vat": "RO987654328", **address})
        carrier = cls.env.ref("delivery.free_delivery_carrier").sudo()
        carrier.l10n_ro_edi_stock_partner_id = cls.env["res.partner"].create(
            {"name": "Carrier", "vat": "RO987654328", **address}
        )
        cls.warehouse.partner_id.write({key: value for key, value in address.items() if key != "country_id"})
        cls.product_a.weight = 1
        cls.picking = cls.create_stock_picking(
            customer, product_data=[{"product_id": cls.product_a, "product_uom_qty": 10.0, "quantity": 10.0}]
        )
        cls.picking.write(
            {
                "carrier_id": carrier.id,
                "l10n_ro_edi_stock_operation_type": "30",
                "l10n_ro_edi_stock_operation_scope": "101",
                "l10n_ro_edi_stock_vehicle_number": "BT01ABC",
                "l10n_ro_edi_stock_start_loc_type": "location",
                "l10n_ro_edi_stock_end_loc_type": "location",
            }
        )
        cls.worker = new_test_user(
            cls.env,
            "efactura_worker",
            groups="stock.group_stock_user",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def setUp(self):
        super().setUp()
        self.calls, self.answer = [], {"ExecutionStatus": 0, "UIT": "5F0A", "index_incarcare": "77", "stare": "ok"}

        def request(session, method, url, headers=None, **options):
            self.calls.append((method, url, headers["Authorization"]))
            response = requests.Response()
            response.status_code = 200
            response.json = lambda **_options: self.answer
            return response

        self.startPatcher(patch.object(requests.Session, "request", request))

    def test_worker_sends_and_asks(self):
        picking = self.picking.with_user(self.worker)
        picking.button_validate()
        with self.assertRaises(AccessError):
            picking.company_id.l10n_ro_edi_access_token  # noqa: B018
        picking.action_l10n_ro_edi_stock_send_etransport()
        self.assertEqual(
            picking.l10n_ro_edi_stock_document_ids.mapped("state"),
            ["stock_sent"],
            picking.l10n_ro_edi_stock_document_ids.mapped("message"),
        )
        picking.action_l10n_ro_edi_stock_fetch_status()
        self.assertEqual(picking.l10n_ro_edi_stock_document_ids.mapped("state"), ["stock_validated"])
        self.assertEqual(picking.l10n_ro_edi_stock_document_uit, "5F0A")
        self.assertEqual(
            self.calls,
            [
                (
                    "post",
                    "https://api.anaf.ro/test/ETRANSPORT/ws/v1/upload/ETRANSP/1234567897/2",
                    f"Bearer {self.access}",
                ),
                ("get", "https://api.anaf.ro/test/ETRANSPORT/ws/v1/stareMesaj/77", f"Bearer {self.access}"),
            ],
        )

    def test_only_warehouse_users(self):
        biller = new_test_user(self.env, "efactura_biller", groups="account.group_account_invoice")
        with self.assertRaises(AccessError):
            self.picking.with_user(biller).action_l10n_ro_edi_stock_send_etransport()
        self.assertEqual(self.calls, [])

    def test_batch(self):
        batch = self.env["stock.picking.batch"].create({"picking_ids": [Command.set(self.picking.ids)]})
        batch.action_confirm()
        batch.write(
            {
                "l10n_ro_edi_stock_operation_type": "30",
                "l10n_ro_edi_stock_operation_scope": "101",
                "l10n_ro_edi_stock_vehicle_number": "BT01ABC",
                "l10n_ro_edi_stock_start_loc_type": "location",
                "l10n_ro_edi_stock_end_loc_type": "location",
            }
        )
        batch = batch.with_user(self.worker)
        batch.action_l10n_ro_edi_stock_send_etransport()
        self.assertEqual(
            batch.l10n_ro_edi_stock_document_ids.mapped("state"),
            ["stock_sent"],
            batch.l10n_ro_edi_stock_document_ids.mapped("message"),
        )
        batch.action_l10n_ro_edi_stock_fetch_status()
        self.assertEqual([authorization for _method, _url, authorization in self.calls], [f"Bearer {self.access}"] * 2)

    def test_settings_keep_the_switch_and_show_no_token(self):
        arch = self.env["res.config.settings"].get_view(
            self.env.ref("account.res_config_settings_view_form").id, "form"
        )["arch"]
        self.assertIn('name="l10n_ro_edi_test_env"', arch)
        self.assertNotIn("l10n_ro_edi_access_token", arch)
