"""Files in contracts: which media types carry them, and bytes that stand in a contract as base64."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from understudy.contracts.sequences import kind_of
from understudy.media import types as media_types
from understudy.schemas.file_samples import sample

_SIGNED: Final = 4  # bytes that tell a file from others
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_DATA_URL: Final = re.compile(r"data:[^,]*;base64,", re.IGNORECASE)
_SPEAKING: Final = 40  # letters of base64 that no word has


def is_file(name: str) -> bool:
    """Tell whether a concrete media type carries bytes: neither JSON nor XML nor a form nor a text."""
    return not (
        media_types.is_json(name)
        or media_types.is_xml(name)
        or media_types.is_form(name)
        or media_types.is_multipart(name)
        or media_types.is_text(name)
        or kind_of(name)
    )


def decoded(name: str, text: str) -> bytes | None:
    """Return the bytes of a file that stands in a contract as base64; None for any other text.

    A word of four letters is base64, too: what is taken for it is padded, or is long, or begins as files of
    its type do.
    """
    url = _DATA_URL.match(text)
    packed = "".join(text[url.end() if url else 0 :].split())
    if not _BASE64.fullmatch(packed):
        return None
    try:
        content = base64.b64decode(packed, validate=True)
    except binascii.Error:
        return None
    known = sample(name) or b""
    begins_alike = len(known) > _SIGNED and content.startswith(known[:_SIGNED])
    if url or begins_alike or packed.endswith("=") or len(packed) >= _SPEAKING:
        return content
    return None
