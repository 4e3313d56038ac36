import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("l10n_ro_efactura_home", {
    steps: () => [
        { content: "one to send", trigger: "[data-card='to_send'] .o_count:contains(/^1$/)" },
        { content: "none rejected", trigger: "[data-card='nok'] .o_count:contains(/^0$/)" },
        { content: "ANAF is connected", trigger: "[data-part='anaf'] .badge:contains('Connected')" },
        { content: "open the list", trigger: "[data-card='to_send']", run: "click" },
        { content: "choose it", trigger: ".o_list_view .o_data_row .o_list_record_selector input", run: "click" },
        {
            content: "send it",
            trigger: ".o_control_panel button[name='action_l10n_ro_efactura_send']",
            run: "click",
        },
        { content: "queued", trigger: ".o_notification:contains('1 queued')" },
        { content: "back to the home", trigger: ".breadcrumb-item a:contains('e-Factura')", run: "click" },
        { content: "nothing to send", trigger: "[data-card='to_send'] .o_count:contains(/^0$/)" },
        {
            content: "it is Ok, without a reload",
            trigger: "[data-card='ok_today'] .o_count:contains(/^1$/)",
            timeout: 60000,
        },
    ],
});
