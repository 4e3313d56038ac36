"""Matching of SPV documents with entries: certain pairs are made, others are proposed with their reasons.

A few queries for any number of documents; ANAF is never called.
"""

import logging
from collections import defaultdict

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL
from psycopg2.errors import UniqueViolation
from psycopg2.extras import Json

from ...anaf import number_key
from ..common.core import registry_column
from ..sending.states import LIVE
from .message import PAIRABLE
from .score import WORTH_SHOWING, Paper, match, only_certain

_logger = logging.getLogger(__name__)
# Messages or entries compared in one batch.
CHUNK = 500
# Days between the dates of a message and an entry up to which they are compared.
NEAR_DAYS = 62
# Entries stored as proposals of a message.
PROPOSED = 5
# Types of account.move that a received package may belong to.
BILLS = ("in_invoice", "in_refund", "in_receipt")
# Types of account.move that a sent package may belong to.
SALES = ("out_invoice", "out_refund")
# SQL: digits of a partner's Romanian CIF, NULL for none (as in `_l10n_ro_efactura_cui`).
PARTNER_CIF = SQL(
    r"""COALESCE(
        CASE WHEN regexp_replace(upper(p.vat), '[\s.-]', '', 'g') ~ '^RO\d{2,10}$'
               OR COALESCE(country.code, 'RO') = 'RO' AND regexp_replace(p.vat, '[\s.-]', '', 'g') ~ '^\d{2,10}$'
             THEN ltrim(regexp_replace(p.vat, '\D', '', 'g'), '0') END,
        CASE WHEN COALESCE(country.code, 'RO') = 'RO'
              AND regexp_replace(upper(%(registry)s), '[\s.-]', '', 'g') ~ '^(RO)?\d{2,10}$'
             THEN ltrim(regexp_replace(%(registry)s, '\D', '', 'g'), '0') END)""",
    registry=registry_column("p"),
)
#: digits of the other party's CIF, NULL for none (a person's number or zeros are no CIF)
MESSAGE_CIF = SQL(
    "NULLIF(ltrim(CASE WHEN m.kind = 'received' THEN m.seller_cif WHEN length(m.buyer_cif) < 13 THEN m.buyer_cif END,"
    " '0'), '')"
)
# SQL: total of a message, negative for a credit note (UNTDID 1001 code 381).
MESSAGE_TOTAL = SQL("CASE WHEN m.document_type = '381' THEN -m.amount_total ELSE m.amount_total END")
# SQL: total of an entry, negative for a refund.
MOVE_TOTAL = SQL("CASE WHEN v.move_type IN ('in_refund', 'out_refund') THEN -v.amount_total ELSE v.amount_total END")
# SQL: the last number in a bill's reference, at most its last 4 digits, without leading zeros.
MOVE_KEY = SQL(r"ltrim(right(substring(COALESCE(v.ref, v.payment_reference) from '(\d+)\D*$'), 4), '0')")


