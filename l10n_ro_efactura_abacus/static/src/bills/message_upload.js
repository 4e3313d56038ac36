import { DocumentFileUploader } from "@account/components/document_file_uploader/document_file_uploader";
import { FileUploadListRenderer } from "@account/views/file_upload_list/file_upload_list_renderer";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { messageListView } from "../inbox/message_list";

import { onWillStart } from "@odoo/owl";

/** The list of SPV messages takes files too: an XML or ANAF's ZIP, uploaded or dropped on it, opens its import. */
export class MessageUploadController extends messageListView.Controller {
    static template = "l10n_ro_efactura_abacus.MessageUploadView";
    static components = { ...messageListView.Controller.components, DocumentFileUploader };

    setup() {
        super.setup();
        onWillStart(async () => {
            this.mayImport = await user.hasGroup("account.group_account_invoice");
        });
    }
}

export class MessageUploadRenderer extends FileUploadListRenderer {
    setup() {
        super.setup();
        this.dropZoneTitle = _t("Drop the XML of an invoice or ANAF's ZIP here");
    }
}

registry.category("views").add("l10n_ro_efactura_message_upload_list", {
    ...messageListView,
    Controller: MessageUploadController,
    Renderer: MessageUploadRenderer,
});
