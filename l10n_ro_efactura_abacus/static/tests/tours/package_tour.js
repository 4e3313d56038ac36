import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("l10n_ro_efactura_package", {
    steps: () => [
        {
            content: "The package is downloaded by opening it",
            trigger: ".o_data_row button[name=action_open_package]",
            run: "click",
        },
        {
            content: "The invoice is there to look at",
            trigger: "iframe.o_l10n_ro_efactura_page:iframe .o_ro_einv .o_ro_einv_payable",
        },
        { content: "The seal", trigger: ".nav-link[name=package_seal]", run: "click" },
        {
            content: "Why it is not believed, and whose certificate it is",
            trigger: ".alert-warning:contains('not among the trusted ones')",
        },
        { content: "Whose", trigger: "[name=certificate_subject]:contains('Ministerul Finantelor')" },
        { content: "Once more", trigger: "button[name=action_verify_seal]", run: "click" },
        { content: "The verdict is said", trigger: ".o_notification:contains('trusted ones')" },
        { content: "The XML", trigger: ".nav-link[name=package_xml]", run: "click" },
        { content: "It can be read", trigger: "[name=package_xml]:contains('cbc:ID')" },
        { content: "To its bill", trigger: ".o_form_sheet .fa-link + [name=move_id] a", run: "click" },
        {
            content: "Write to the seller",
            trigger: "button[name=action_l10n_ro_efactura_message_seller]",
            run: "click",
        },
        {
            content: "What does not fit",
            trigger: ".modal [name=text] textarea",
            run: "edit Cantitatea nu corespunde",
        },
        { content: "Send", trigger: ".modal button[name=action_send]", run: "click" },
        { content: "It is on its way", trigger: ".o_notification:contains('on its way')" },
        {
            content: "The bill shows it",
            trigger: ".nav-link[name=l10n_ro_efactura_buyer_message]",
            run: "click",
        },
        { content: "With its state", trigger: "[name=l10n_ro_efactura_rasp_ids] .badge" },
    ],
});
