import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { user } from "@web/core/user";

import { Component, reactive, useState } from "@odoo/owl";

const MODEL = "l10n_ro_efactura.progress";
const GROUPS = ["account.group_account_invoice", "account.group_account_readonly"];
const PAUSE = 10000; // ms between two questions while something runs, for servers without a live connection

/**
 * The long works of this user: asked for when the page is loaded, then told by the server on the bus. A card stays
 * until the user closes it.
 */
export const progressService = {
    dependencies: ["bus_service", "orm"],

    start(env, { bus_service: bus, orm }) {
        const cards = reactive(new Map());
        const hidden = reactive(new Set()); // folded away on this page until they end
        let waiting = null;

        const isRunning = (card) => ["running", "cancelling"].includes(card.state);

        function show(card) {
            if (!card.is_shown) {
                cards.delete(card.id);
                return;
            }
            if (!isRunning(card)) {
                hidden.delete(card.id);
            }
            cards.set(card.id, card);
            watch();
        }

        function watch() {
            if (!waiting && [...cards.values()].some(isRunning)) {
                waiting = browser.setTimeout(() => {
                    waiting = null;
                    load();
                }, PAUSE);
            }
        }

        async function load() {
            const open = await orm.silent.call(MODEL, "open_cards", []).catch(() => null);
            if (open) {
                const ids = new Set(open.map(({ id }) => id));
                [...cards.keys()].filter((id) => !ids.has(id)).forEach((id) => cards.delete(id));
                open.forEach(show);
            }
            watch();
        }

        bus.subscribe("l10n_ro_efactura/progress", show);
        Promise.all(GROUPS.map((group) => user.hasGroup(group))).then((has) => {
            if (has.some(Boolean)) {
                load();
            }
        });
        return {
            cards,
            hidden,
            isRunning,
            async cancel(card) {
                cards.set(card.id, { ...card, can_cancel: false });
                await orm.call(MODEL, "action_cancel", [card.id]);
                await load();
            },
            async close(card) {
                if (isRunning(card)) {
                    hidden.add(card.id);
                    return;
                }
                cards.delete(card.id);
                await orm.call(MODEL, "action_close", [card.id]);
            },
            open(card, key) {
                return orm.call(MODEL, "action_open", [card.id, key]);
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
        this.cards = useState(this.progress.cards);
        this.hidden = useState(this.progress.hidden);
    }

    get shown() {
        return [...this.cards.values()].filter((card) => !this.hidden.has(card.id));
    }

    percent(card) {
        return card.total ? Math.round((100 * card.done) / card.total) : 0;
    }

    isRunning(card) {
        return this.progress.isRunning(card);
    }

    closeLabel(card) {
        return this.isRunning(card) ? _t("Hide until it ends") : _t("Close");
    }

    async onOpen(card, key) {
        const action = await this.progress.open(card, key);
        if (action) {
            this.action.doAction(action);
        }
    }
}

registry.category("services").add("l10n_ro_efactura_progress", progressService);
registry.category("main_components").add("l10n_ro_efactura_progress", { Component: EfacturaProgress });
