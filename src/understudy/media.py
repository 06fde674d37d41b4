"""Bodies: for each media type, how its bytes become a value and a value its bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from understudy import json_codec, media_types
from understudy.contract import MediaType
from understudy.xml_codec import XmlCodec

Decode = Callable[[bytes, str | None], Any]
Encode = Callable[[Any], bytes]


@dataclass(frozen=True, slots=True)
class Codec:
    """How one media type is read and written.

    decode(body, charset) raises BodyMalformed, or MediaTypeUnsupported for an unknown charset.
    encode(value) raises NotAcceptable where the media type cannot carry the value.
    """

    decode: Decode
    encode: Encode


JSON = Codec(json_codec.decode, json_codec.encode)


def codec_for(media: MediaType) -> Codec:
    """Return the codec of a media type; what is neither JSON nor XML nor text is taken as bytes."""
    name = media.name
    if media_types.is_json(name) or name.startswith(("*/*", "application/*")):
        return JSON
    if media_types.is_xml(name) and media.schema is not None:
        xml = XmlCodec(media.schema)
        return Codec(xml.decode, xml.encode)
    return Codec(media_types.decode_text, _text) if media_types.is_text(name) else Codec(_latin, _text)


def _text(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else json_codec.encode(value)


def _latin(body: bytes, _charset: str | None) -> str:
    return body.decode("latin-1")
