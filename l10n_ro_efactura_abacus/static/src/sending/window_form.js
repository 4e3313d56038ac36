import { onWillDestroy, toRaw } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formView } from "@web/views/form/form_view";

/** The eFactura window: closing it with typed values asks first. */
export class WindowFormController extends formView.Controller {
    setup() {
        super.setup();
        this.dialog = useService("dialog");
        if (this.env.dialogData) {
            // raw: a change of the reactive object would render the dialog, and load this window, again and again
            const dialogData = toRaw(this.env.dialogData);
            const close = dialogData.close;
            // the cross and the Escape key
            dialogData.close = async (params) => {
                if (!params?.dismiss || (await this.mayClose())) {
                    return close(params);
                }
            };
            onWillDestroy(() => {
                dialogData.close = close;
            });
        }
    }

    /** True where nothing was typed, or where the user gives it up. */
    async mayClose() {
        if (!(await this.model.root.isDirty())) {
            return true;
        }
        return new Promise((resolve) => {
            this.dialog.add(
                ConfirmationDialog,
                {
                    title: _t("Close without saving?"),
                    body: _t("The values you filled in are not saved yet."),
                    confirmLabel: _t("Close without saving"),
                    cancelLabel: _t("Go on filling in"),
                    confirm: () => resolve(true),
                    cancel: () => resolve(false),
                },
                { onClose: () => resolve(false) },
            );
        });
    }

    async beforeExecuteActionButton(clickParams) {
        if (clickParams.special === "cancel" && !(await this.mayClose())) {
            return false;
        }
        return super.beforeExecuteActionButton(clickParams);
    }
}

registry.category("views").add("l10n_ro_efactura_window", { ...formView, Controller: WindowFormController });
