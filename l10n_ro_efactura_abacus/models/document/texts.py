"""Texts of an invoice: cleaned for XML, plain, and cut at a word where CIUS-RO limits them (BR-RO-L...)."""

import re

from odoo.tools.mail import html_to_inner_content

#: characters XML 1.0 forbids; everything else, diacritics included, stays
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_BLANK = re.compile(r"\s+")


def legal(text):
    """`text` without the control characters that XML forbids."""
    return _ILLEGAL.sub("", text)


def plain(text):
    """One line of text: legal characters, blanks collapsed as the rules measure them."""
    if not text:
        return ""
    if isinstance(text, str) and text.isprintable() and "  " not in text:  # as most texts are
        return text.strip()
    return _BLANK.sub(" ", legal(str(text))).strip()


def from_html(html):
    """The text of an HTML field, one line."""
    return plain(html_to_inner_content(html)) if html else ""


def cut(text, limit):
    """``(head, rest)``: `head` has at most `limit` characters and ends with a word; nothing is lost between them."""
    if len(text) <= limit:
        return text, ""
    blank = text.rfind(" ", limit // 2, limit + 1)
    if blank < 0:  # one endless word
        return text[:limit], text[limit:]
    return text[:blank].rstrip(), text[blank + 1 :].lstrip()


def pieces(text, limit, most):
    """``([piece, ...], rest)``: at most `most` pieces of at most `limit` characters."""
    found = []
    while text and len(found) < most:
        piece, text = cut(text, limit)
        found.append(piece)
    return found, text


def is_iban(account):
    """Has the number the form of an IBAN?"""
    return bool(_IBAN.fullmatch(re.sub(r"[\W_]+", "", account or "").upper()))
