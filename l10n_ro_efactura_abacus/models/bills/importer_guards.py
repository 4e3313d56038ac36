"""Refusals and warnings of an import: why an XML cannot be booked as it is, and what its bill has to report."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import api, models
from odoo.tools import format_date, formatLang

from ...anaf import contradictions, same_cif
from ...anaf.numbers import EXACT, SAME, compare_numbers

# Lines of a document above which it is imported only in the background.
BACKGROUND_LINES = 2000
# Contradictions of an XML that are listed on its bill.
MOST_TOLD = 10


def same_number(first, second):
    """Return True where two texts are certainly the same invoice number of one supplier."""
    return compare_numbers(first, second) in (EXACT, SAME)


class EfacturaImporter(models.AbstractModel):
    _inherit = "l10n_ro_efactura.importer"

    @api.private
    def _refuse(self, proposal, code, text, **more):
        proposal.refusals.append({"code": code, "text": text, **more})

    @api.private
    def _guard(self, proposal):
        """Collect in `proposal.refusals` why the document cannot be booked as it is: [{'code', 'text'}]."""
        _, document, message = self.env._, proposal.document, proposal.message
        facts, company = document.facts, proposal.company
        own = company._l10n_ro_efactura_cif()
        if same_cif(document.seller.cif, own):
            self._refuse(
                proposal,
                "own_sale",
                _("The seller is %(company)s itself: this is a sale, not a bill.", company=company.name),
            )
        elif not same_cif(document.buyer.cif, own):
            said = _(
                "The buyer is %(buyer)s (%(cif)s), not %(company)s.",
                buyer=document.buyer.name or "?",
                cif=document.buyer.cif or document.buyer.vat or "-",
                company=company.name,
            )
            if message:  # ANAF delivered it to this company
                proposal.warnings.append(said)
                proposal.to_check = True
            else:
                self._refuse(proposal, "not_ours", said)
        if not facts.number or not facts.issue_date:
            self._refuse(proposal, "unreadable", _("The invoice has no number or no date."))
        if facts.currency and proposal.currency.name != facts.currency:
            self._refuse(proposal, "currency", _("The currency %s is unknown.", facts.currency))
        elif not proposal.currency.active and not self._lacks_currency(proposal):
            self._refuse(proposal, "currency", _("The currency %s is not active.", facts.currency))
        if not proposal.journal.value:
            self._refuse(proposal, "no_journal", _("The company has no journal of bills."))
        if message:
            self._guard_message(proposal)
        self._guard_duplicates(proposal)
        self._guard_period(proposal)

    @api.private
    def _guard_message(self, proposal):
        _, message = self.env._, proposal.message
        if message.environment == "test":
            self._refuse(proposal, "test", _("It comes from ANAF's test environment: it is no bill."))
        if message.kind == "sent":
            self._refuse(proposal, "sent", _("It was sent by the company, not received."))
        if message.move_id:
            proposal.duplicates |= message.move_id
            self._refuse(proposal, "paired", _("It is %s already.", message.move_id.display_name))

    @api.private
    def _guard_duplicates(self, proposal):
        facts, partner = proposal.document.facts, proposal.partner.value
        found = proposal.lookup.bills.get((partner.id, facts.issue_date), ())
        twins = [bill for bill in found if bill not in proposal.duplicates and same_number(bill.ref, facts.number)]
        for bill in twins:
            proposal.duplicates |= bill
        if twins:
            self._refuse(
                proposal,
                "duplicate",
                self.env._(
                    "%(supplier)s's invoice %(number)s of %(date)s is in the books already: %(bills)s.",
                    supplier=partner.name,
                    number=facts.number,
                    date=format_date(self.env, facts.issue_date),
                    bills=", ".join(bill.display_name for bill in twins),
                ),
            )

    @api.private
    def _mark_twins(self, proposals):
        """Refuse the second and later copies of the same invoice within one call."""
        seen = defaultdict(list)
        for proposal in proposals:
            facts = proposal.document and proposal.document.facts
            if not facts or not facts.number:
                continue
            seller = proposal.document.seller
            numbers = seen[seller.cif or seller.vat or seller.name, facts.issue_date]
            if any(same_number(number, facts.number) for number in numbers):
                self._refuse(proposal, "duplicate", self.env._("The same invoice is there twice."))
            numbers.append(facts.number)

    @api.private
    def _guard_period(self, proposal):
        """Refuse a locked period and propose the first open date; `accounting_date` is the user's date."""
        day = proposal.accounting_date or proposal.document.facts.issue_date
        if not day or not proposal.journal.value:
            return
        locks = self._locks(proposal, day)
        if not locks:
            return
        first_open = locks[-1][0] + timedelta(days=1)
        self._refuse(
            proposal,
            "locked",
            self.env._(
                "The period of %(date)s is locked (%(locks)s). The first open date is %(open)s.",
                date=format_date(self.env, day),
                open=format_date(self.env, first_open),
                locks=self.env["res.company"]._format_lock_dates(locks),
            ),
            first_open=first_open,
        )

    @api.private
    def _locks(self, proposal, day):
        """Return the lock dates that `day` violates, as core has them for a draft bill that does not exist yet."""
        cache = proposal.lookup.locks
        journal = proposal.journal.value
        if (journal, day) not in cache:
            draft = self.env["account.move"].new(
                {"move_type": "in_invoice", "company_id": proposal.company.id, "journal_id": journal.id}
            )
            cache[journal, day] = draft._get_violated_lock_dates(day, True)
        return cache[journal, day]

    @api.private
    def _propose_original(self, proposal):
        """Find the bill that a refund corrects, by BT-25, its date and the supplier."""
        if proposal.move_type != "in_refund" or not proposal.partner.value:
            return
        bills = proposal.lookup.corrected.get(proposal.partner.value.id, ())
        for number, day in proposal.document.preceding:
            found = [bill for bill in bills if (not day or bill.invoice_date == day) and same_number(bill.ref, number)]
            if len(found) == 1:
                proposal.original = found[0]
                return

    @api.private
    def _term(self, contradiction):
        """Name a business term in words: "the VAT at S 21 (BT-117)"."""
        _, place = self.env._, contradiction.place
        words = {
            "BT-106": _("the sum of the lines"),
            "BT-107": _("the sum of the discounts"),
            "BT-108": _("the sum of the charges"),
            "BT-109": _("the total without VAT"),
            "BT-110": _("the VAT"),
            "BT-112": _("the total with VAT"),
            "BT-115": _("the amount to be paid"),
            "BT-116": _("the base of VAT %s", place),
            "BT-117": _("the VAT at %s", place),
            "BT-131": _("line %s", place),
        }
        return f"{words.get(contradiction.code, place)} ({contradiction.code})"

    @api.private
    def _warn(self, proposal):
        """Collect the bill's warnings: contradictions within the XML, and amounts that concern only the payment."""
        _, document = self.env._, proposal.document

        def amount(value):
            return formatLang(self.env, float(value), digits=min(max(2, -Decimal(value).as_tuple().exponent), 6))

        found = sorted(contradictions(document), key=lambda one: not one.counts)
        proposal.to_check |= any(one.counts for one in found)
        for one in found[:MOST_TOLD]:
            proposal.warnings.append(
                _(
                    "The XML contradicts itself: %(what)s is %(stated)s, it comes to %(computed)s.",
                    what=self._term(one),
                    stated=amount(one.stated),
                    computed=amount(one.computed),
                )
            )
        if len(found) > MOST_TOLD:
            proposal.warnings.append(_("The XML contradicts itself in %s more places.", len(found) - MOST_TOLD))
        if document.unreadable:
            proposal.warnings.append(_("Amounts that are no numbers: %s.", "; ".join(document.unreadable[:MOST_TOLD])))
        if document.prepaid:
            proposal.warnings.append(_("Paid in advance: %s.", amount(document.prepaid)))
        if document.rounding:
            proposal.warnings.append(
                _(
                    "To be paid: %(payable)s, after a rounding of %(rounding)s that is not on the bill.",
                    payable=amount(document.facts.payable or 0),
                    rounding=amount(document.rounding),
                )
            )
        if document.facts.root == "CreditNote" and (document.facts.total or 0) < 0:
            proposal.warnings.append(_("A credit note with a negative total: it is booked as a refund of that amount."))
        if proposal.move_type == "in_refund" and document.preceding and not proposal.original:
            proposal.warnings.append(
                _(
                    "It corrects %s, which is not in the books.",
                    ", ".join(number for number, _day in document.preceding),
                )
            )
        self._warn_stand_ins(proposal)
