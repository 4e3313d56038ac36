import { Component, useRef } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * A page of a package in a frame that runs no scripts: of a char field its address, of an html field the page itself.
 * Same origin, so that the frame can be given the height of its page.
 */
export class PackagePageField extends Component {
    static template = "l10n_ro_efactura_abacus.PackagePageField";
    static props = { ...standardFieldProps };

    setup() {
        this.frame = useRef("frame");
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get isAddress() {
        return this.props.record.fields[this.props.name].type === "char";
    }

    get source() {
        return this.isAddress ? { src: this.value } : { srcdoc: String(this.value) };
    }

    fit() {
        const page = this.frame.el.contentDocument;
        if (page && page.body) {
            // nothing of the document is cut off: what is wider than the frame is read smaller
            const { scrollWidth, clientWidth } = page.documentElement;
            if (clientWidth && scrollWidth > clientWidth) {
                page.body.style.zoom = Math.max(clientWidth / scrollWidth, 0.5);
            }
            this.frame.el.style.height = `${page.documentElement.scrollHeight + 16}px`;
        }
    }
}

registry.category("fields").add("l10n_ro_efactura_page", {
    component: PackagePageField,
    supportedTypes: ["char", "html"],
});
