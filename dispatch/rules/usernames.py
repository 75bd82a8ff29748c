"""When two user names are one and the same (pure)."""

import unicodedata

from dispatch.rules.cleaning import clean


def folded(username: str) -> str:
    """Return what is the same of a name however it is written: in capitals or not, in full width, composed or not.

    Accounts are told apart by it, found by it, and their failed log-ins counted by it.
    """
    text = clean(username)
    # Twice: folding can bring forth what is to be taken apart again (Unicode, D146).
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFKC", text)
