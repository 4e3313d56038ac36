import { registry } from "@web/core/registry";
import { graphView } from "@web/views/graph/graph_view";
import { GraphRenderer } from "@web/views/graph/graph_renderer";

// Colours of the states, as their badges have them.
const COLORS = {
    ok: "#28a745",
    nok: "#dc3545",
    refused: "#a71d2a",
    uncertain: "#ffac00",
    queued: "#8fd0e0",
    uploading: "#4db6cd",
    processing: "#17a2b8",
};

/** The state that a group of a bar is about, from the domain of one of its bars; undefined where there is none. */
function stateOf(dataset) {
    for (const domain of dataset.domains || []) {
        for (const leaf of domain || []) {
            if (Array.isArray(leaf) && leaf[0] === "state" && leaf[1] === "=") {
                return leaf[2];
            }
        }
    }
}

/** Bars by state in the colours of the states: green is Ok, red is Nok. */
export class EfacturaStateGraphRenderer extends GraphRenderer {
    getBarChartData() {
        const data = super.getBarChartData();
        for (const dataset of data.datasets) {
            dataset.backgroundColor = COLORS[stateOf(dataset)] || dataset.backgroundColor;
        }
        return data;
    }
}

registry.category("views").add("l10n_ro_efactura_state_graph", {
    ...graphView,
    Renderer: EfacturaStateGraphRenderer,
});
