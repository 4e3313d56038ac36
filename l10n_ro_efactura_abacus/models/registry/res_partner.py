"""Contacts and ANAF's register: what it says of them, and checks of one or many."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_datetime
from odoo.tools.misc import format_date

from ...anaf import AnafError, valid_cui
from ...anaf.registry import MOST_CIFS
from ..common.actions import notification, soft_reload
from ..common.anaf_words import anaf_error_words
from ..common.core import registry_domain
from ..common.knobs import WAIT_SECONDS


class ResPartner(models.Model):
    """A contact with the register's last answer for its CUI."""

    _inherit = "res.partner"

    l10n_ro_efactura_taxpayer_id = fields.Many2one(
        "l10n_ro_efactura.taxpayer",
        string="In ANAF's Register",
        compute="_compute_l10n_ro_efactura_taxpayer_id",
        groups="base.group_user",
        exportable=False,
    )
    l10n_ro_efactura_register = fields.Json(
        string="ANAF's Register",
        compute="_compute_l10n_ro_efactura_register",
        groups="base.group_user",
        exportable=False,
        help="What ANAF's register says of this CUI, and where the contact says something else",
    )

    l10n_ro_efactura_register_state = fields.Selection(
        [
            ("same", "As at ANAF"),
            ("differs", "Differs from ANAF"),
            ("inactive", "Inactive at ANAF"),
            ("unknown", "Unknown to ANAF"),
        ],
        string="ANAF",
        compute="_compute_l10n_ro_efactura_register_state",
        search="_search_l10n_ro_efactura_register_state",
        groups="base.group_user",
        exportable=False,
    )

    @api.depends("vat", "country_id", "parent_id")
    def _compute_l10n_ro_efactura_taxpayer_id(self):
        cifs = {partner: partner._l10n_ro_efactura_register_cui() for partner in self}
        found = self.env["l10n_ro_efactura.taxpayer"]._of_cifs(filter(None, cifs.values()))
        by_cif = {taxpayer.cif: taxpayer for taxpayer in found}
        for partner, cif in cifs.items():
            partner.l10n_ro_efactura_taxpayer_id = by_cif.get(cif)

    @api.depends(
        "name", "vat", "country_id", "parent_id", "street", "street2", "city", "zip", "state_id", "nrc", "is_company"
    )
    @api.depends_context("lang", "uid", "tz")
    def _compute_l10n_ro_efactura_register(self):
        romanian = any(company.account_fiscal_country_id.code == "RO" for company in self.env.companies)
        for partner in self:
            shown = romanian and partner.id and partner._l10n_ro_efactura_register_cui()
            partner.l10n_ro_efactura_register = partner._l10n_ro_efactura_describe_register() if shown else False

    @api.depends(
        "name", "vat", "country_id", "parent_id", "street", "street2", "city", "zip", "state_id", "nrc", "is_company"
    )
    def _compute_l10n_ro_efactura_register_state(self):
        for partner in self:
            taxpayer = partner.l10n_ro_efactura_taxpayer_id
            if not taxpayer.checked_at:
                state = False
            elif not taxpayer.found:
                state = "unknown"
            elif taxpayer._is_gone():
                state = "inactive"
            else:
                state = "differs" if partner._l10n_ro_efactura_differences() else "same"
            partner.l10n_ro_efactura_register_state = state

    def _search_l10n_ro_efactura_register_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        checked = self.env["l10n_ro_efactura.taxpayer"].sudo().search([("checked_at", "!=", False)])
        if not {"differs", "same", False} & set(value):  # few of many: the others need no comparison
            checked = checked.filtered(lambda taxpayer: not taxpayer.found or taxpayer._is_gone())
        cifs = checked.mapped("cif")
        candidates = self.search(
            Domain("vat", "in", [*cifs, *(f"RO{cif}" for cif in cifs)]) | registry_domain(cifs)
        ).filtered(lambda partner: partner.l10n_ro_efactura_register_state)
        if False not in value:
            return Domain("id", "in", candidates.filtered(lambda one: one.l10n_ro_efactura_register_state in value).ids)
        return Domain(
            "id", "not in", candidates.filtered(lambda one: one.l10n_ro_efactura_register_state not in value).ids
        )

    def _l10n_ro_efactura_register_cui(self):
        """Return the CUI to ask the register for, as digits; '' for a firm's contact, a person, a firm from abroad."""
        self.ensure_one()
        if self.commercial_partner_id != self:
            return ""
        cui = self._l10n_ro_efactura_cui()
        return cui if valid_cui(cui) else ""

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _l10n_ro_efactura_describe_register(self):
        """Return what the contact's form shows of the register.

        :return: dict of `cif`; `checked` (text, or False where it was never asked); `known` and
            `taxpayer_id`; `facts`, a list of {text, kind} with
            kind 'success', 'danger', 'warning' or 'secondary'; `differences`, see `_l10n_ro_efactura_differences`;
            `may_write`
        """
        taxpayer = self.l10n_ro_efactura_taxpayer_id
        return {
            "cif": self._l10n_ro_efactura_register_cui(),
            "checked": taxpayer.checked_at and format_datetime(self.env, taxpayer.checked_at, dt_format="short"),
            "known": taxpayer.found,
            "taxpayer_id": taxpayer.id,
            "facts": self._l10n_ro_efactura_register_facts() if taxpayer.checked_at else [],
            "differences": self._l10n_ro_efactura_differences(),
            "may_write": self.env["res.partner"].has_access("write"),
        }

    def _l10n_ro_efactura_register_facts(self):
        """Return the badges of a checked contact."""
        _, taxpayer = self.env._, self.l10n_ro_efactura_taxpayer_id
        if not taxpayer.found:
            return [{"text": _("ANAF does not know this CUI"), "kind": "danger"}]

        def since(text, day):
            return _("%(fact)s since %(date)s", fact=text, date=format_date(self.env, day)) if day else text

        facts = []
        if taxpayer.deregistered_on:
            facts.append((since(_("Deregistered"), taxpayer.deregistered_on), "danger"))
        elif taxpayer.inactive:
            inactive = taxpayer.inactive == "yes"
            facts.append(
                (since(_("Inactive"), taxpayer.inactive_since), "danger") if inactive else (_("Active"), "success")
            )
        if taxpayer.vat_payer == "yes":
            facts.append((since(_("VAT payer"), taxpayer.vat_since), "success"))
        elif taxpayer.vat_payer == "no":
            text = _("Not a VAT payer")
            facts.append((since(text, taxpayer.vat_until), "secondary"))
        if taxpayer.cash_vat == "yes":
            facts.append((since(_("VAT on payment"), taxpayer.cash_vat_since), "warning"))
        if taxpayer.split_vat == "yes":
            facts.append((_("Split VAT"), "warning"))
        if taxpayer.in_efactura == "yes":
            facts.append((_("In the RO e-Factura register"), "secondary"))
        news, _day = taxpayer._vat_news()
        if news:
            facts.append((_("VAT registration changed recently"), "warning"))
        return [{"text": text, "kind": kind} for text, kind in facts]

    # -- checks -------------------------------------------------------------------------------------------------------

    def action_l10n_ro_efactura_check_register(self):
        """Check the selected contacts in ANAF's register; more than 100 CUIs are checked in the background.

        Nothing in the contacts changes: differences are shown on them.

        :raise AccessError: the user is no internal user, or may not read these contacts
        :raise UserError: none of them has a CUI, or the register does not answer
        """
        if not self.env.su and not self.env.user._is_internal():
            raise AccessError(self.env._("Only internal users can check contacts at ANAF."))
        self.check_access("read")
        partners = self.commercial_partner_id
        cifs = {partner: partner._l10n_ro_efactura_register_cui() for partner in partners}
        wanted = sorted({cif for cif in cifs.values() if cif})
        if not wanted:
            raise UserError(partners._l10n_ro_efactura_why_no_cui())
        taxpayers = self.env["l10n_ro_efactura.taxpayer"].sudo()
        if len(wanted) > MOST_CIFS:
            taxpayers._check_later(wanted)
            return notification(
                self.env._("%s contacts are being checked at ANAF in the background.", len(wanted)), "info"
            )
        try:
            answered, _changes = taxpayers._check_now(wanted, WAIT_SECONDS)
        except AnafError as error:
            raise UserError(self._l10n_ro_efactura_no_answer(error)) from None
        partners.invalidate_recordset(
            ["l10n_ro_efactura_taxpayer_id", "l10n_ro_efactura_register", "l10n_ro_efactura_register_state"]
        )
        checked = partners.filtered(lambda partner: cifs[partner] in set(answered.mapped("cif")))
        if not checked:
            raise UserError(self.env._("ANAF's answer leaves these contacts out. Try again later."))
        return checked._l10n_ro_efactura_check_summary(len(partners))

    def _l10n_ro_efactura_no_answer(self, error):
        """Return the sentence for a check that got no answer."""
        reason = anaf_error_words(self.env, error)
        return self.env._(
            "ANAF's register of taxpayers does not answer now (%s). Nothing was changed; try again later.", reason
        )

    def _l10n_ro_efactura_why_no_cui(self):
        """Return why none of these contacts can be checked."""
        _ = self.env._
        if len(self) > 1:
            return _("None of these contacts has a Romanian CUI, so there is nothing to check at ANAF.")
        kind, _code = self._l10n_ro_efactura_buyer_code()
        name = self.display_name
        if kind == "foreign":
            return _("%s is from abroad: ANAF's register holds Romanian firms only.", name)
        if kind in ("cnp", "zeros"):
            return _("%s is a person: ANAF's register holds firms and sole traders with a CUI only.", name)
        if kind == "cui":
            return _("The CUI of %s is wrong: its control digit does not fit. Correct the Tax ID first.", name)
        return _("%s has no CUI: fill in its Tax ID first.", name)

    def _l10n_ro_efactura_check_summary(self, selected):
        """Return the notification after a check of these contacts, with a button that opens those to look at.

        :param selected: number of contacts that were meant
        """
        _ = self.env._
        unknown, gone, differing = (
            self.filtered(lambda partner, state=state: partner.l10n_ro_efactura_register_state == state)
            for state in ("unknown", "inactive", "differs")
        )
        look = unknown | gone | differing
        if selected == 1:
            text = _("Checked at ANAF: the contact is the same there.")
            if unknown:
                text = _("ANAF does not know this CUI.")
            elif gone:
                text = _("ANAF lists this firm as inactive or deregistered.")
            elif differing:
                text = _("Checked at ANAF: the differences are shown below.")
            return notification(text, "warning" if look else "success", then=soft_reload())
        lines = [_("%s contacts checked at ANAF.", len(self))]
        for some, words in (
            (differing, _("%s differ from ANAF's register", len(differing))),
            (gone, _("%s are inactive or deregistered", len(gone))),
            (unknown, _("%s are unknown to ANAF", len(unknown))),
        ):
            if some:
                lines.append(words)
        if selected > len(self):
            lines.append(_("%s were not checked: no CUI, or no answer", selected - len(self)))
        params = {}
        if look:
            params["tag"] = "l10n_ro_efactura_notification"
            params["button"] = {
                "name": _("Show them"),
                "action": {
                    "type": "ir.actions.act_window",
                    "name": _("Contacts to compare with ANAF"),
                    "res_model": "res.partner",
                    "views": [[False, "list"], [False, "form"]],
                    "domain": [("id", "in", look.ids)],
                },
            }
        message = "; ".join(lines) if len(lines) > 1 else lines[0]
        return notification(message, "warning" if look else "success", **params)
