"""Where a page ends: the key of its last feature, so that rows which come or go shift no page."""

import base64
import binascii
import re
from contextlib import suppress

from gis.errors import BadRequest
from layers.ogc.collections import Collection

Key = str | int
LARGEST = 2**63 - 1


def encoded(key: Key) -> str:
    """Return a token that stands for the place behind a key."""
    return base64.urlsafe_b64encode(str(key).encode()).decode().rstrip("=")


def decoded(collection: Collection, token: str) -> Key:
    """Return the key that a token stands for. Raises BadRequest."""
    if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", token, re.ASCII):
        with suppress(binascii.Error, UnicodeDecodeError):
            padded = token + "=" * (-len(token) % 4)
            key = key_of(collection, base64.b64decode(padded, b"-_", validate=True).decode())
            if key is not None:
                return key
    raise BadRequest("The cursor is none of ours; begin at the first page.", code="bad_cursor")


def key_of(collection: Collection, text: str) -> Key | None:
    """Read a key as it stands in an address; None where no feature could have it."""
    if not re.fullmatch(r"[0-9]{1,20}", text, re.ASCII):
        return None
    if collection.types[collection.key.name] == "string":
        return text
    return int(text) if int(text) <= LARGEST else None
