"""Downloads of the exact XML of a submission or of a generated file."""

from odoo.http import Controller, content_disposition, request, route

from ..models.common.file_names import safe_name
from ..models.common.rights import may_bill


class EfacturaXml(Controller):
    """Downloads of XML for users who may invoice."""

    @route(
        '/l10n_ro_efactura/xml/<model("l10n_ro_efactura.submission"):submission>',
        type="http",
        auth="user",
        readonly=True,
    )
    def xml(self, submission, **_kw):
        """Return the exact bytes of one submission."""
        return self._answer(submission, submission.upload_index)

    @route(
        '/l10n_ro_efactura/xml_file/<model("l10n_ro_efactura.xml.file"):file>', type="http", auth="user", readonly=True
    )
    def xml_file(self, file, **_kw):
        """Return the exact bytes of one generated XML, sent or not."""
        return self._answer(file)

    def _answer(self, record, suffix=None):
        """Return the XML of `record` as a download; 404 without the right to invoice, or without bytes."""
        if not may_bill(request.env):
            raise request.not_found()
        record.check_access("read")
        content = record._xml_bytes()
        if not content:
            raise request.not_found()
        name = safe_name(record.number or str(record.id), "_")
        return request.make_response(
            content,
            [
                ("Content-Type", "application/xml; charset=utf-8"),
                ("Content-Disposition", content_disposition(f"{name}_{suffix or record.id}.xml")),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
