"""The anaf.Document of an invoice from the books: header, references, notes and payment."""

from odoo import fields, models

from ...anaf import Document, DocumentError, PaymentMeans, write
from ...anaf.cius.romania import CIUS_RO
from ..common.core import PLAIN_ACCOUNT_NUMBER
from .document_build import Build
from .texts import from_html, pieces, plain

MAX_NOTES = 20  # BR-RO-A020
NOTE_LENGTH = 300  # BR-RO-L302
VAT_ON_PAYMENT = "TVA la încasare"  # Codul fiscal art. 319(20) p)
PAYMENT_NAMES = {
    "1": "Nespecificat",
    "10": "Numerar",
    "30": "Virament",
    "42": "Plată în cont bancar",
    "48": "Card",
    "97": "Compensare",
    "ZZZ": "Convenit între părți",
}
#: codes of payments that go to an account
TO_ACCOUNT = ("30", "42", "58", "1", "ZZZ")


class AccountMove(models.Model):
    """Make the e-Factura of an invoice. Other addons extend `_l10n_ro_efactura_document_values`."""

    _inherit = "account.move"

    def _l10n_ro_efactura_document(self):
        """Return the anaf.Document of an invoice that has no problems (`_l10n_ro_efactura_problems`)."""
        self.ensure_one()
        return self._l10n_ro_efactura_make_document(Build(self))

    def _l10n_ro_efactura_cuts(self):
        """List the texts that do not fit into their element: dict(bt, model, res_id, text, kept, to)."""
        self.ensure_one()
        if self.company_id.l10n_ro_efactura_core_xml:
            return []
        build = Build(self)
        self._l10n_ro_efactura_make_document(build)
        return build.cuts

    def _l10n_ro_efactura_write(self, build=None):
        """Write the e-Factura of an invoice that has no problems, without its PDF.

        :param build: the :class:`Build` that the problems were looked for with
        :return: (bytes, [error, ...]); the bytes are b'' where there are errors
        """
        self.ensure_one()
        build = build or Build(self)
        document = self._l10n_ro_efactura_make_document(build)
        try:
            xml = write(document)
        except DocumentError as error:
            return b"", [
                self.env._("The e-Factura would contradict itself at %(bt)s: %(text)s", bt=one.bt, text=one.text)
                for one in error.problems
            ]
        shown = document.total + (document.rounding or 0)
        booked = build.amount(self.amount_total) + build.withheld_total
        if shown != booked:
            return b"", [
                self.env._(
                    "The lines add up to %(shown)s but the invoice says %(expected)s: check the amounts of its taxes.",
                    shown=self.currency_id.format(float(shown)),
                    expected=self.currency_id.format(float(booked)),
                )
            ]
        return xml, []

    def _l10n_ro_efactura_make_document(self, build):
        move = build.move
        values = move._l10n_ro_efactura_document_values(build)
        return Document(**values, notes=move._l10n_ro_efactura_notes(build))  # last: they take what fits nowhere else

    def _l10n_ro_efactura_document_values(self, build):
        """Return what a Document is made of, but its notes.

        :param build: the :class:`Build` of this invoice
        :return: dict of the fields of :class:`anaf.Document`
        """
        credit = build.kind == "381"
        start, end = self._l10n_ro_efactura_period()
        due = self.invoice_date_due or None
        issued = self.invoice_date or fields.Date.context_today(self)  # a draft gets its date with posting
        return {
            "root": "CreditNote" if credit else "Invoice",
            "customization": CIUS_RO,
            "type_code": build.kind,
            "number": self.name or "/",
            "issue_date": issued,
            "due_date": due if credit else due or issued,
            "currency": build.currency.name,
            "order": self._l10n_ro_efactura_order_reference(),
            "contract": plain(self.l10n_ro_efactura_contract),
            "preceding": [(number, day or None) for number, day in self._l10n_ro_efactura_preceding()],
            "period_start": start or None,
            "period_end": end or None,
            "vat_point_code": "432" if build.on_payment else "",
            **self._l10n_ro_efactura_document_parties(build),
            "payments": [self._l10n_ro_efactura_payment(build)],
            "payment_terms": build.fit(
                "BT-20",
                self.invoice_payment_term_id,
                from_html(self.invoice_payment_term_id.note),
                NOTE_LENGTH,
                "Condiții de plată",
            ),
            **self._l10n_ro_efactura_document_amounts(build),
        }

    # -------------------------------------------------------------------------
    # NOTES
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_notes(self, build):
        """Return BT-22 as a list: mentions, the reason, the terms, then what fitted nowhere else."""
        wanted = []
        if build.on_payment:
            wanted.append(VAT_ON_PAYMENT)
        if reason := self._l10n_ro_efactura_reason_text():
            wanted.append(f"Motiv: {reason}")
        if build.withheld_total:
            wanted.append(f"Impozit reținut la sursă: {build.withheld_total} {build.currency.name}")
        wanted.append(from_html(self.narration))
        notes = []
        for text in filter(None, wanted + build.overflow):
            found, rest = pieces(text, NOTE_LENGTH, MAX_NOTES - len(notes))
            notes += found
            if len(found) > 1 or rest:
                build.moved("BT-22", self, text, found[0] if found else "", "" if rest else "BT-22")
        return notes

    # -------------------------------------------------------------------------
    # PAYMENT
    # -------------------------------------------------------------------------

    def _l10n_ro_efactura_payment(self, build):
        """Return BG-16; the account only where somebody pays to one."""
        code, bank = build.payment_code, self.partner_bank_id
        reference = build.fit("BT-83", self, self.payment_reference or self.name, 140, "Referința plății")
        if not bank or code not in TO_ACCOUNT:
            return PaymentMeans(code=code, name=PAYMENT_NAMES.get(code, ""), reference=reference)
        return PaymentMeans(
            code=code,
            name=PAYMENT_NAMES.get(code, ""),
            reference=reference,
            iban=bank[PLAIN_ACCOUNT_NUMBER] or "",
            account_name=build.fit("BT-85", bank, bank.acc_holder_name or bank.partner_id.name, 200, "Titular cont"),
            bic=bank.bank_id.bic or "",
        )
