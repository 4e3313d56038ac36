import { Component, onWillStart } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { Field, getFieldFromRegistry } from "@web/views/fields/field";

const LINE = "l10n_ro_efactura.import.line";
const ICONS = {
    user: "fa-user-o",
    remembered: "fa-history",
    supplier_code: "fa-hashtag",
    barcode: "fa-barcode",
    name: "fa-font",
    order: "fa-shopping-cart",
    xml: "fa-code",
    default: "fa-cog",
};

/** Choices that nobody made: another row's answer may take their place. */
const OPEN = ["none", "default", "xml"];

/**
 * A cell of the import: the field itself, where its value came from, and yellow where nothing is known.
 *
 * options: choice (name on the proposal), needed (nothing is imported without it), empty (it may be left empty),
 * widget (of the field inside).
 */
export class ChoiceField extends Component {
    static template = "l10n_ro_efactura_abacus.ChoiceField";
    static components = { Field };
    static props = ["*"];

    setup() {
        onWillStart(async () => {
            if (this.props.choice === "product") {
                this.mayCreateProduct = await user.checkAccessRight("product.product", "create");
            }
        });
    }

    get data() {
        return this.props.record.data;
    }

    get source() {
        return this.data[`${this.props.choice}_source`];
    }

    get sourceName() {
        const { selection } = this.props.record.fields[`${this.props.choice}_source`];
        return Object.fromEntries(selection)[this.source] || "";
    }

    get icon() {
        return ICONS[this.source];
    }

    get isYellow() {
        return this.source === "none";
    }

    /** The journal's account stands for any line: worth a look, no reason to stop. */
    get isGuess() {
        return this.props.choice === "account" && this.source === "default" && !this.data.product_id;
    }

    get hasValue() {
        const value = this.data[this.props.name];
        return Boolean(value && (value.count === undefined ? true : value.count));
    }

    get classes() {
        return {
            o_l10n_ro_efactura_yellow: this.isYellow && this.props.needed,
            o_l10n_ro_efactura_pale: (this.isYellow && !this.props.needed) || this.isGuess,
        };
    }

    get fieldProps() {
        const { name, record, readonly, innerInfo } = this.props;
        return { name, record, readonly, fieldInfo: innerInfo };
    }

    get page() {
        return this.props.record.model.root;
    }

    /** Rows of the same document that want the same answer; the server has the last word. */
    get similar() {
        if (this.source !== "user" || !this.hasValue || !this.page.data.line_ids) {
            return 0;
        }
        const { choice, record } = this.props;
        const same = {
            taxes: (row) => row.category === this.data.category && row.rate === this.data.rate,
            uom: (row) => row.unit_code === this.data.unit_code,
            product: (row) => row.name === this.data.name,
        }[choice];
        const own = this.key(record);
        return this.page.data.line_ids.records.filter(
            (row) =>
                row !== record &&
                OPEN.includes(row.data[`${choice}_source`]) &&
                this.key(row) !== own &&
                (!same || same(row.data)),
        ).length;
    }

    /** The value of a row's cell, to compare. */
    key(row) {
        const value = row.data[this.props.name];
        return JSON.stringify(value?.currentIds || value?.id || value || false);
    }

    get similarText() {
        return _t("Same for %s more", this.similar);
    }

    get canBeEmpty() {
        return this.isYellow && this.props.empty && !this.page.data.move_id;
    }

    get emptyText() {
        return this.props.choice === "taxes" && this.data.is_rated ? _t("VAT as cost") : _t("Leave empty");
    }

    get canCreateProduct() {
        return this.mayCreateProduct && !this.hasValue && !this.page.data.move_id;
    }

    async call(method, args = []) {
        // the cell may be gone after saving, and what was useService()d with it
        const { page, env } = this;
        const id = this.props.record.resId;
        if (await page.save()) {
            await env.services.orm.call(LINE, method, [[id], ...args]);
            await page.load();
        }
    }

    applyToSimilar() {
        return this.call("action_apply_to_similar", [this.props.choice]);
    }

    leaveEmpty() {
        return this.call("action_leave_empty", [this.props.choice]);
    }

    createProduct() {
        return this.call("action_create_product");
    }
}

function choiceField(type) {
    return {
        component: ChoiceField,
        supportedTypes: [type],
        extractProps: (fieldInfo) => {
            const { choice, needed, empty, widget, ...options } = fieldInfo.options;
            return {
                choice,
                needed: Boolean(needed),
                empty: Boolean(empty),
                innerInfo: {
                    ...fieldInfo,
                    options,
                    widget,
                    field: getFieldFromRegistry(type, widget, "list"),
                },
            };
        },
    };
}

const fields = registry.category("fields");
fields.add("l10n_ro_efactura_choice", choiceField("many2one"));
fields.add("l10n_ro_efactura_choice_tags", {
    ...choiceField("many2many"),
    relatedFields: () => [{ name: "display_name", type: "char" }],
});
fields.add("l10n_ro_efactura_choice_selection", choiceField("selection"));
fields.add("l10n_ro_efactura_choice_analytic", choiceField("json"));
