from odoo import api, fields, models
from odoo.exceptions import UserError

from ...anaf import cius
from ...models.common.rights import check_bill
from ...models.sending.account_move_queue import BUILT_IN_THE_CLICK


class EfacturaWindow(models.TransientModel):
    """The eFactura window: the mandatory terms of an invoice, with empty cells for missing ones.

    For several invoices it shows only what is missing, one row for all that lack it. Answers are written to the records
    with the user's own rights; the window stores none.
    """

    _name = "l10n_ro_efactura.window"
    _description = "e-Factura window"

    move_ids = fields.Many2many("account.move", string="Invoices", required=True, readonly=True)
    move_id = fields.Many2one("account.move", string="Invoice", compute="_compute_move_id")
    many = fields.Boolean(compute="_compute_move_id")
    missing_ids = fields.One2many(
        "l10n_ro_efactura.window.line", "window_id", string="To Fill In", domain=[("state", "=", "missing")]
    )
    finding_ids = fields.One2many(
        "l10n_ro_efactura.window.line", "window_id", string="Check", domain=[("state", "in", ("fatal", "warning"))]
    )
    refused_ids = fields.One2many(
        "l10n_ro_efactura.window.line", "window_id", string="What ANAF Said", domain=[("state", "=", "refused")]
    )
    value_ids = fields.One2many(
        "l10n_ro_efactura.window.line", "window_id", string="Content of the Invoice", domain=[("state", "=", "ok")]
    )
    line_ids = fields.One2many(
        "l10n_ro_efactura.window.line", "window_id", string="Lines", domain=[("state", "=", "line")]
    )
    missing_count = fields.Integer(readonly=True)
    fatal_count = fields.Integer(readonly=True)
    warning_count = fields.Integer(readonly=True)
    refusal = fields.Char(readonly=True, help="The last attempt, where ANAF refused it")
    refusal_note = fields.Char(readonly=True, help="Whether the document has changed since ANAF refused it")
    cuts = fields.Text(string="Moved to the notes", readonly=True)
    reasons = fields.Text(readonly=True, help="Why it cannot be sent, apart from its data")
    can_send = fields.Boolean(readonly=True)
    can_test = fields.Boolean(readonly=True)
    can_build = fields.Boolean(readonly=True)
    can_post = fields.Boolean(readonly=True)
    can_choose_period = fields.Boolean(readonly=True, help="A credit note says what it corrects, or for which period")
    file_id = fields.Many2one("l10n_ro_efactura.xml.file", readonly=True)
    xml_text = fields.Text(related="file_id.xml_text", related_sudo=False)
    file_note = fields.Char(related="file_id.note", related_sudo=False)
    anaf_ok = fields.Boolean(readonly=True)
    anaf_answer = fields.Text(string="ANAF's validation", readonly=True)

    @api.depends("move_ids")
    def _compute_move_id(self):
        for window in self:
            window.many = len(window.move_ids) > 1
            window.move_id = not window.many and window.move_ids

    # -------------------------------------------------------------------------
    # OPENING
    # -------------------------------------------------------------------------

    @api.model
    @api.private
    def _open(self, moves):
        """Return the action of the window on `moves`."""
        window = self.create({"move_ids": moves.ids})
        window._look()
        return window._action()

    def _action(self):
        name = self.env._("eFactura") if self.many else self.env._("eFactura: %s", self.move_id.display_name)
        return self._get_records_action(name=name, target="new", context={"dialog_size": "extra-large"})

    def _look(self):
        """Read the invoices and make the rows."""
        self.ensure_one()
        rows, xml = {}, b""
        moves = self.move_ids
        refused = self.env["l10n_ro_efactura.submission"] if self.many else self._last_refusal()
        for row in self._refusal_rows(refused):
            self._add(rows, moves, row)
        build = len(moves) <= BUILT_IN_THE_CLICK
        for move in moves:
            for problem in move._l10n_ro_efactura_problems():
                self._add(rows, move, {"state": "missing", **problem})
            if any(row["state"] == "missing" and move.id in row["move_ids"] for row in rows.values()) or not build:
                continue
            xml, errors, findings = move._l10n_ro_efactura_checked_xml()
            for text in errors:
                self._add(
                    rows,
                    move,
                    {"state": "fatal", "bt": "", "text": text, "model": "account.move", "res_id": move.id, "field": ""},
                )
            for found in findings:
                self._add(rows, move, {**found, "state": found["severity"]})
        found = sorted(rows.values(), key=lambda row: -len(row["move_ids"])) if self.many else list(rows.values())
        Line = self.env["l10n_ro_efactura.window.line"]
        values = [Line._prepare(row) for row in found]
        if not self.many:
            values += self._values(
                moves,
                xml,
                *(self._terms_and_records(found, state) for state in ("missing", "refused")),
            )
        counts = {state: sum(row["state"] == state for row in found) for state in ("missing", "fatal", "warning")}
        ready = not counts["missing"] and not counts["fatal"]
        reasons = {environment: self._reasons(environment) for environment in ("prod", "test")}
        Line.search([("window_id", "=", self.id)]).unlink()
        Line.create([{**row, "window_id": self.id, "sequence": number} for number, row in enumerate(values)])
        self.invalidate_recordset(["missing_ids", "refused_ids", "finding_ids", "value_ids", "line_ids"])
        self.write(
            {
                "missing_count": counts["missing"],
                "fatal_count": counts["fatal"],
                "warning_count": counts["warning"],
                "refusal": self._refusal_words(refused) if refused else False,
                "refusal_note": self._refusal_note(refused, xml) if refused and xml else False,
                "cuts": self._cut_texts() if xml and not self.many else False,
                "reasons": "\n".join(reasons["prod"]) or False,
                "can_send": ready and not reasons["prod"],
                "can_test": ready and not reasons["test"],
                "can_build": not counts["missing"] and not self.many and moves._l10n_ro_efactura_is_numbered(),
                "can_post": ready and not self.many and moves.state == "draft",
                "can_choose_period": not self.many
                and any(row.get("code") == "origin" for row in found)
                and moves.move_type == "out_refund",
                "file_id": False,
                "anaf_answer": False,
            }
        )
        if not any(counts[state] for state in ("missing", "fatal")):
            moves._l10n_ro_efactura_mark_missing({})

    def _add(self, rows, move, row):
        """Add `row` of an invoice, merged with the same row of other invoices."""
        key = [row.get(name) for name in ("state", "code", "rule", "bt", "model", "res_id", "field")]
        if not self.many:
            key += [row.get("node"), row["text"], row.get("original")]
        rows.setdefault(tuple(key), {**row, "move_ids": []})["move_ids"].append(move.id)

    def _terms_and_records(self, rows, state):
        """Return {(BT, record)} of the `rows` in a state."""
        return {(row["bt"], self.env[row["model"]].browse(row["res_id"])) for row in rows if row["state"] == state}

    def _reasons(self, environment):
        reasons = self.move_ids._l10n_ro_efactura_cannot_send(environment).values()
        return list(dict.fromkeys(text for texts in reasons for text in texts))

    def _cut_texts(self):
        return (
            "\n".join(
                self.env._(
                    '%(bt)s was too long: "%(kept)s" stays, the rest goes to %(to)s.',
                    bt=cut["bt"],
                    kept=cut["kept"],
                    to=cut["to"],
                )
                if cut["to"]
                else self.env._('%(bt)s was too long: only "%(kept)s" stays.', bt=cut["bt"], kept=cut["kept"])
                for cut in self.move_id._l10n_ro_efactura_cuts()
            )
            or False
        )

    # -------------------------------------------------------------------------
    # BUTTONS
    # -------------------------------------------------------------------------

    def action_check(self):
        """Write the answers and check again."""
        self._check_may()
        self._save()
        return self._action()

    def action_for_period(self):
        """Make the credit note a rebate over a period: it asks for the period instead of an invoice number."""
        self._check_may()
        if not self.can_choose_period:
            raise UserError(self.env._("Only a credit note that names no invoice can be one over a period."))
        self.move_id.l10n_ro_efactura_for_period = True
        self._save()
        return self._action()

    def action_send(self):
        """Send to ANAF; the window opens again where something is missing."""
        self._check_may()
        self._save()
        return self.move_ids.action_l10n_ro_efactura_send()

    def action_post(self):
        """Confirm the draft, and show what is missing then."""
        self._check_may()
        self._save()
        if not self.can_post:
            return self._action()
        asked = self.move_id.action_post()
        self._look()
        return self._action() if self.move_id.state == "posted" or not asked else asked

    def action_send_test(self):
        """Send to ANAF's test environment."""
        self._check_may()
        self._save()
        return self.move_ids.action_l10n_ro_efactura_send_test()

    def action_generate(self):
        """Build and store the XML; needs no connection."""
        self._check_may()
        self._save()
        if self.can_build:
            self._generate()
        return self._action()

    def action_download(self):
        """Download the exact bytes of the XML."""
        self._check_may()
        self._save()
        file = self.file_id if self.file_id else self._generate()
        return file.action_download()

    def action_validate(self):
        """Ask ANAF's validator and show its answer in the window."""
        self._check_may()
        self._save()
        file = self.file_id if self.file_id else self._generate()
        self.anaf_ok, self.anaf_answer = file._second_opinion(file._xml_bytes())
        return self._action()

    def _check_may(self):
        check_bill(self.move_ids, "write")
        self.ensure_one()

    def _generate(self):
        self.move_id._l10n_ro_efactura_make_pdf()
        xml, errors, findings = self.move_id._l10n_ro_efactura_checked_xml()
        if errors:
            raise UserError("\n".join(errors))
        self.file_id = self.env["l10n_ro_efactura.xml.file"]._get_or_create(self.move_id, xml, findings)
        return self.file_id

    def _save(self):
        """Write the answers; one that cannot be written stays in its cell with the reason, and stops no other."""
        asked = self.missing_ids | self.refused_ids
        self.line_ids._answer_for(asked)
        answered = (asked | self.line_ids).filtered(lambda line: line._answer() is not None)
        failed = {}
        for record_lines in answered.grouped(lambda line: (line.model, line.res_id)).values():
            failed |= record_lines._write()
        kept = {line._key(): {**line._given(), "note": note, "failed": True} for line, note in failed.items()}
        if answered:
            self.env.flush_all()
        file = self.file_id
        self._look()
        if file and not answered:
            self.file_id = file
        for line in self.missing_ids | self.refused_ids | self.line_ids:
            line.write(kept.get(line._key(), {}))

    # -------------------------------------------------------------------------
    # WORDS
    # -------------------------------------------------------------------------

    @api.model
    def _label(self, bt):
        """Return the name of a business term in the user's language."""
        term = cius.terms().get(bt) or {}
        text = term.get("ro" if (self.env.lang or "").startswith("ro") else "en") or bt
        return text[:1].upper() + text[1:]

    @api.model
    def _source_name(self, record, number=0):
        _ = self.env._
        if record._name == "account.move.line":
            return _("Line %s", number) if number else _("Line of the invoice")
        if record._name == "account.move":
            return _("Invoice")
        if record._name == "res.company" or (
            record._name == "res.partner" and record in self.env.companies.sudo().partner_id
        ):
            return _("Company %s", record.display_name)
        names = {
            "res.partner": _("Contact %s", record.display_name),
            "uom.uom": _("Unit %s", record.display_name),
            "account.tax": _("Tax %s", record.display_name),
            "product.product": _("Product %s", record.display_name),
            "res.partner.bank": _("Bank account %s", record.display_name),
        }
        return names.get(record._name) or record.display_name
