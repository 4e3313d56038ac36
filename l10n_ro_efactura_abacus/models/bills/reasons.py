"""Why a package is no bill, in words."""
from ...anaf import UblError, read_facts
from ..common.anaf_words import document_error_words


def why_not_opened(env, error):
    """A PackageError in words; its code stays beside them for whoever is asked."""
    return env._("The package cannot be opened: %(reason)s (%(code)s).",
                 reason=package_words(env, error), code=error.code)


def package_words(env, error):
    """What is wrong with a ZIP, for the end of a sentence."""
    _ = env._
    words = {
        'not_a_zip': _("it is no ZIP"), 'too_large': _("it is larger than any e-Factura"),
        'too_many_entries': _("it holds too many files"), 'bad_name': _("a file in it has a name that no package has"),
        'encrypted': _("it is encrypted"), 'corrupt': _("it is damaged or cut"), 'empty': _("it is empty"),
    }
    return words.get(error.code, error.code)


def why_no_invoice(env, package):
    """What a package holds in place of an invoice."""
    _ = env._
    if not package.document:
        return _("There is no XML of an invoice in the package.")
    if package.kind == 'errors':
        return _("The package holds errors of ANAF, not an invoice.")
    if package.kind == 'buyer_message':
        return _("The package holds a message of the buyer, not an invoice.")
    try:
        read_facts(package.document)
    except UblError as error:
        return _("This is no invoice: %s", document_error_words(env, error))
    return _("This is no invoice.")
