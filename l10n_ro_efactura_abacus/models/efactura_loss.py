"""What ANAF deletes after 60 days must be here by then: those responsible hear of it while there is time."""
from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..anaf import today
from .efactura_download import UNREADABLE
from .wire_words import in_words

ALERT_DAYS = 10  # before ANAF deletes a message
PATIENCE = timedelta(hours=2)  # the workers have this long before anybody is told
UNREAD = timedelta(days=2)  # without a complete reading of the lists
SOON, GONE = 'l10n_ro_efactura_abacus.activity_type_package_soon', 'l10n_ro_efactura_abacus.activity_type_package_gone'
BLIND = 'l10n_ro_efactura_abacus.activity_type_spv_unread'


class EfacturaLoss(models.Model):
    _inherit = 'l10n_ro_efactura.message'

    loss_told = fields.Boolean(readonly=True, help="Those responsible know that ANAF has deleted it")

    @api.model
    @api.private
    def _alert_before_loss(self):
        """One open activity per company and person while packages are in danger; it closes when they are here."""
        soon = self.sudo().search(Domain([
            ('environment', '=', 'prod'), ('expires_on', '<=', today() + timedelta(days=ALERT_DAYS)),
            '|', ('create_date', '<', fields.Datetime.now() - PATIENCE), ('last_error', '!=', False),
        ]) & (Domain('archive_state', '=', 'listed') | UNREADABLE & Domain('expires_on', '>=', today())))
        gone = self.sudo().search([
            ('environment', '=', 'prod'), ('archive_state', '=', 'gone'), ('loss_told', '=', False),
            ('last_error', '!=', False)])
        kind = self.env.ref(SOON)
        for company in self._alerted_companies(kind) - soon.company_id:
            company._l10n_ro_efactura_activities(kind).unlink()
        for company, messages in soon.grouped('company_id').items():
            company._l10n_ro_efactura_alert(kind, min(messages.mapped('expires_on')), lambda env, messages=messages: (
                env._("%s packages are not archived yet and ANAF deletes them soon", len(messages)), messages))
        for company, messages in gone.grouped('company_id').items():
            company._l10n_ro_efactura_alert(self.env.ref(GONE), today(), lambda env, messages=messages: (
                env._("%s packages were deleted by ANAF before they were archived: ask the suppliers for the XML, "
                      "or the Ministry of Finance for the archived original", len(messages)), messages))
        gone.loss_told = True
        self._alert_unread()

    @api.model
    def _alert_unread(self):
        """The lists could not be read for days, whatever the reason: nobody knows what is missed."""
        boxes = self.env['l10n_ro_efactura.mailbox'].sudo().search([
            ('environment', '=', 'prod'), ('listed_until', '<', fields.Datetime.now() - UNREAD)]).filtered(
                lambda box: box.company_id.active and box.company_id._l10n_ro_efactura_credential()
                and box.company_id._l10n_ro_efactura_head() == box.company_id)
        kind = self.env.ref(BLIND)
        for company in self._alerted_companies(kind) - boxes.company_id:
            company._l10n_ro_efactura_activities(kind).unlink()
        for box in boxes:
            box.company_id._l10n_ro_efactura_alert(kind, today(), lambda env, box=box: (env._(
                "SPV has not been read completely since %(date)s. %(why)s", date=format_datetime(env, box.listed_until),
                why=in_words(env, box.last_error or box.pause_reason)), self.browse()))

    @api.model
    def _alerted_companies(self, kind):
        activities = self.env['mail.activity'].sudo().search([
            ('activity_type_id', '=', kind.id), ('res_model', '=', 'res.partner')])
        return self.env['res.company'].sudo().search([('partner_id', 'in', activities.mapped('res_id'))])


class ResCompany(models.Model):
    _inherit = 'res.company'

    def _l10n_ro_efactura_activities(self, kind):
        return self.env['mail.activity'].sudo().search([
            ('activity_type_id', '=', kind.id), ('res_model', '=', 'res.partner'),
            ('res_id', '=', self.partner_id.id)])

    def _l10n_ro_efactura_accountants(self):
        """Those responsible for e-Factura in this company, else its accounting administrators."""
        users = self.sudo().l10n_ro_efactura_responsible_ids or self.env.ref(
            'account.group_account_manager').sudo().all_user_ids.filtered(lambda user: self in user.company_ids)
        return users.filtered('active')

    def _l10n_ro_efactura_alert(self, kind, deadline, words):
        """One open activity of `kind` for each of those responsible, kept up to date.

        :param words: function of an environment in the user's language, giving (text, messages)
        """
        self.ensure_one()
        for user in self._l10n_ro_efactura_accountants():
            env = self.with_context(lang=user.lang).env
            summary, messages = words(env)
            note = Markup('<p>%s</p><ul>%s</ul><p><a href="/odoo/efactura-messages">%s</a></p>') % (
                summary, Markup().join(Markup('<li>%s</li>') % ' · '.join(filter(None, (
                    message.anaf_id, message.partner_name or message.cif or '', message.last_error or '')))
                    for message in messages.sorted('expires_on')[:10]),
                env._("Open the SPV messages"))
            values = {'summary': summary, 'note': note, 'date_deadline': deadline}
            known = self._l10n_ro_efactura_activities(kind).filtered(lambda activity: activity.user_id == user)  # noqa: B023
            if known:
                known.write(values)
            else:
                self.partner_id.sudo().activity_schedule(activity_type_id=kind.id, user_id=user.id, **values)
