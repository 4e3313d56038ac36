from markupsafe import Markup
from odoo import models


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
