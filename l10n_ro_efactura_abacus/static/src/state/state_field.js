import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { debounce } from "@web/core/utils/timing";
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
        // a form is read again as a whole; a burst of messages reads it once
        this.reload = debounce(() => this.refresh(), 100);
        useEffect(
            (id, value) => {
                if (!id || this.props.record.resModel !== "account.move") {
                    return;
                }
                return states.watch(id, value === "processing", this.reload);
            },
            () => [this.props.record.resId, this.props.record.data[this.props.name]]
        );
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get isTest() {
        return this.props.name.includes("_test_");
    }

    get notSent() {
        return this.isTest ? "" : _t("Not sent");
    }

    get badgeClass() {
        if (this.isTest && this.value === "ok") {
            return LIVE_TEST_OK; // no full colour: it is not reported
        }
        return COLORS[this.value] || "text-bg-300";
    }

    async refresh() {
        const record = this.props.record;
        // what the user is typing is never thrown away
        if (!record.resId || record.isInEdition && (await record.isDirty())) {
            return;
        }
        await record.load();
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
