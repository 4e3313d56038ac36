from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request


class EfacturaPackage(http.Controller):

    @http.route('/l10n_ro_efactura/package/<int:message_id>', type='http', auth='user', methods=['GET'], readonly=True)
    def package(self, message_id):
        """The untouched ZIP of an SPV message the user may read."""
        message = request.env['l10n_ro_efactura.message'].browse(message_id)
        try:
            message.check_access('read')
            content = message._package_bytes()
        except (AccessError, MissingError):
            raise request.not_found() from None
        if not content:
            raise request.not_found()
        return request.make_response(content, headers=[
            ('Content-Type', 'application/zip'), ('Content-Length', str(len(content))),
            ('X-Content-Type-Options', 'nosniff'),
            ('Content-Disposition', content_disposition(f'{message.upload_index or message.anaf_id}.zip'))])
