import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("l10n_ro_efactura_inbox", {
    steps: () => [
        {
            content: "Refresh SPV",
            trigger: ".o_control_panel button:contains('Refresh SPV')",
            run: "click",
        },
        { content: "How far back ANAF is asked", trigger: ".modal [name=asked]:contains('days')" },
        {
            content: "As far as ANAF keeps messages",
            trigger: ".modal [name=period] .btn:contains('All 60 days')",
            run: "click",
        },
        { content: "It says so", trigger: ".modal [name=asked]:contains('60 days')" },
        { content: "Ask", trigger: ".modal button[name=action_refresh]", run: "click" },
        { content: "What came", trigger: ".o_l10n_ro_efactura_progress:contains('100 new')" },
        {
            content: "The list of the period, before its dates are known",
            trigger: ".o_pager_limit:contains('100')",
        },
        { content: "How far the packages are", trigger: ".o_l10n_ro_efactura_progress:contains('packages')" },
        {
            content: "All are here",
            trigger: ".o_l10n_ro_efactura_progress:contains('all 100 packages are archived')",
        },
        { content: "The rows changed by themselves", trigger: ".o_data_row .badge:contains('Archived')" },
        {
            content: "A row can be opened",
            trigger: ".o_data_row button[name=action_open_package]:contains('Open')",
        },
        {
            content: "The whole list, beyond the page",
            trigger: ".o_control_panel button[name=action_download_all]",
            run: "click",
        },
        { content: "Nothing is left", trigger: ".o_notification:contains('All 100 packages are archived')" },
    ],
});
