"""Downloads of what sending keeps: the files of a support ticket."""

import tempfile

from odoo.exceptions import AccessError, MissingError
from odoo.http import Controller, Response, content_disposition, request, route

from ..models.common.rights import check_read_spv
from .package import CHUNK


class EfacturaSending(Controller):
    """Downloads for users who may invoice, or read the books."""

    @route("/l10n_ro_efactura/support_ticket/<int:ticket_id>", type="http", auth="user", methods=["GET"], readonly=True)
    def support_ticket(self, ticket_id):
        """Return the files of a support ticket as one ZIP; 404 without the right to read it."""
        ticket = request.env["l10n_ro_efactura.support.ticket"].browse(ticket_id)
        file = tempfile.TemporaryFile()  # noqa: SIM115  closed with the response
        try:
            check_read_spv(ticket, "read")
            name = ticket._pack_name()
            ticket._write_pack(file)
        except (AccessError, MissingError):
            file.close()
            raise request.not_found() from None
        except BaseException:
            file.close()
            raise
        size = file.tell()
        file.seek(0)
        response = Response(
            iter(lambda: file.read(CHUNK), b""),
            direct_passthrough=True,
            headers=[
                ("Content-Type", "application/zip"),
                ("Content-Length", str(size)),
                ("X-Content-Type-Options", "nosniff"),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
        response.call_on_close(file.close)
        return response
