"""Dialogs show a user nothing that he may not read himself, whatever ids are written into them over RPC."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import EfacturaCommon

# Settings are written by administrators only, and core's own follow `company_id` in the same way.
SETTINGS = "res.config.settings"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDialogs(EfacturaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = cls.setup_other_company(name="Alta Firmă SRL")["company"]
        cls.outsider = new_test_user(
            cls.env,
            "efactura_outsider",
            groups="account.group_account_invoice",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        cls.move = cls._invoice()
        cls.bill = cls._invoice(move_type="in_invoice", ref="F-77")

    def _as_outsider(self, model):
        return self.env[model].with_user(self.outsider).with_context(allowed_company_ids=self.outsider.company_ids.ids)

    def _refused(self, model, values, names):
        """Create a dialog over RPC's values and read it; it answers with an AccessError, in one place or the other."""
        for name in names:
            with self.subTest(model=model, field=name), self.assertRaises(AccessError), self.env.cr.savepoint():
                self._as_outsider(model).create(values).read([name])

    def test_no_related_field_that_a_user_can_point_elsewhere_reads_as_superuser(self):
        """Check every related field of our models that users write, and of core's dialogs that we extend.

        Such a field must read with the user's rights (`related_sudo=False`) where its path crosses a model whose
        records are not everybody's.
        """
        guarded = set(self.env["ir.rule"].sudo().search([("perm_read", "=", True)]).model_id.mapped("model"))
        writable = set(
            self.env["ir.model.access"]
            .sudo()
            .search(["|", ("perm_write", "=", True), ("perm_create", "=", True)])
            .filtered(lambda access: access.group_id != self.env.ref("base.group_system"))
            .model_id.mapped("model")
        )
        wrong, seen = [], 0
        for name, model in self.env.registry.items():
            ours = name.startswith("l10n_ro_efactura.")
            if model._abstract or name == SETTINGS or name not in writable or not (ours or model._transient):
                continue
            for field in model._fields.values():
                mine = ours or any(module.startswith("l10n_ro_efactura_abacus") for module in field._modules)
                if not field.related or not mine:
                    continue
                seen += 1
                if field.store or not field.related_sudo:
                    continue
                path, crossed = field.related.split(".")[:-1], []
                for step in path:
                    crossed.append(self.env[crossed[-1] if crossed else name]._fields[step].comodel_name)
                if guarded & set(crossed):
                    wrong.append(f"{name}.{field.name}")
        self.assertGreater(seen, 15)
        self.assertEqual(wrong, [])

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_a_dialog_gives_away_nothing_of_another_company(self):
        file = self.env["l10n_ro_efactura.xml.file"].sudo()._get_or_create(self.move, b"<Invoice/>", [])
        message = (
            self.env["l10n_ro_efactura.message"]
            .sudo()
            .create(
                {
                    "anaf_id": "77",
                    "environment": "prod",
                    "company_id": self.company.id,
                    "kind": "received",
                    "move_id": self.bill.id,
                    "partner_name": "Furnizor secret SRL",
                }
            )
        )
        with self.assertRaises(AccessError):
            file.with_user(self.outsider).read(["xml_text"])
        self._refused("l10n_ro_efactura.window", {"file_id": file.id}, ["xml_text", "file_note"])
        self._refused(
            "l10n_ro_efactura.rasp.write",
            {"message_id": message.id},
            ["partner_name", "seller_cif", "move_id", "environment"],
        )
        register = self._as_outsider("l10n_ro_efactura.asset.register").create({})
        self._refused(
            "l10n_ro_efactura.asset.register.line",
            {"register_id": register.id, "move_line_id": self.bill.invoice_line_ids.id},
            ["name", "price_subtotal", "account_id"],
        )
        find = self._as_outsider("l10n_ro_efactura.find").create({"date_from": "2026-01-01", "date_to": "2026-01-31"})
        self._refused(
            "l10n_ro_efactura.find.line",
            {"find_id": find.id, "message_id": message.id, "move_id": self.bill.id},
            ["number", "partner_name", "amount_total", "move_total", "move_ref"],
        )

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_a_dialog_is_its_users_own(self):
        colleague = new_test_user(
            self.env,
            "efactura_colleague",
            groups="account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        window = self.env["l10n_ro_efactura.window"].with_user(self.biller).create({"move_ids": self.move.ids})
        self.assertTrue(window.with_user(self.biller).has_access("read"))
        self.assertFalse(window.with_user(colleague).has_access("read"))
        for name, model in self.env.registry.items():
            if name.startswith("l10n_ro_efactura.") and model._transient:
                with self.subTest(model=name):
                    self.assertIn(
                        "create_uid",
                        str(self.env["ir.rule"].with_user(self.biller)._compute_domain(name, "read")),
                        "no rule says that its rows are their user's own",
                    )
