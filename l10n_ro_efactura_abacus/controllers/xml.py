from odoo.http import Controller, content_disposition, request, route


class EfacturaXml(Controller):

    @route('/l10n_ro_efactura/xml/<model("l10n_ro_efactura.submission"):submission>', type='http', auth='user',
           readonly=True)
    def xml(self, submission, **_kw):
        """The exact bytes of one submission."""
        if not request.env.user.has_group('account.group_account_invoice'):
            raise request.not_found()
        submission.check_access('read')
        content = submission._xml_bytes()
        if not content:
            raise request.not_found()
        name = (submission.number or str(submission.id)).replace('/', '_')
        return request.make_response(content, [
            ('Content-Type', 'application/xml; charset=utf-8'),
            ('Content-Disposition', content_disposition(f'{name}_{submission.upload_index or submission.id}.xml')),
            ('X-Content-Type-Options', 'nosniff'),
        ])
