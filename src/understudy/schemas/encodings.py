"""Strings that carry something else: bytes in an encoding, JSON, a file (JSON Schema 2020-12 §8)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from msgspec import Struct

from understudy.contracts.source import Node
from understudy.schemas.file_samples import sample

_ENCODERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "base64": base64.b64encode,
    "base64url": base64.urlsafe_b64encode,
    "base32": base64.b32encode,
    "base16": base64.b16encode,
}
"""RFC 4648. The encodings of MIME leave ASCII as it is."""


class Carried(Struct, frozen=True):
    """What a string carries. encoding, media_type: as stated, or "". schema: of what is JSON there."""

    encoding: str = ""
    media_type: str = ""
    schema: Node | None = None

    @property
    def is_json(self) -> bool:
        """Whether the string carries JSON."""
        essence = self.media_type.partition(";")[0].strip().lower()
        return essence.endswith(("/json", "+json"))

    def file(self) -> bytes | None:
        """Return a small file of its media type; None where the string is to be made as any other."""
        if not self.media_type or (not self.encoding and not self.media_type.startswith("text/")):
            return None
        return sample(self.media_type)

    def text(self, content: bytes) -> str:
        """Return bytes as the string that carries them."""
        encode = _ENCODERS.get(self.encoding.lower(), bytes)
        return encode(content).decode("utf-8", "replace")


def carried_of(node: Node, value: Mapping[str, Any]) -> Carried | None:
    """Return what a schema says that its string carries; None where it says nothing."""
    encoding, media_type = value.get("contentEncoding"), value.get("contentMediaType")
    if not isinstance(encoding, str) and not isinstance(media_type, str):
        return None
    schema = node.raw("contentSchema") if isinstance(value.get("contentSchema"), dict) else None
    return Carried(str(encoding or ""), str(media_type or ""), schema)


def written(value: Any) -> bytes:
    """Return a value as the JSON that a string carries."""
    return orjson.dumps(value)
