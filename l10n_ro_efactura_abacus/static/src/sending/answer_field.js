import { Component, useEffect, useRef } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Field } from "@web/views/fields/field";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const LINE = "l10n_ro_efactura.window.line";
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

/**
 * The cell of the eFactura window where a value is filled in or changed: the field that fits the kind of row.
 *
 * The first click on a cell makes its row editable and opens the list of the cell at once. On a line of the invoice
 * (options: column 'unit' or 'vat', kind_field, the field that holds the kind) a value that is not asked stands as
 * the document's text until then.
 */
export class AnswerField extends Component {
    static template = "l10n_ro_efactura_abacus.AnswerField";
    static components = { Field };
    static props = {
        ...standardFieldProps,
        column: { type: String, optional: true },
        kindField: { type: String, optional: true },
    };

    setup() {
        this.root = useRef("root");
        this.isClicked = false;
        useEffect(
            (isInEdition) => {
                if (isInEdition && this.isClicked) {
                    this.openList();
                }
                this.isClicked = false;
            },
            () => [this.props.record.isInEdition],
        );
    }

    get data() {
        return this.props.record.data;
    }

    get kind() {
        return this.data[this.props.kindField || "kind"] || "none";
    }

    get isAsked() {
        return !this.props.column || (this.data.asked || "").split(" ").includes(this.props.column);
    }

    get isEditable() {
        return this.names.length > 0 && (this.isAsked || this.props.record.isInEdition);
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

    /** Why the answer could not be written, what was proposed, where else the code is used. */
    get notes() {
        if (this.props.column && !this.isEditable && !this.data.failed) {
            return [];
        }
        return [
            { text: this.data.note, classes: this.data.failed ? "text-danger" : "text-muted" },
            { text: this.data.uses, classes: "text-muted" },
        ].filter((note) => note.text);
    }

    fieldProps(name) {
        const props = { name, record: this.props.record, readonly: false };
        if (PLACEHOLDERS[name]) {
            props.placeholder = PLACEHOLDERS[name];
        }
        if (this.props.record.fields[name].type === "many2one") {
            Object.assign(props, { canCreate: false, canQuickCreate: false, canCreateEdit: false, canOpen: false });
        }
        return props;
    }

    /** The list view makes the row editable on the same click; beside an input, the click means its first one. */
    onClick(ev) {
        if (!this.props.record.isInEdition) {
            this.isClicked = true;
        } else if (!ev.target.closest(".o_field_widget .o_field_widget")) {
            this.openList();
        }
    }

    openList() {
        // the fields of the cell become inputs, and the list view gives the first its focus, after this is drawn
        browser.setTimeout(() => {
            const input = this.root.el?.querySelector("input");
            if (input && input.getAttribute("aria-expanded") !== "true") {
                input.click();
            }
        });
    }

    async resetDraft() {
        const { page, id, services } = {
            page: this.props.record.model.root,
            id: this.props.record.resId,
            services: this.env.services,
        };
        if (await page.save()) {
            await services.action.doAction(await services.orm.call(LINE, "action_reset_draft", [[id]]));
        }
    }
}

registry.category("fields").add("l10n_ro_efactura_answer", {
    component: AnswerField,
    supportedTypes: ["char"],
    extractProps: ({ options }) => ({ column: options.column, kindField: options.kind_field }),
});
