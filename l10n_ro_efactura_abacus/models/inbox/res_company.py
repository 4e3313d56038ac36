"""Alerts about a company's packages."""

from markupsafe import Markup
from odoo import models

from ..common.alerts import alert, people_told


class ResCompany(models.Model):
    """A company whose responsible users are alerted about packages."""

    _inherit = "res.company"

    def _l10n_ro_efactura_alert(self, kind, deadline, words):
        """Schedule or update one activity of `kind` for each responsible user, on the company's contact.

        :param kind: xml id of an activity type
        :param deadline: date
        :param words: function of an environment in the user's language that returns (text, messages)
        """
        self.ensure_one()

        def with_list(env):
            summary, messages = words(env)
            return summary, Markup('<p>%s</p><ul>%s</ul><p><a href="/odoo/efactura-messages">%s</a></p>') % (
                summary,
                Markup().join(
                    Markup("<li>%s</li>")
                    % " · ".join(
                        filter(
                            None, (message.anaf_id, message.partner_name or message.cif or "", message.last_error or "")
                        )
                    )
                    for message in messages.sorted("expires_on")[:10]
                ),
                env._("Open the SPV messages"),
            )

        alert(self.partner_id.sudo(), kind, people_told(self), with_list, deadline, refresh=True)
