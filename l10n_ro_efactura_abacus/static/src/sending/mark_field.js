import { registry } from "@web/core/registry";
import { useBus } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";

import { onMounted } from "@odoo/owl";

const MARK = "L10N_RO_EFACTURA:MARK-FIELD";
const MARKED = "o_l10n_ro_efactura_marked";
const WAIT = 100; // ms until the page of a notebook is drawn

/** Scrolls to a field of a form, opens the notebook's page that holds it, marks it and puts the cursor there. */
async function markField(root, xmlDoc, name) {
    const find = () => root?.querySelector(`.o_field_widget[name="${name}"], .o_field_widget[name="${name}_0"]`);
    if (!find()) {
        const page = xmlDoc.querySelector(`page field[name="${name}"]`)?.closest("page");
        const tab = page && root?.querySelector(`.o_notebook .nav-link[name="${page.getAttribute("name")}"]`);
        tab?.click();
        await new Promise((resolve) => setTimeout(resolve, WAIT));
    }
    const widget = find();
    if (widget) {
        widget.classList.add(MARKED);
        widget.scrollIntoView({ block: "center" });
        widget.querySelector("input, textarea, select, [contenteditable=true]")?.focus();
    }
}

patch(FormController.prototype, {
    setup() {
        super.setup(...arguments);
        const mark = (name) => markField(this.rootRef.el, this.archInfo.xmlDoc, name);
        const wanted = this.props.context?.l10n_ro_efactura_field;
        if (wanted) {
            onMounted(() => mark(wanted));
        }
        useBus(this.env.bus, MARK, ({ detail }) => {
            if (!this.env.inDialog) {
                mark(detail);
            }
        });
    },
});

/** Reads the form on the screen again and marks `params.field`. */
async function markAction(env, { params }) {
    const controller = env.services.action.currentController;
    if (controller) {
        await env.services.action.restore(controller.jsId);
    }
    if (params.field) {
        env.bus.trigger(MARK, params.field);
    }
}

registry.category("actions").add("l10n_ro_efactura_mark", markAction);
