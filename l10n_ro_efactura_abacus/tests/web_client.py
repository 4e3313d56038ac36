"""What the web client does to show a record: the calls it makes, and the expressions it evaluates."""

import ast

from lxml import etree
from odoo.service.model import call_kw
from odoo.tools.safe_eval import safe_eval

# Types of views inside an x2many field, in the order in which the client on a desk chooses.
SUBVIEWS = ("list", "kanban", "form")


class WebClient:
    """One user at the web client, with all companies he may choose selected."""

    def __init__(self, user, **context):
        self.env = user.with_user(user).env
        self.env = self.env(context={**context, "allowed_company_ids": user.company_ids.ids, "lang": user.lang})

    def call(self, model, name, *arguments, **options):
        """Call a public method over RPC's own door, which refuses private ones."""
        return call_kw(self.env[model], name, list(arguments), {**options, "context": dict(self.env.context)})

    def views(self, model, *views):
        """Return what `get_views` says: {type: etree of the arch}, and the fields of every model in them."""
        found = self.call(model, "get_views", [list(view) for view in views], options={"toolbar": True})
        return {kind: etree.fromstring(view["arch"]) for kind, view in found["views"].items()}, found["models"]

    def show(self, model, view_type, records, view_id=False):
        """Open `records` in a view, as the client does.

        :return: (etree of the view, list of their values)
        """
        archs, models = self.views(model, (view_id, view_type), (False, "search"))
        specification = self.specification(archs[view_type], model, models)
        return archs[view_type], self.values(model, view_type, records, specification)

    def values(self, model, view_type, records, specification):
        """Return the values of `records`, read as the view of that type reads them."""
        if view_type == "form":
            return self.call(model, "web_read", records.ids, specification=specification)
        if view_type in ("list", "kanban"):
            domain = [("id", "in", records.ids)]
            found = self.call(model, "web_search_read", domain=domain, specification=specification, limit=80)
            return found["records"]
        return []

    def new(self, model, view_id=False):
        """Open the form of a new record; return (etree of the view, its values)."""
        archs, models = self.views(model, (view_id, "form"))
        specification = self.specification(archs["form"], model, models)
        answer = self.call(model, "onchange", [], {}, [], specification)
        return archs["form"], answer["value"]

    def specification(self, node, model, models):
        """Return the specification of `web_read` for the fields of a view."""
        found = {}
        for field_node in self._fields_of(node):
            name = field_node.get("name")
            field = models[model]["fields"].get(name)
            if field is None:
                continue
            always_invisible = field_node.get("invisible") in ("1", "True")
            found[name] = found.get(name, {})
            if always_invisible:
                continue
            if field["type"] in ("one2many", "many2many"):
                subview = next(filter(None, map(field_node.find, SUBVIEWS)), None)
                inner = {"display_name": {}}
                if subview is not None:
                    inner = self.specification(subview, field["relation"], models)
                found[name] = {"fields": inner, "limit": 40}
            elif field["type"] in ("many2one", "reference"):
                found[name] = {"fields": {"display_name": {}}}
        return found

    def _fields_of(self, node):
        """Yield the field nodes of a view, not those of the views inside its x2many fields."""
        for child in node:
            if child.tag == "field":
                yield child
            elif isinstance(child.tag, str):
                yield from self._fields_of(child)

    def buttons(self, node, model, values, parent=None):
        """Yield (button, model, values) for the buttons that the user sees, of a view and of the lists in it.

        :param values: of the record, as `web_read` gives them
        """
        for child in node:
            if not isinstance(child.tag, str) or self._holds(child.get("invisible"), values, parent):
                continue
            if child.tag in ("button", "a") and child.get("type") in ("object", "action") and child.get("name"):
                yield child, model, values
            if child.tag == "field":
                field = self.env[model]._fields.get(child.get("name"))
                for subview in filter(lambda view: view is not None, map(child.find, SUBVIEWS[:2])):
                    for row in (values.get(child.get("name")) or [])[:3]:
                        if isinstance(row, dict):
                            yield from self.buttons(subview, field.comodel_name, row, parent=values)
            elif child.tag != "groupby":
                yield from self.buttons(child, model, values, parent)

    def _holds(self, expression, values, parent):
        if not expression:
            return False
        names = {one.id for one in ast.walk(ast.parse(expression.strip(), mode="eval")) if isinstance(one, ast.Name)}
        known = {
            **dict.fromkeys(names - {"True", "False", "None"}, False),  # what a record lacks is false
            **{name: self._plain(value) for name, value in values.items()},
            "context": dict(self.env.context),
            "uid": self.env.uid,
            "allowed_company_ids": self.env.companies.ids,
            "parent": _Values({name: self._plain(value) for name, value in (parent or {}).items()}),
        }
        return bool(safe_eval(expression.strip(), known))

    def _plain(self, value):
        if isinstance(value, dict):
            return value.get("id", False)
        if isinstance(value, list):
            return _Rows(row["id"] if isinstance(row, dict) and "id" in row else row for row in value)
        return value

    def press(self, button, model, record_id):
        """Press a button of `buttons` and open what it answers.

        :raise AccessError: where the button is shown and may not be used
        """
        context = safe_eval(button.get("context") or "{}", dict(self.env.context, id=record_id, active_id=record_id))
        client = self._with(active_model=model, active_id=record_id, active_ids=[record_id], **context)
        if button.get("type") == "action":
            action = client.env["ir.actions.actions"].sudo().browse(int(button.get("name")))
            action = client.env[action.type].sudo().browse(action.id)._get_action_dict()
        else:
            action = client.call(model, button.get("name"), [record_id])
        client.follow(action)
        return action

    def follow(self, action):
        """Open what an action opens: a server action is run, the record or the list of a window is read."""
        if not isinstance(action, dict):
            return
        if action.get("type") == "ir.actions.server":
            context = action.get("context") or {}
            client = self._with(**(safe_eval(context) if isinstance(context, str) else context))
            client.follow(client.env["ir.actions.server"].browse(action["id"]).run())
        elif action.get("type") == "ir.actions.client":
            self.follow((action.get("params") or {}).get("next"))
        elif action.get("type") == "ir.actions.act_window":
            self._open(action)

    def _open(self, action):
        context = action.get("context") or {}
        if isinstance(context, str):
            context = safe_eval(context, {**self.env.context, "uid": self.env.uid})
        client, model = self._with(**context), action["res_model"]
        views = action.get("views") or [
            (action.get("view_id") or False, kind) for kind in action["view_mode"].split(",")
        ]
        view_id, kind = views[0]
        if isinstance(view_id, tuple | list):
            view_id = view_id[0]
        if kind == "form" and action.get("res_id"):
            client.show(model, "form", client.env[model].browse(action["res_id"]), view_id)
        elif kind == "form":
            client.new(model, view_id)
        elif kind in ("list", "kanban"):
            domain = action.get("domain") or []
            if isinstance(domain, str):
                domain = safe_eval(domain, {**client.env.context, "uid": self.env.uid})
            client.show(model, kind, client.env[model].search(domain, limit=5), view_id)
        else:
            client.views(model, (view_id, kind))

    def _with(self, **context):
        client = object.__new__(type(self))
        client.env = self.env(context={**self.env.context, **context})
        return client


class _Rows(list):
    """Ids of an x2many field, which an expression may count as the client's language does."""

    @property
    def length(self):
        return len(self)


class _Values:
    """The record around a list, whose fields are attributes in its rows' expressions."""

    def __init__(self, values):
        self._values = values

    def __getattr__(self, name):
        return self._values.get(name, False)
