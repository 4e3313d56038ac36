"""The short English facts of `anaf`, which records keep as they are, in the language of whoever reads them."""
import re

PATTERNS = (
    re.compile(r"(?P<key>not well-formed XML): (?P<what>.*)", re.DOTALL),
    re.compile(r"(?P<key>the root is) (?P<what>.*), not Invoice or CreditNote", re.DOTALL),
)


def in_words(env, text):
    """The text of an AnafError, UblError or XmlError; what ANAF said itself stays as it is."""
    text = str(text or '')
    _ = env._
    known = {
        "ANAF's name could not be resolved": _("ANAF's name could not be resolved"),
        "the connection was refused": _("the connection was refused"),
        "no connection could be made": _("no connection could be made"),
        "no connection in time": _("no connection in time"),
        "no secure connection could be made": _("no secure connection could be made"),
        "the proxy did not let the call through": _("the proxy did not let the call through"),
        "no whole answer within the deadline": _("no whole answer within the deadline"),
        "the connection was lost": _("the connection was lost"),
        "the answer is larger than anything ANAF sends": _("the answer is larger than anything ANAF sends"),
        "ANAF does not accept the token": _("ANAF does not accept the token"),
        "ANAF's gateway forbids this call": _("ANAF's gateway forbids this call"),
        "too many calls": _("too many calls"),
        "ANAF calls it a bad request": _("ANAF calls it a bad request"),
        "an empty answer": _("an empty answer"),
        "ANAF's firewall rejected the request": _("ANAF's firewall rejected the request"),
        "ANAF announces maintenance": _("ANAF announces maintenance"),
        "a web page came instead of an answer": _("a web page came instead of an answer"),
        "waited too long for its turn": _("waited too long for its turn"),
        "the company has no CIF": _("the company has no CIF"),
        "an empty document": _("an empty document"),
        "a document type declaration is not accepted": _("a document type declaration is not accepted"),
    }
    if text in known:
        return known[text]
    for pattern in PATTERNS:
        found = pattern.fullmatch(text)
        if found and found['key'] == 'not well-formed XML':
            return _("not well-formed XML: %s", _parser_words(env, found['what']))
        if found:
            return _("the root is %s, not Invoice or CreditNote", found['what'])
    return text


def _parser_words(env, text):
    """What the XML parser says most often, in words; the rest stays as the parser says it."""
    _ = env._
    found = re.search(r"line (\d+), column \d+$", text)
    line = found[1] if found else '?'
    if re.match(r"Premature end of data|EndTag: '</' not found|Couldn't find end of", text):
        return _("it ends before its last tag, as a file that was cut")
    if re.match(r"Document is empty|Start tag expected", text):
        return _("it does not begin as an XML does")
    if text.startswith("Opening and ending tag mismatch"):
        return _("a tag is closed by another one, line %s", line)
    if text.startswith("expected '>'"):
        return _("a tag does not end, line %s", line)
    if text.startswith("Input is not proper UTF-8"):
        return _("its characters are not of the encoding that it declares, line %s", line)
    if text.startswith("Unsupported encoding"):
        return _("an encoding that nobody knows")
    return text


def error_words(env):
    """Return what each code of `anaf.explain` means: {code: translated sentence}."""
    _ = env._
    return {
        'duplicate': _("This document was sent to ANAF before: it is there under another index."),
        'technical': _("ANAF had a technical problem. Send it again; the document may be good."),
        'quota': _("ANAF's daily limit is reached. It goes on by itself tomorrow."),
        'no_spv_right': _("The certificate of the connection has no SPV right for this company."),
        'seller_unknown': _("ANAF does not know our CIF as a seller."),
        'seller_cui_invalid': _("Our own CUI is wrong."),
        'buyer_cnp_invalid': _("The buyer's personal number is wrong."),
        'buyer_cui_invalid': _("The buyer's CUI is wrong."),
        'buyer_not_identified': _("The buyer's CUI is missing or unknown to ANAF."),
        'not_in_register': _("The company is not in the register that this call needs."),
        'too_large': _("The document is larger than 10 MB."),
        'customization_id': _("The document does not name CIUS-RO as its standard."),
        'number_without_digit': _("The invoice number must hold a digit."),
        'type_code': _("ANAF does not take this type of document."),
        'vat_total_in_ron': _("An invoice in foreign currency needs its VAT in lei."),
        'vat_point_code': _("The date on which VAT is due is given wrongly."),
        'seller_vat_missing': _("The seller's VAT number or tax registration is missing."),
        'street_missing': _("The street is missing."),
        'city_missing': _("The city is missing."),
        'bucharest_sector': _("In Bucharest the city must be SECTOR1 ... SECTOR6."),
        'county_code': _("The county is missing or wrong."),
        'negative_price': _("A unit price is negative: make the quantity negative instead."),
        'no_lines': _("The invoice has no lines."),
        'text_too_long': _("A text is longer than ANAF allows."),
        'too_many': _("Something is repeated more often than ANAF allows."),
        'date_format': _("A date is written wrongly."),
        'too_many_decimals': _("An amount has more decimals than ANAF allows."),
        'vat_number_prefix': _("A VAT number lacks the prefix of its country."),
        'due_date_missing': _("The due date or the payment terms are missing."),
        'totals': _("The totals do not add up."),
        'code_list': _("A code is not in ANAF's list (unit, currency, country, tax)."),
        'tax_category': _("The VAT category of a line does not fit its rate or its reason."),
        'business_rule': _("A rule of e-Factura is not met."),
        'xsd_invalid': _("The document is not well formed for ANAF."),
        'withdrawn': _("Taken back before it was sent."),
        'not_at_anaf': _("Decided by an accountant: ANAF does not have it."),
    }
