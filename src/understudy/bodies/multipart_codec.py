"""Bodies of several parts in and out: multipart/form-data (RFC 7578), and the other multipart types as far as
they carry the same.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Generator
from contextlib import suppress
from functools import cached_property
from typing import Any

from msgspec import Struct, field
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MAX_BOUNDARY_LENGTH, MultipartParser, parse_options_header

from understudy.bodies.form_fields import Field, Form, ValidatorOf
from understudy.contracts.contract import MediaType
from understudy.errors import BodyMalformed, MediaTypeUnsupported, NotAcceptable
from understudy.media import json_codec
from understudy.media import types as media_types
from understudy.media.pieces import whole
from understudy.media.types import MediaRange
from understudy.media.xml_codec import XmlCodec
from understudy.messages import NOTHING, FormData, Upload
from understudy.parameters.styles import decode_nothing, header_text

MOST_PARTS = 1_000

BOUNDARY = "understudy-5f0c2b7e9d4a4e61"
"""Stands between the parts of an answer: always the same, so that one seed gives the same bytes."""

_PLAIN = MediaRange("text", "plain")
# In names, as browsers write them (HTML, multipart/form-data encoding algorithm).
_ESCAPES = {'"': "%22", "\r": "%0D", "\n": "%0A"}
_ESCAPED = re.compile("|".join(_ESCAPES.values()), re.IGNORECASE)
_TABLE = str.maketrans(_ESCAPES)


class _Part(Struct):
    """One part as it came. media: its Content-Type, or None. number: which part it is, from 1."""

    number: int
    headers: dict[bytes, bytes] = field(default_factory=dict)
    content: bytes = b""
    name: str | None = None
    is_file: bool = False
    file_name: str = ""
    is_base64: bool = False
    media: MediaRange | None = None

    @property
    def title(self) -> str:
        """What to call it before the caller."""
        return f"part {self.name or self.number!r}"


class MultipartCodec:
    """Reads and writes the multipart bodies of one media type; what its schema says is gathered once, on
    first use.

    Text parts are UTF-8, unless they name a charset. A member of `format: binary`, and a file that is not
    text, becomes a `str` of which each character is one byte (Latin-1): it passes `type: string`, is as long
    as the file, and `value.encode("latin-1")` gives the bytes.
    """

    def __init__(self, media: MediaType, validator_of: ValidatorOf) -> None:
        self._media, self._validator_of = media, validator_of
        self._is_form_data = media.name.lower().startswith("multipart/form-data")
        stated = media_types.parse_or_none(media.name)
        boundary = stated and stated.parameter("boundary")
        self._boundary = (boundary or BOUNDARY).encode("latin-1")
        self.parameters = ""
        """What the Content-Type of an answer says besides the type."""
        if not boundary:
            self.parameters = f"; boundary={BOUNDARY}"

    @cached_property
    def _form(self) -> Form:
        return Form(self._media, self._validator_of, decode_nothing)

    # -- reading

    def decode(self, body: bytes, content_type: MediaRange) -> Any:
        """Read the parts as an object by their names; those of a schema that takes no object as an array.

        Raises BodyMalformed, MediaTypeUnsupported for a part of a type its `encoding` does not allow,
        RequestInvalid for a repeated part.
        """
        return whole(self.decode_in_pieces(body, content_type))

    def decode_in_pieces(self, body: bytes, content_type: MediaRange) -> Generator[None, None, Any]:
        """Do the same, and pause by yielding after each part, and within what a part holds."""
        boundary = (content_type.parameter("boundary") or "").encode("latin-1", "replace")
        parts = _parts(body, boundary)
        yield
        form = self._form
        if self._is_form_data:
            _refuse_nameless(parts)
        if not form.takes_object and form.reading.takes_array:
            return (yield from self._items(form, parts))
        taken = {part.name for part in parts}
        free = (name for name in form.names if name not in taken)
        for part in parts:  # parts of multipart/related and the like bear no names; their order tells
            if part.name is None:
                part.name = next(free, str(part.number))
        fields = []
        for part in parts:
            fields.append((yield from self._field(form, part)))
            yield
        value = form.value(fields)
        files = tuple(_upload(part) for part in parts if part.is_file)
        if not files or not isinstance(value, dict):
            return value
        data = FormData(value)
        data.files = files
        return data

    def _items(self, form: Form, parts: list[_Part]) -> Generator[None, None, Any]:
        fields = []
        for part in parts:
            fields.append((yield from _field_of(part, False)))
            yield
        items = form.reading.value([item.text for item in fields])
        for index, item in enumerate(fields):
            if item.value is not NOTHING:
                items[index] = item.value
        return items

    def _field(self, form: Form, part: _Part) -> Generator[None, None, Field]:
        name = part.name or ""
        stated = str(form.encoding(name).get("contentType") or "")
        allowed = list(filter(None, map(str.strip, stated.split(","))))
        if part.media and allowed and media_types.select(part.media.name, allowed) is None:
            reason = f"the {part.title} of the body is of the type {part.media.name}"
            raise MediaTypeUnsupported(part.media.name, allowed, reason)
        is_binary = form.is_binary(name)
        if part.is_base64 and is_binary:  # a member of `format: byte` stays the text it is
            part.content = _unpacked(part)
        is_document = (
            part.media is not None and media_types.is_xml(part.media.name) and part.media.type != "image"
        )
        if part.media and is_document and form.is_structure(name):
            codec = XmlCodec(form.nodes(name)[0])
            value = yield from codec.decode_in_pieces(part.content, part.media.parameter("charset"))
            return Field(name, text_of(part.content), value)
        if part.media is None and len(allowed) == 1 and media_types.is_json(allowed[0]):
            with suppress(BodyMalformed):  # what is no JSON stays text, which the validator can name
                value = yield from json_codec.decode_in_pieces(part.content)
                return Field(name, _text(part), value)
        return (yield from _field_of(part, is_binary))

    # -- writing

    def encode(self, value: Any) -> bytes:
        """Write an object as parts of form data, objects in it as JSON; an array as parts without names.

        Raises NotAcceptable.
        """
        parts: list[bytes] = []
        if isinstance(value, dict):
            for name, member in value.items():
                is_binary = self._form.is_binary(name)
                parts += [_written_part(name, item, is_binary) for item in _listed(member)]
        else:
            parts += [_written_part("", item, False) for item in _listed(value)]
        delimiter = b"--" + self._boundary
        written = b""
        for part in parts:
            if delimiter in part:
                reason = "the answer holds the boundary that stands between its parts"
                raise NotAcceptable(self._media.name, ("application/json",), reason)
            written += delimiter + b"\r\n" + part + b"\r\n"
        return written + delimiter + b"--\r\n"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def text_of(content: bytes) -> str:
    """Return bytes as a `str` that keeps them: each character is one byte."""
    return content.decode("latin-1")


def bytes_of(text: str) -> bytes:
    """Return the bytes a `str` stands for: one for each character where that can be, else UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


