import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Field } from "@web/views/fields/field";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const FIELDS = {
    text: ["answer_text"],
    date: ["answer_date"],
    country: ["answer_country_id"],
    county: ["answer_state_id"],
    sector: ["answer_sector"],
    unit: ["answer_unit_id"],
    vat: ["answer_category"],
    bank: ["answer_bank_id"],
    uom: ["answer_uom_id"],
    tax: ["answer_tax_id"],
    type: ["answer_type"],
};
const PLACEHOLDERS = {
    answer_vatex: _t("Exemption code (VATEX)"),
    answer_reason: _t("Reason of the exemption"),
};
const WITHOUT_REASON = ["S", "Z", "L", "M"];

/** The cell of the eFactura window where what is missing is filled in: the field that fits the kind of row. */
export class AnswerField extends Component {
    static template = "l10n_ro_efactura_abacus.AnswerField";
    static components = { Field };
    static props = { ...standardFieldProps, kind: { type: String, optional: true } };

    get data() {
        return this.props.record.data;
    }

    /** What is asked here; on a line of the invoice nothing where the column has its value. */
    get kind() {
        if (!this.props.kind) {
            return this.data.kind;
        }
        return (this.data.asked || "").split(" ").includes(this.props.kind) ? this.props.kind : "";
    }

    get names() {
        const names = FIELDS[this.kind] || [];
        const category = this.data.answer_category;
        return this.kind === "vat" && category && !WITHOUT_REASON.includes(category)
            ? [...names, "answer_vatex", "answer_reason"]
            : names;
    }

    get isEmpty() {
        return this.names.length > 0 && !this.data[this.names[0]];
    }

    fieldProps(name) {
        const props = { name, record: this.props.record, readonly: !this.props.record.isInEdition };
        if (PLACEHOLDERS[name]) {
            props.placeholder = PLACEHOLDERS[name];
        }
        if (this.props.record.fields[name].type === "many2one") {
            Object.assign(props, { canCreate: false, canQuickCreate: false, canCreateEdit: false, canOpen: false });
        }
        return props;
    }
}

registry.category("fields").add("l10n_ro_efactura_answer", {
    component: AnswerField,
    supportedTypes: ["char"],
    extractProps: ({ options }) => ({ kind: options.kind }),
});
