import { registry } from "@web/core/registry";
import { debounce } from "@web/core/utils/timing";

const COLUMNS = [
    "l10n_ro_efactura_missing",
    ...["state", "upload_index", "download_id"].flatMap((name) => [
        `l10n_ro_efactura_${name}`,
        `l10n_ro_efactura_test_${name}`,
    ]),
];
const BURST = 200; // ms

/**
 * One place that knows which invoices are on the screen: it asks ANAF (through the server, which guards ANAF's daily
 * limits) once for all rows in work, and brings the new states in one call when the server says that some changed.
 */
export const stateService = {
    dependencies: ["bus_service", "orm"],

    start(env, { bus_service: bus, orm }) {
        const watchers = new Map(); // move id -> Set of callbacks
        const wanted = new Set(); // to ask ANAF about
        const asked = new Set(); // once for each page: afterwards the bus tells
        const changed = new Set(); // to read

        const ask = debounce(async () => {
            const ids = [...wanted].filter((id) => watchers.has(id));
            wanted.clear();
            if (ids.length) {
                await orm.silent.call("account.move", "l10n_ro_efactura_refresh_visible", [ids]).catch(() => {});
            }
        }, BURST);

        const read = debounce(async () => {
            const ids = [...changed].filter((id) => watchers.has(id));
            changed.clear();
            if (ids.length) {
                const rows = await orm.silent.read("account.move", ids, COLUMNS).catch(() => []);
                for (const { id, ...values } of rows) {
                    for (const callback of watchers.get(id) || []) {
                        callback(values);
                    }
                }
            }
        }, BURST);

        bus.subscribe("l10n_ro_efactura/state", ({ move_ids }) => {
            move_ids.forEach((id) => changed.add(id));
            read();
        });

        return {
            /** Calls `callback` with its columns when move `id` changes; `inWork` also asks ANAF now. */
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
