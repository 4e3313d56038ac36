import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("l10n_ro_efactura_verify_month", {
    steps: () => [
        { content: "The month before this one is offered", trigger: ".o_form_view [name=date_from]" },
        { content: "Verify it", trigger: "button[name=action_verify]", run: "click" },
        {
            content: "VAT that was deducted without an XML",
            trigger: ".o_l10n_ro_efactura_card[data-section=book_only]:contains('231')",
        },
        { content: "A package has no bill", trigger: "[name=spv_only_ids] .o_data_row:contains('ABC 1')" },
        { content: "Bills without a package", trigger: ".nav-link[name=book_only]", run: "click" },
        {
            content: "Where is the package of this one?",
            trigger: "[name=book_only_ids] .o_data_row:contains('ABC 1') button[name=action_find]",
            run: "click",
        },
        {
            content: "The best one is first: pair it",
            trigger: ".modal .o_data_row:first:contains('ABC 1'):contains('73 %') button[name=action_pair]",
            run: "click",
        },
        { content: "It is the one that is paired", trigger: ".modal .o_data_row:contains('100 %') button[name=action_undo]" },
        { content: "Close", trigger: ".modal button[special=cancel]", run: "click" },
        { content: "Gone", trigger: "body:not(:has(.modal))" },
        {
            content: "It is missed no more",
            trigger: "[name=book_only_ids]:not(:has(.o_data_row:contains('ABC 1')))",
        },
        {
            content: "The customs never send an e-Factura",
            trigger: "[name=book_only_ids] .o_data_row:contains('DVI') button[name=action_not_expected]",
            run: "click",
        },
        { content: "Say so", trigger: ".modal input[data-value=customs]", run: "click" },
        { content: "Once", trigger: ".modal button[name=action_remember]", run: "click" },
        {
            content: "Nothing is missed any more, and the pair is seen",
            trigger: ".o_l10n_ro_efactura_card[data-section=book_only]:has(.fa-check)",
        },
        { content: "What differs", trigger: ".nav-link[name=differs]", run: "click" },
        {
            content: "Both values stand there",
            trigger: "[name=differs_ids] .o_data_row:contains('Total 131.00'):contains('Total 121.00')",
        },
        {
            content: "It is right as it is",
            trigger: "[name=differs_ids] .o_data_row:contains('Total 131.00') button[name=action_done]",
            run: "click",
        },
        { content: "All agrees", trigger: ".alert-success:contains('nothing is left to look at')" },
    ],
});
