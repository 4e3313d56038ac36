"""Access rights of every model and every public method of this addon, which are collected from the registry."""

import inspect

from lxml import etree
from odoo import Command, models
from odoo.exceptions import AccessDenied, AccessError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import EfacturaCommon

MODULE = "l10n_ro_efactura_abacus"
# Users with an internal account.
EMPLOYEES = ("employee", "stranger", "biller", "accountant", "reader", "admin")
# {model: {user: rights}} of every model; letters of create, read, write, unlink; a user not named has none.
RIGHTS = {
    "l10n_ro_efactura.credential": {"admin": "crwu"},
    "l10n_ro_efactura.submission": {"biller": "r", "accountant": "r", "reader": "r"},
    "l10n_ro_efactura.support.ticket": {"biller": "crwu", "accountant": "crwu", "reader": "r"},
    "l10n_ro_efactura.message": {"biller": "r", "accountant": "r", "reader": "r"},
    "l10n_ro_efactura.mailbox": {"biller": "r", "accountant": "r"},
    "l10n_ro_efactura.code.map": {"biller": "r", "accountant": "crwu", "reader": "r"},
    "l10n_ro_efactura.line.map": {"biller": "r", "accountant": "rwu"},
    "l10n_ro_efactura.unit": {"biller": "r", "accountant": "r", "reader": "r"},
    "l10n_ro_efactura.xml.file": {"biller": "r", "accountant": "r"},
    "l10n_ro_efactura.window": {"biller": "crw", "accountant": "crw"},
    "l10n_ro_efactura.window.line": {"biller": "crwu", "accountant": "crwu"},
    "l10n_ro_efactura.verification": {"biller": "r", "accountant": "r", "reader": "r"},
    "l10n_ro_efactura.verification.line": {"biller": "r", "accountant": "r", "reader": "r"},
    "l10n_ro_efactura.verify": {"biller": "crw", "accountant": "crw", "reader": "crw"},
    "l10n_ro_efactura.not.expected": {"biller": "crw", "accountant": "crw"},
    "l10n_ro_efactura.find": {"biller": "crw", "accountant": "crw"},
    "l10n_ro_efactura.find.line": {"biller": "crwu", "accountant": "crwu"},
    "l10n_ro_efactura.file.check": {"biller": "crw", "accountant": "crw"},
    "l10n_ro_efactura.asset.register": {"biller": "crw", "accountant": "crw"},
    "l10n_ro_efactura.asset.register.line": {"biller": "crwu", "accountant": "crwu"},
    "l10n_ro_efactura.inventory.transfer": {"biller": "crw", "accountant": "crw"},
    "l10n_ro_efactura.refresh": {"biller": "crw", "accountant": "crw"},
    "l10n_ro_efactura.import": {"biller": "crwu", "accountant": "crwu"},
    "l10n_ro_efactura.import.line": {"biller": "crwu", "accountant": "crwu"},
    "l10n_ro_efactura.import.batch": {"biller": "crwu", "accountant": "crwu"},
    "l10n_ro_efactura.submission.error": {"biller": "r", "accountant": "r", "reader": "r"},
    "l10n_ro_efactura.outage": {"biller": "r", "accountant": "r", "reader": "r"},
    "l10n_ro_efactura.outage.call": {"biller": "r", "accountant": "r", "reader": "r"},
    # ANAF's register of taxpayers is public
    "l10n_ro_efactura.taxpayer": dict.fromkeys(
        ("employee", "stranger", "biller", "accountant", "reader", "admin"), "r"
    ),
    "l10n_ro_efactura.taxpayer.change": dict.fromkeys(
        ("employee", "stranger", "biller", "accountant", "reader", "admin"), "r"
    ),
    "l10n_ro_efactura.call": {},
    "l10n_ro_efactura.call.log": {"admin": "r"},
    "l10n_ro_efactura.gate": {},
    "l10n_ro_efactura.progress": {"biller": "r", "accountant": "r", "reader": "r"},
    "l10n_ro_efactura.quota": {},
    "l10n_ro_efactura.ticket": {},
    "l10n_ro_efactura.supplier.claim": {},
    "l10n_ro_efactura.holder.link": {"admin": "crwu"},
    "l10n_ro_efactura.paste.tokens": {"admin": "crwu"},
    "l10n_ro_efactura.manual.upload": {"accountant": "crwu"},
    "l10n_ro_efactura.not.at.anaf": {"accountant": "crwu"},
    "l10n_ro_efactura.set.aside": {"accountant": "crwu"},
    "l10n_ro_efactura.proof.pack": {"biller": "crw", "accountant": "crw", "reader": "crw"},
    "l10n_ro_efactura.rasp": {"biller": "r", "accountant": "r", "reader": "r"},
    "l10n_ro_efactura.rasp.write": {"biller": "crw", "accountant": "crw"},
    "l10n_ro_efactura.archive.check": {"biller": "r", "accountant": "r", "reader": "r"},
}
OPERATIONS = {"c": "create", "r": "read", "w": "write", "u": "unlink"}
SECRETS = {
    "l10n_ro_efactura.credential": ("client_secret_cipher", "access_cipher", "refresh_cipher"),
    "res.company": ("l10n_ro_edi_client_secret", "l10n_ro_edi_access_token", "l10n_ro_edi_refresh_token"),
    "res.config.settings": ("l10n_ro_edi_client_secret", "l10n_ro_edi_access_token", "l10n_ro_edi_refresh_token"),
}
# Public methods of core that we extend; the access rights of their models guard them.
ORM_METHODS = {"create", "write", "unlink", "default_get", "get_bindings", "cache_invalidation_fields"}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccessMatrix(EfacturaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = cls.env["res.company"].create({"name": "Other SRL"})

        def user(login, groups, company=cls.company):
            return new_test_user(
                cls.env,
                f"efactura_{login}",
                groups=groups,
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            )

        cls.users = {
            "portal": user("portal", "base.group_portal"),
            "employee": user("employee", "base.group_user"),
            "stranger": user("stranger", "account.group_account_manager,base.group_system", other),
            "biller": cls.biller,
            "reader": user("reader", "account.group_account_readonly"),
            "accountant": user("accountant", "account.group_account_manager"),
            "admin": user("admin", "base.group_system"),
        }
        cls.move = cls._invoice(partner=cls.users["portal"].partner_id)  # the customer's own invoice, which is readable
        cls.submission = cls.env["l10n_ro_efactura.submission"]._adopt(cls.move, "prod", "4000000007")
        cls.message = (
            cls.env["l10n_ro_efactura.message"]
            .sudo()
            .create(
                {
                    "anaf_id": "1",
                    "environment": "prod",
                    "company_id": cls.company.id,
                    "kind": "sent",
                    "move_id": cls.move.id,
                }
            )
        )

    @classmethod
    def _own_models(cls):
        return [
            name
            for name, model in cls.env.registry.items()
            if name.startswith("l10n_ro_efactura.") and not model._abstract
        ]

    def _record(self, name):
        """Return a record of the connected company, where one can be made."""
        known = {
            "account.move": self.move,
            "l10n_ro_efactura.submission": self.submission,
            "l10n_ro_efactura.message": self.message,
            "l10n_ro_efactura.credential": self.credential,
            "res.company": self.company,
            "res.partner": self.company.partner_id,
            "l10n_ro_efactura.manual.upload": self.env["l10n_ro_efactura.manual.upload"]
            .with_user(self.users["accountant"])
            .create({"move_id": self.move.id, "upload_index": "1"}),
            "l10n_ro_efactura.mailbox": self.env["l10n_ro_efactura.mailbox"].search(
                [("company_id", "=", self.company.id)], limit=1
            ),
        }
        return known.get(name, self.env[name]).sudo(False)

    def test_every_model_is_in_the_matrix(self):
        self.assertEqual(set(self._own_models()), set(RIGHTS))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_rights(self):
        for name, rights in RIGHTS.items():
            for login, user in self.users.items():
                # the other company's administrator has the rights of the groups, but not on our records
                wanted = {"stranger": set(), **{key: set(value) for key, value in rights.items()}}.get(login, set())
                records = self._record(name).with_user(user)
                found = {letter for letter, operation in OPERATIONS.items() if records.has_access(operation)}
                if login == "stranger" and (not records or records._transient):
                    continue  # the user's own wizard; the records it opens are guarded themselves
                with self.subTest(model=name, user=login):
                    self.assertEqual("".join(sorted(found)), "".join(sorted(wanted)))

    def test_who_only_reads_opens_invoices_bills_and_messages(self):
        bill = self._invoice(move_type="in_invoice")
        for record in (self.move, bill, self.message, self.submission):
            with self.subTest(record=record):
                Form(record.with_user(self.users["reader"]))
        self.message.sudo().archive_state = "archived"
        action = self.move.with_user(self.users["reader"]).action_l10n_ro_efactura_open_package()
        self.assertEqual(action["res_id"], self.message.id)

    def test_buttons_call_methods_of_records(self):
        """Check that buttons call record methods: a model method would take the ids for its first argument."""
        views = self.env["ir.ui.view"].search([("model", "in", self._own_models())])
        wrong = [
            f"{view.model}.{name}"
            for view in views
            for name in etree.fromstring(view.arch).xpath('//header/button[@type="object"]/@name')
            if getattr(getattr(self.env[view.model], name), "_api_model", False)
        ]
        self.assertEqual(wrong, [])

    def test_evidence_is_never_deleted(self):
        for record in (self.submission, self.message):
            with self.assertRaises(Exception) as raised:
                record.sudo().unlink()
            self.assertIn("never deleted", str(raised.exception))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule", "odoo.models")
    def test_no_secret_is_read(self):
        for name, fields in SECRETS.items():
            for login, user in self.users.items():
                for field in fields:
                    with self.subTest(model=name, user=login, field=field), self.assertRaises(AccessError):
                        self._record(name).with_user(user).read([field])
        for user in self.users.values():
            with self.assertRaises(AccessError):
                self.env["res.company"].with_user(user).search_read([], ["l10n_ro_edi_access_token"])
            with self.assertRaises(AccessError):
                self.env["res.company"].with_user(user)._read_group([], ["l10n_ro_edi_access_token"])

    @mute_logger(
        "odoo.addons.base.models.ir_model",
        "odoo.addons.base.models.ir_rule",
        "odoo.models",
        "odoo.addons.base.models.ir_module",
    )
    def test_a_customer_calls_nothing(self):
        """Check that each method that a portal user could call raises AccessError before it does anything."""
        open_methods, called = [], 0
        for name, method_name, method in self._public_methods():
            record = self._record(name).with_user(self.users["portal"])
            arguments = [
                None
                for parameter in list(inspect.signature(method).parameters.values())[1:]
                if parameter.default is parameter.empty and parameter.kind == parameter.POSITIONAL_OR_KEYWORD
            ]
            called += 1
            try:
                with self.env.cr.savepoint():
                    getattr(record, method_name)(*arguments)
            except (AccessError, AccessDenied):
                continue
            except Exception as error:
                open_methods.append(f"{name}.{method_name}: {type(error).__name__}: {error}")
            else:
                open_methods.append(f"{name}.{method_name}")
        self.assertGreater(called, 20)
        self.assertEqual(open_methods, [])

    def _public_methods(self):
        """Yield (model, name, function) of what this addon makes callable from outside."""
        for name, model in self.env.registry.items():
            seen = set()
            for cls in model.mro():
                if vars(cls).get("_module") != MODULE or not issubclass(cls, models.BaseModel):
                    continue
                for method_name, method in vars(cls).items():
                    if method_name.startswith("_") or not inspect.isfunction(method):
                        continue
                    if method_name in seen | ORM_METHODS or any(
                        getattr(getattr(base, method_name, None), "_api_private", False) for base in model.mro()
                    ):
                        continue
                    seen.add(method_name)
                    yield name, method_name, method
