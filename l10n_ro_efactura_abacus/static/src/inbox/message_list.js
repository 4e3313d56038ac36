import { registry } from "@web/core/registry";
import { download } from "@web/core/network/download";
import { useService } from "@web/core/utils/hooks";
import { listView } from "@web/views/list/list_view";
import { ListController } from "@web/views/list/list_controller";

import { onWillUnmount } from "@odoo/owl";

const PAUSE = 2000; // ms between two readings of the list while packages arrive

/** The SPV list: its rows change while packages are downloaded, and what it shows goes to Excel. */
export class MessageListController extends ListController {
    static template = "l10n_ro_efactura_abacus.MessageListView";

    setup() {
        super.setup();
        this.bus = useService("bus_service");
        const onProgress = (news) => this.onProgress(news);
        this.bus.subscribe("l10n_ro_efactura/progress", onProgress);
        onWillUnmount(() => {
            this.bus.unsubscribe("l10n_ro_efactura/progress", onProgress);
            clearTimeout(this.reloading);
        });
    }

    onProgress(news) {
        if (["download", "refresh"].includes(news.kind) && !this.reloading) {
            this.reloading = setTimeout(() => {
                this.reloading = null;
                if (!this.hasSelectedRecords) {
                    this.model.load();
                }
            }, PAUSE);
        }
    }

    /** [{name, label}] of the columns on the screen. */
    get shownColumns() {
        const labels = Object.fromEntries(this.archInfo.columns.map(({ name, label }) => [name, label]));
        return this.getExportableFields().map(({ name, string }) => ({ name, label: labels[name] || string }));
    }

    /** What is shown: the columns of the screen and all rows of the filter (or those chosen), beyond the page. */
    async onExportExcel() {
        const ids = await this.model.root.getResIds(true);
        await download({
            url: "/l10n_ro_efactura/messages.xlsx",
            data: {
                data: JSON.stringify({
                    domain: ids.length ? [["id", "in", ids]] : this.props.domain,
                    columns: this.shownColumns,
                    order: this.model.root.orderBy.map(({ name, asc }) => `${name} ${asc ? "asc" : "desc"}`),
                    context: this.props.context,
                }),
            },
        });
    }
}

export const messageListView = {
    ...listView,
    Controller: MessageListController,
};

registry.category("views").add("l10n_ro_efactura_message_list", messageListView);
