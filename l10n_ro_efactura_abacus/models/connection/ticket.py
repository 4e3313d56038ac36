"""One-time tickets of the OAuth flow, of which the database holds only a digest."""

import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import consteq, hash_sign, verify_hash_signed

# Scope of the signature over an OAuth ``state``.
SCOPE = "l10n_ro_efactura_oauth"
# Life of a ``state``, in which the user finds the certificate and its PIN.
STATE_LIFE = timedelta(minutes=30)
# Life of a link for the certificate holder.
LINK_LIFE = timedelta(days=3)


class EfacturaTicket(models.Model):
    """A permission to connect once: a link for the certificate holder, or a way to ANAF and back."""

    _name = "l10n_ro_efactura.ticket"
    _description = "One-time permission to connect to ANAF"

    credential_id = fields.Many2one("l10n_ro_efactura.credential", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade", help="Who asked for it.")
    kind = fields.Selection(
        [
            ("user", "An administrator's way to ANAF and back"),
            ("link", "A link for the certificate holder"),
            ("holder", "The certificate holder's way to ANAF and back"),
        ],
        required=True,
    )
    link_id = fields.Many2one("l10n_ro_efactura.ticket", ondelete="cascade", help="The link a holder came by.")
    digest = fields.Char(required=True, index=True)
    expires_at = fields.Datetime(required=True)
    used_at = fields.Datetime()

    @api.model
    def _issue(self, credential, kind, link=None):
        """Create a ticket; return (ticket, secret). The secret is stored nowhere.

        :param kind: 'user', 'link' or 'holder'
        :param link: ticket of the link by which the holder came
        """
        secret = secrets.token_urlsafe(32)
        return self.sudo().create(
            {
                "credential_id": credential.id,
                "company_id": credential.company_id.id,
                "kind": kind,
                "user_id": link.user_id.id if link else self.env.uid,
                "link_id": link.id if link else False,
                "digest": _digest(secret),
                "expires_at": fields.Datetime.now() + (LINK_LIFE if kind == "link" else STATE_LIFE),
            }
        ), secret

    def _state(self, secret):
        """Return the OAuth ``state`` of this ticket, signed and with an end."""
        return hash_sign(self.sudo().env, SCOPE, [self.id, secret], expiration=STATE_LIFE)

    @api.model
    def _from_state(self, state):
        """Return the usable ticket of a ``state``, else an empty recordset."""
        try:
            values = verify_hash_signed(self.sudo().env, SCOPE, state or "")
            ticket_id, secret = values or (0, "")
        except (ValueError, TypeError, IndexError):
            return self.sudo().browse()
        ticket = self.sudo().browse(ticket_id).exists()
        good = ticket.kind in ("user", "holder") and consteq(ticket.digest, _digest(secret)) and ticket._usable()
        return ticket if good else ticket.browse()

    @api.model
    def _from_link(self, secret):
        """Return the usable link with `secret`, else an empty recordset."""
        link = self.sudo().search([("kind", "=", "link"), ("digest", "=", _digest(secret or ""))], limit=1)
        return link if link._usable() else link.browse()

    def _usable(self):
        """Return True where ticket and link are unused and not expired, and the connection still is the company's."""
        return (
            bool(self)
            and not self.used_at
            and self.expires_at > fields.Datetime.now()
            and (self.credential_id.active and self.credential_id.company_id == self.company_id)
            and (not self.link_id or self.link_id._usable())
        )

    def _use(self):
        """Use the ticket up; return True for the one caller who did."""
        self.flush_recordset()
        self.env.cr.execute(
            "UPDATE l10n_ro_efactura_ticket SET used_at = now() AT TIME ZONE 'UTC'"
            " WHERE id = %s AND used_at IS NULL RETURNING id",
            [self.id],
            log_exceptions=False,
        )
        used = bool(self.env.cr.fetchall())
        self.invalidate_recordset(flush=False)
        return used

    @api.autovacuum
    def _gc_tickets(self):
        self.sudo().search([("expires_at", "<", fields.Datetime.now() - timedelta(days=7))]).unlink()


def _digest(secret):
    return hashlib.sha256(secret.encode()).hexdigest()
