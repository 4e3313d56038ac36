import { Component } from "@odoo/owl";
import { formatFloat } from "@web/core/utils/numbers";
import { formatMonetary } from "@web/views/fields/formatters";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What the XML calls the line, with its quantity, price and the supplier's codes below. */
export class ImportLineText extends Component {
    static template = "l10n_ro_efactura_abacus.ImportLineText";
    static props = { ...standardFieldProps };

    get amount() {
        const { quantity, unit_name, price_unit, discount } = this.props.record.data;
        const isCents = Math.abs(price_unit * 100 - Math.round(price_unit * 100)) < 1e-6;
        const price = formatFloat(price_unit, { digits: [16, isCents ? 2 : 4] });
        const count = formatFloat(quantity, { digits: [16, 4], trailingZeros: false });
        const less = discount ? ` − ${formatFloat(discount, { digits: [16, 2], trailingZeros: false })}%` : "";
        return `${count} ${unit_name || ""} × ${price}${less}`;
    }
}

registry.category("fields").add("l10n_ro_efactura_line_text", {
    component: ImportLineText,
    supportedTypes: ["char"],
});

/** The net amount with its VAT below. */
export class ImportLineNet extends Component {
    static template = "l10n_ro_efactura_abacus.ImportLineNet";
    static props = { ...standardFieldProps };

    get net() {
        const { net, currency_id } = this.props.record.data;
        return formatMonetary(net, { currencyId: currency_id?.id });
    }
}

registry.category("fields").add("l10n_ro_efactura_line_net", {
    component: ImportLineNet,
    supportedTypes: ["monetary"],
});
