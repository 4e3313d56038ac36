"""History of `l10n_ro_edi`: what core sent and received becomes ours at installation, and goes back at removal.

Plain SQL, because there may be a million invoices: nothing is recomputed.
"""

import hashlib
import logging

from odoo import fields
from odoo.tools import SQL

from ..common.core import binary_column, bytes_of, registry_column

_logger = logging.getLogger(__name__)

# Days after an upload in which ANAF's lists surely show it (they reach back 60); older bytes are never sent again.
LISTED_DAYS = 50
# SQL condition of documents that the company issues: sales and self-billed invoices.
SALES = SQL("(m.move_type IN ('out_invoice', 'out_refund') OR COALESCE(j.is_self_billing, FALSE))")


def _core_lacks(env, duty):
    """True where core no longer has what `duty` of the takeover needs; logged, nothing else is stopped."""
    missing = env["account.move"]._l10n_ro_efactura_missing_for(duty)
    if missing:
        _logger.warning("Odoo's own e-Factura module changed; left alone: %s (missing: %s)", duty, ", ".join(missing))
    return bool(missing)


def _adopt_history(env):
    """Create submissions and messages for what core sent and received, so that nothing is sent a second time."""
    if _core_lacks(env, "history"):
        return
    env.flush_all()
    cifs = [
        SQL("(%s, %s)", company.id, company._l10n_ro_efactura_cif() or None)
        for company in env["res.company"].with_context(active_test=False).search([])
    ]
    env.cr.execute(
        SQL(
            """CREATE TEMPORARY TABLE l10n_ro_efactura_adopted ON COMMIT DROP AS
           SELECT m.id AS move_id, m.company_id, c.cif, %(sales)s AS sales,
                  CASE WHEN rc.l10n_ro_edi_test_env THEN 'test' ELSE 'prod' END AS environment,
                  CASE WHEN m.l10n_ro_edi_state = 'invoice_validated' THEN 'ok'
                       -- core also says "refused" of what got no index and was not found: nothing proves that
                       WHEN m.l10n_ro_edi_state = 'invoice_refused'
                            AND (m.l10n_ro_edi_index IS NOT NULL OR d.key_download IS NOT NULL) THEN 'nok'
                       WHEN m.l10n_ro_edi_index IS NOT NULL THEN 'processing'
                       ELSE 'uncertain' END AS state,
                  m.l10n_ro_edi_index AS upload_index, d.id AS document_id, d.key_download AS download_id,
                  d.message, COALESCE(d.datetime, m.write_date) AS moment,
                  COALESCE(d.first_at, d.datetime, m.write_date) AS first_moment
             FROM account_move m
             JOIN account_journal j ON j.id = m.journal_id
             JOIN res_company rc ON rc.id = m.company_id
             JOIN (VALUES %(cifs)s) AS c (company_id, cif) ON c.company_id = m.company_id
             LEFT JOIN (SELECT DISTINCT ON (invoice_id) *, MIN(datetime) OVER (PARTITION BY invoice_id) AS first_at
                          FROM l10n_ro_edi_document WHERE invoice_id IS NOT NULL
                         ORDER BY invoice_id, datetime DESC, id DESC) d ON d.invoice_id = m.id
            WHERE m.l10n_ro_edi_state IS NOT NULL OR m.l10n_ro_edi_index IS NOT NULL""",
            sales=SALES,
            cifs=SQL(", ").join(cifs),
        )
    )
    env.cr.execute("SELECT count(*) FROM l10n_ro_efactura_adopted")
    [count] = env.cr.fetchone()
    if not count:
        return
    env.cr.execute("ANALYZE l10n_ro_efactura_adopted")
    _adopt_submissions(env)
    _adopt_messages(env)
    _show_on_moves(env)
    _keep_sent_bytes(env)
    env.invalidate_all()
    _logger.info("%s invoices and bills of l10n_ro_edi were adopted.", count)


def _adopt_submissions(env):
    """Insert a submission for each adopted sale."""
    env.cr.execute(
        SQL(
            """INSERT INTO l10n_ro_efactura_submission (
                  create_uid, create_date, write_uid, write_date, origin, move_id, company_id, environment, state,
                  number, issue_date, document_type, seller_cif, buyer_cif, amount_total, currency_id,
                  standard, cif, is_b2c, extern, autofactura, attempt, quota_count,
                  attempted_at, uploaded_at, uncertain_since, lost_count, settled_at, upload_index, download_id, errors)
           SELECT 1, now() AT TIME ZONE 'UTC', 1, now() AT TIME ZONE 'UTC', 'core', m.id, a.company_id, a.environment,
                  a.state, m.name, m.invoice_date,
                  CASE WHEN m.move_type IN ('out_refund', 'in_refund') THEN '381' ELSE '380' END,
                  a.cif, NULLIF(regexp_replace(COALESCE(p.vat, %s, ''), '\\D', '', 'g'), ''),
                  abs(m.amount_total), m.currency_id,
                  CASE WHEN m.move_type = 'out_invoice' THEN 'UBL' ELSE 'CN' END, a.cif, NOT p.is_company, FALSE, FALSE,
                  1, 0, a.moment, CASE WHEN a.state <> 'uncertain' THEN a.moment END,
                  CASE WHEN a.state = 'uncertain' THEN a.first_moment END,
                  CASE WHEN a.state = 'uncertain' THEN 1 ELSE 0 END,
                  CASE WHEN a.state IN ('ok', 'nok') THEN a.moment END, a.upload_index, a.download_id,
                  CASE WHEN a.state = 'nok' THEN jsonb_build_array(jsonb_build_object(
                       'code', 'nok', 'text', COALESCE(a.message, ''), 'hint', 'nok')) END
             FROM l10n_ro_efactura_adopted a
             JOIN account_move m ON m.id = a.move_id
        LEFT JOIN res_partner p ON p.id = m.commercial_partner_id
            WHERE a.sales ORDER BY a.moment, m.id
      ON CONFLICT DO NOTHING""",
            registry_column("p"),
        )
    )


