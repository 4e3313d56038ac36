import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("l10n_ro_efactura_send_one", {
    steps: () => [
        { content: "Post the invoice", trigger: "button[name=action_post]", run: "click" },
        {
            content: "Send it",
            trigger: ".o_form_statusbar button[name=action_l10n_ro_efactura_send]:contains('Send to ANAF')",
            run: "click",
        },
        { content: "It is queued at once", trigger: "[name=l10n_ro_efactura_state] .badge[data-state=queued]" },
        {
            content: "The answer comes to the open page by itself",
            trigger: "[name=l10n_ro_efactura_state] .badge[data-state=ok]",
        },
        { content: "It cannot be changed any more", trigger: ".o_form_statusbar:not(:has(button[name=button_draft]))" },
        { content: "Its history", trigger: ".nav-link[name=l10n_ro_efactura]", run: "click" },
        {
            content: "Open the package",
            trigger: "[name=l10n_ro_efactura_submission_ids] button[name=action_view_package]",
            run: "click",
        },
        {
            content: "Nothing complains",
            trigger: "[name=l10n_ro_efactura_submission_ids] .badge:contains('Ok')",
        },
    ],
});

registry.category("web_tour.tours").add("l10n_ro_efactura_send_many", {
    steps: () => [
        { content: "Select all", trigger: ".o_list_view thead .o_list_record_selector input", run: "click" },
        {
            content: "Send them",
            trigger: ".o_control_panel button[name=action_l10n_ro_efactura_send]",
            run: "click",
        },
        {
            content: "One lacks data, and a button leads to it",
            trigger: ".o_notification:contains('1 lack data') .o_notification_buttons button",
        },
        { content: "How far it is", trigger: ".o_l10n_ro_efactura_progress:contains('2 Ok')" },
        { content: "The rows change by themselves", trigger: ".o_data_row .badge[data-state=ok]" },
        {
            content: "Show what lacks data",
            trigger: ".o_notification:contains('1 lack data') .o_notification_buttons button",
            run: "click",
        },
        { content: "The list of one", trigger: ".o_breadcrumb:contains('Missing data')" },
        { content: "Open it", trigger: ".o_data_row .o_data_cell[name=invoice_partner_display_name]", run: "click" },
        { content: "What is missing", trigger: ".o_form_view [name=l10n_ro_efactura_missing]:contains('City')" },
        { content: "Try again", trigger: ".o_form_statusbar button[name=action_l10n_ro_efactura_send]", run: "click" },
        {
            content: "The dialog leads to what is to be fixed",
            trigger: ".modal button:contains('Open the customer')",
            run: "click",
        },
        { content: "Here it is", trigger: ".o_form_view [name=city]" },
    ],
});
