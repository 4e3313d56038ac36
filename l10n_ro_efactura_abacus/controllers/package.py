"""Downloads and pages of a package's parts, for users who may read SPV. No content from outside runs in a browser."""

import tempfile

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

from ..models.common.rights import check_read_spv

# Bytes sent at once.
CHUNK = 1 << 20
# Headers of pages made from a package: no script, nothing loaded from elsewhere, framed by Odoo only.
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'self';"
    " sandbox allow-same-origin allow-modals allow-downloads",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
}


class EfacturaPackage(http.Controller):
    """Parts of SPV packages; each method `_<part>` returns the response for one part."""

    @http.route(
        ["/l10n_ro_efactura/package/<int:message_id>", "/l10n_ro_efactura/package/<int:message_id>/<string:part>"],
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def package(self, message_id, part="zip", all_lines=None, der=None, n="", **_kw):
        """Return one part of the package of an SPV message; 404 for other parts or without the right to read it.

        zip, xml, seal: the exact bytes of ANAF; certificate: PEM, or DER with ``?der=1``;
        errors: ANAF's texts with explanations; pdf: ANAF's, else ours; view: a page to read and print;
        attachment: the `n`-th file inside the XML
        """
        answer = (
            getattr(self, f"_{part}", None)
            if part in ("zip", "xml", "seal", "certificate", "errors", "pdf", "view", "attachment")
            else None
        )
        message = request.env["l10n_ro_efactura.message"].browse(message_id)
        try:
            check_read_spv(message, "read")
            if not answer or not message.exists():
                raise request.not_found()
            return answer(message, all_lines=bool(all_lines), der=bool(der), n=n)
        except (AccessError, MissingError):
            raise request.not_found() from None

    @http.route(
        "/l10n_ro_efactura/proof_pack/<int:wizard_id>", type="http", auth="user", methods=["GET"], readonly=True
    )
    def proof_pack(self, wizard_id):
        """Return a period's packages as one ZIP, built in a temporary file."""
        try:
            wizard = request.env["l10n_ro_efactura.proof.pack"].browse(wizard_id)
            wizard.check_access("read")
            messages = wizard._messages()
        except (AccessError, MissingError):
            raise request.not_found() from None
        file = tempfile.TemporaryFile()  # noqa: SIM115  closed with the response
        try:
            messages._write_pack(file)
        except BaseException:
            file.close()
            raise
        size = file.tell()
        file.seek(0)
        response = http.Response(
            iter(lambda: file.read(CHUNK), b""),
            direct_passthrough=True,
            headers=[
                ("Content-Type", "application/zip"),
                ("Content-Length", str(size)),
                ("X-Content-Type-Options", "nosniff"),
                ("Content-Disposition", content_disposition(wizard._pack_name())),
            ],
        )
        response.call_on_close(file.close)
        return response

    def _zip(self, message, **_kw):
        return self._file(message._package_bytes(), "application/zip", f"{message._package_name()}.zip")

    def _xml(self, message, **_kw):
        # The seal covers these bytes; their own declaration says how they are encoded.
        return self._file(message._document_bytes(), "application/xml", f"{message._package_name()}.xml")

    def _seal(self, message, **_kw):
        return self._file(
            message._seal_bytes(),
            "application/xml; charset=utf-8",
            f"semnatura_{message.upload_index or message.anaf_id}.xml",
        )

    def _certificate(self, message, der=False, **_kw):
        return self._file(
            message._certificate_bytes(der),
            "application/pkix-cert" if der else "application/x-pem-file",
            f"{message._package_name()}.{'cer' if der else 'pem'}",
        )

    def _errors(self, message, **_kw):
        text = "\n\n".join(message._error_lines())
        return self._file(text.encode(), "text/plain; charset=utf-8", f"{message._package_name()}.txt")

    def _pdf(self, message, **_kw):
        try:
            pdf, maker, why = message._package_pdf()
        except UserError as error:
            return self._page(message._package_document_page(warning=str(error)))
        if not pdf:  # no PDF could be made: return a page that the browser can print
            return self._page(message._package_document_page(all_lines=True, warning=message._own_words(why)))
        name = "Odoo" if maker == "odoo" else "ANAF"
        return self._file(pdf, "application/pdf", f"{message._package_name()}_{name}.pdf")

    def _attachment(self, message, n="", **_kw):
        name, content = message._attachment(int(n) if n.isascii() and n.isdigit() else 0)
        return self._file(content, "application/octet-stream", name)

    def _view(self, message, all_lines=False, **_kw):
        return self._page(message._package_document_page(all_lines))

    # -- helpers --------------------------------------------------------------------------------------------

    def _page(self, html):
        """Return `html` as a page that may run no script."""
        return request.make_response(
            f"<!DOCTYPE html>\n{html}", headers={**PAGE_HEADERS, "Content-Type": "text/html; charset=utf-8"}
        )

    def _file(self, content, mimetype, name):
        """Return `content` as a download, never shown in place, where a supplier's XML could run scripts.

        :raise NotFound: no content
        """
        if not content:
            raise request.not_found()
        return request.make_response(
            content,
            headers=[
                ("Content-Type", mimetype),
                ("Content-Length", str(len(content))),
                ("X-Content-Type-Options", "nosniff"),
                ("Content-Security-Policy", "sandbox; default-src 'none'"),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
