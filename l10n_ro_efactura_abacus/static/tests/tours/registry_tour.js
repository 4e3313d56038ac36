import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("l10n_ro_efactura_register", {
    steps: () => [
        {
            content: "never checked: only the button is there",
            trigger: ".o_l10n_ro_efactura_register:not(:has(table)) .o_l10n_ro_efactura_check",
            run: "click",
        },
        {
            content: "facts are badges",
            trigger: ".o_l10n_ro_efactura_register .badge.text-bg-warning:contains(VAT on payment)",
        },
        {
            content: "take over one of the differences",
            trigger: ".o_l10n_ro_efactura_register tr[data-name=zip] button",
            run: "click",
        },
        {
            content: "it is gone, the others are still there",
            trigger: ".o_l10n_ro_efactura_register:not(:has(tr[data-name=zip])) tr[data-name=sector]",
        },
        {
            trigger: ".o_l10n_ro_efactura_take_all",
            run: "click",
        },
        {
            content: "nothing differs any longer",
            trigger: ".o_l10n_ro_efactura_register:not(:has(table)) .text-success",
        },
    ],
});
