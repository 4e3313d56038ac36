import { registry } from "@web/core/registry";

const row = (number) => `.o_field_widget[name=line_ids] .o_data_row:nth-child(${number})`;

registry.category("web_tour.tours").add("l10n_ro_efactura_import", {
    steps: () => [
        {
            content: "Import the supplier's invoice",
            trigger: ".o_data_row:contains('TUR 7') button[name=action_import]",
            run: "click",
        },
        {
            content: "The invoice stands beside its bill",
            trigger: ".o_l10n_ro_efactura_left iframe.o_l10n_ro_efactura_page",
        },
        {
            content: "The supplier is new",
            trigger: ".o_l10n_ro_efactura_new_supplier [name=new_city] input",
            run: "edit Florești && click body",
        },
        { content: "Four cells are to be filled in", trigger: ".alert-warning:contains('4')" },
        {
            content: "The account of the first line",
            trigger: `${row(1)} td[name=account_id] .o_l10n_ro_efactura_yellow`,
            run: "click",
        },
        { content: "By its number", trigger: `${row(1)} td[name=account_id] input`, run: "edit 6022" },
        { content: "Choose it", trigger: ".o-autocomplete--dropdown-item:contains('Fuel')", run: "click" },
        {
            content: "The other line gets the same",
            trigger: `${row(1)} td[name=account_id] .o_l10n_ro_efactura_similar:contains('1')`,
            run: "click",
        },
        { content: "Two left", trigger: ".alert-warning:contains('2')" },
        {
            content: "The first line has no unit in Odoo",
            trigger: `${row(1)} td[name=product_uom_id] .o_l10n_ro_efactura_leave_empty`,
            run: "click",
        },
        { content: "One left", trigger: ".alert-warning:contains('1')" },
        {
            content: "The second has",
            trigger: `${row(2)} td[name=product_uom_id] .o_l10n_ro_efactura_yellow`,
            run: "click",
        },
        { content: "Units", trigger: `${row(2)} td[name=product_uom_id] input`, run: "edit Units" },
        { content: "Choose it", trigger: ".o-autocomplete--dropdown-item:contains('Units')", run: "click" },
        { content: "Equal to the cent", trigger: ".o_l10n_ro_efactura_equal" },
        { content: "Import and post", trigger: "button[name=action_import_post]:enabled", run: "click" },
        {
            content: "The bill is posted",
            trigger: ".o_arrow_button_current[data-value=posted]",
        },
        { content: "Its number is the supplier's", trigger: "[name=ref] input:value('TUR 7')" },
        {
            content: "Back to the messages",
            trigger: ".o_breadcrumb a:contains('SPV Messages')",
            run: "click",
        },
        {
            content: "The message shows its bill, and is not imported again",
            trigger:
                ".o_data_row:contains('TUR 7'):not(:has(button[name=action_import])) td[name=move_id]:contains('BILL')",
        },
    ],
});
