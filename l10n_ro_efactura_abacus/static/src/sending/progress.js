import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";

import { Component, reactive, useState } from "@odoo/owl";

const STAY = 8000; // ms a finished batch stays on the screen; one with a rejected invoice stays until it is closed

/** The batches that this user sent, as the server reports them on the bus. */
export const progressService = {
    dependencies: ["bus_service", "orm"],

    start(env, { bus_service: bus, orm }) {
        const batches = reactive(new Map());
        bus.subscribe("l10n_ro_efactura/progress", (news) => {
            if (news.total < 2) {
                return; // one invoice shows its own badge
            }
            batches.set(news.batch, { ...news });
            if (news.done < news.total) {
                return;
            }
            if (news.failed && news.kind !== "download") {
                orm.silent
                    .call("l10n_ro_efactura.submission", "batch_problems", [news.batch])
                    .then((problems) => batches.has(news.batch) && batches.set(news.batch, { ...news, problems }))
                    .catch(() => {});
            } else {
                browser.setTimeout(() => batches.delete(news.batch), STAY);
            }
        });
        return {
            batches,
            dismiss(batch) {
                batches.delete(batch);
            },
        };
    },
};

export class EfacturaProgress extends Component {
    static template = "l10n_ro_efactura_abacus.Progress";
    static props = {};

    setup() {
        this.progress = useService("l10n_ro_efactura_progress");
        this.action = useService("action");
        this.batches = useState(this.progress.batches);
    }

    get shown() {
        return [...this.batches.values()];
    }

    show(batch) {
        this.progress.dismiss(batch.batch);
        this.action.doAction(batch.problems.action);
    }

    percent(batch) {
        return Math.round((100 * batch.done) / batch.total);
    }

    title(batch) {
        if (batch.kind === "download") {
            return batch.ok >= batch.total
                ? _t("SPV: all %s packages are archived", batch.total)
                : _t("SPV: %(ok)s of %(total)s packages archived", batch);
        }
        return batch.done >= batch.total
            ? _t("e-Factura: %s invoices done", batch.total)
            : _t("e-Factura: %(done)s of %(total)s", batch);
    }
}

registry.category("services").add("l10n_ro_efactura_progress", progressService);
registry.category("main_components").add("l10n_ro_efactura_progress", { Component: EfacturaProgress });
