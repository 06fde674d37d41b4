"""Bodies: for each media type, how its bytes become a value and a value its bytes."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import Any

from understudy.bodies.form_codec import FormCodec
from understudy.bodies.form_fields import ValidatorOf
from understudy.bodies.multipart_codec import MultipartCodec, bytes_of, text_of
from understudy.contracts.contract import MediaType
from understudy.media import json_codec
from understudy.media import types as media_types
from understudy.media.types import MediaRange
from understudy.media.xml_codec import XmlCodec

Decode = Callable[[bytes], Any]
Pieces = Callable[[bytes], Generator[None, None, Any]]
"""Decodes as `Decode` does, with a pause wherever somebody else may go on."""
Encode = Callable[[Any], bytes]


@dataclass(frozen=True, slots=True)
class Codec:
    """How one media type is read and written.

    decoder(content_type) returns what reads a body that came under this Content-Type; it raises
    BodyMalformed, MediaTypeUnsupported for an unknown charset, and RequestInvalid for fields of a form that
    cannot be read. encode(value) raises NotAcceptable where the media type cannot carry the value.
    parameters: what the Content-Type of an answer says besides the type. in_pieces(content_type): what reads
    a body with pauses, where that is worth while.
    """

    decoder: Callable[[MediaRange], Decode]
    encode: Encode
    parameters: str = ""
    in_pieces: Callable[[MediaRange], Pieces] | None = None


def codec_for(media: MediaType, validator_of: ValidatorOf, name: str = "") -> Codec:
    """Return the codec of a media type; what is neither JSON nor XML nor a form nor text is taken as bytes,
    each a character of a `str`.

    name: the concrete type, where the contract writes a range.
    """
    name = name or media.name
    if media_types.is_json(name) or name.startswith(("*/*", "application/*")):
        return JSON
    if media_types.is_xml(name) and media.schema is not None:
        xml = XmlCodec(media.schema)
        return Codec(_by_charset(xml.decode), xml.encode, in_pieces=_pieces_of(xml))
    if media_types.is_form(name):
        form = FormCodec(media, validator_of)
        return Codec(lambda _: form.decode, form.encode)
    if media_types.is_multipart(name):
        parts = MultipartCodec(media, validator_of)
        return Codec(
            lambda content_type: partial(parts.decode, content_type=content_type),
            parts.encode,
            parts.parameters,
        )
    if media_types.is_text(name):
        return Codec(_by_charset(media_types.decode_text), _text)
    if media_types.is_xml(name):  # without a schema
        return Codec(lambda _: text_of, _text)
    return Codec(lambda _: text_of, _bytes)


def _by_charset(decode: Callable[[bytes, str | None], Any]) -> Callable[[MediaRange], Decode]:
    def decoder(content_type: MediaRange) -> Decode:
        charset = content_type.parameter("charset")
        return lambda body: decode(body, charset)

    return decoder


def _pieces_of(xml: XmlCodec) -> Callable[[MediaRange], Pieces]:
    return lambda content_type: partial(xml.decode_in_pieces, charset=content_type.parameter("charset"))


def _json(content_type: MediaRange) -> Decode:
    charset = content_type.parameter("charset")
    if charset is None:
        return json_codec.decode
    return partial(json_codec.decode, charset=charset)


def _text(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode()
    return json_codec.encode(value)


def _bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return bytes_of(value)
    return json_codec.encode(value)


JSON = Codec(_json, json_codec.encode)
