import { registry } from "@web/core/registry";
import { debounce } from "@web/core/utils/timing";

/**
 * One place that knows which invoices are on the screen: it asks ANAF (through the server, which guards ANAF's daily
 * limits) once for all rows in work, and tells each row when the server says that it changed.
 */
export const stateService = {
    dependencies: ["bus_service", "orm"],

    start(env, { bus_service: bus, orm }) {
        const watchers = new Map(); // move id -> Set of callbacks
        const wanted = new Set();
        const asked = new Set(); // once for each page: afterwards the bus tells

        const ask = debounce(async () => {
            const ids = [...wanted].filter((id) => watchers.has(id));
            wanted.clear();
            if (ids.length) {
                await orm.silent.call("account.move", "l10n_ro_efactura_refresh_visible", [ids]).catch(() => {});
            }
        }, 200);

        bus.subscribe("l10n_ro_efactura/state", ({ move_ids }) => {
            for (const id of move_ids) {
                for (const callback of watchers.get(id) || []) {
                    callback();
                }
            }
        });

        return {
            /** Calls `callback` when the state of move `id` changes; `inWork` also asks ANAF now. */
            watch(id, inWork, callback) {
                if (!watchers.has(id)) {
                    watchers.set(id, new Set());
                }
                watchers.get(id).add(callback);
                if (inWork && !asked.has(id)) {
                    asked.add(id);
                    wanted.add(id);
                    ask();
                }
                return () => {
                    const callbacks = watchers.get(id);
                    callbacks?.delete(callback);
                    if (!callbacks?.size) {
                        watchers.delete(id);
                        asked.delete(id);
                    }
                };
            },
        };
    },
};

registry.category("services").add("l10n_ro_efactura_state", stateService);