# ---- parts


def _parts(body: bytes, boundary: bytes) -> list[_Part]:
    """Split a body into its parts. Raises BodyMalformed."""
    if not boundary:
        needed = "without which the parts of the body cannot be told apart"
        raise BodyMalformed(f"Content-Type names no boundary, {needed}")
    if len(boundary) > MAX_BOUNDARY_LENGTH:
        raise BodyMalformed(f"the boundary is longer than {MAX_BOUNDARY_LENGTH} characters")
    delimiter = b"--" + boundary
    shown = header_text(boundary)
    if not body.startswith(delimiter):  # a preamble may come first (RFC 2046 §5.1.1)
        _, found, rest = body.partition(b"\r\n" + delimiter)
        if not found:
            raise BodyMalformed(f"the body does not hold the boundary {shown!r} that Content-Type names")
        body = delimiter + rest
    collector = _Collector()
    parser = MultipartParser(boundary, collector.callbacks())
    try:
        parser.write(body)
    except FormParserError as error:
        raise BodyMalformed(f"the parts of the body cannot be read: {error}") from None
    if not collector.is_ended:
        raise BodyMalformed(f"the body is cut off: it does not end with --{shown}--")
    return collector.parts


class _Collector:
    """Gathers what the parser finds."""

    def __init__(self) -> None:
        self.parts: list[_Part] = []
        self.is_ended = False
        self._pieces: list[bytes] = []
        self._header, self._value = b"", b""

    def callbacks(self) -> Any:
        """Return what the parser calls, by the names it has for them."""
        return {
            "on_part_begin": self._begin,
            "on_part_data": lambda data, start, end: self._pieces.append(data[start:end]),
            "on_part_end": self._end_part,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_headers,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        if len(self.parts) >= MOST_PARTS:
            raise BodyMalformed(f"the body has more than {MOST_PARTS:,} parts")
        self.parts.append(_Part(len(self.parts) + 1))
        self._pieces = []

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self.parts[-1].headers.setdefault(self._header.lower(), self._value.strip(b" \t"))
        self._header, self._value = b"", b""

    def _end_headers(self) -> None:
        part = self.parts[-1]
        _, options = parse_options_header(part.headers.get(b"content-disposition"))
        if b"name" in options:
            part.name = _ESCAPED.sub(_unescaped, header_text(options[b"name"]))
        part.is_file = b"filename" in options
        part.file_name = header_text(options.get(b"filename", b""))
        where = f"the {part.title} of the body"
        stated = part.headers.get(b"content-type")
        if stated:
            part.media = media_types.parse_or_none(stated.decode("latin-1"))
            if part.media is None:
                what = f"the Content-Type of {where}"
                raise BodyMalformed(f"{what} is no media type: {header_text(stated):.80}")
        coding = part.headers.get(b"content-transfer-encoding", b"binary").lower()
        part.is_base64 = coding == b"base64"  # deprecated by RFC 7578 §4.7, but some send it
        if not part.is_base64 and coding not in (b"7bit", b"8bit", b"binary"):
            shown = repr(header_text(coding))
            raise BodyMalformed(f"{where} has the Content-Transfer-Encoding {shown:.40}; send it as it is")

    def _end_part(self) -> None:
        self.parts[-1].content = b"".join(self._pieces)

    def _end(self) -> None:
        self.is_ended = True


def _refuse_nameless(parts: list[_Part]) -> None:
    for part in parts:
        if part.name is None:
            reason = f"part {part.number} of the body has no Content-Disposition that names its field"
            raise BodyMalformed(reason)


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[0][1:], 16))


