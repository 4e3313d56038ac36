"""The rows of a verification: each section from one or two queries."""

from datetime import date

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_date, formatLang

from ..pairing.message_matching import BILLS

# Difference in the currency above which two amounts differ.
CENT = 0.005
# First day from which suppliers' invoices come through SPV (Legea 296/2023).
B2B_SINCE = date(2024, 1, 1)
# SQL: the entry `v` has a production package.
PAIRED = SQL(
    "EXISTS (SELECT 1 FROM l10n_ro_efactura_message o WHERE o.move_id = v.id AND o.environment = 'prod'"
    " AND o.kind = 'received')"
)


def _bare(column):
    """Return SQL of a number without punctuation."""
    return SQL("regexp_replace(upper(%s), '[^A-Z0-9]', '', 'g')", SQL(column))


class EfacturaVerification(models.Model):
    _inherit = "l10n_ro_efactura.verification"

    def _fill(self):
        """Make the rows again; rows that were ticked off stay so."""
        self.ensure_one()
        messages = self.env["l10n_ro_efactura.message"]
        companies = messages._companies_sharing(self.company_id)
        self = self.with_context(allowed_company_ids=companies.ids, active_test=False)  # noqa: PLW0642
        self._pair_first(companies)
        rows = [
            *self._spv_only(companies),
            *self._bills(companies),
            *self._differs(companies),
            *self._later(companies),
            *self._sales(companies),
        ]
        ticked = {line._key(): line.done_uid.id for line in self.line_ids if line.done}
        for row in rows:
            key = (row["section"], row.get("message_id") or False, row.get("move_id") or False)
            if key in ticked:
                row |= {"done": True, "done_uid": ticked[key]}
        self.line_ids.unlink()
        self.env["l10n_ro_efactura.verification.line"].create([{**row, "verification_id": self.id} for row in rows])
        self.env.cr.execute(
            SQL(
                """SELECT count(*) FROM l10n_ro_efactura_message m JOIN account_move v ON v.id = m.move_id
                WHERE m.company_id IN %s AND m.environment = 'prod' AND m.kind IN ('received', 'sent')
                  AND (v.date BETWEEN %s AND %s OR m.issue_date BETWEEN %s AND %s)""",
                tuple(companies.ids),
                *self._period(),
                *self._period(),
            )
        )
        self.write(
            {
                "verified_at": fields.Datetime.now(),
                "paired_count": self.env.cr.fetchone()[0],
                "waiting_count": messages.search_count(self._waiting_domain()),
            }
        )

    def _period(self):
        return self.date_from, self.date_to

    def _pair_first(self, companies):
        """Pair new messages and entries where that is certain, and propose pairs where it is not."""
        free = self.env["l10n_ro_efactura.message"].search(
            [
                ("company_id", "in", companies.ids),
                ("environment", "=", "prod"),
                ("kind", "in", ("received", "sent")),
                ("issue_date", ">=", self.date_from),
                ("issue_date", "<=", self.date_to),
                ("move_id", "=", False),
                ("submission_id", "=", False),
                ("number", "!=", False),
            ]
        )
        free._auto_pair()

    # -- in SPV, not in the books -----------------------------------------------------------------------------

    def _spv_only(self, companies):
        start = self.company_id._l10n_ro_efactura_since()
        free = self.env["l10n_ro_efactura.message"].search(
            [
                ("company_id", "in", companies.ids),
                ("environment", "=", "prod"),
                ("kind", "in", ("received", "sent")),
                ("issue_date", ">=", max(self.date_from, start or self.date_from)),
                ("issue_date", "<=", self.date_to),
                ("move_id", "=", False),
                ("submission_id", "=", False),
                ("number", "!=", False),
            ],
            order="issue_date, id",
        )
        best = {message.id: message.pairing_proposal[0] for message in free if message.pairing_proposal}
        moves = self.env["account.move"].browse(row["id"] for row in best.values()).exists()
        names = {move.id: move.display_name for move in moves}
        for message in free:
            proposal = best.get(message.id) or {}
            name = names.get(proposal.get("id"))
            reason = (
                self.env._(
                    "Perhaps %(move)s: %(reasons)s", move=name, reasons=message._reason_text(proposal["reasons"])
                )
                if name
                else self.env._("No entry in the books")
            )
            yield {
                **self._row("spv_only", message=message),
                "reason": reason,
                "score": proposal.get("score", 0) if name else 0,
            }

    # -- in the books, not in SPV -----------------------------------------------------------------------------

    def _bills(self, companies):
        """Return bills by their accounting date, the date on which their VAT is deducted."""
        start = self.company_id._l10n_ro_efactura_since() or B2B_SINCE
        self.env.cr.execute(
            SQL(
                """SELECT v.id FROM account_move v JOIN account_journal j ON j.id = v.journal_id
                WHERE v.company_id IN %s AND v.move_type IN %s AND v.state = 'posted' AND v.date BETWEEN %s AND %s
                  AND COALESCE(v.invoice_date, v.date) >= %s AND NOT COALESCE(j.is_self_billing, FALSE)
                  AND NOT %s ORDER BY v.date, v.id""",
                tuple(companies.ids),
                BILLS,
                *self._period(),
                max(start, B2B_SINCE),
                PAIRED,
            )
        )
        bills = self.env["account.move"].browse(row[0] for row in self.env.cr.fetchall())
        deducted = self._deducted(bills)
        for bill in bills:
            reason, remembered = bill._l10n_ro_efactura_no_spv_reason()
            yield {
                **self._row("not_expected" if reason else "book_only", move=bill),
                "vat_company": deducted.get(bill.id, 0.0),
                "partner_reason": remembered,
                "reason": reason or self.env._("No package from SPV"),
            }

    def _deducted(self, bills):
        """Return {bill id: VAT that the books deduct for it, in the company's currency}.

        Non-deductible VAT and VAT due on payment are left out; reverse charge counts as 0.
        """
        if not bills:
            return {}
        self.env.cr.execute(
            SQL(
                """SELECT l.move_id, sum(l.balance) FROM account_move_line l
                 JOIN account_tax_repartition_line r ON r.id = l.tax_repartition_line_id
                 JOIN account_tax t ON t.id = l.tax_line_id
                WHERE l.move_id IN %s AND r.use_in_tax_closing AND COALESCE(t.tax_exigibility, '') != 'on_payment'
             GROUP BY l.move_id""",
                tuple(bills.ids),
            )
        )
        return {move_id: float(total) for move_id, total in self.env.cr.fetchall()}

    # -- pairs that differ ------------------------------------------------------------------------------------

    def _differs(self, companies):
        self.env.cr.execute(
            SQL(
                """SELECT m.id, v.id FROM l10n_ro_efactura_message m
                 JOIN account_move v ON v.id = m.move_id
                WHERE m.company_id IN %(companies)s AND m.environment = 'prod' AND m.kind IN ('received', 'sent')
                  AND m.number IS NOT NULL
                  AND (v.date BETWEEN %(first)s AND %(last)s OR m.issue_date BETWEEN %(first)s AND %(last)s)
                ORDER BY m.issue_date, m.id""",
                companies=tuple(companies.ids),
                first=self.date_from,
                last=self.date_to,
            )
        )
        pairs = self.env.cr.fetchall()
        messages = self.env["l10n_ro_efactura.message"].browse(row[0] for row in pairs)
        messages.fetch(
            [
                "kind",
                "number",
                "issue_date",
                "amount_total",
                "amount_tax",
                "currency_id",
                "document_type",
                "seller_cif",
                "buyer_cif",
                "move_id",
                "partner_name",
            ]
        )
        for message in messages:
            differences = message._differences(message.move_id)
            if differences:
                yield {
                    **self._row("differs", message=message, move=message.move_id),
                    "reason": ", ".join(label for label, _spv, _books, _amount in differences),
                    "in_spv": "; ".join(f"{label} {spv}" for label, spv, _books, _amount in differences if spv),
                    "in_books": "; ".join(f"{label} {books}" for label, _spv, books, _amount in differences),
                    "amount_company": self._in_company_currency(
                        message.currency_id,
                        sum(amount for _label, _spv, _books, amount in differences[:1]),
                        message.issue_date,
                    ),
                }

    # -- corrected later --------------------------------------------------------------------------------------

    def _later(self, companies):
        """Return rows of documents that follow a booked one of the same seller.

        They repeat its number, or correct it and are not booked yet.
        """
        bare = {"first": _bare("e.number"), "later": _bare("m.number"), "quoted": _bare("quoted.number")}
        self.env.cr.execute(
            SQL(
                """SELECT e.move_id, m.id, 'again' FROM l10n_ro_efactura_message e
                 JOIN l10n_ro_efactura_message m ON m.company_id = e.company_id AND m.kind = e.kind AND m.id != e.id
                  AND m.environment = 'prod' AND m.seller_cif = e.seller_cif AND %(first)s = %(later)s
                  AND (m.listed_at, m.id) > (e.listed_at, e.id)
                 JOIN account_move v ON v.id = e.move_id
                WHERE e.company_id IN %(companies)s AND e.environment = 'prod' AND e.kind = 'received'
                  AND (v.date BETWEEN %(from)s AND %(to)s OR m.issue_date BETWEEN %(from)s AND %(to)s)
                UNION
               SELECT e.move_id, m.id, CASE m.document_type WHEN '384' THEN 'corrected' ELSE 'reversed' END
                 FROM l10n_ro_efactura_message m
                CROSS JOIN LATERAL jsonb_array_elements_text(
                      CASE jsonb_typeof(m.preceding) WHEN 'array' THEN m.preceding ELSE '[]' END) AS quoted (number)
                 JOIN l10n_ro_efactura_message e ON e.company_id = m.company_id AND e.kind = m.kind AND e.id != m.id
                  AND e.environment = 'prod' AND e.seller_cif = m.seller_cif AND %(first)s = %(quoted)s
                 JOIN account_move v ON v.id = e.move_id
                WHERE m.company_id IN %(companies)s AND m.environment = 'prod' AND m.kind = 'received'
                  AND m.move_id IS NULL
                  AND (v.date BETWEEN %(from)s AND %(to)s OR m.issue_date BETWEEN %(from)s AND %(to)s)
                ORDER BY 1, 2""",
                **bare,
                companies=tuple(companies.ids),
                **{"from": self.date_from, "to": self.date_to},
            )
        )
        found = self.env.cr.fetchall()
        messages = {
            message.id: message for message in self.env["l10n_ro_efactura.message"].browse({row[1] for row in found})
        }
        moves = {move.id: move for move in self.env["account.move"].browse({row[0] for row in found})}
        words = {
            "again": self.env._("The same number came again"),
            "corrected": self.env._("A corrected invoice (384) takes its place"),
            "reversed": self.env._("A credit note or storno takes it back"),
        }
        for move_id, message_id, why in found:
            yield {
                **self._row("later", message=messages[message_id], move=moves[move_id]),
                "reason": words[why],
                "in_spv": messages[message_id].number,
                "in_books": moves[move_id].display_name,
            }

    # -- sales ------------------------------------------------------------------------------------------------

    def _sales(self, companies):
        invoices = self.env["account.move"].search(
            Domain("company_id", "in", companies.ids)
            & Domain("state", "=", "posted")
            & Domain("invoice_date", ">=", self.date_from)
            & Domain("invoice_date", "<=", self.date_to)
            & Domain("l10n_ro_efactura_state", "!=", "ok")
            & Domain("l10n_ro_efactura_obligation", "in", ["due"]),
            order="invoice_date, id",
        )
        states = dict(invoices._fields["l10n_ro_efactura_state"]._description_selection(self.env))
        for invoice in invoices:
            state = states.get(invoice.l10n_ro_efactura_state) or self.env._("Not sent")
            late = invoice.l10n_ro_efactura_late and self.env._(
                "late since %s", format_date(self.env, invoice.l10n_ro_efactura_deadline)
            )
            yield {**self._row("sales", move=invoice), "reason": ", ".join(filter(None, [state, late]))}

    # -- a row ------------------------------------------------------------------------------------------------

    def _row(self, section, message=None, move=None):
        """Return the values that all sections share; the package's values where there is one."""
        if message:
            sign = -1 if message.document_type == "381" else 1
            values = {
                "partner_name": message.partner_name,
                "number": message.number,
                "date": message.issue_date,
                "amount_tax": sign * message.amount_tax,
                "amount_total": sign * message.amount_total,
                "currency_id": message.currency_id.id,
                "purchase": message.kind == "received",
            }
        else:
            sign = -1 if move.move_type in ("in_refund", "out_refund") else 1
            purchase = move.is_purchase_document(include_receipts=True)
            values = {
                "partner_name": move.commercial_partner_id.name,
                "date": move.invoice_date or move.date,
                "number": (move.ref if purchase else False) or move.name,
                "amount_tax": sign * move.amount_tax,
                "amount_total": sign * move.amount_total,
                "currency_id": move.currency_id.id,
                "purchase": purchase,
            }
        currency = self.env["res.currency"].browse(values["currency_id"])
        return {
            **values,
            "section": section,
            "message_id": message.id if message else False,
            "move_id": move.id if move else False,
            "amount_company": self._in_company_currency(currency, values["amount_total"], values["date"]),
        }

    def _in_company_currency(self, currency, amount, day):
        target = self.company_id.currency_id
        return (
            currency._convert(amount, target, self.company_id, day)
            if currency and currency != target and day
            else amount
        )


