import { registry } from "@web/core/registry";

const FOOTER = ".modal:not(.o_inactive_modal) .modal-footer";
const REFUSED = ".modal [name=refused_ids] .o_data_row:contains('BT-130')";
const ASKED = ".modal:contains('Close without saving?')";

/** Where "Save and check again" stood when it was pressed. */
let checkCenter;

function isYellow(element) {
    const [red, green, blue] = getComputedStyle(element).backgroundColor.match(/\d+/g).map(Number);
    return red > 200 && green > 150 && blue < 120;
}

/** The step that presses "Save and check again" and keeps its place. */
const saveAndCheck = {
    content: "Save and check again",
    trigger: `${FOOTER} button[name=action_check]`,
    run({ anchor, click }) {
        const { left, top, width, height } = anchor.getBoundingClientRect();
        checkCenter = [left + width / 2, top + height / 2];
        return click();
    },
};

/** The step that finds "Send to ANAF", elsewhere than at that place. */
const sendIsElsewhere = {
    content: "Send to ANAF stands elsewhere than the button that was pressed",
    trigger: `${FOOTER} button[name=action_send]`,
    run({ anchor }) {
        const there = document.elementFromPoint(...checkCenter);
        if (!there || anchor === there || there.closest("button[name=action_send]")) {
            throw new Error("A second click would send the invoice to ANAF");
        }
    },
};

const valueIsThere = {
    content: "The value is still there",
    trigger: `body:not(:has(${ASKED})) ${REFUSED} [name=answer_unit_id]`,
    run({ anchor }) {
        const value = anchor.querySelector("input")?.value || anchor.textContent;
        if (!value.includes("XPX")) {
            throw new Error(`The value is lost: ${value}`);
        }
    },
};

const openWindow = {
    content: "Open the window",
    trigger: "button[name=action_l10n_ro_efactura_window]",
    run: "click",
};

const clickYellowCell = {
    content: "ANAF's error in a yellow cell",
    trigger: `${REFUSED} .o_l10n_ro_efactura_asked`,
    run({ anchor, click }) {
        if (!isYellow(anchor)) {
            throw new Error(`The cell is not yellow: ${getComputedStyle(anchor).backgroundColor}`);
        }
        return click();
    },
};

registry.category("web_tour.tours").add("l10n_ro_efactura_window_refused", {
    steps: () => [
        openWindow,
        { content: "What ANAF said", trigger: ".modal .alert-danger:contains('ANAF refused this invoice')" },
        { content: "Nothing green beside it", trigger: ".modal:not(:has(.alert-success))" },
        clickYellowCell,
        {
            content: "One click opened its list",
            trigger: ".o-autocomplete--dropdown-menu .o-autocomplete--dropdown-item",
        },
        { content: "Look for another unit", trigger: `${REFUSED} [name=answer_unit_id] input`, run: "edit XPX" },
        { content: "Choose it", trigger: ".o-autocomplete--dropdown-item:contains('XPX')", run: "click" },
        { content: "It stands there", trigger: `${REFUSED} [name=answer_unit_id] input:value(/XPX/)` },
        { content: "Close", trigger: `${FOOTER} button[special=cancel]`, run: "click" },
        { content: "It asks", trigger: `${ASKED} .btn-secondary`, run: "click" },
        valueIsThere,
        { content: "Close by the cross", trigger: ".modal .modal-header .btn-close", run: "click" },
        { content: "It asks too", trigger: `${ASKED} .btn-secondary`, run: "click" },
        valueIsThere,
        saveAndCheck,
        { content: "It has changed", trigger: ".modal .alert-danger:contains('The document has changed since')" },
        sendIsElsewhere,
        { content: "Show the XML", trigger: `${FOOTER} button[name=action_generate]`, run: "click" },
        { content: "Its tab opened", trigger: ".modal .nav-link.active[name=xml]" },
        { content: "Close: nothing was typed", trigger: `${FOOTER} button[special=cancel]`, run: "click" },
        { content: "It is closed", trigger: "body:not(:has(.modal))" },
    ],
});
