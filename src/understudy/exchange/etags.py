"""Entity tags: making them, and reading the conditions that name them (RFC 9110 §8.8.3, §13.1)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from understudy.media import json_codec

_TAG = re.compile(r'(W/)?(?:"([^"]*)"|([^\s,"]+))')
_MEMBERS = frozenset({"etag", "_etag", "@odata.etag"})


def tag_of(body: Any, media_type: str) -> str:
    """Return the strong entity tag of a representation: another body, or another media type, has another tag."""
    try:
        content = body if isinstance(body, bytes) else json_codec.encode(body)
    except (TypeError, ValueError):
        content = repr(body).encode("utf-8", "backslashreplace")
    return f'"{hashlib.blake2b(content, digest_size=12, person=b"etag", salt=_salt(media_type)).hexdigest()}"'


def _salt(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def stated_tags(body: Any) -> list[str]:
    """Return the entity tags that a body carries itself, as some APIs have it: `{"etag": "1", …}`."""
    members = body.items() if isinstance(body, dict) else ()
    return [
        str(value)
        for name, value in members
        if str(name).lower() in _MEMBERS and isinstance(value, (str, int))
    ]


@dataclass(frozen=True, slots=True)
class Condition:
    """What an If-Match or If-None-Match says.

    tags: opaque texts, each with whether it is weak; one without its quotes counts too. any: `*`, whatever there is.
    """

    text: str
    tags: tuple[tuple[str, bool], ...]
    any: bool

    @classmethod
    def read(cls, value: Any) -> Condition | None:
        """Read a condition, from the header's text or from its items; None where there is none."""
        text = (
            ", ".join(map(str, value)) if isinstance(value, list) else str(value if value is not None else "")
        )
        if not text.strip():
            return None
        tags = tuple((quoted or bare, bool(weak)) for weak, quoted, bare in _TAG.findall(text))
        return cls(text, tags, text.strip() == "*")

    def names(self, current: Collection[str], *, strongly: bool) -> bool:
        """Tell whether one of the current tags is named; by strong comparison no weak tag is the same as any (RFC 9110 §8.8.3.2)."""
        if self.any:
            return bool(current)
        found = {(opaque, weak) for tag in current for opaque, weak in _opaque(tag)}
        if strongly:
            return any(not weak and (opaque, False) in found for opaque, weak in self.tags)
        return not {opaque for opaque, _ in self.tags}.isdisjoint(opaque for opaque, _ in found)


def _opaque(tag: str) -> list[tuple[str, bool]]:
    return [(quoted or bare, bool(weak)) for weak, quoted, bare in _TAG.findall(tag)]
