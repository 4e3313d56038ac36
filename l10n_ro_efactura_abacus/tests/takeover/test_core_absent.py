"""Odoo's own e-Factura module without the methods that the takeover leans on: they are taken out of its classes.

Sending, receiving and archiving go on; each duty of the takeover says that it is degraded, and no other does.
"""

import base64
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...anaf import read_document
from ...hooks import _take_connections
from ...models.takeover import l10n_ro_edi as takeover
from ...models.takeover.history import _adopt_history
from ..bills.import_common import ImportCase, supplier_xml

DEGRADED = "odoo.addons.l10n_ro_efactura_abacus.models.takeover.degraded"
HOOKS = "odoo.addons.l10n_ro_efactura_abacus.models.takeover.history"
#: the duties that lean on fields only: those cannot be taken out of a running registry, one that never was is asked for
DUTIES_OF_FIELDS = ("state", "tokens", "history")
DUTIES_OF_METHODS = tuple(duty for duty in takeover.CORE_NAMES if duty not in DUTIES_OF_FIELDS)

#: methods of core's exporter that were overridden before the document was written here
BUILDER = (
    "_export_invoice_constraints",
    "_add_invoice_header_nodes",
    "_get_party_node",
    "_get_address_node",
    "_ubl_add_values_tax_currency_code",
)


@contextmanager
def deleted(env, *methods):
    """Delete these ('model', 'method') from the classes of core's two modules, for the length of the block."""
    taken = [
        (cls, name, vars(cls)[name])
        for model, name in methods
        for cls in type(env[model]).mro()
        if vars(cls).get("_module") in takeover.CORE and name in vars(cls)
    ]
    for cls, name, _method in taken:
        delattr(cls, name)
    try:
        yield
    finally:
        for cls, name, method in taken:
            setattr(cls, name, method)


