import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { debounce } from "@web/core/utils/timing";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const PAUSE = 1000; // ms between news from the server and the next count
const TABLE = ["to_send", "late", "nok", "uncertain", "to_import"];

/** The home of e-Factura: cards that open their lists, a graph of weeks, and how ANAF is. */
export class EfacturaHome extends Component {
    static template = "l10n_ro_efactura_abacus.Home";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.display = { controlPanel: {} };
        this.state = useState({ home: null });
        onWillStart(() => this.load());
        const reload = debounce(() => this.load(), PAUSE);
        this.bus.subscribe("l10n_ro_efactura/state", reload);
        onWillUnmount(() => {
            reload.cancel();
            this.bus.unsubscribe("l10n_ro_efactura/state", reload);
        });
    }

    async load() {
        this.state.home = await this.orm.call("l10n_ro_efactura.home", "get_home", []);
    }

    /** The columns of the table of companies, with their labels from the cards. */
    get columns() {
        const cards = this.state.home.parts.flatMap((part) => part.cards);
        return TABLE.map((key) => cards.find((card) => card.key === key));
    }

    get highest() {
        return Math.max(1, ...this.state.home.weeks.flatMap((week) => [week.sent, week.received]));
    }

    height(count) {
        return count ? `${Math.max(3, (100 * count) / this.highest)}%` : "0";
    }

    async open(key, companyId = null) {
        this.action.doAction(await this.orm.call("l10n_ro_efactura.home", "open_list", [key, companyId]));
    }

    refresh() {
        this.action.doAction("l10n_ro_efactura_abacus.l10n_ro_efactura_refresh_action", {
            onClose: () => this.load(),
        });
    }
}

registry.category("actions").add("l10n_ro_efactura_home", EfacturaHome);
