"""The Ministry's seal of a package in words: the verdict, why, whose certificate; verified again on demand."""

from datetime import timezone

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ...anaf import seal_certificate, verify
from ..common.actions import notification, soft_reload
from ..common.rights import check_read_spv
from ..inbox.message_archive import _trusted

BATCH = 50  # packages read into memory at once


class EfacturaMessage(models.Model):
    _inherit = "l10n_ro_efactura.message"

    seal_code = fields.Char(readonly=True)
    seal_checked_at = fields.Datetime(string="Seal verified on", readonly=True)
    seal_text = fields.Char(string="Why", compute="_compute_seal_text")
    certificate_subject = fields.Char(string="Certificate of", compute="_compute_certificate")
    certificate_issuer = fields.Char(string="Issued by", compute="_compute_certificate")
    certificate_from = fields.Datetime(string="Valid from", compute="_compute_certificate")
    certificate_until = fields.Datetime(string="Valid until", compute="_compute_certificate")
    certificate_serial = fields.Char(string="Serial number", compute="_compute_certificate")
    certificate_fingerprint = fields.Char(string="SHA-256 of the certificate", compute="_compute_certificate")

    def _keep_seal(self, report):
        self.write(
            {
                "seal_state": report.state,
                "seal_reason": report.reason,
                "seal_code": report.reason_code,
                "seal_checked_at": fields.Datetime.now(),
            }
        )

    # -- words ----------------------------------------------------------------------------------------------

    @api.depends("seal_code", "seal_reason", "archive_state")
    @api.depends_context("lang")
    def _compute_seal_text(self):
        words = self._seal_reasons()
        for message in self:
            if message.archive_state != "archived":
                message.seal_text = False
            else:
                message.seal_text = (
                    words.get(message.seal_code)
                    or message.seal_reason
                    or self.env._("The package holds no seal, or cannot be read.")
                )

    @api.private
    def _seal_words(self):
        """{'state', 'reason'} of the badge."""
        self.ensure_one()
        return {"state": self.seal_state, "reason": self.seal_text or ""}

    @api.model
    def _seal_reasons(self):
        _ = self.env._
        return {
            "ok": _("The seal is the Ministry of Finance's and covers exactly this document."),
            "digest_mismatch": _("The seal was made for other bytes than this document: it was changed on the way."),
            "document_mismatch": _("The copy inside the seal differs from this document."),
            "bad_signature": _("The signature of the seal does not hold."),
            "untrusted_certificate": _(
                "Document and signature hold, but the certificate of the seal is not among the trusted ones (setting "
                "l10n_ro_efactura_trusted_certificates of the server)."
            ),
            "not_the_ministry": _("A trusted authority issued the certificate, but not to the Ministry of Finance."),
            "certificate_not_valid_then": _("The certificate of the seal was not valid on the day of sealing."),
            "signing_day_unknown": _("The certificate is not valid today, and the day of sealing is not known."),
            "unreadable_seal": _("The seal cannot be read."),
            "unsupported_seal": _("The seal has a form that this program does not know."),
            "unreadable_certificate": _("The certificate in the seal cannot be read."),
        }

    # -- the certificate ------------------------------------------------------------------------------------

    @api.private
    def _certificate(self):
        """The certificate in the seal (`cryptography`'s object), or None."""
        self.ensure_one()
        return seal_certificate(self._seal_bytes())

    @api.private
    def _certificate_bytes(self, der=False):
        certificate = self._certificate()
        return certificate.public_bytes(Encoding.DER if der else Encoding.PEM) if certificate else b""

    @api.depends("sha256")
    def _compute_certificate(self):
        for message in self:
            facts = _facts(message._certificate())
            for name in ("subject", "issuer", "from", "until", "serial", "fingerprint"):
                message[f"certificate_{name}"] = facts.get(name, False)

    # -- once more ------------------------------------------------------------------------------------------

    def action_verify_seal(self):
        """Verify the seals again, e.g. after the trusted certificates changed."""
        check_read_spv(self, "read")
        changed = 0
        messages = self.sudo().filtered(lambda message: message.archive_state == "archived")
        for ids in split_every(BATCH, messages.ids):
            some = messages.browse(ids)
            changed += sum(message._verify_seal() for message in some)
            some.flush_recordset()
            some.invalidate_recordset()
        if len(self) == 1:
            text = self.seal_text
        else:
            text = self.env._(
                "%(count)s seals verified, %(changed)s with another result than before.",
                count=len(messages),
                changed=changed,
            )
        states = set(self.mapped("seal_state"))
        return notification(
            text or self.env._("Nothing to verify."),
            "danger" if "invalid" in states else "success" if states == {"valid"} else "warning",
            title=self.env._("Ministry's seal"),
            then=None if len(self) == 1 else soft_reload(),
        )

    def _verify_seal(self):
        """True where the verdict is another one now."""
        package = self._open_zip()
        if not package or not package.seal:
            return False
        try:
            report = verify(package.document, package.seal, _trusted(), self.listed_at.replace(tzinfo=timezone.utc))
        except ValueError:
            raise UserError(
                self.env._(
                    "The file named by l10n_ro_efactura_trusted_certificates in the server's "
                    "configuration is not a list of certificates."
                )
            ) from None
        differs = (report.state, report.reason_code) != (self.seal_state, self.seal_code)
        self._keep_seal(report)
        return differs


def _facts(certificate):
    """What a certificate says of itself, for people; {} without one, or where it cannot be read."""
    try:
        return certificate and _read(certificate) or {}
    except ValueError:
        return {}


def _read(certificate):
    return {
        "subject": _name(certificate.subject),
        "issuer": _name(certificate.issuer),
        "from": certificate.not_valid_before_utc.replace(tzinfo=None),
        "until": certificate.not_valid_after_utc.replace(tzinfo=None),
        "serial": f"{certificate.serial_number:X}",
        "fingerprint": certificate.fingerprint(hashes.SHA256()).hex(),
    }


def _name(name):
    """Name and organisation, each once; the whole name where it has neither."""
    wanted = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.COUNTRY_NAME)
    texts = [str(part.value) for oid in wanted for part in name.get_attributes_for_oid(oid)]
    return ", ".join(dict.fromkeys(texts)) or name.rfc4514_string()