class AbsentCase(ImportCase):
    def _methods(self, *duties):
        """The ('model', 'method') that `duties` need."""
        return [
            (model, name)
            for duty in duties
            for model, names in takeover.CORE_NAMES[duty].items()
            for name in names
            if name not in self.env[model]._fields
        ]

    def _take_out(self, *duties):
        """Delete the methods that `duties` need until the end of the test."""
        self.enterContext(deleted(self.env, *self._methods(*duties)))

    def _lack_fields(self, *duties):
        """Let each of `duties` need a field that core does not have, until the end of the test."""
        self.enterContext(
            patch.dict(
                takeover.CORE_NAMES,
                {duty: {**takeover.CORE_NAMES[duty], "res.company": ("l10n_ro_edi_renamed",)} for duty in duties},
            )
        )

    def _settled(self, move):
        """Upload, settle and archive; the submission of `move`."""
        self._upload()
        self._settle()
        self._archive()
        return move.l10n_ro_efactura_submission_ids.sudo()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCoreAbsent(AbsentCase):
    def test_each_duty_says_what_it_misses_and_no_other_does(self):
        for duty in DUTIES_OF_METHODS:
            with self.subTest(duty=duty):
                methods = self._methods(duty)
                with deleted(self.env, *methods):
                    self.assertEqual(
                        self.env["account.move"]._l10n_ro_efactura_missing_core_names(),
                        {duty: [f"{model}.{name}" for model, name in methods]},
                    )
        for duty in DUTIES_OF_FIELDS:
            with (
                self.subTest(duty=duty),
                patch.dict(takeover.CORE_NAMES, {duty: {"res.company": ("l10n_ro_edi_renamed",)}}),
            ):
                self.assertEqual(
                    self.env["account.move"]._l10n_ro_efactura_missing_core_names(),
                    {duty: ["res.company.l10n_ro_edi_renamed"]},
                )
        self.assertEqual(self.env["account.move"]._l10n_ro_efactura_missing_core_names(), {})

    def test_an_administrator_reads_it_in_both_languages(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self._take_out("reception")
        settings = self.env["res.config.settings"].create({})
        for lang, words in (("en_US", "may fetch SPV messages by itself"), ("ro_RO", "poate prelua singur mesajele")):
            credential = self.credential.with_context(lang=lang)
            text = credential.degraded_duties
            self.assertIn(words, text)
            self.assertEqual(len(text.splitlines()), 2, "one duty, one line")
            for model, name in self._methods("reception"):
                self.assertIn(f"{model}.{name}", text)
            self.assertEqual(settings.with_context(lang=lang).l10n_ro_efactura_degraded_duties, text)

    def test_the_registry_logs_one_line(self):
        self._take_out("send", "oauth")
        with self.assertLogs(DEGRADED, "WARNING") as logged:
            self.env["l10n_ro_efactura.credential"]._register_hook()
        [line] = logged.output
        for part in ("send (missing: account.move._l10n_ro_edi_get_pre_send_errors", "; oauth (missing: res.company."):
            self.assertIn(part, line)

    def test_an_invoice_is_sent_settled_and_archived(self):
        self._take_out("send", "oauth", "reception")
        self._lack_fields(*DUTIES_OF_FIELDS)
        self.assertFalse(self.env["l10n_ro_efactura.guard"].sudo()._hold_reason("prod"))
        move = self._invoice()
        move.with_user(self.biller).action_l10n_ro_efactura_send()
        submission = self._settled(move)
        self.assertEqual((submission.state, move.l10n_ro_efactura_state), ("ok", "ok"))
        self.assertEqual(len(self.sim.uploads("prod")), 1)
        self.assertEqual(submission.message_id.archive_state, "archived")
        self.assertTrue(submission.message_id._package_bytes())
        self.assertFalse(move.show_reset_to_draft_button)

    def test_an_invoice_is_built_by_this_addon_alone(self):
        """Without core's exporter and what it is made of; every later step of sending takes the same bytes."""
        self._take_out(*DUTIES_OF_METHODS)
        self.enterContext(deleted(self.env, *(("account.edi.xml.ubl_ro", name) for name in BUILDER)))
        move = self._invoice(price=200.0)
        xml, errors, findings = move._l10n_ro_efactura_checked_xml()
        self.assertEqual((errors, [row for row in findings if row["severity"] == "fatal"]), ([], []))
        facts = read_document(xml).facts
        self.assertEqual((facts.untaxed, facts.tax_amount, facts.total), (200, 42, 242))
        move.action_l10n_ro_efactura_send()
        self.assertEqual(self._settled(move).state, "ok")

    def test_a_bill_is_imported(self):
        self._take_out(*DUTIES_OF_METHODS)
        self._lack_fields(*DUTIES_OF_FIELDS)
        xml = supplier_xml()
        message = self._messages(xml)
        bill = message.with_user(self.biller)._import_bills()
        self.assert_totals(bill.sudo(), xml)
        self.assertEqual(message.move_id, bill.sudo())
        bill.unlink()
        self.assertFalse(bill.exists())

    def test_tokens_are_renewed(self):
        self._take_out(*DUTIES_OF_METHODS)
        before = self.company.sudo().l10n_ro_edi_access_token
        self.assertEqual(before.count("."), 2)
        self.credential.sudo().access_expires_at = "2020-01-01"
        self.env["l10n_ro_efactura.credential"]._cron_refresh_tokens()
        self.assertEqual(self.credential.state, "connected")
        self.assertNotEqual(self.company.sudo().l10n_ro_edi_access_token, before)

    # -- what each duty no longer does ------------------------------------------------------------------------

    def test_send_dialog(self):
        """Without core's checkbox the dialog sends e-mails as before; with it ours is queued and core sends nothing."""
        for name in ("_call_web_service_after_invoice_pdf_render", "_is_ro_edi_applicable", "_get_all_extra_edis"):
            with self.subTest(gone=name):
                move = self._invoice()
                with deleted(self.env, ("account.move.send", name)):
                    wizard = (
                        self.env["account.move.send.wizard"]
                        .with_user(self.biller)
                        .with_context(active_model="account.move", active_ids=move.ids)
                        .create({})
                    )
                    has_box = "ro_edi" in (wizard.extra_edi_checkboxes or {})
                    self.assertEqual(has_box, name != "_get_all_extra_edis")
                    wizard.action_send_and_print()
                self.assertEqual(move.l10n_ro_efactura_state, "queued" if has_box else False)
                self.assertFalse(move.l10n_ro_edi_document_ids)

    def test_state_of_core(self):
        self._lack_fields("state")
        move = self._invoice()
        move.action_l10n_ro_efactura_send()
        self._settled(move)
        self.assertEqual(move.l10n_ro_efactura_state, "ok")
        self.assertFalse(move.l10n_ro_edi_document_ids or move.l10n_ro_edi_state or move.l10n_ro_edi_index)

    @mute_logger(HOOKS)
    def test_tokens_and_history_of_core(self):
        """The hooks leave alone what they can no longer read, the rest of the installation goes on."""
        move = self._invoice()
        self.env["l10n_ro_edi.document"].sudo().create(
            {"invoice_id": move.id, "state": "invoice_validated", "attachment": base64.b64encode(b"<Invoice/>")}
        )
        other = self.env["res.company"].create({"name": "Other SRL", "country_id": self.env.ref("base.ro").id})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET l10n_ro_edi_access_token = 'kept by core' WHERE id = %s", [other.id]
        )
        self._lack_fields("tokens", "history")
        _take_connections(self.env)
        _adopt_history(self.env)
        self.env.cr.execute("SELECT l10n_ro_edi_access_token FROM res_company WHERE id = %s", [other.id])
        self.assertEqual(self.env.cr.fetchone(), ("kept by core",))
        self.assertFalse(other._l10n_ro_efactura_taken_over() or move.l10n_ro_efactura_state)

    def test_reception_of_core(self):
        """The entry of core's cog menu is gone; SPV is read by our own crons and button."""
        self._take_out("reception")
        self.sim.generate_supplier_invoices(self.company.vat, 1)
        self.messages._cron_refresh_spv()
        self._archive()
        message = self.messages.search([("company_id", "=", self.company.id), ("kind", "=", "received")])
        self.assertEqual(message.archive_state, "archived")
