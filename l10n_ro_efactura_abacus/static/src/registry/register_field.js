import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What ANAF's register says of a contact: badges, and a row for each difference with a button that takes it over. */
export class RegisterField extends Component {
    static template = "l10n_ro_efactura_abacus.RegisterField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ busy: false });
    }

    get value() {
        return this.props.record.data[this.props.name] || { facts: [], differences: [] };
    }

    /** Save the contact, call a method of it, and show what became of it. */
    async run(method, ...args) {
        this.state.busy = true;
        try {
            const record = this.props.record;
            if (!(await record.save())) {
                return;
            }
            const action = await this.orm.call(record.resModel, method, [[record.resId], ...args]);
            if (action && action.params) {
                await this.action.doAction({ ...action, params: { ...action.params, next: undefined } });
            }
            await record.load();
        } finally {
            this.state.busy = false;
        }
    }

    check() {
        return this.run("action_l10n_ro_efactura_check_register");
    }

    takeOver(names) {
        return this.run("action_l10n_ro_efactura_take_over", names);
    }

    open() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "l10n_ro_efactura.taxpayer",
            res_id: this.value.taxpayer_id,
            views: [[false, "form"]],
            target: "new",
        });
    }
}

registry.category("fields").add("l10n_ro_efactura_register", {
    component: RegisterField,
    supportedTypes: ["json"],
});
