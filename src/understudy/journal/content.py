"""What the bytes of a kept body say: JSON, a form's fields or text, decoded only when somebody reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import parse_qsl

from msgspec import Struct

from understudy.errors import BodyMalformed, MediaTypeUnsupported, Refusal
from understudy.media import json_codec
from understudy.media import types as media_types
from understudy.media.codings import unpack
from understudy.messages import NOTHING

Headers = Sequence[tuple[bytes, bytes]]
UNPACKED = 64 * 1024  # bytes: a packed body that is larger is shown as it came
LONGEST_CHARACTER = 4  # bytes: what a cut body may have lost of its last one, and more


class Content(Struct, frozen=True):
    """A body as far as it could be read.

    media_type: the Content-Type as it was sent. text: None where the bytes are no text. value: the JSON
    value, or a form's fields as `fields` makes them; NOTHING where the body is neither. is_opaque:
    packed in what cannot be read, or no text although its type says so.
    """

    media_type: str
    text: str | None = None
    value: Any = NOTHING
    is_form: bool = False
    is_opaque: bool = False


def content_of(headers: Headers, body: bytes, is_cut: bool = False) -> Content:
    """Read a kept body. A cut one is never JSON, since its end is missing."""
    stated = header(headers, b"content-type")
    if not body:
        return Content(stated, "")
    codings = b",".join(value for key, value in headers if key.lower() == b"content-encoding")
    if codings:
        try:
            body = unpack(body, codings.decode("latin-1"), UNPACKED)
        except Refusal:
            return Content(stated, is_opaque=True)
    text = _text(body, _charset(stated), is_cut)
    if text is None or "\x00" in text:
        is_text = (
            media_types.is_json(stated)
            or media_types.is_xml(stated)
            or media_types.is_form(stated)
            or media_types.is_text(stated)
        )
        return Content(stated, is_opaque=is_text)
    if media_types.is_form(stated):
        return Content(stated, text, fields(parse_qsl(text, keep_blank_values=True)), is_form=True)
    if is_cut:
        return Content(stated, text)
    return Content(stated, text, _json(text, stated))


def header(headers: Headers, name: bytes) -> str:
    """Return the first value of a header by its lower-case name; empty where there is none."""
    return next((str(value, "latin-1") for key, value in headers if key.lower() == name), "")


def fields(pairs: Iterable[tuple[str, str]]) -> dict[str, str | list[str]]:
    """Gather names and values into one object: a value for each name, a list where the name came more than
    once.
    """
    gathered: dict[str, str | list[str]] = {}
    for name, value in pairs:
        before = gathered.get(name)
        if before is None:
            gathered[name] = value
        elif isinstance(before, str):
            gathered[name] = [before, value]
        else:
            before.append(value)
    return gathered


def _charset(stated: str) -> str | None:
    try:
        return media_types.parse(stated).parameter("charset")
    except media_types.MediaTypeMalformed:
        return None


def _text(body: bytes, charset: str | None, is_cut: bool) -> str | None:
    """Decode a body; of a cut one the last character may be missing in part."""
    for missing in range(LONGEST_CHARACTER if is_cut else 1):
        try:
            return media_types.decode_text(body[: len(body) - missing], charset)
        except (BodyMalformed, MediaTypeUnsupported):
            continue
    return None


def _json(text: str, stated: str) -> Any:
    """Read JSON, also what was sent under another name: a wrong Content-Type is one of the things people look
    for in a journal.
    """
    if not (media_types.is_json(stated) or text.lstrip()[:1] in ("{", "[")):
        return NOTHING
    try:
        return json_codec.decode(text.encode())
    except BodyMalformed:
        return NOTHING
