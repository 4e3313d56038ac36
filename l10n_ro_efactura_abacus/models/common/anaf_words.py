"""Translated sentences for the codes that `anaf` reports; ANAF's own words are never translated."""


def in_words(env, text, code=None):
    """Return a stored error as a text for users.

    :param text: ANAF's own words, or an English fact of ours
    :param code: code of our own fact (:attr:`AnafError.own`); falsy where `text` is ANAF's
    :return: the translated fact where its code is known, else `text`
    """
    return code and fact_words(env).get(code) or str(text or "")


def anaf_error_words(env, error):
    """Return an :class:`anaf.AnafError` as a text for users."""
    return in_words(env, error.text or error.code, error.own and error.code)


def fact_words(env):
    """Return {code of `anaf.errors.FACTS`: translated sentence}."""
    _ = env._
    return {
        "dns_failure": _("ANAF's name could not be resolved"),
        "connection_refused": _("the connection was refused"),
        "slow_upload": _("the document did not leave in time: it is large, or the line is slow"),
        "unreachable": _("no connection could be made"),
        "connect_timeout": _("no connection in time"),
        "tls_failure": _("no secure connection could be made"),
        "proxy_failure": _("the proxy did not let the call through"),
        "timeout": _("no whole answer within the deadline"),
        "connection_lost": _("the connection was lost"),
        "answer_too_large": _("the answer is larger than anything ANAF sends"),
        "unauthorized": _("ANAF does not accept the token"),
        "forbidden": _("ANAF's gateway forbids this call"),
        "throttled": _("too many calls"),
        "bad_request": _("ANAF calls it a bad request"),
        "empty_answer": _("an empty answer"),
        "waf_block": _("ANAF's firewall rejected the request"),
        "maintenance": _("ANAF announces maintenance"),
        "html_answer": _("a web page came instead of an answer"),
        "lease_over": _("waited too long for its turn"),
        "missing_cif": _("the company has no CIF"),
    }


def document_error_words(env, error):
    """Return why bytes are not an e-invoice, as a text for users.

    :param error: an :class:`anaf.XmlError` or :class:`anaf.UblError`
    """
    _ = env._
    line = error.line or "?"
    whole = {
        "empty_document": _("an empty document"),
        "dtd": _("a document type declaration is not accepted"),
        "wrong_root": _("the root is %s, not Invoice or CreditNote", error.detail),
    }
    not_well_formed = {
        "cut_off": _("it ends before its last tag, as a file that was cut"),
        "not_xml": _("it does not begin as an XML does"),
        "tag_mismatch": _("a tag is closed by another one, line %s", line),
        "tag_not_closed": _("a tag does not end, line %s", line),
        "wrong_encoding": _("its characters are not of the encoding that it declares, line %s", line),
        "unknown_encoding": _("an encoding that nobody knows"),
        "not_well_formed": error.detail,
    }
    if error.code in whole:
        return whole[error.code]
    if error.code in not_well_formed:
        return _("not well-formed XML: %s", not_well_formed[error.code])
    return error.text


def error_words(env):
    """Return {code of `anaf.explain`: translated sentence}."""
    _ = env._
    return {
        "duplicate": _("This document was sent to ANAF before: it is there under another index."),
        "technical": _("ANAF had a technical problem. Send it again; the document may be good."),
        "quota": _("ANAF's daily limit is reached. It goes on by itself tomorrow."),
        "no_spv_right": _("The certificate of the connection has no SPV right for this company."),
        "seller_unknown": _("ANAF does not know our CIF as a seller."),
        "seller_cui_invalid": _("Our own CUI is wrong."),
        "buyer_cnp_invalid": _("The buyer's personal number is wrong."),
        "buyer_cui_invalid": _("The buyer's CUI is wrong."),
        "buyer_not_identified": _("The buyer's CUI is missing or unknown to ANAF."),
        "not_in_register": _("The company is not in the register that this call needs."),
        "too_large": _("The document is larger than 10 MB."),
        "customization_id": _("The document does not name CIUS-RO as its standard."),
        "number_without_digit": _("The invoice number must hold a digit."),
        "type_code": _("ANAF does not take this type of document."),
        "vat_total_in_ron": _("An invoice in foreign currency needs its VAT in lei."),
        "vat_point_code": _("The date on which VAT is due is given wrongly."),
        "seller_vat_missing": _("The seller's VAT number or tax registration is missing."),
        "street_missing": _("The street is missing."),
        "city_missing": _("The city is missing."),
        "bucharest_sector": _("In Bucharest the city must be SECTOR1 ... SECTOR6."),
        "county_code": _("The county is missing or wrong."),
        "negative_price": _("A unit price is negative: make the quantity negative instead."),
        "no_lines": _("The invoice has no lines."),
        "text_too_long": _("A text is longer than ANAF allows."),
        "too_many": _("Something is repeated more often than ANAF allows."),
        "date_format": _("A date is written wrongly."),
        "too_many_decimals": _("An amount has more decimals than ANAF allows."),
        "vat_number_prefix": _("A VAT number lacks the prefix of its country."),
        "due_date_missing": _("The due date or the payment terms are missing."),
        "totals": _("The totals do not add up."),
        "code_list": _("A code is not in ANAF's list (unit, currency, country, tax)."),
        "tax_category": _("The VAT category of a line does not fit its rate or its reason."),
        "business_rule": _("A rule of e-Factura is not met."),
        "xsd_invalid": _("The document is not well formed for ANAF."),
        "withdrawn": _("Taken back before it was sent."),
        "not_at_anaf": _("Decided by an accountant: ANAF does not have it."),
        "unknown_index": _("Correct the index, or decide that ANAF does not have the invoice."),
        "waf_repeated": _(
            "It is not sent again by itself. Decide that ANAF does not have it, then change the text that the firewall "
            "rejects (characters such as < > & or parts of program code) and send it again."
        ),
        "unread_package": _("Look at that package in SPV; an accountant may set it aside."),
    }
