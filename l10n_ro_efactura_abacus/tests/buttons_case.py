"""Base class of tests that press every button of ours which a user sees, on records in every state."""

from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import Form

from .package.common import PackageCase
from .web_client import WebClient

PREFIX = "l10n_ro_efactura"


class _Undo(Exception):
    """Ends a savepoint, so that the next button finds the records as they were."""


class ButtonsCase(PackageCase):
    def _make_records(self):
        """Return {model: records} with an invoice, bill, message... in each of its states."""
        paired, unpaired = self._two_received()
        invoices = {"unsent": self._invoice(), "draft": self._invoice(post=False)}
        sent = self._queue()
        invoices["tested"] = self._queue(environment="test").move_id
        self._upload()
        self._settle()
        self._refresh()
        invoices["ok"] = sent.move_id
        for state in ("queued", "processing", "nok", "refused", "uncertain"):
            submission = self._queue()
            self._set(submission, state=state, sha256="0" * 64)
            self._set(submission.move_id, l10n_ro_efactura_state=state)
            invoices[state] = submission.move_id
        bill = paired.with_user(self.biller)._import_bills().sudo(False)
        rasp = self.env["l10n_ro_efactura.rasp"].with_user(self.biller)._enqueue(paired.sudo(), "Lipsește comanda.")
        today = fields.Date.today()
        verification = (
            self.env["l10n_ro_efactura.verification"]
            .with_user(self.biller)
            ._of_period(self.company, today.replace(day=1), today)
        )
        moves = self.env["account.move"].concat(*invoices.values()) | bill
        self.env["l10n_ro_efactura.xml.file"].sudo()._get_or_create(invoices["ok"], b"<Invoice/>", [])
        self.env["l10n_ro_efactura.code.map"].sudo().create(
            {
                "kind": "uom",
                "uom_id": self.env.ref("uom.product_uom_dozen").id,
                "code": "DZN",
                "company_id": self.company.id,
            }
        )
        records = {
            "account.move": moves,
            "l10n_ro_efactura.message": (paired | unpaired | self.messages.search([("kind", "=", "sent")], limit=1)),
            "l10n_ro_efactura.rasp": rasp,
            "l10n_ro_efactura.verification": verification,
            "res.company": self.company,
            "res.partner": self.customer,
        }
        for name in (
            "submission",
            "xml.file",
            "code.map",
            "line.map",
            "archive.check",
            "credential",
            "verification.line",
        ):
            records[f"{PREFIX}.{name}"] = self.env[f"{PREFIX}.{name}"].sudo().search([], limit=12).sudo(False)
        return records

    def _two_received(self):
        """Return the messages of two archived invoices of a supplier."""
        self.sim.generate_supplier_invoices(self.company.vat, 2, days=2)
        self._refresh()
        return self.messages.search([("kind", "=", "received")], limit=2)

    def _press_everything(self, user, records):
        """Press what `user` sees in each of our views; return (buttons pressed, [(where, error)])."""
        self.pressed, self.refused = set(), []
        for model, some in records.items():
            readable = some.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
            if readable.has_access("read") or readable._filtered_access("read"):
                for view in self._views(model):
                    self._press_view(WebClient(user), model, readable._filtered_access("read"), view)
        self._open_menus(user)
        return self.pressed, self.refused

    def _views(self, model):
        """Return the primary views of a model that hold buttons of ours."""
        views = self.env["ir.ui.view"].search(
            [("model", "=", model), ("mode", "=", "primary"), ("type", "in", ("form", "list"))], order="priority"
        )
        if model.startswith(PREFIX):
            return views
        shown = self.env["ir.ui.view"].concat(
            *(views.filtered(lambda view: view.type == kind)[:1] for kind in ("form", "list"))  # noqa: B023
        )
        own = views.filtered(lambda view: (view.xml_id or "").startswith(PREFIX))
        return shown | own

    def _press_view(self, client, model, records, view, depth=0):
        for record in records:
            where = f"{client.env.user.login}: {view.xml_id or view.type} on {record}"
            try:
                arch, rows = client.show(model, view.type, record, view.id)
            except AccessError as error:
                self.refused.append((where, str(error)))
                continue
            for values in rows:
                for button, button_model, row in client.buttons(arch, model, values):
                    self._press(client, button, button_model, row, where, depth)

    def _press(self, client, button, model, row, where, depth):
        if not (model.startswith(PREFIX) or PREFIX in button.get("name") or self._opens_ours(button)):
            return
        self.pressed.add((model, button.get("name")))
        try:
            with self.env.cr.savepoint():
                action = client.press(button, model, row["id"])
                self._press_dialog(client, action, where, depth)
                raise _Undo
        except _Undo:
            pass
        except AccessError as error:
            self.refused.append((f"{where}: {button.get('string') or ''} {button.get('name')}", str(error)))
        except (UserError, ValidationError, RedirectWarning):
            pass
        finally:
            self.env.invalidate_all()

    def _opens_ours(self, button):
        if button.get("type") != "action":
            return False
        action = self.env["ir.actions.act_window"].browse(int(button.get("name"))).exists()
        return (action.res_model or "").startswith(PREFIX)

    def _press_dialog(self, client, action, where, depth):
        """Press the buttons of the dialog of ours that `action` opens."""
        model = isinstance(action, dict) and action.get("type") == "ir.actions.act_window" and action["res_model"]
        if depth or not model or not model.startswith(PREFIX) or not self.env[model]._transient:
            return
        context = action.get("context") or {}
        dialog = client.env[model].with_context(**(context if isinstance(context, dict) else {}))
        dialog = dialog.browse(action["res_id"]) if action.get("res_id") else self._filled_in(dialog)
        for view in self._views(model).filtered(lambda view: view.type == "form") if dialog else ():
            self._press_view(client, model, dialog, view, depth=1)

    def _filled_in(self, dialog):
        """Return the saved dialog with its default values, or no record where a user has to fill in something."""
        try:
            return Form(dialog).save()
        except AssertionError:
            return dialog.browse()

    def _open_menus(self, user):
        """Open every menu of ours that `user` sees."""
        client = WebClient(user)
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        for menu in menus.values():
            if not (menu.get("xmlid") or "").startswith(PREFIX) or not menu.get("action_id"):
                continue
            action = client.env[menu["action_model"]].sudo().browse(menu["action_id"])
            try:
                with self.env.cr.savepoint():
                    client.follow(action._get_action_dict())
                    raise _Undo
            except _Undo:
                pass
            except AccessError as error:
                self.refused.append((f"{user.login}: menu {menu['xmlid']}", str(error)))
            except UserError:
                pass
