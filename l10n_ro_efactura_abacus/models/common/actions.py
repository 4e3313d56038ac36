"""Actions that the methods behind buttons give to the web client."""
import ast


def open_action(env, xmlid, records, **context):
    """Give the action of `xmlid` for `records`. So a model opens a wizard without calling its methods.

    :param env: of the user who gets the action
    :param xmlid: of an ``ir.actions.server``, which is run and finds `records` under that name, or of a window action
    :param context: further keys: of the run, or of the window that opens
    :return: dict of an action, to be returned to the web client; of a server action what its code gives
    :raise AccessError: the user has none of the groups of the server action
    """
    action = env.ref(xmlid)
    if action._name == 'ir.actions.server':
        return action.with_context(
            active_model=records._name, active_id=records[:1].id, active_ids=records.ids, **context).run()
    values = env['ir.actions.actions']._for_xml_id(xmlid)
    return {**values, 'context': {**ast.literal_eval(values.get('context') or '{}'), **context}}
