"""Alerts as activities: who receives them, and one open activity for each person and cause."""


def people_told(companies, fallback="account.group_account_manager", home=None):
    """Return the users responsible for e-Factura in `companies`, else the members of `fallback`.

    :param fallback: xml id of a group
    :param home: company that the members of `fallback` must have access to; `companies` by default
    :return: active internal users
    """
    users = companies.sudo().l10n_ro_efactura_responsible_ids.filtered("active")
    return users or companies.env.ref(fallback).sudo().all_user_ids.filtered(
        lambda user: user.active and not user.share and (home or companies) & user.company_ids
    )


def open_activities(records, kind):
    """Return the open activities of `kind` on `records`, of all users, as superuser.

    :param kind: xml id of an activity type; a deleted one gives an empty recordset
    """
    kind = records.env.ref(kind, raise_if_not_found=False)
    return (
        records.env["mail.activity"]
        .sudo()
        .search(
            [
                ("activity_type_id", "=", kind.id if kind else False),
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
            ]
        )
    )


def alert(record, kind, users, words, deadline=None, refresh=False):
    """Schedule an activity on `record` for each of `users` who has none open for the same cause.

    :param kind: xml id of an activity type
    :param words: function of an environment in the user's language that returns (summary, note)
    :param deadline: date; today by default
    :param refresh: False: the cause is kind and summary, and an open activity stays as it is; True: the cause is the
        kind alone, and an open activity gets the new words and deadline
    """
    for user in users:
        summary, note = words(record.with_context(lang=user.lang or record.env.lang).env)
        mine = open_activities(record, kind).filtered_domain(
            [("user_id", "=", user.id), *([] if refresh else [("summary", "=", summary)])]
        )
        values = {"summary": summary, "note": note, **({"date_deadline": deadline} if deadline else {})}
        if mine and refresh:
            mine.write(values)
        elif not mine:
            record.activity_schedule(kind, user_id=user.id, **values)
