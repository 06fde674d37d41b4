"""Entity tags: making them, and reading the conditions that name them (RFC 9110 §8.8.3, §13.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any

from msgspec import Struct
from werkzeug.datastructures import ETags
from werkzeug.http import parse_etags, unquote_etag

from understudy.media import json_codec
from understudy.messages import Response

_MEMBERS = frozenset({"etag", "_etag", "@odata.etag"})


def tag_of(response: Response, media_type: str) -> str:
    """Return the strong entity tag of an answer: another body, or another media type, has another tag."""
    content = hashlib.blake2b(_content(response), digest_size=12, person=b"etag", salt=_salt(media_type))
    return f'"{content.hexdigest()}"'


def _content(response: Response) -> bytes:
    if response.data is not None:
        return response.data
    body = response.body
    if isinstance(body, bytes):
        return body
    try:
        return json_codec.encode(body)
    except (TypeError, ValueError):
        return repr(body).encode("utf-8", "backslashreplace")


def _salt(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def stated_tags(body: Any) -> list[str]:
    """Return the entity tags that a body carries itself, as some APIs have it: `{"etag": "1", …}`."""
    if not isinstance(body, dict):
        return []
    found = []
    for name, value in body.items():
        if str(name).lower() in _MEMBERS and isinstance(value, (str, int)):
            found.append(str(value))
    return found


class Condition(Struct, frozen=True):
    """What an If-Match or If-None-Match says; a tag without its quotes counts too."""

    text: str
    tags: ETags

    @classmethod
    def read(cls, value: Any) -> Condition | None:
        """Read a condition, from the header's text or from its items; None where there is none."""
        items = value if isinstance(value, list) else [value]
        text = ", ".join(str(item) for item in items if item is not None)
        return cls(text, parse_etags(text)) if text.strip() else None

    def names(self, current: Collection[str], *, strongly: bool) -> bool:
        """Tell whether one of the current tags is named; by strong comparison no weak tag is the same as any
        (RFC 9110 §8.8.3.2).
        """
        if self.tags.star_tag:
            return bool(current)
        for opaque, is_weak in map(unquote_etag, current):
            if strongly and not is_weak and self.tags.contains(opaque):
                return True
            if not strongly and self.tags.contains_weak(opaque):
                return True
        return False