class EfacturaMessage(models.Model):
    _inherit = "l10n_ro_efactura.message"

    _proposal_idx = models.Index("USING gin (pairing_proposal jsonb_path_ops) WHERE pairing_proposal IS NOT NULL")
    _pairing_idx = models.Index("(issue_date, company_id) WHERE kind IN ('received', 'sent')")

    # -- when -----------------------------------------------------------------------------------------------

    @api.model
    @api.private
    def _pair_due(self):
        """Pair recently archived messages, each batch in its own transaction. Safe on many workers at once."""
        try:
            while self._in_fresh_transaction(self._pair_some_due):
                pass
        except Exception:  # archiving continues; these messages stay due
            _logger.exception("Pairing of SPV messages failed")
            self._abandon()

    @api.model
    def _pair_some_due(self):
        self.env.cr.execute(
            SQL(
                "SELECT id FROM l10n_ro_efactura_message WHERE pairing_due ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
                CHUNK,
            ),
            log_exceptions=False,
        )
        due = self.browse(row[0] for row in self.env.cr.fetchall())
        if due:
            due._pair_isolated()
        return len(due) == CHUNK

    def _pair_isolated(self):
        """Pair the messages; on an error try the halves, so that one bad message stops no other.

        The bad message is no longer due.
        """
        try:
            with self.env.cr.savepoint():
                self._auto_pair()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            self.env.invalidate_all(flush=False)
            if len(self) > 1:
                self[: len(self) // 2]._pair_isolated()
                self[len(self) // 2 :]._pair_isolated()
            else:
                _logger.exception("Message %s cannot be compared with the books", self.id)
                self.env.cr.execute(
                    SQL("UPDATE l10n_ro_efactura_message SET pairing_due = FALSE WHERE id = %s", self.id)
                )

    @api.private
    def _auto_pair(self):
        """Pair the messages where it is certain, propose entries for the others.

        :return: the messages that were paired
        """
        paired = self.browse()
        for company, messages in self.sudo().grouped("company_id").items():
            mine = messages.with_context(lang=company.partner_id.lang or self.env.lang)
            done = mine._make_pairs(mine._certain_pairs(company))
            mine._propose(company)
            paired += self.browse(done.ids)
        return paired

    # -- certain --------------------------------------------------------------------------------------------

    def _certain_pairs(self, company):
        """Find the messages of `company` that can be paired automatically.

        A certain pair has the same date and, for purchases, the same seller: all documents of the same dates and
        sellers are compared, paired or not.

        :return: [(message id, move id, Match)]
        """
        papers, entries = defaultdict(list), defaultdict(list)
        for paper in self._papers(
            company,
            SQL(
                """m.id IN (SELECT other.id FROM l10n_ro_efactura_message mine
                              JOIN l10n_ro_efactura_message other ON other.issue_date = mine.issue_date
                               AND other.company_id = mine.company_id AND other.kind = mine.kind
                               AND (other.kind = 'sent' OR other.seller_cif = mine.seller_cif)
                             WHERE mine.id IN %s)""",
                tuple(self.ids),
            ),
        ):
            papers[_block(paper)].append(paper)
        if not any(paper.free for some in papers.values() for paper in some):
            return []
        for sale in (False, True):
            days = {day for is_sale, day, _cif in papers if is_sale == sale}
            if days:
                cifs = None if sale else {cif for is_sale, _day, cif in papers if not is_sale}
                for entry in self._entries(company, sale, SQL("v.invoice_date IN %s", tuple(days)), cifs):
                    entries[_block(entry)].append(entry)
        mine, refused = set(self.ids), self._refused_pairs()
        return [
            (paper.id, entry.id, compared)
            for block, some in papers.items()
            for paper, entry, compared in only_certain(some, entries[block])
            if paper.id in mine and (paper.id, entry.id) not in refused
        ]

    def _make_pairs(self, pairs):
        """Write certain pairs, except those that another transaction has paired meanwhile.

        :return: the paired messages
        """
        reasons = {message_id: self._reason_text(compared.reasons) for message_id, _move_id, compared in pairs}
        bills = [
            (message_id, move_id, reasons[message_id])
            for message_id, move_id, _compared in pairs
            if self.browse(message_id).kind == "received"
        ]
        done = self._write_pairs(bills)
        done._after_pairing()
        for message_id, move_id, _compared in pairs:
            message = self.browse(message_id)
            if message.kind == "sent" and message._adopt_sale(
                self.env["account.move"].browse(move_id), reasons[message_id]
            ):
                done += message
        return done

    def _write_pairs(self, rows):
        if not rows:
            return self.browse()
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    SQL(
                        """UPDATE l10n_ro_efactura_message m
                          SET move_id = pair.move_id, pairing_reason = pair.reason, pairing_proposal = NULL
                         FROM (VALUES %s) AS pair (id, move_id, reason)
                        WHERE m.id = pair.id AND m.move_id IS NULL RETURNING m.id""",
                        SQL(", ").join(SQL("%s", row) for row in rows),
                    ),
                    log_exceptions=False,
                )
                done = self.browse(row[0] for row in self.env.cr.fetchall())
        except UniqueViolation:  # another worker has paired one of them
            half = len(rows) // 2
            done = self._write_pairs(rows[:half]) + self._write_pairs(rows[half:]) if half else self.browse()
        done.invalidate_recordset(["move_id", "pairing_reason", "pairing_proposal"], flush=False)
        return done

    # -- proposals ------------------------------------------------------------------------------------------

    def _propose(self, company):
        """Store on the unpaired messages the entries that may be theirs, best first; none of them is due any more."""
        found = self.filtered(lambda m: not m.move_id)._near_entries(company)
        rows = [
            SQL(
                "(%s, %s::jsonb)",
                message.id,
                Json(
                    [
                        {"id": entry.id, "score": compared.score, "reasons": list(compared.reasons)}
                        for entry, compared in found[message.id][:PROPOSED]
                    ]
                )
                if found.get(message.id)
                else None,
            )
            for message in self
        ]
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """UPDATE l10n_ro_efactura_message m SET pairing_due = FALSE, pairing_proposal = proposal.entries
                 FROM (VALUES %s) AS proposal (id, entries) WHERE m.id = proposal.id
                  AND (m.pairing_due OR m.pairing_proposal IS DISTINCT FROM proposal.entries)""",
                SQL(", ").join(rows),
            )
        )
        self.invalidate_recordset(["pairing_due", "pairing_proposal"], flush=False)

    def _near_entries(self, company):
        """Return {message id: [(entry, Match)], best first} of free entries near a message."""
        papers = (
            {paper.id: paper for paper in self._papers(company, SQL("m.id IN %s", tuple(self.ids)))} if self else {}
        )
        keys = [(paper.id, number_key(paper.number) or None, paper.cif or None) for paper in papers.values()]
        if not keys:
            return {}
        days = [paper.date for paper in papers.values() if paper.date]
        if not days:
            return {}
        found = defaultdict(list)
        entries = {}
        for sale in (False, True):
            if not any(paper.sale == sale for paper in papers.values()):
                continue
            self.env.cr.execute(
                SQL(
                    """WITH paper (id, key, cif) AS (VALUES %(keys)s),
                        party AS MATERIALIZED (%(parties)s),
                        near AS MATERIALIZED (
                            SELECT v.id, v.invoice_date, v.commercial_partner_id, %(total)s AS total, v.currency_id,
                                   %(key)s AS key
                              FROM account_move v
                             WHERE v.invoice_date BETWEEN %(from)s::date - %(days)s AND %(to)s::date + %(days)s
                               AND %(scope)s AND %(free)s)
                   SELECT m.id, near.id FROM paper JOIN l10n_ro_efactura_message m ON m.id = paper.id
                     JOIN party ON party.cif = paper.cif
                     JOIN near ON near.commercial_partner_id = party.id
                    WHERE m.kind = %(kind)s AND abs(near.invoice_date - m.issue_date) <= %(days)s
                      AND (near.invoice_date = m.issue_date OR near.key = paper.key
                           OR near.total = %(message_total)s AND near.currency_id = m.currency_id)
                    UNION
                   SELECT m.id, near.id FROM paper JOIN l10n_ro_efactura_message m ON m.id = paper.id
                     JOIN near ON near.invoice_date = m.issue_date AND near.total = %(message_total)s
                    WHERE m.kind = %(kind)s""",
                    keys=SQL(", ").join(SQL("(%s::int, %s::text, %s::text)", *key) for key in keys),
                    parties=self._parties({cif for _id, _key, cif in keys if cif}),
                    total=MOVE_TOTAL,
                    key=MOVE_KEY if not sale else SQL(r"ltrim(right(substring(v.name from '(\d+)\D*$'), 4), '0')"),
                    days=NEAR_DAYS,
                    scope=self._scope(company, sale),
                    free=self._free(sale),
                    kind="sent" if sale else "received",
                    message_total=MESSAGE_TOTAL,
                    **{"from": min(days), "to": max(days)},
                )
            )
            pairs = self.env.cr.fetchall()
            ids = tuple({move_id for _message_id, move_id in pairs})
            if ids:
                entries |= {entry.id: entry for entry in self._entries(company, sale, SQL("v.id IN %s", ids))}
            for message_id, move_id in pairs:
                compared = match(papers[message_id], entries[move_id])
                if compared.score >= WORTH_SHOWING:
                    found[message_id].append((entries[move_id], compared))
        for some in found.values():
            some.sort(key=lambda row: (-row[1].score, row[0].id))
        return found

    @api.model
    def _papers_between(self, company, sale, first, last):
        """Return [Paper] of free packages of one direction, dated in a period."""
        return [
            paper
            for one in self._companies_sharing(company)
            for paper in self._papers(
                one,
                SQL(
                    "m.kind = %s AND m.move_id IS NULL AND m.submission_id IS NULL AND m.issue_date BETWEEN %s AND %s",
                    "sent" if sale else "received",
                    first,
                    last,
                ),
            )
        ]

    # -- rows -----------------------------------------------------------------------------------------------

    @api.model
    def _papers(self, company, where):
        """Return [Paper] of production messages of `company` whose content is known.

        :param SQL where: condition on `m`
        """
        self._flush_for_matching()
        self.env.cr.execute(
            SQL(
                """SELECT m.id, m.kind = 'sent', COALESCE(%s, ''), m.number, m.issue_date, %s, m.currency_id,
                      m.upload_index, m.move_id IS NULL AND m.submission_id IS NULL
                 FROM l10n_ro_efactura_message m
                WHERE m.company_id = %s AND m.kind IN %s AND m.environment = 'prod' AND m.number IS NOT NULL
                  AND m.issue_date IS NOT NULL AND %s ORDER BY m.id""",
                MESSAGE_CIF,
                MESSAGE_TOTAL,
                company.id,
                PAIRABLE,
                where,
            )
        )
        return [Paper(*row) for row in self.env.cr.fetchall()]

    @api.model
    def _entries(self, company, sale, where, cifs=None):
        """Return [Paper] of bills or invoices of `company`, without cancelled ones.

        :param SQL where: condition on `v`
        :param cifs: only entries of partners with one of these CIFs
        """
        self._flush_for_matching()
        self.env.cr.execute(
            SQL(
                """WITH party AS MATERIALIZED (%(parties)s)
               SELECT v.id, %(sale)s, COALESCE(party.cif, ''), %(number)s, v.invoice_date, %(total)s, v.currency_id,
                      COALESCE(v.l10n_ro_efactura_upload_index, ''), %(free)s
                 FROM account_move v %(join)s JOIN party ON party.id = v.commercial_partner_id
                WHERE %(scope)s AND %(where)s ORDER BY v.id""",
                parties=self._parties(cifs),
                sale=sale,
                total=MOVE_TOTAL,
                free=self._free(sale),
                join=SQL("LEFT") if cifs is None else SQL(),
                number=SQL("v.name") if sale else SQL("COALESCE(v.ref, v.payment_reference)"),
                scope=self._scope(company, sale),
                where=where,
            )
        )
        return [Paper(*row) for row in self.env.cr.fetchall()]

    @api.model
    def _parties(self, cifs):
        """Return a SELECT of (id, cif) of the partners that have a CIF; `cifs`: only with one of these."""
        return SQL(
            """SELECT id, cif FROM (SELECT p.id, %s AS cif FROM res_partner p
                                      LEFT JOIN res_country country ON country.id = p.country_id) AS known
                WHERE cif IS NOT NULL AND %s""",
            PARTNER_CIF,
            SQL("TRUE") if cifs is None else SQL("cif IN %s", tuple(cifs)) if cifs else SQL("FALSE"),
        )

    @api.model
    def _scope(self, company, sale):
        """Return a condition on `v`: entries of the companies with this CIF that may have a package."""
        return SQL(
            "v.company_id IN %s AND v.move_type IN %s AND %s",
            tuple(self._companies_sharing(company).ids),
            SALES if sale else BILLS,
            SQL("v.state = 'posted'") if sale else SQL("v.state IN ('draft', 'posted')"),
        )

    @api.model
    def _companies_sharing(self, company):
        """Return the company and those with the same CIF (branches)."""
        cif = company._l10n_ro_efactura_cif()
        return (
            self.env["res.company"]
            .sudo()
            .search([])
            .filtered(lambda one: one == company or (cif and one._l10n_ro_efactura_cif() == cif))
        )

    @api.model
    def _free(self, sale):
        """Return a condition on `v`: not paired and, for a sale, not on its way to ANAF."""
        return SQL(
            """NOT EXISTS (SELECT 1 FROM l10n_ro_efactura_message o WHERE o.move_id = v.id AND o.kind = %s
                              AND o.environment = 'prod') AND %s""",
            "sent" if sale else "received",
            SQL("COALESCE(v.l10n_ro_efactura_state, '') NOT IN %s", LIVE) if sale else SQL("TRUE"),
        )

    @api.model
    def _flush_for_matching(self):
        """Flush pending writes of the models that the queries of this file read."""
        for name in ("account.move", "res.partner", self._name):
            self.env[name].flush_model()

    def _refused_pairs(self):
        self.env.cr.execute(
            SQL("SELECT message_id, move_id FROM l10n_ro_efactura_refused_pair WHERE message_id IN %s", tuple(self.ids))
        )
        return set(self.env.cr.fetchall())


def _block(paper):
    """Return (sale, date, CIF of the seller or ''), which both papers of a certain pair share."""
    return paper.sale, paper.date, "" if paper.sale else paper.cif
