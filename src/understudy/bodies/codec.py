"""Bodies: for each media type, how its bytes become a value and a value its bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator
from functools import partial
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from understudy.bodies.form_codec import FormCodec
from understudy.bodies.form_fields import ValidatorOf
from understudy.bodies.multipart_codec import MultipartCodec, bytes_of, text_of
from understudy.bodies.sequence_codec import SequenceCodec
from understudy.bodies.yaml_codec import YAML_TYPES, read_yaml, written_yaml
from understudy.contracts.contract import MediaType
from understudy.contracts.sequences import TABLE, kind_of
from understudy.contracts.source import Node
from understudy.errors import BodyMalformed
from understudy.media import json_codec
from understudy.media import types as media_types
from understudy.media.types import MediaRange
from understudy.media.xml_codec import XmlCodec
from understudy.messages import Pieces as Streamed
from understudy.messages import Written
from understudy.schemas.keywords import own_types
from understudy.schemas.subschemas import in_place

Decode = Callable[[bytes], Any]
Pieces = Callable[[bytes], Generator[None, None, Any]]
"""Decodes as `Decode` does, with a pause wherever somebody else may go on."""
Encode = Callable[[Any], bytes]

_WORDS_OF_JSON: Final = frozenset({"integer", "number", "boolean", "null"})
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]+")
_PIECE: Final = re.compile(rb"[^\n]*\n(?:\r?\n)?|[^\n]+")


class Codec(Struct, frozen=True):
    """How one media type is read and written.

    decoder(content_type) returns what reads a body that came under this Content-Type; it raises
    BodyMalformed, MediaTypeUnsupported for an unknown charset, and RequestInvalid for fields of a form that
    cannot be read. encode(value) raises NotAcceptable where the media type cannot carry the value.
    parameters: what the Content-Type of an answer says besides the type. in_pieces(content_type): what reads
    a body with pauses, where that is worth while. is_slow: the decoder has no pauses, and takes long of a
    large body; it knows nothing but the body, and lets other threads go on.
    """

    decoder: Callable[[MediaRange], Decode]
    encode: Encode
    parameters: str = ""
    in_pieces: Callable[[MediaRange], Pieces] | None = None
    is_slow: bool = False


def codec_for(media: MediaType, validator_of: ValidatorOf, name: str = "") -> Codec:
    """Return the codec of a media type; what is neither JSON nor XML nor a form nor a sequence nor text is
    taken as bytes, each a character of a `str`.

    name: the concrete type, where the contract writes a range. Bytes are of the charset that it names.
    """
    name = name or media.name
    codec = _codec(media, validator_of, name)
    charset = media_types.charset_of(name)
    if codec is JSON:
        return _json_in_charset(charset)
    encode = _as_it_stands(codec.encode)
    if charset is not None:
        encode = _in_charset(codec.encode, charset)
    if kind_of(name) not in ("", TABLE):
        encode = _in_pieces(encode)
    return replace(codec, encode=encode)


def _codec(media: MediaType, validator_of: ValidatorOf, name: str) -> Codec:
    if kind_of(name) and not _is_text(media.schema):
        return _sequence(SequenceCodec(media, validator_of, name))
    if media_types.is_json(name) or name.startswith(("*/*", "application/*")):
        return JSON
    if media_types.is_xml(name):
        return _xml(XmlCodec(media.schema or Node(media.node.document, media.node.file, "", {})), media)
    if media_types.is_form(name):
        form = FormCodec(media, validator_of)
        return Codec(lambda _: form.decode, form.encode)
    if media_types.is_multipart(name):
        parts = MultipartCodec(media, validator_of)
        return Codec(
            lambda content_type: partial(parts.decode, content_type=content_type),
            parts.encode,
            parts.parameters,
            lambda content_type: partial(parts.decode_in_pieces, content_type=content_type),
        )
    if media_types.essence(name) in YAML_TYPES and not _is_text(media.schema):
        return Codec(_by_charset(read_yaml), written_yaml, is_slow=True)
    if media_types.is_text(name):
        return Codec(_text_decoder(media), _text)
    return Codec(_raw, _bytes)


def _text_decoder(media: MediaType) -> Callable[[MediaRange], Decode]:
    """Return what reads a text: as what its schema says, where that is a number or a boolean."""
    types = _types(media.schema)
    if types and types <= _WORDS_OF_JSON:
        return _by_charset(_read_word)
    return _plain


def _read_word(body: bytes, charset: str | None) -> Any:
    text = media_types.decode_text(body, charset)
    try:
        return json_codec.decode(text.encode())
    except BodyMalformed:
        return text


def _sequence(sequence: SequenceCodec) -> Codec:
    return Codec(
        _by_charset(sequence.decode), sequence.encode, in_pieces=_pieces_of(sequence.decode_in_pieces)
    )


def _xml(xml: XmlCodec, media: MediaType) -> Codec:
    """Return the codec of XML; without a schema what came stays text, and text is taken for XML."""
    if media.schema is not None:
        return Codec(_by_charset(xml.decode), xml.encode, in_pieces=_pieces_of(xml.decode_in_pieces))

    def encode(value: Any) -> bytes:
        if isinstance(value, str):
            return value.encode()
        return xml.encode(value)

    return Codec(lambda _: text_of, encode)


def is_opaque(media: MediaType, codec: Codec) -> bool:
    """Tell whether a body is bytes or text of which its schema says nothing, since it describes a structure:
    Google documents what is uploaded as `application/octet-stream` so.
    """
    types = _types(media.schema)
    return codec.decoder in (_raw, _plain) and bool(types) and "string" not in types


def _types(schema: Node | None) -> set[str]:
    """Return the types that a schema names, of whatever it may be."""
    if schema is None:
        return set()
    return {kind for part in in_place([schema]) for kind in own_types(part.value)}


def _plain(content_type: MediaRange) -> Decode:
    charset = content_type.parameter("charset")
    return lambda body: media_types.decode_text(body, charset)


def _raw(_: MediaRange) -> Decode:
    return text_of


def _is_text(schema: Node | None) -> bool:
    """Tell whether a schema is that of a text and of nothing else."""
    return _types(schema) - {"null"} == {"string"}


def _as_it_stands(encode: Encode) -> Encode:
    """Return what writes a value, and leaves alone what is written already."""

    def written(value: Any) -> bytes:
        if type(value) is Written:
            return value
        return encode(value)

    return written


def _in_pieces(encode: Encode) -> Encode:
    """Return what writes a body that goes out piece by piece, also where it is written already: an event or a
    line each.
    """

    def pieces(value: Any) -> bytes:
        body = encode(value)
        if type(body) is Streamed:
            return body
        return Streamed.of(tuple(_PIECE.findall(body)))

    return pieces


def _in_charset(encode: Encode, charset: str) -> Encode:
    """Return what writes a value in a charset; characters that it has not are written as XML would.

    Nothing is written in a charset that nobody knows, which no reader would.
    """
    codec = media_types.charset_codec(charset)
    if codec is None or codec == "utf-8":
        return _as_it_stands(encode)
    return lambda value: encode(value).decode("utf-8", "replace").encode(codec, "xmlcharrefreplace")


def _json_in_charset(charset: str | None) -> Codec:
    """Return the codec of JSON. What declares a charset other than UTF-8, which JSON has not (RFC 8259 §8.1),
    is read by clients in either, so that it has escapes for whatever the two write differently.
    """
    codec = media_types.charset_codec(charset or "utf-8")
    if codec in (None, "utf-8"):
        return JSON
    written = _in_charset(lambda value: _escaped(json_codec.encode(value)), charset or "")
    return replace(JSON, encode=written)


def _escaped(text: bytes) -> bytes:
    return _FOREIGN.sub(lambda found: json.dumps(found[0])[1:-1], text.decode()).encode()


def _by_charset(decode: Callable[[bytes, str | None], Any]) -> Callable[[MediaRange], Decode]:
    def decoder(content_type: MediaRange) -> Decode:
        charset = content_type.parameter("charset")
        return lambda body: decode(body, charset)

    return decoder


def _pieces_of(
    decode: Callable[[bytes, str | None], Generator[None, None, Any]],
) -> Callable[[MediaRange], Pieces]:
    def pieces(content_type: MediaRange) -> Pieces:
        charset = content_type.parameter("charset")
        return lambda body: decode(body, charset)

    return pieces


def _json(content_type: MediaRange) -> Decode:
    charset = content_type.parameter("charset")
    if charset is None:
        return json_codec.decode
    return partial(json_codec.decode, charset=charset)


def _json_as_sent(content_type: MediaRange) -> Decode:
    return partial(json_codec.decode_as_sent, charset=content_type.parameter("charset"))


def _json_as_sent_in_pieces(content_type: MediaRange) -> Pieces:
    return partial(json_codec.decode_as_sent_in_pieces, charset=content_type.parameter("charset"))


def _text(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode()
    return json_codec.encode(value)


def _bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return bytes_of(value)
    return json_codec.encode(value)


def _json_in_pieces(content_type: MediaRange) -> Pieces:
    return partial(json_codec.decode_in_pieces, charset=content_type.parameter("charset"))


JSON = Codec(_json, json_codec.encode, in_pieces=_json_in_pieces)

JSON_AS_SENT = Codec(_json_as_sent, json_codec.encode, in_pieces=_json_as_sent_in_pieces)
"""JSON that may have a key twice, and integers beyond 64 bits."""
