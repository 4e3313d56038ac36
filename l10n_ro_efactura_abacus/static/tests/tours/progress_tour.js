import { registry } from "@web/core/registry";

const CARD = ".o_l10n_ro_efactura_progress";

registry.category("web_tour.tours").add("l10n_ro_efactura_progress", {
    steps: () => [
        { content: "Select all", trigger: ".o_list_view thead .o_list_record_selector input", run: "click" },
        {
            content: "Send them",
            trigger: ".o_control_panel button[name=action_l10n_ro_efactura_send]",
            run: "click",
        },
        { content: "The bar", trigger: `${CARD} [data-state=running]:contains('0 of 3')` },
        {
            content: "Load the page again",
            trigger: ".o_list_view",
            run: () => window.location.reload(),
            expectUnloadPage: true,
        },
        { content: "The bar is there again", trigger: `${CARD} [data-state=running]:contains('0 of 3')` },
        { content: "Cancel", trigger: `${CARD} button[data-key=cancel]`, run: "click" },
        { content: "The summary", trigger: `${CARD} [data-state=cancelled]:contains('3 withdrawn')` },
        {
            content: "The summary stays after a reload",
            trigger: ".o_list_view",
            run: () => window.location.reload(),
            expectUnloadPage: true,
        },
        { content: "Open them", trigger: `${CARD} button[data-key=withdrawn]`, run: "click" },
        { content: "The list of the records", trigger: ".o_breadcrumb:contains('Withdrawn')" },
        { content: "Close it", trigger: `${CARD} [data-state=cancelled] .btn-close`, run: "click" },
        { content: "It is gone", trigger: `body:not(:has(${CARD}))` },
    ],
});
