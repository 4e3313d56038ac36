import { registry } from "@web/core/registry";

/** Odoo's notification with a button that opens an action: `params.button` = {name, action}. */
function notificationAction(env, { params }) {
    const { type, title, message, button, next } = params;
    const close = env.services.notification.add(message, {
        type,
        title,
        sticky: Boolean(button),
        buttons: button
            ? [
                  {
                      name: button.name,
                      primary: true,
                      onClick: () => {
                          close();
                          env.services.action.doAction(button.action);
                      },
                  },
              ]
            : [],
    });
    return next;
}

registry.category("actions").add("l10n_ro_efactura_notification", notificationAction);