def _upload(part: _Part) -> Upload:
    media_type = part.media.name if part.media is not None else ""
    return Upload(part.name or "", part.file_name, media_type, len(part.content), part.content)


def _unpacked(part: _Part) -> bytes:
    try:
        return base64.b64decode(part.content.replace(b"\r\n", b""), validate=True)
    except ValueError:
        raise BodyMalformed(f"the {part.title} of the body says that it is base64, and is not") from None


def _field_of(part: _Part, is_binary: bool) -> Generator[None, None, Field]:
    """Read a part by its own headers; what its schema makes of the text comes later. Raises BodyMalformed."""
    name = part.name or ""
    if is_binary:
        return Field(name, text_of(part.content))
    text = _text(part)
    if part.media is None or not media_types.is_json(part.media.name):
        return Field(name, text)
    try:
        value = yield from json_codec.decode_in_pieces(part.content, part.media.parameter("charset"))
    except BodyMalformed as error:
        if part.is_file:  # a file may say what it wants
            return Field(name, text)
        raise BodyMalformed(f"the {part.title} of the body: {error}") from None
    return Field(name, text, value)


def _text(part: _Part) -> str:
    media = part.media or _PLAIN
    is_text = media.type == "text" or media_types.is_json(media.name) or media_types.is_xml(media.name)
    if part.is_file and not is_text:
        return text_of(part.content)
    try:
        return media_types.decode_text(part.content, media.parameter("charset"))
    except BodyMalformed as error:
        if part.is_file:
            return text_of(part.content)
        raise BodyMalformed(f"the {part.title} of the body: {error}") from None


def _written_part(name: str, value: Any, is_binary: bool) -> bytes:
    """Write one part: its headers, an empty line and its content."""
    disposition = media_type = ""
    if name:
        disposition = f'Content-Disposition: form-data; name="{name.translate(_TABLE)}"'
    if is_binary and isinstance(value, str):
        if disposition:
            disposition += '; filename="file.bin"'
        media_type = "Content-Type: application/octet-stream"
        content = bytes_of(value)
    elif isinstance(value, str):
        content = value.encode("utf-8", "surrogatepass")
    elif value is None:
        content = b""
    else:
        content = json_codec.encode(value)
        if isinstance(value, (dict, list)):
            media_type = "Content-Type: application/json"
    headers = filter(None, (disposition, media_type, "\r\n"))
    return "\r\n".join(headers).encode() + content