def _adopt_messages(env):
    """Insert the SPV messages of which core kept the download id; they are archived while ANAF has them (60 days)."""
    env["l10n_ro_efactura.message"]._insert(
        (
            "company_id",
            "environment",
            "anaf_id",
            "upload_index",
            "kind",
            "listed_at",
            "seller_cif",
            "buyer_cif",
            "partner_id",
            "partner_name",
            "number",
            "issue_date",
            "due_date",
            "amount_untaxed",
            "amount_tax",
            "amount_total",
            "currency_id",
            "archive_state",
            "submission_id",
            "move_id",
            "pairing_reason",
        ),
        SQL(
            """SELECT a.company_id, a.environment, a.download_id, a.upload_index,
                      CASE WHEN NOT a.sales THEN 'received' WHEN a.state = 'nok' THEN 'error' ELSE 'sent' END,
                      a.moment, CASE WHEN a.sales THEN a.cif ELSE other.cif END,
                      CASE WHEN a.sales THEN other.cif ELSE a.cif END,
                      m.commercial_partner_id, other.name, CASE WHEN a.sales THEN m.name ELSE m.ref END,
                      m.invoice_date, m.invoice_date_due, abs(m.amount_untaxed), abs(m.amount_tax),
                      abs(m.amount_total), m.currency_id,
                      CASE WHEN a.moment > now() AT TIME ZONE 'UTC' - interval '60 days' THEN 'listed' ELSE 'gone' END,
                      s.id, m.id, %s
                 FROM l10n_ro_efactura_adopted a
                 JOIN account_move m ON m.id = a.move_id
            LEFT JOIN l10n_ro_efactura_submission s ON s.move_id = m.id AND a.sales
            LEFT JOIN LATERAL (SELECT p.name, NULLIF(regexp_replace(
                                      COALESCE(p.vat, %s, ''), '\\D', '', 'g'), '') AS cif
                                 FROM res_partner p WHERE p.id = m.commercial_partner_id) other ON TRUE
                WHERE a.download_id IS NOT NULL ORDER BY a.moment, m.id""",
            env._("Brought by Odoo before this addon"),
            registry_column("p"),
        ),
    )
    env.cr.execute(
        """UPDATE l10n_ro_efactura_submission s SET message_id = g.id FROM l10n_ro_efactura_message g
            WHERE g.submission_id = s.id AND s.message_id IS NULL"""
    )


def _show_on_moves(env):
    """Fill our columns on the invoices; empty core's state of tests, which would block sending to production."""
    for environment, prefix in (("prod", "l10n_ro_efactura_"), ("test", "l10n_ro_efactura_test_")):
        env.cr.execute(
            SQL(
                """UPDATE account_move m
                  SET %s = CASE WHEN a.sales THEN a.state END, %s = a.upload_index, %s = a.download_id
                 FROM l10n_ro_efactura_adopted a WHERE m.id = a.move_id AND a.environment = %s""",
                *(SQL.identifier(prefix + name) for name in ("state", "upload_index", "download_id")),
                environment,
            )
        )
    env.cr.execute(
        """UPDATE account_move m SET l10n_ro_edi_state = NULL, l10n_ro_edi_index = NULL
             FROM l10n_ro_efactura_adopted a WHERE m.id = a.move_id AND a.sales AND a.environment = 'test'"""
    )


def _keep_sent_bytes(env):
    """Copy the XML of submissions in work from core's attachments, so that SPV can be searched for its content."""
    env.cr.execute(
        """SELECT s.id, a.document_id, a.moment FROM l10n_ro_efactura_submission s
             JOIN l10n_ro_efactura_adopted a ON a.move_id = s.move_id
            WHERE s.state IN ('processing', 'uncertain') AND a.document_id IS NOT NULL"""
    )
    rows = env.cr.fetchall()
    recent = fields.Datetime.subtract(fields.Datetime.now(), days=LISTED_DAYS)
    for start in range(0, len(rows), 500):
        for submission_id, document_id, moment in rows[start : start + 500]:
            document = env["l10n_ro_edi.document"].browse(document_id)
            if xml := bytes_of(document, "attachment"):
                # Older than ANAF's lists reach: without a hash it is never sent again automatically.
                digest = hashlib.sha256(xml).hexdigest() if moment > recent else None
                env.cr.execute(
                    "UPDATE l10n_ro_efactura_submission SET xml = %s, sha256 = %s WHERE id = %s",
                    [binary_column(xml), digest, submission_id],
                )
        env.invalidate_all()


def _give_back_states(env):
    """Write the states of core's own tests back to its fields, which hold the production states already."""
    if _core_lacks(env, "state"):
        return
    env.flush_all()
    env.cr.execute(
        """UPDATE account_move m SET l10n_ro_edi_index = s.upload_index,
                  l10n_ro_edi_state = CASE s.state WHEN 'ok' THEN 'invoice_validated' WHEN 'nok' THEN 'invoice_refused'
                                                   WHEN 'processing' THEN 'invoice_sent' ELSE 'invoice_not_indexed' END
             FROM l10n_ro_efactura_submission s
            WHERE s.move_id = m.id AND s.origin = 'core' AND s.environment = 'test'
              AND m.l10n_ro_edi_state IS NULL AND m.l10n_ro_efactura_state IS NULL"""
    )
    env.invalidate_all()