class EfacturaVerificationLine(models.Model):
    _inherit = "l10n_ro_efactura.verification.line"

    def _key(self):
        self.ensure_one()
        return self.section, self.message_id.id, self.move_id.id


class EfacturaMessage(models.Model):
    _inherit = "l10n_ro_efactura.message"

    def _write_pairs(self, rows):
        # EXTENDS: imported bills get their pairs here
        done = super()._write_pairs(rows)
        done._leave_verifications()
        return done

    def _after_pairing(self):
        # EXTENDS
        super()._after_pairing()
        self._leave_verifications()

    def _leave_verifications(self):
        """Remove rows whose package and entry are paired now."""
        self.env["l10n_ro_efactura.verification.line"].sudo().search(
            [
                "|",
                "&",
                ("section", "=", "spv_only"),
                ("message_id", "in", self.ids),
                "&",
                ("section", "in", ("book_only", "not_expected")),
                ("move_id", "in", self.move_id.ids),
            ]
        ).unlink()

    def _differences(self, move):
        """Compare the package with its entry: [(label, in SPV, in the books, amount)]."""
        self.ensure_one()
        _ = self.env._
        found = []
        sign = -1 if self.document_type == "381" else 1
        move_sign = -1 if move.move_type in ("in_refund", "out_refund") else 1
        if self.currency_id and self.currency_id != move.currency_id:
            found.append((_("Currency"), self.currency_id.name, move.currency_id.name, 0.0))
        else:
            compared = [(_("Total"), sign * self.amount_total, move_sign * move.amount_total)]
            if self.amount_tax or self.amount_untaxed:
                compared.append((_("VAT"), sign * self.amount_tax, move_sign * move.amount_tax))
            for label, spv, books in compared:
                if abs(spv - books) > CENT:
                    found.append((label, formatLang(self.env, spv), formatLang(self.env, books), spv - books))
        if self.issue_date and self.issue_date != move.invoice_date:
            found.append(
                (
                    _("Date"),
                    format_date(self.env, self.issue_date),
                    format_date(self.env, move.invoice_date) or "-",
                    0.0,
                )
            )
        cif = ((self.seller_cif if self.kind == "received" else self.buyer_cif) or "").lstrip("0")
        known = move.commercial_partner_id._l10n_ro_efactura_cui().lstrip("0")
        if cif and len(cif) < 13 and cif != known:
            found.append((_("Partner"), cif, " ".join(filter(None, [known, move.commercial_partner_id.name])), 0.0))
        if move.state == "draft":
            found.append((_("Not posted"), "", move.display_name, 0.0))
        return found


class AccountMove(models.Model):
    _inherit = "account.move"

    def _l10n_ro_efactura_no_spv_reason(self):
        """Return why no package of this bill is expected, and whether that is remembered of its supplier.

        :return: (translated text or False, bool)
        """
        self.ensure_one()
        partner = self.commercial_partner_id
        if partner.l10n_ro_efactura_no_spv:
            return partner._l10n_ro_efactura_no_spv_text(), True
        if self.move_type == "in_receipt":
            return self.env._("Receipt"), False
        if not partner:
            return self.env._("No supplier"), False
        if partner._l10n_ro_efactura_is_foreign():
            return self.env._("Foreign supplier"), False
        if not partner.is_company and not partner._l10n_ro_efactura_cui():
            return self.env._("Private person"), False
        return False, False
