import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";

import { useEffect } from "@odoo/owl";

const COLORS = {
    ok: "text-bg-success",
    nok: "text-bg-danger",
    refused: "text-bg-danger",
    uncertain: "text-bg-warning",
    queued: "text-bg-info",
    uploading: "text-bg-info",
    processing: "text-bg-info",
};
const LIVE_TEST_OK = "border border-success text-success";

/** The e-Factura badge: coloured, and changing on the open page when ANAF answers. */
export class EfacturaStateField extends BadgeField {
    static template = "l10n_ro_efactura_abacus.StateField";

    setup() {
        const states = useService("l10n_ro_efactura_state");
        const refresh = (values) => this.refresh(values);
        useEffect(
            (id, value) => {
                if (!id || this.props.record.resModel !== "account.move") {
                    return;
                }
                return states.watch(id, value === "processing", refresh);
            },
            () => [this.props.record.resId, this.props.record.data[this.props.name]],
        );
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    /** What an invoice lacked when it should have been sent: shown in place of a state. */
    get missing() {
        return (!this.isTest && !this.value && this.props.record.data.l10n_ro_efactura_missing) || [];
    }

    get isTest() {
        return this.props.name.includes("_test_");
    }

    get badgeClass() {
        if (this.isTest && this.value === "ok") {
            return LIVE_TEST_OK; // no full colour: it is not reported
        }
        return COLORS[this.value] || "text-bg-300";
    }

    /** A row of a list takes the new columns; a form, where more depends on them, is read again as a whole. */
    async refresh(values) {
        const record = this.props.record;
        if (record.model.root !== record) {
            const shown = Object.entries(values).filter(([name]) => name in record.activeFields);
            record._applyValues(Object.fromEntries(shown));
        } else if (values[this.props.name] !== this.value && !(await record.isDirty())) {
            await record.load(); // what the user is typing is never thrown away
        }
    }
}

export const efacturaStateField = {
    ...badgeField,
    component: EfacturaStateField,
    displayName: _t("e-Factura state"),
    supportedTypes: ["selection"],
    extractProps: () => ({}),
};

registry.category("fields").add("l10n_ro_efactura_state", efacturaStateField);
