import { registry } from "@web/core/registry";

const PANEL = "[name=l10n_ro_efactura_errors]";

registry.category("web_tour.tours").add("l10n_ro_efactura_rejected", {
    steps: () => [
        {
            content: "Send it",
            trigger: ".o_form_statusbar button[name=action_l10n_ro_efactura_send]:contains('Send to ANAF')",
            run: "click",
        },
        { content: "ANAF says no", trigger: "[name=l10n_ro_efactura_state] .badge[data-state=nok]" },
        { content: "What it means", trigger: `${PANEL}:contains("The buyer's CUI is wrong")` },
        { content: "The term stays", trigger: "[name=l10n_ro_efactura]:contains('to send by')" },
        { content: "Mend it", trigger: `${PANEL} a[name=action_mend]:contains('Mend')`, run: "click" },
        {
            content: "The field is marked; correct it",
            trigger: ".modal .o_l10n_ro_efactura_marked[name=vat] input",
            run: "edit RO987654328",
        },
        { content: "Save", trigger: ".modal .o_form_button_save", run: "click" },
        { content: "Back on the invoice", trigger: "body:not(:has(.modal))" },
        { content: "Test it", trigger: `${PANEL} button[name=action_l10n_ro_efactura_send_test]`, run: "click" },
        { content: "The test is Ok", trigger: `${PANEL} .badge[data-state=ok]` },
        { content: "Send it again", trigger: `${PANEL} button[name=action_l10n_ro_efactura_send]`, run: "click" },
        { content: "ANAF has it", trigger: "[name=l10n_ro_efactura] .badge[data-state=ok]" },
        { content: "The errors are gone", trigger: `body:not(:has(${PANEL}))` },
    ],
});
