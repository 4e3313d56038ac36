"""Actions that the methods behind buttons give to the web client."""

import ast


def open_action(env, xmlid, records, **context):
    """Return the action of `xmlid` for `records`; models open wizards this way, without calling their methods.

    :param env: of the user who gets the action
    :param xmlid: of an ``ir.actions.server``, which is run and finds `records` under that name, or of a window action
    :param context: further keys: of the run, or of the window that opens
    :return: dict of an action, to be returned to the web client; of a server action what its code gives
    :raise AccessError: the user has none of the groups of the server action
    """
    action = env.ref(xmlid)
    if action._name == "ir.actions.server":
        return action.with_context(
            active_model=records._name, active_id=records[:1].id, active_ids=records.ids, **context
        ).run()
    values = env["ir.actions.actions"]._for_xml_id(xmlid)
    return {**values, "context": {**ast.literal_eval(values.get("context") or "{}"), **context}}


def soft_reload():
    """Return the action that reloads the view on the screen."""
    return {"type": "ir.actions.client", "tag": "soft_reload"}


def close_dialog():
    """Return the action that closes the open dialog."""
    return {"type": "ir.actions.act_window_close"}


def notification(message, kind="info", title=None, sticky=False, then=None, tag="display_notification", **params):
    """Return the action that shows a notification.

    :param message: a translated text
    :param kind: 'info', 'success', 'warning' or 'danger'
    :param sticky: True keeps it until the user closes it
    :param then: an action that runs at once, beside it
    :param tag: the client action; ours knows a `button` as well
    """
    params |= {"type": kind, "message": message}
    params |= {name: value for name, value in (("title", title), ("sticky", sticky), ("next", then)) if value}
    return {"type": "ir.actions.client", "tag": tag, "params": params}


def dialog(model, name, context=None):
    """Return the action that opens the form of a new record of `model` in a dialog.

    :param model: name of a model, usually a wizard's
    :param name: title of the dialog, a translated text
    :param context: defaults of the new record
    """
    return {
        "type": "ir.actions.act_window",
        "name": name,
        "res_model": model,
        "views": [[False, "form"]],
        "target": "new",
        "context": context or {},
    }
