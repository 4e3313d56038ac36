import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("l10n_ro_efactura_send_one", {
    steps: () => [
        { content: "Post the invoice", trigger: "button[name=action_post]", run: "click" },
        {
            content: "Send it",
            trigger: ".o_form_statusbar button[name=action_l10n_ro_efactura_send]:contains('Send to ANAF')",
            run: "click",
        },
        {
            content: "It is under way at once; the jobs may be faster than the page",
            trigger:
                "[name=l10n_ro_efactura_state] .badge:is([data-state=queued], [data-state=processing], [data-state=ok])",
        },
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
            content: "Fill in what is missing",
            trigger: ".o_notification:contains('1 lack data') .o_notification_buttons button",
            run: "click",
        },
        {
            content: "An empty yellow cell for the city",
            trigger: ".modal .o_data_row:contains('BT-52') .o_l10n_ro_efactura_empty",
            run: "click",
        },
        {
            content: "Fill it in",
            trigger: ".modal .o_data_row [name=answer_text] input",
            run: "edit Cluj-Napoca",
        },
        { content: "Save", trigger: ".modal button[name=action_check]", run: "click" },
        { content: "Nothing is missing", trigger: ".modal .alert-success:contains('Nothing is missing')" },
        { content: "Send it", trigger: ".modal button[name=action_send]", run: "click" },
        { content: "It is queued", trigger: ".o_notification:contains('1 queued for ANAF')" },
    ],
});

registry.category("web_tour.tours").add("l10n_ro_efactura_window", {
    steps: () => [
        {
            content: "Send the first invoice",
            trigger: ".o_form_statusbar button[name=action_l10n_ro_efactura_send]:contains('Send to ANAF')",
            run: "click",
        },
        {
            content: "The unit is asked",
            trigger: ".modal .o_data_row:contains('BT-130') .o_l10n_ro_efactura_empty",
            run: "click",
        },
        {
            content: "By its Romanian name",
            trigger: ".modal .o_data_row [name=answer_unit_id] input",
            run: "edit cutie",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item:contains('XBX')",
            run: "click",
        },
        {
            content: "And the sector",
            trigger: ".modal .o_data_row:contains('BT-52') .o_l10n_ro_efactura_empty",
            run: "click",
        },
        { content: "One click opened the list: sector 3", trigger: ".o_select_menu_item:contains('Sector 3')", run: "click" },
        {
            content: "It stands there",
            trigger: ".modal .o_l10n_ro_efactura_answer:not(.o_l10n_ro_efactura_empty) [name=answer_sector]",
        },
        { content: "Save", trigger: ".modal button[name=action_check]", run: "click" },
        { content: "Nothing is missing", trigger: ".modal .alert-success:contains('Nothing is missing')" },
        { content: "Send it", trigger: ".modal button[name=action_send]", run: "click" },
        {
            content: "The answer comes by itself",
            trigger: "[name=l10n_ro_efactura_state] .badge[data-state=ok]",
        },
    ],
});

registry.category("web_tour.tours").add("l10n_ro_efactura_window_again", {
    steps: () => [
        {
            content: "Send the second invoice: nothing is asked",
            trigger: ".o_form_statusbar button[name=action_l10n_ro_efactura_send]:contains('Send to ANAF')",
            run: "click",
        },
        {
            content: "The answer comes by itself",
            trigger: "[name=l10n_ro_efactura_state] .badge[data-state=ok]",
        },
    ],
});
