"""Core's own record of an invoice follows ours, so that what reads it (core's views, reports, other addons) is right.

=============  =================================  ==========================
our state      core's row (`l10n_ro_edi.document`)  `account.move` state of core
=============  =================================  ==========================
queued, uploading   none                          none
processing     one, `invoice_sent`                `invoice_sent`
uncertain      one, `invoice_sent`, no index      `invoice_not_indexed`
ok             one, `invoice_validated`           `invoice_validated`
nok, refused   none: it may be corrected and sent again   none
=============  =================================  ==========================

Production only. The history of attempts is in `l10n_ro_efactura.submission`.
"""

from odoo import api, models
from odoo.tools import SQL

from ...anaf import PackageError, XmlError, parse_xml, read_package
from ..common.core import binary, binary_of_column

DOCUMENT_STATES = {"processing": "invoice_sent", "uncertain": "invoice_sent", "ok": "invoice_validated"}
MOVE_STATES = {**DOCUMENT_STATES, "uncertain": "invoice_not_indexed"}
DSIG = "{http://www.w3.org/2000/09/xmldsig#}"


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.private
    def _l10n_ro_efactura_after_change(self, environment):
        """Called after the columns of `environment` were written on these moves: any number of them."""
        super()._l10n_ro_efactura_after_change(environment)
        if environment != "prod" or self._l10n_ro_efactura_missing_for("state"):
            return
        moves = self.sudo().exists().filtered("l10n_ro_efactura_state")
        documents = self.env["l10n_ro_edi.document"].sudo().search([("invoice_id", "in", moves.ids)])
        known = {(row.invoice_id.id, row.state, row.key_download): row for row in documents}
        kept, values = documents.browse(), []
        for move in moves:
            state = DOCUMENT_STATES.get(move.l10n_ro_efactura_state)
            if state:
                key = move.l10n_ro_efactura_download_id if state == "invoice_validated" else False
                if row := known.get((move.id, state, key)):
                    kept |= row
                else:
                    values.append({"invoice_id": move.id, "state": state, "key_download": key})
        evidence = self._l10n_ro_efactura_core_evidence([row["invoice_id"] for row in values])
        (documents - kept).unlink()
        documents.create([{**row, **evidence.get((row["invoice_id"], row["state"]), {})} for row in values])
        moves._l10n_ro_efactura_mirror_columns()

    @api.model
    def _l10n_ro_efactura_core_evidence(self, move_ids):
        """What core keeps beside its row: the XML that was sent; after the end, the seal.

        :return: {(move id, core's document state): values}
        """
        if not move_ids:
            return {}
        self.env["l10n_ro_efactura.submission"].flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT DISTINCT ON (s.move_id) s.move_id, s.xml, m.package FROM l10n_ro_efactura_submission s
            LEFT JOIN l10n_ro_efactura_message m ON m.id = s.message_id AND m.archive_state = 'archived'
                WHERE s.move_id IN %s AND s.environment = 'prod' ORDER BY s.move_id, s.id DESC""",
                tuple(move_ids),
            )
        )
        evidence = {}
        for move_id, xml, package in self.env.cr.fetchall():
            evidence[move_id, "invoice_sent"] = {"attachment": binary(binary_of_column(xml))} if xml else {}
            evidence[move_id, "invoice_validated"] = _seal_values(binary_of_column(package)) if package else {}
        return evidence

    def _l10n_ro_efactura_mirror_columns(self):
        """Core's state and index of these moves, in one statement: no write() of an invoice, no recomputation."""
        if not self:
            return
        # core computes its state from its rows, and knows no uncertain one: that is behind us before the UPDATE
        self.env["account.move"].flush_model(["l10n_ro_edi_state", "l10n_ro_edi_index"])
        rows = [
            SQL(
                "(%s, %s, %s)",
                move.id,
                MOVE_STATES.get(move.l10n_ro_efactura_state) or None,
                move.l10n_ro_efactura_state in MOVE_STATES and move.l10n_ro_efactura_upload_index or None,
            )
            for move in self
        ]
        self.env.cr.execute(
            SQL(
                """UPDATE account_move m SET l10n_ro_edi_state = v.state, l10n_ro_edi_index = v.index
                 FROM (VALUES %s) AS v (id, state, index)
                WHERE m.id = v.id AND (m.l10n_ro_edi_state, m.l10n_ro_edi_index) IS DISTINCT FROM (v.state, v.index)
            """,
                SQL(", ").join(rows),
            )
        )
        self.invalidate_recordset(["l10n_ro_edi_state", "l10n_ro_edi_index", "l10n_ro_edi_document_ids"], flush=False)


def _seal_values(package):
    """Core's three columns about the Ministry's seal, from the bytes of a package; {} where it holds none."""
    try:
        seal = read_package(package).seal
        root = parse_xml(seal) if seal else None
    except (PackageError, XmlError):
        return {}
    if root is None:
        return {}
    return {
        "attachment": binary(seal),
        "key_signature": root.findtext(f".//{DSIG}SignatureValue"),
        "key_certificate": root.findtext(f".//{DSIG}X509Certificate"),
    }
