"""The language of what background jobs write on records: that of the people who read it, not of the cron's user."""

from collections import Counter

from .alerts import people_told

# Odoo's default, which says nothing about what people read.
_DEFAULT = "en_US"


def language_of(company, user=None):
    """Return the language (code of an active res.lang) of texts written for `company` by a background job.

    :param user: who asked for the work, such as who queued an invoice; a robot or portal user does not count
    :return: the user's language; else that of the company's contact, or where that is Odoo's default the most common
        one of the people responsible for e-Factura (`people_told`)
    """
    installed = dict(company.env["res.lang"].get_installed())
    if user and user.active and not user.share and user.lang in installed:
        return user.lang
    company = company.sudo()
    chosen = company.partner_id.lang
    if chosen != _DEFAULT and chosen in installed:
        return chosen
    common = Counter(lang for lang in people_told(company).mapped("lang") if lang in installed).most_common(1)
    return common[0][0] if common else _DEFAULT


def in_language_of(records, company, user=None):
    """Return `records` with the language of `language_of(company, user)`."""
    return records.with_context(lang=language_of(company, user))
