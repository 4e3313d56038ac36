"""File names made from document numbers and names that others chose."""

import re
import unicodedata


def safe_name(text, joint="-", length=80):
    """Return `text` as a file name for every system: ASCII letters, digits, ``-_.``, never empty or reserved.

    :param joint: character that replaces each run of others
    :param length: characters at most
    """
    plain = unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode()
    plain = re.sub(r"\.{2,}", joint, re.sub(r"[^A-Za-z0-9._-]+", joint, plain))
    plain = re.sub(rf"{joint}{{2,}}", joint, plain).strip(".-_")[:length].rstrip(".-_")
    return plain or "document"
