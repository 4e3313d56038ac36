import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

const PANEL = "[name=l10n_ro_efactura_errors]";
let copied = "";

registry.category("web_tour.tours").add("l10n_ro_efactura_support_ticket", {
    steps: () => [
        {
            content: "Send it",
            trigger: ".o_form_statusbar button[name=action_l10n_ro_efactura_send]:contains('Send to ANAF')",
            run: "click",
        },
        { content: "ANAF says no", trigger: "[name=l10n_ro_efactura_state] .badge[data-state=nok]" },
        { content: "Test it", trigger: `${PANEL} button[name=action_l10n_ro_efactura_send_test]`, run: "click" },
        { content: "The test says no too", trigger: `${PANEL} .badge[data-state=nok]` },
        {
            content: "Make the ticket",
            trigger: `${PANEL} button[name=action_l10n_ro_efactura_support_ticket]`,
            run: "click",
        },
        {
            content: "Copy the text",
            trigger: ".o_form_view .o_clipboard_button",
            run({ queryFirst }) {
                const write = browser.navigator.clipboard.writeText;
                browser.navigator.clipboard.writeText = async (text) => {
                    copied = text;
                    browser.navigator.clipboard.writeText = write;
                };
                queryFirst(".o_form_view .o_clipboard_button").click();
            },
        },
        {
            content: "It has the number and both attempts",
            trigger: "[name=text]:contains('TICHET/2026/00001')",
            run() {
                for (const part of ["TICHET/2026/00001", "mediul PRODUCȚIE", "mediul TEST", "Index de încărcare"]) {
                    if (!copied.includes(part)) {
                        throw new Error(`"${part}" was not copied`);
                    }
                }
            },
        },
        { content: "Its number", trigger: ".o_field_widget[name=number] input", run: "edit SPV-4711" },
        { content: "It is opened", trigger: "button[name=action_opened]", run: "click" },
        { content: "Open", trigger: ".o_statusbar_status .o_arrow_button_current:contains('Open')" },
        {
            content: "ANAF's answer",
            trigger: ".o_field_widget[name=answer] textarea",
            run: "edit CUI înregistrat acum.",
        },
        { content: "Close it", trigger: "button[name=action_close]", run: "click" },
        { content: "Closed", trigger: ".o_statusbar_status .o_arrow_button_current:contains('Closed')" },
        { content: "Back to the invoice", trigger: ".breadcrumb .o_back_button, .o_back_button", run: "click" },
        { content: "Its page", trigger: ".o_notebook a[name=l10n_ro_efactura]", run: "click" },
        {
            content: "It remembers the ticket",
            trigger: "[name=l10n_ro_efactura_support_ticket_ids] .o_data_row:contains('SPV-4711')",
        },
    ],
});
